"""The command `loopcheck`: the only module that prints (with the pytest plugin), and the start-up path.

A file that the prefilter drops is reported clean without importing a parser, the rules or even `re`.
Imports stand inside the functions that need them, and a test pins what a clean file loads.
"""

from __future__ import annotations

import gc
import sys

from .options import FOR_MACHINES, Request, UsageError, parse
from .terminal import wants_color, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings import Finding
    from ..settings import Settings
    from .fixing import Outcome

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
        if argv is None and not gc.isenabled():
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
        return _run(request)
    return _explain(request) if request.command == "explain" else _rules(request)


def _run(request: Request) -> int:
    from . import wishes
    from .run_watch import watched

    gc.enable()
    return watched(request, wishes.settings(request, wishes.settings_file(request)))


def _check(request: Request) -> int:
    """Finds the files, screens them, and hands on only what may hold a training loop."""
    from . import wishes

    where = wishes.settings_file(request)
    settings = wishes.settings(request, where) if where is not None or wishes.has_any(request) else None
    if "--show-settings" in request.flags:
        return _show_settings(request, where, settings or wishes.settings(request, where))
    if "--add-ignore" in request.flags:
        from .adopting import demand_alone

        demand_alone(request, stdin=wishes.reads_stdin(request))
    if wishes.reads_stdin(request):
        return _check_stdin(request, settings or wishes.settings(request, where))
    files = wishes.files(request, settings)
    if "--show-files" in request.flags:
        return _show_files(request, files)
    suspects = _suspects(request, files, settings)
    if suspects == []:
        if _baseline(request) is None:
            return _all_clean(request, len(files))
        suspects = []
    from .run_check import check_cached

    chosen = settings or wishes.settings(request, where)
    if suspects is None:  # many files: the cache knows more than a look at their bytes
        found = check_cached(request, chosen, files)
    else:
        found = check_cached(request, chosen, suspects, screened=True)
    if "--add-ignore" in request.flags:
        return _add_ignore(request, found, chosen)
    if request.flags & {"--fix", "--diff"}:
        return _fix(request, found, chosen, len(files))
    return _tell(request, found, chosen, len(files))


def _fix(request: Request, found: list[Finding], settings: Settings, count: int) -> int:
    """Mends the files in which something was found, or shows how; then tells what is left."""
    from ..linter.check import check_files
    from .fixing import mend

    broken = list(dict.fromkeys(finding.site.filename for finding in found if settings.shows(finding)))
    outcomes = mend(broken, request.words or ["."], settings, unsafe="--unsafe-fixes" in request.flags)
    for one in outcomes:
        if one.refused:
            _complain(f"{one.filename}: not fixed: {one.refused}")
    changed = [one for one in outcomes if one.changed]
    if "--diff" in request.flags:
        return _show_diff(request, changed)
    written = [one for one in changed if _write(one)]
    _tell_fixes(request, written)
    names = {one.filename for one in written}
    left = [finding for finding in found if finding.site.filename not in names]
    status = _tell(request, [*left, *check_files(sorted(names), settings)], settings, count)
    return status if len(written) == len(changed) and not any(one.locked for one in outcomes) else _USAGE


def _write(outcome: Outcome) -> bool:
    """Whether the file could be written; if not, the others go on."""
    from ..errors import LoopcheckError
    from .fixing import write

    try:
        write(outcome)
    except LoopcheckError as error:
        _complain(str(error))
        return False
    return True


def _show_diff(request: Request, changed: list[Outcome]) -> int:
    _deliver(request, "".join(one.diff() for one in changed))
    if "--quiet" not in request.flags:
        _complain(f"would fix {_fixes_of(changed)}")
    return _FINDINGS if changed and "--exit-zero" not in request.flags else _CLEAN


def _tell_fixes(request: Request, changed: list[Outcome]) -> None:
    if "--show-fixes" in request.flags:
        for one in changed:
            for line in one.told():
                _complain(line)
    if changed and "--quiet" not in request.flags:
        _complain(f"fixed {_fixes_of(changed)} in {len(changed)} file{'' if len(changed) == 1 else 's'}")


def _fixes_of(changed: list[Outcome]) -> str:
    count = sum(len(one.done) for one in changed)
    return f"{count} finding{'' if count == 1 else 's'}"


def _fix_stdin(request: Request, data: bytes, name: str, settings: Settings) -> int:
    """The mended source, or the diff, on standard output; what is left on standard error, as in ruff."""
    from ..linter.check import check_data
    from .fixing import mend_data

    outcome = mend_data(data, name, settings, unsafe="--unsafe-fixes" in request.flags)
    if outcome.refused:
        _complain(f"{name}: not fixed: {outcome.refused}")
    if "--diff" in request.flags:
        return _show_diff(request, [outcome] if outcome.changed else [])
    sys.stdout.flush()
    sys.stdout.buffer.write(outcome.after)
    _tell_fixes(request, [outcome] if outcome.changed else [])
    left = [one for one in check_data(outcome.after, name, settings) if settings.shows(one)]
    from .report import concise

    write(concise.render(left, color=wants_color(request.values.get("--color", "auto"), sys.stderr)), sys.stderr)
    failed = "--exit-zero" not in request.flags and any(map(settings.fails, left))
    return _FINDINGS if failed else _CLEAN


def _add_ignore(request: Request, found: list[Finding], settings: Settings) -> int:
    """Writes suppressions instead of reporting; what is left without one does not count."""
    from .adopting import adopt

    done = adopt(found, request.words or ["."], settings, request.values.get("--add-ignore", ""))
    for line in done.told:
        _complain(line)
    if "--quiet" not in request.flags:
        _complain(done.summary())
    return _USAGE if done.failed else _CLEAN


def _show_settings(request: Request, where: str | None, settings: Settings) -> int:
    from ..settings_file import as_toml
    from .terminal import escape

    return _deliver(request, f"# {escape(where) if where else 'no settings file'}\n{as_toml(settings)}")


def _show_files(request: Request, files: list[str]) -> int:
    from .terminal import escape

    return _deliver(request, "".join(f"{escape(file)}\n" for file in files))


def _check_stdin(request: Request, settings: Settings) -> int:
    """Judges standard input as if it lay in the file of --stdin-filename, which is neither read nor need exist."""
    from . import stdin

    for word in stdin.passed_over(request):
        _complain(f"warning: '{word}' is passed over in favour of standard input")
    name = stdin.name(request)
    excluded = stdin.excluded(name, settings)
    if "--show-files" in request.flags:
        return _show_files(request, [] if excluded else [name])
    data = stdin.read()
    if excluded:
        return _deliver(request, _nothing_found(request, 0))
    if request.flags & {"--fix", "--diff"}:
        return _fix_stdin(request, data, name, settings)
    from ..linter.check import check_data

    return _tell(request, check_data(data, name, settings), settings, 1, {name: data})


def _suspects(request: Request, files: list[str], settings: Settings | None) -> list[str] | None:
    """The files that may hold a training loop; None if there are so many that the cache should be asked first."""
    if len(files) >= _MANY and "--no-cache" not in request.flags:
        return None
    from ..linter.prefilter import names_in, parses, relevant_file

    names = names_in(settings)
    named = frozenset(request.words)
    return [file for file in files if relevant_file(file, names) or (file in named and not parses(file))]


def _all_clean(request: Request, count: int) -> int:
    if not count and request.values.get("--output-format") not in FOR_MACHINES:
        if "--quiet" not in request.flags:
            _complain("warning: no Python files found under the given paths")
        return _deliver(request, "")
    return _deliver(request, _nothing_found(request, count))


def _nothing_found(request: Request, count: int) -> str:
    form = request.values.get("--output-format")
    if form == "json":
        return "[]\n"
    if form in FOR_MACHINES:
        from .report import for_machines

        return for_machines(form, [])
    files = f"{count} file{'' if count == 1 else 's'}"
    return "" if "--quiet" in request.flags else f"All checks passed! ({files} checked)\n"


def _tell(
    request: Request, found: list[Finding], settings: Settings, count: int, known: dict[str, bytes] | None = None
) -> int:
    """Reports what is to be shown of these findings in `count` files, and returns the exit status.

    known: the bytes of files that need not be read to show their lines.
    """
    baseline = _baseline(request)
    if not found and baseline is None:
        return _all_clean(request, count)
    from .report import summary

    shown = sorted((finding for finding in found if settings.shows(finding)), key=lambda finding: finding.sort_key)
    if baseline is not None:
        from .baseline import without, write

        if "--write-baseline" in request.flags:
            _complain(f"{_count(write(shown, baseline), 'finding')} written to {baseline}")
            return _CLEAN
        old = len(shown)
        shown = without(shown, baseline)
        found = [one for one in found if not settings.shows(one)] + shown
        if old > len(shown) and "--quiet" not in request.flags:
            _complain(f"{_count(old - len(shown), 'known finding')} left out")
        if not found:
            return _all_clean(request, count)
    if "--show-fixes" in request.flags and request.values.get("--output-format") in ("json", "json-lines", "sarif"):
        from .fixing import with_fixes

        shown = with_fixes(shown, settings, known)
    text = _rendered(request, shown, known)
    if request.values.get("--output-format") not in FOR_MACHINES and "--quiet" not in request.flags:
        text += summary.render(shown, hidden=len(found) - len(shown), files=count)
    _deliver(request, text)
    failed = "--exit-zero" not in request.flags and any(map(settings.fails, shown))
    return _FINDINGS if failed else _CLEAN


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _baseline(request: Request) -> str | None:
    baseline = request.values.get("--baseline")
    if baseline is None and "--write-baseline" in request.flags:
        raise UsageError("--write-baseline needs --baseline FILE, the file to write")
    return baseline


def _rendered(request: Request, findings: list[Finding], known: dict[str, bytes] | None) -> str:
    form = request.values.get("--output-format", "full")
    if "--statistics" in request.flags:
        from .report import summary

        if form in FOR_MACHINES and form != "json":
            raise UsageError(f"--statistics cannot be shown as {form}: only full, concise or json")
        return summary.statistics(findings, as_json=form == "json")
    if form in FOR_MACHINES:
        from .report import for_machines

        return for_machines(form, findings)
    if form == "concise":
        from .report import concise

        return concise.render(findings, color=_colored(request))
    from .report import full

    return full.render(findings, color=_colored(request), known=known)


def _colored(request: Request) -> bool:
    choice = request.values.get("--color", "auto")
    return choice == "always" if "--output-file" in request.values else wants_color(choice, sys.stdout)


def _deliver(request: Request, text: str) -> int:
    """To --output-file or to standard output; returns 0, the exit status. Raises UsageError if that cannot be done."""
    target = request.values.get("--output-file")
    if target is None:
        return _say(text)
    from .files import write_aside

    try:
        write_aside(target, text)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write '{target}': {getattr(error, 'strerror', None) or error}") from None
    return _CLEAN


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
    if request.values.get("--output-format", "json") in FOR_MACHINES[1:]:
        raise UsageError("`loopcheck rules` knows the formats full, concise and json")
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
