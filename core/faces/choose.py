"""The settings of one command line: its options over those of the file over the defaults."""

from __future__ import annotations

from ..rules import selected
from ..settings import Settings, certainty_named, fail_on_named
from .options import Request


def settings_of(request: Request, filename: str | None, root: str | None = None) -> Settings:
    """Everything that is chosen. Raises LoopcheckError on an unknown rule or a settings file that makes no sense.

    filename: the settings file, if there is one; root: see `settings_file.read`.
    """
    base = Settings()
    if filename is not None:
        from ..settings_file import read

        base = read(filename, root)
    return _with_files(_with_rules(_with_levels(base, request), request), request)


def _with_levels(base: Settings, request: Request) -> Settings:
    level, threshold = request.values.get("--min-certainty"), request.values.get("--fail-on")
    if level is not None:
        base = base._replace(min_certainty=certainty_named(level))
    return base if threshold is None else base._replace(fail_on=fail_on_named(threshold))


def _with_rules(base: Settings, request: Request) -> Settings:
    select, more, less = (tuple(request.lists.get(name, ())) for name in ("--select", "--extend-select", "--ignore"))
    return with_rules(base, select, more, less)


def with_rules(base: Settings, select: tuple[str, ...], more: tuple[str, ...], less: tuple[str, ...]) -> Settings:
    """`select` begins anew; `more` and `less` change what the file has chosen, whatever words it used.

    Raises LoopcheckError on a word that fits no rule.
    """
    if not (select or more or less):
        return base
    if select or not (base.select or base.extend_select or base.ignore):
        selected(select or None, more, less)
        return base._replace(select=select or None, extend_select=more, ignore=less)
    start = selected(base.select, base.extend_select, base.ignore)
    codes = selected(None, more, less, start)
    return base._replace(select=tuple(sorted(codes)), extend_select=(), ignore=() if "LC001" in codes else ("LC001",))


def _with_files(base: Settings, request: Request) -> Settings:
    exclude = (*request.lists.get("--exclude", base.exclude), *request.lists.get("--extend-exclude", ()))
    return base._replace(
        exclude=exclude,
        respect_gitignore=_switched(request, "respect-gitignore", base.respect_gitignore),
        force_exclude=_switched(request, "force-exclude", base.force_exclude),
    )


def _switched(request: Request, name: str, otherwise: bool) -> bool:
    if f"--{name}" in request.flags:
        return True
    return False if f"--no-{name}" in request.flags else otherwise
