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
_MANY = 50  # files; from here on the cache is loaded before anything else


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
    from . import wishes

    if "-" in request.words:
        from .run_check import check_stdin

        return _tell(request, *check_stdin(request), count=1)
    where = wishes.settings_file(request)
    settings = wishes.settings(request, where) if where is not None or wishes.has_any(request) else None
    if "--show-settings" in request.flags:
        from .run_check import shown_settings

        return _say(shown_settings(settings or wishes.settings(request, where), where))
    files = wishes.files(request, settings)
    if "--show-files" in request.flags:
        return _say("".join(f"{file}\n" for file in files))
    suspects = _suspects(request, files)
    if suspects is None:  # many files: the cache knows more than a look at their bytes
        from .run_check import check_cached

        chosen = settings or wishes.settings(request, where)
        return _tell(request, check_cached(request, chosen, files), chosen, count=len(files))
    if suspects:
        from .run_check import check_cached

        chosen = settings or wishes.settings(request, where)
        return _tell(request, check_cached(request, chosen, suspects, screened=True), chosen, count=len(files))
    return _all_clean(request, len(files))


def _suspects(request: Request, files: list[str]) -> list[str] | None:
    """The files that may hold a training loop; None if there are so many that the cache should be asked first."""
    if len(files) >= _MANY and "--no-cache" not in request.flags:
        return None
    from ..linter.prefilter import relevant_file

    return [file for file in files if relevant_file(file)]


def _all_clean(request: Request, count: int) -> int:
    if "--output-file" in request.values or "--statistics" in request.flags:
        from .wishes import settings

        return _tell(request, [], settings(request, None), count=count)
    if request.values.get("--output-format") == "json":
        return _say("[]\n")
    if "--quiet" in request.flags:
        return _CLEAN
    if not count:
        _complain("warning: no Python files found under the given paths")
        return _CLEAN
    return _say(f"All checks passed! ({count} file{'' if count == 1 else 's'} checked)\n")


def _tell(request: Request, found: list[Finding], settings: Settings, *, count: int) -> int:
    """Prints what is to be shown, and returns the exit status."""
    from .report import summary

    shown = sorted((finding for finding in found if settings.shows(finding)), key=lambda finding: finding.sort_key)
    if not found and "--output-file" not in request.values and "--statistics" not in request.flags:
        return _all_clean(request, count)
    form = request.values.get("--output-format", "full")
    target = request.values.get("--output-file")
    if "--statistics" in request.flags:
        text = summary.statistics(shown, as_json=form == "json")
    else:
        color = target is None and wants_color(request.values.get("--color", "auto"), sys.stdout)
        text = _rendered(form, shown, color or request.values.get("--color") == "always")
    if form != "json" and "--quiet" not in request.flags:
        text += summary.render(shown, hidden=len(found) - len(shown), files=count)
    _say(text) if target is None else _write_aside(text, target)
    failed = "--exit-zero" not in request.flags and any(map(settings.fails, shown))
    return _FINDINGS if failed else _CLEAN


def _write_aside(text: str, target: str) -> None:
    """Write a report to a file: aside first, then renamed, so that nobody reads half of one. Raises UsageError."""
    import os

    place = os.path.realpath(target)  # a link stays a link
    plain = os.path.isfile(place) or not os.path.exists(place)  # a device or pipe is written to, never replaced
    aside = f"{place}.{os.getpid()}.part" if plain else place
    try:
        with open(aside, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        if plain:
            os.replace(aside, place)
    except OSError as error:
        try:
            if plain:
                os.unlink(aside)
        except OSError:
            pass
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from None


def _rendered(form: str, findings: list[Finding], color: bool) -> str:
    if form == "json":
        from .report import json_format

        return json_format.render(findings)
    if form == "concise":
        from .report import concise

        return concise.render(findings, color=color)
    from .report import full

    return full.render(findings, color=color)


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
