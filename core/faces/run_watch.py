"""The work of `loopcheck run`: a script or module is run under a watch, and the report goes to standard error."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ExitCode, LoopcheckError
from ..settings import Settings, is_off
from .options import FOR_MACHINES, Request, UsageError
from .places import near
from .terminal import wants_color, write

if TYPE_CHECKING:
    from ..diagnostics.run import Ended


def watched(request: Request, settings: Settings) -> int:
    """Run what the command line names; the exit status is the program's own, or 1 instead of 0 if something was found.

    The program's own fate (an exception, sys.exit, Ctrl-C) is as in a plain run.
    """
    target, arguments = _target(request)
    for option in ("--report", "--output-file"):
        _demand_writable(option, request.values.get(option))
    try:
        from ..diagnostics.run import run
        from ..diagnostics.session import Session
        from ..diagnostics.watch import Idle
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise LoopcheckError("`loopcheck run` needs torch, which is not installed here") from None
    owner = os.getpid()
    session = Idle(settings) if is_off() else Session(settings)
    ended = run(target, arguments, session, module="-m" in request.values)
    if isinstance(session, Idle):
        return _interrupted() if ended.interrupted else ended.status
    if os.getpid() != owner:  # a fork of the program came to its end: the report is the parent's
        return ended.status
    failed = any(settings.fails(finding) for finding in ended.report.findings) and "--exit-zero" not in request.flags
    _tell(request, ended)
    if ended.interrupted:
        return _interrupted()
    first = _rank() == "0"  # of several processes one speaks for all: torchrun would kill the others at once
    return ended.status or (ExitCode.FINDINGS if failed and first else ExitCode.CLEAN)


def _demand_writable(option: str, filename: str | None) -> None:
    """Better now than when hours of training are over. Raises UsageError."""
    if filename is None:
        return
    path = Path(filename)
    if path.is_dir():
        raise UsageError(f"{option} '{filename}' is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"{option} '{filename}': no such folder: '{path.parent}'")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise UsageError(f"{option} '{filename}' cannot be written")


def _interrupted() -> int:
    """End by the signal, as Python does, so that a shell script around it stops, too.

    Before that comes what Python does at its end: waiting for threads, and the functions that the program has
    registered to be called then.
    """
    if os.name != "nt":
        for end in (getattr(threading, "_shutdown", None), getattr(atexit, "_run_exitfuncs", None)):
            if end is not None:
                with suppress(BaseException):
                    end()
        sys.stdout.flush()
        sys.stderr.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return ExitCode.INTERRUPTED


def _target(request: Request) -> tuple[str, list[str]]:
    module = request.values.get("-m")
    if module is not None:
        return module, request.words
    if not request.words:
        raise UsageError("`loopcheck run` needs a script, or -m and a module")
    return request.words[0], request.words[1:]


def _tell(request: Request, ended: Ended) -> None:
    """Process 0 of several speaks; each writes a record of its own."""
    rank = _rank()
    record = request.values.get("--report")
    failed = _writes(_of_rank(record, rank), _record(ended)) if record is not None else None
    if rank == "0":
        failed = _speak(request, ended) or failed
    if failed is not None:
        raise failed


def _rank() -> str:
    return os.environ.get("RANK", "0")


def _speak(request: Request, ended: Ended) -> UsageError | None:
    """The report, to a file or to standard error; also to the latter if the file cannot be written after all."""
    target = request.values.get("--output-file")
    if ended.status and ended.report.is_empty and target is None:
        return None  # the program's own last words are all there is to say
    text = _rendered(request, ended, color=target is None and _colored(request))
    failed = _writes(target, text) if target is not None else None
    if target is None or failed is not None:
        write(text, sys.stderr)
    return failed


def _colored(request: Request) -> bool:
    return wants_color(request.values.get("--color", "auto"), sys.stderr)


def _rendered(request: Request, ended: Ended, *, color: bool) -> str:
    here = Path.cwd()
    findings = sorted((near(one, here) for one in ended.report.findings), key=lambda finding: finding.sort_key)
    form = request.values.get("--output-format", "full")
    if form in FOR_MACHINES:
        from .report import for_machines

        return for_machines(form, findings)
    if form == "concise":
        from .report import concise

        text = concise.render(findings, color=color)
    else:
        from .report import full

        text = full.render(findings, color=color)
    if "--quiet" in request.flags:
        return text
    head = "".join(f"{line}\n" for line in ended.report.ran())
    return f"\n--- loopcheck ---\n{head}\n{text}{_summary(len(findings), broken_off=ended.status != 0)}"


def _summary(count: int, *, broken_off: bool) -> str:
    if count:
        return f"Found {count} fault{'' if count == 1 else 's'} while it ran.\n"
    return "No fault was seen before it ended.\n" if broken_off else "No fault was seen.\n"


def _record(ended: Ended) -> str:
    import json

    from .report import json_format

    findings = [json_format.as_object(finding) for finding in ended.report.findings]
    return json.dumps({"status": ended.status, **ended.report.as_dict(), "findings": findings}, indent=2) + "\n"


def _of_rank(filename: str, rank: str) -> str:
    """`run.json`, and `run.rank1.json` for process 1."""
    path = Path(filename)
    return filename if rank == "0" else str(path.with_name(f"{path.stem}.rank{rank}{path.suffix}"))


def _writes(filename: str, text: str) -> UsageError | None:
    """Write it; what went wrong, if something did."""
    from .files import write_aside

    try:
        write_aside(filename, text)
    except (OSError, ValueError) as error:
        return UsageError(f"cannot write '{filename}': {getattr(error, 'strerror', None) or error}")
    return None
