"""loopcheck finds what silently breaks a PyTorch training loop."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .findings import Finding as Finding
    from .linter import lint_paths as lint_paths
    from .linter import lint_source as lint_source
    from .settings import Settings as Settings

__version__ = "0.1.0"
__all__ = ["Finding", "Settings", "__version__", "lint_paths", "lint_source"]

_HOME = {
    "Finding": "findings",
    "Settings": "settings",
    "lint_paths": "linter",
    "lint_source": "linter",
}


def __getattr__(name: str) -> object:
    """Resolve public names on first use, so that `import loopcheck` loads neither libcst nor torch."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'loopcheck' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
