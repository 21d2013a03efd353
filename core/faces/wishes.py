"""What this command line, and the settings file of the project, ask for. On the start-up path."""

from __future__ import annotations

from .options import Request, UsageError

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
    from ..project import nearest

    return nearest(request.words[0] if request.words and request.words[0] != "-" else ".")


def has_any(request: Request) -> bool:
    """Whether an option needs checking against the rules, even if no file survives."""
    return bool(request.lists.keys() & {"--select", "--ignore", "--extend-select"})


def settings(request: Request, where: str | None) -> Settings:
    """The settings of this run: the command line beats the file. Raises LoopcheckError on a mistake in either."""
    from ..settings import Settings, certainty_named, fail_on_named

    chosen = Settings()
    if where is not None:
        from ..settings_file import read

        chosen = read(where)
    lists = request.lists
    chosen = chosen._replace(
        select=tuple(lists["--select"]) if "--select" in lists else chosen.select,
        ignore=tuple(lists["--ignore"]) if "--ignore" in lists else chosen.ignore,
        extend_select=(*chosen.extend_select, *lists.get("--extend-select", ())),
    )
    if has_any(request):
        from ..rules import selected

        selected(chosen.select, chosen.extend_select, chosen.ignore)
    if "--min-certainty" in request.values:
        chosen = chosen._replace(min_certainty=certainty_named(request.values["--min-certainty"]))
    if "--fail-on" in request.values:
        chosen = chosen._replace(fail_on=fail_on_named(request.values["--fail-on"]))
    return chosen._replace(
        exclude=_excludes(request, chosen.exclude),
        respect_gitignore=chosen.respect_gitignore and "--no-respect-gitignore" not in request.flags,
        force_exclude=chosen.force_exclude or "--force-exclude" in request.flags,
    )


def _excludes(request: Request, before: tuple[str, ...]) -> tuple[str, ...]:
    return (*request.lists.get("--exclude", before), *request.lists.get("--extend-exclude", ()))


def files(request: Request, chosen: Settings | None) -> list[str]:
    """The files to check. Raises LoopcheckError if a named path does not exist."""
    from ..defaults import DEFAULT_EXCLUDES
    from ..linter.discovery import discover

    respect = chosen.respect_gitignore if chosen is not None else "--no-respect-gitignore" not in request.flags
    force = chosen.force_exclude if chosen is not None else "--force-exclude" in request.flags
    return discover(
        request.words or ["."],
        exclude=chosen.exclude if chosen is not None else _excludes(request, DEFAULT_EXCLUDES),
        respect_gitignore=respect,
        force_exclude=force,
    )
