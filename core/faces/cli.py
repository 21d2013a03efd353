"""The command `loopcheck`: the only module that prints (with the pytest plugin), and the start-up path.

A file that the prefilter drops is reported clean without importing a parser, the rules or even `re`.
Imports stand inside the functions that need them, and a test pins what a clean file loads.
"""

from __future__ import annotations

import gc
import sys

from .options import Request, UsageError, parse
from .terminal import wants_color, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings import Finding
    from ..settings import Settings

# The values of ExitCode, without importing enum for them; a test holds them together.
_CLEAN, _FINDINGS, _USAGE, _INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status: an ExitCode, or 130 after Ctrl-C.

    argv: the arguments without the program's name; None takes them from sys.argv. Raises nothing: a user's mistake
    is told on stderr in one line, our own fault with its traceback; both return 2. The garbage collector rests
    meanwhile, since syntax trees are large and hold no cycles worth collecting.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _guarded(list(sys.argv[1:] if argv is None else argv))
    finally:
        if argv is None:
            gc.freeze()  # the process ends here: spare it a last look through every tree
        if collecting:
            gc.enable()


def _guarded(argv: list[str]) -> int:
    try:
        return _dispatch(parse(argv))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except UsageError as mistake:
        return _refused(str(mistake))
    except Exception as error:
        from ..errors import LoopcheckError

        if isinstance(error, LoopcheckError):
            return _refused(str(error))
        return _broken()


def _dispatch(request: Request) -> int:
    if "--help" in request.flags:
        from .help import help_text

        return _say(help_text(request.command))
    if "--version" in request.flags:
        from .. import __version__

        return _say(f"loopcheck {__version__}\n")
    if request.command == "check":
        return _check(request)
    if request.command == "run":
        return _refused("`loopcheck run` is not built yet; `loopcheck check` reads your code without running it")
    return _explain(request) if request.command == "explain" else _rules(request)


def _check(request: Request) -> int:
    """Finds the files, screens them, and hands on only what may hold a training loop."""
    from ..linter.prefilter import relevant_file

    settings = _settings(request) if _has_wishes(request) else None
    files = _walk(request)
    suspects = [file for file in files if relevant_file(file)]
    if suspects:
        return _judge(request, settings or _settings(request), suspects, len(files))
    if request.values.get("--output-format") == "json":
        return _say("[]\n")
    if "--quiet" in request.flags:
        return _CLEAN
    if not files:
        _complain("warning: no Python files found under the given paths")
        return _CLEAN
    return _say(f"All checks passed! ({len(files)} file{'' if len(files) == 1 else 's'} checked)\n")


def _judge(request: Request, settings: Settings, suspects: list[str], count: int) -> int:
    """Judges the suspects, prints what is to be shown, and returns the exit status."""
    from ..linter.check import check_files
    from .report import summary

    found = check_files(suspects, settings)
    shown = sorted((finding for finding in found if settings.shows(finding)), key=lambda finding: finding.sort_key)
    form = request.values.get("--output-format", "full")
    text = _rendered(form, shown, wants_color(request.values.get("--color", "auto"), sys.stdout))
    if form != "json" and "--quiet" not in request.flags:
        text += summary.render(shown, hidden=len(found) - len(shown), files=count)
    _say(text)
    failed = "--exit-zero" not in request.flags and any(map(settings.fails, shown))
    return _FINDINGS if failed else _CLEAN


def _rendered(form: str, findings: list[Finding], color: bool) -> str:
    if form == "json":
        from .report import json_format

        return json_format.render(findings)
    if form == "concise":
        from .report import concise

        return concise.render(findings, color=color)
    from .report import full

    return full.render(findings, color=color)


def _has_wishes(request: Request) -> bool:
    """Whether an option needs checking against the rules, even if no file survives."""
    return bool(request.lists.keys() & {"--select", "--ignore", "--extend-select"})


def _settings(request: Request) -> Settings:
    """The settings of this command line. Raises LoopcheckError on an unknown rule."""
    from ..settings import Settings, certainty_named, fail_on_named

    words = {name: tuple(request.lists.get(f"--{name}", ())) for name in ("select", "extend-select", "ignore")}
    if any(words.values()):
        from ..rules import selected

        selected(words["select"] or None, words["extend-select"], words["ignore"])
    return Settings(
        select=words["select"] or None,
        extend_select=words["extend-select"],
        ignore=words["ignore"],
        min_certainty=certainty_named(request.values.get("--min-certainty", "likely")),
        fail_on=fail_on_named(request.values.get("--fail-on", "warning")),
        exclude=_excludes(request),
        respect_gitignore="--no-respect-gitignore" not in request.flags,
        force_exclude="--force-exclude" in request.flags,
    )


def _excludes(request: Request) -> tuple[str, ...]:
    from ..defaults import DEFAULT_EXCLUDES

    return (*request.lists.get("--exclude", DEFAULT_EXCLUDES), *request.lists.get("--extend-exclude", ()))


def _walk(request: Request) -> list[str]:
    from ..linter.discovery import discover

    if "-" in request.words:
        raise UsageError("standard input ('-') cannot be checked yet; name a file")
    return discover(
        request.words or ["."],
        exclude=_excludes(request),
        respect_gitignore="--no-respect-gitignore" not in request.flags,
        force_exclude="--force-exclude" in request.flags,
    )


def _explain(request: Request) -> int:
    if not request.words:
        raise UsageError("`loopcheck explain` needs the code or name of a rule")
    from ..rules import rule_named
    from .pages import explanation

    color = wants_color(request.values.get("--color", "auto"), sys.stdout)
    cards = [rule_named(word).card for word in request.words]
    return _say("\n".join(explanation(card, color=color) for card in cards))


def _rules(request: Request) -> int:
    if request.words:
        raise UsageError(
            f"`loopcheck rules` takes no argument; `loopcheck explain {request.words[0]}` tells all about one"
        )
    from ..rules import catalogue
    from .pages import table, table_json

    cards = [rule.card for rule in catalogue().values()]
    if request.values.get("--output-format") == "json":
        return _say(table_json(cards))
    return _say(table(cards, color=wants_color(request.values.get("--color", "auto"), sys.stdout)))


def _say(text: str) -> int:
    try:
        write(text, sys.stdout)
    except OSError as error:
        raise UsageError(f"cannot write the report: {error.strerror or error}") from None
    return _CLEAN


def _complain(message: str) -> None:
    from .terminal import escape

    try:
        write(f"loopcheck: {escape(message)}\n", sys.stderr)
    except OSError:
        pass  # nobody listens; the exit status still speaks


def _refused(message: str) -> int:
    _complain(message)
    return _USAGE


def _broken() -> int:
    """Our own fault: never hidden, and never mistaken for a finding."""
    from traceback import format_exc

    write(format_exc(), sys.stderr)
    return _refused("this is a fault of loopcheck, not of your code; please report it with the lines above")
