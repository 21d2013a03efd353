"""Many files at once where there is no fork: interpreters started afresh, each driven by a thread of ours.

A worker is asked for one file after the other, so it is always known which one it was on: if it dies, that file alone
is lost (LC001) and a new worker goes on behind it. Where none can be started, the work is done here.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from ..findings import Finding
from ..settings import Settings
from .check import check_file, not_finished
from .depth import home

if TYPE_CHECKING:
    from .pool import Progress

_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from loopcheck.linter.crew import work; work()"
_NO_ANSWER = (OSError, EOFError, ValueError, pickle.UnpicklingError)


class Crew:
    """Hands files to its workers one by one, and puts together what they find."""

    def __init__(self, files: Sequence[str], settings: Settings, progress: Progress | None) -> None:
        self.files, self.settings, self.progress = files, settings, progress
        self.todo = list(range(len(files)))[::-1]
        self.found: dict[int, list[Finding]] = {}
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()

    def run(self, number: int) -> list[list[Finding]]:
        """Run all files with so many workers. After Ctrl-C, none of them is left."""
        threads = [threading.Thread(target=self._drive, daemon=True) for _ in range(number)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # not for ever: on Windows, Ctrl-C would wait for it
        except BaseException:
            self._stop(threads)
            raise
        while (open_file := self._next()) is not None:  # no worker could be started
            self._keep(open_file, check_file(self.files[open_file], self.settings))
        return [self.found[number] for number in range(len(self.files))]

    def _drive(self) -> None:
        worker = None
        while (number := self._next()) is not None:
            try:
                worker = worker or self._started()
            except _NO_ANSWER:
                with self._lock:
                    self.todo.append(number)  # for the others, or for who waits for all of us
                return
            try:
                findings = worker.ask(self.files[number])
            except _NO_ANSWER:
                worker.end()
                worker, findings = None, not_finished(self.files[number], self.settings)
            self._keep(number, findings)
        if worker is not None:
            worker.end()

    def _started(self) -> _Worker:
        worker = _Worker(self.settings)
        self._workers.append(worker)
        worker.greet()
        return worker

    def _next(self) -> int | None:
        with self._lock:
            return self.todo.pop() if self.todo else None

    def _keep(self, number: int, findings: list[Finding]) -> None:
        with self._lock:
            self.found[number] = findings
            if self.progress is not None:
                self.progress(len(self.found))

    def _stop(self, threads: Sequence[threading.Thread]) -> None:
        with self._lock:
            self.todo.clear()
        for worker in self._workers:
            worker.process.kill()
        for thread in threads:
            if thread.is_alive():
                thread.join(1)  # it waits for its worker, which is dead


class _Worker:
    """One interpreter. -P: nothing is imported from the folder that it is started in, which may be the scanned one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: Any = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, home()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def greet(self) -> None:
        """Tell it the settings, and wait until it is there: one that cannot begin must not cost a file."""
        try:
            self.ask(self.settings)
        except _NO_ANSWER:
            self.end()
            raise

    def ask(self, question: object) -> Any:
        """The answer to one question. Raises one of _NO_ANSWER if there comes none."""
        _send(question, self.process.stdin)
        return pickle.load(self.process.stdout)  # written by our own child

    def end(self) -> None:
        """Let it go, dead or alive."""
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:  # what was left to write finds no reader
                pass
        self.process.kill()
        self.process.wait()


def work() -> None:
    """The life of a worker. It trusts what comes in: its parent writes it."""
    import gc
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent hears it, and ends its workers
    gc.disable()  # as in the parent: syntax trees are large and hold no cycles worth collecting
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    settings = pickle.load(questions)
    _send(None, answers)
    try:
        while True:
            _send(check_file(pickle.load(questions), settings), answers)
    except EOFError:
        return


def _send(message: object, pipe: BinaryIO) -> None:
    pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()
