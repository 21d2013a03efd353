"""What this command line, and the settings file of the project, ask for. On the start-up path."""

from __future__ import annotations

import os

from .options import COMMANDS, Request, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..settings import Settings


def settings_file(request: Request) -> str | None:
    """The settings file that holds: --config, or the nearest one above the first path. Raises UsageError."""
    if "--isolated" in request.flags:
        if "--config" in request.values:
            raise UsageError("--isolated and --config exclude each other")
        return None
    chosen = request.values.get("--config")
    if chosen is not None:
        return chosen
    from ..project import find

    if "-m" in request.values:
        return find(".")
    if reads_stdin(request):
        return find(request.values.get("--stdin-filename", "."))
    return find(request.words[0] if request.words else ".")


def reads_stdin(request: Request) -> bool:
    """Whether standard input is checked, and no file. As in ruff, its name alone says so."""
    return "-" in request.words or "--stdin-filename" in request.values


def has_any(request: Request) -> bool:
    """Whether an option needs checking against the rules, even if no file survives."""
    return bool(request.lists.keys() & {"--select", "--ignore", "--extend-select"})


def settings(request: Request, where: str | None) -> Settings:
    """The settings of this run: the command line beats the file. Raises LoopcheckError on a mistake in either."""
    from .choose import settings_of

    return settings_of(request, where, "" if "--config" in request.values else None)


def files(request: Request, chosen: Settings | None) -> list[str]:
    """The files to check. Raises LoopcheckError if a named path does not exist."""
    from ..linter.discovery import discover

    if chosen is not None:
        exclude, gitignore, force = chosen.exclude, chosen.respect_gitignore, chosen.force_exclude
    else:
        from ..defaults import DEFAULT_EXCLUDES

        exclude = (*request.lists.get("--exclude", DEFAULT_EXCLUDES), *request.lists.get("--extend-exclude", ()))
        gitignore, force = "--no-respect-gitignore" not in request.flags, "--force-exclude" in request.flags
    paths = request.words or ["."]
    if not os.path.lexists(paths[0]):
        _demand_no_command(paths[0])
    return discover(paths, exclude=exclude, respect_gitignore=gitignore, force_exclude=force)


def _demand_no_command(word: str) -> None:
    """A mistyped command is taken for a path. Raises UsageError if that is what it looks like."""
    from ..errors import did_you_mean

    hint = did_you_mean(word, COMMANDS)
    if hint:
        raise UsageError(f"no such command, file or folder: '{word}'{hint}")
