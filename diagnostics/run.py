"""Runs a script or module as Python itself would, under a watch."""

from __future__ import annotations

import importlib.util
import io
import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any, NamedTuple

from ..errors import LoopcheckError
from .report import Report
from .session import Session

_OURS = str(Path(__file__).resolve())


class Ended(NamedTuple):
    """How a program ended. status: what it would have given to the shell; interrupted: by Ctrl-C."""

    status: int
    report: Report
    interrupted: bool = False


def run(target: str, arguments: Sequence[str], session: Session, *, module: bool = False) -> Ended:
    """Run a file, or a module by its dotted name, with these arguments, and report on it.

    sys.argv, sys.path[0] and `__main__` are as in a plain run, and stay so: what the program leaves behind (threads,
    atexit functions) may need them. An exception is printed as Python prints it. Raises LoopcheckError if there is no
    such file or module.
    """
    program = _module(target) if module else _script(target)
    sys.argv[:] = [program.argv0, *arguments]
    _set_path(program.path0)
    session.open()
    status, clean, interrupted = 0, False, False
    try:
        program.start()
        clean = True
    except SystemExit as ended:
        status = _status(ended.code)
        clean = status == 0
    except KeyboardInterrupt:
        _print_traceback()
        interrupted = True
    except BaseException:
        if session.stopped_by(sys.exception()):
            clean = True
        else:
            session.explain(sys.exception())
            _print_traceback()
            status = 1
    session.close(finished=clean)
    return Ended(status, session.report(), interrupted)


class _Program:
    """Something to run as `__main__`."""

    def __init__(self, argv0: str, path0: str, code: CodeType | None, names: dict[str, Any]) -> None:
        self.argv0 = argv0
        self.path0 = path0
        self._code = code
        self._names = names

    def start(self) -> None:
        if self._code is None:  # a folder, a zip file or compiled code
            runpy.run_path(self.argv0, run_name="__main__")
            return
        main = ModuleType("__main__")
        main.__dict__.update(self._names)
        main.__dict__["__builtins__"] = sys.modules["builtins"]
        sys.modules["__main__"] = main
        exec(self._code, main.__dict__)


def _script(filename: str) -> _Program:
    path = Path(filename)
    if not path.exists():
        raise LoopcheckError(f"no such file: '{filename}'")
    folder = str(path.resolve().parent)
    if path.is_dir() and not (path / "__main__.py").exists():
        raise LoopcheckError(f"cannot run '{filename}': a folder without a __main__.py")
    if path.is_dir() or path.suffix in (".pyc", ".zip", ".pyz"):
        return _Program(filename, str(path) if path.is_dir() else folder, None, {})
    full = str(path.absolute())
    try:
        with io.open_code(full) as file:
            code = compile(file.read(), full, "exec", dont_inherit=True)
    except OSError as error:
        raise LoopcheckError(f"cannot read '{filename}': {error.strerror}") from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise LoopcheckError(f"cannot be run: {getattr(error, 'msg', error)}", filename=filename, line=line) from None
    loader = SourceFileLoader("__main__", full)
    names = {"__file__": full, "__loader__": loader, "__spec__": None, "__package__": None, "__cached__": None}
    return _Program(filename, folder, code, names)


def _module(name: str) -> _Program:
    sys.path.insert(0, str(Path.cwd()))
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except (ImportError, ValueError) as error:
        raise LoopcheckError(f"no module named '{name}' ({error})") from None
    finally:
        sys.path.pop(0)
    loader: Any = spec.loader if spec is not None else None
    code = loader.get_code(spec.name) if spec is not None and hasattr(loader, "get_code") else None
    if spec is None or code is None:
        raise LoopcheckError(f"no module named '{name}' that can be run")
    origin = spec.origin or name
    names = {
        "__file__": origin,
        "__loader__": loader,
        "__spec__": spec,
        "__package__": spec.parent,
        "__cached__": spec.cached,
    }
    return _Program(origin, str(Path.cwd()), code, names)


def _set_path(folder: str) -> None:
    """In place of what stands there for `loopcheck` itself: its own folder, or the current one after `python -m`."""
    if sys.flags.safe_path:
        return
    sys.path[0:1] = [folder]


def _status(code: object) -> int:
    """What the shell sees after sys.exit(code); a message goes to stderr, as Python does it."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _print_traceback() -> None:
    """The program's exception as in a plain run: without the frames of ours around it."""
    kind, error, trace = sys.exc_info()
    if error is not None and kind is not None:
        sys.excepthook(kind, error.with_traceback(_user_part(trace)), _user_part(trace))


def _user_part(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and str(Path(trace.tb_frame.f_code.co_filename).resolve()) == _OURS:
        trace = trace.tb_next
    return trace
