"""loopcheck finds what silently breaks a PyTorch training loop."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .diagnostics.alarms import LoopcheckFinding as LoopcheckFinding
    from .diagnostics.alarms import LoopcheckWarning as LoopcheckWarning
    from .diagnostics.watch import attach as attach
    from .diagnostics.watch import watch as watch
    from .findings import Finding as Finding
    from .linter import lint_paths as lint_paths
    from .linter import lint_source as lint_source
    from .settings import Settings as Settings

__version__ = "0.1.0"
__all__ = [
    "Finding",
    "LoopcheckFinding",
    "LoopcheckWarning",
    "Settings",
    "__version__",
    "attach",
    "lint_paths",
    "lint_source",
    "watch",
]

_HOME = {
    "Finding": "findings",
    "LoopcheckFinding": "diagnostics.alarms",
    "LoopcheckWarning": "diagnostics.alarms",
    "Settings": "settings",
    "attach": "diagnostics.watch",
    "lint_paths": "linter",
    "lint_source": "linter",
    "watch": "diagnostics.watch",
}


def __getattr__(name: str) -> object:
    """Resolve public names on first use, so that `import loopcheck` loads neither libcst nor torch."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'loopcheck' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    """For completion in a prompt: the names that are not loaded yet as well."""
    return sorted({*globals(), *__all__})
