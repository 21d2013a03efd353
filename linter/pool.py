"""Many files at once: in processes where that pays, and with the same result, in the same order, as one by one.

Each worker says which file it begins before it judges it. If it dies, that file alone is lost (LC001) and a new worker
goes on behind it. Fork where there is one; spawned interpreters only above the amount of work that pays for them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from ..findings import Finding
from ..settings import Settings
from .check import check_file, not_finished

_WORTH_FORKING = 60_000  # bytes to judge; a fork costs 10 to 20 ms
_WORTH_STARTING = 400_000  # the same for an interpreter, which takes 250 ms and more until it judges its first file
_TAKE = 8  # files that a worker is given at a time

Progress = Callable[[int], None]


def check_all(
    files: Sequence[str], settings: Settings, jobs: int = 0, progress: Progress | None = None
) -> list[list[Finding]]:
    """The findings of each file. jobs: 0 means one per processor, as far as that pays.

    progress is called with the number of files that are done. Raises LoopcheckError on an unknown rule.
    """
    workers = _workers(files, jobs)
    if workers < 2:
        found = []
        for number, file in enumerate(files):
            found.append(check_file(file, settings))
            if progress is not None:
                progress(number + 1)
        return found
    if can_fork():
        return _Pool(files, settings, progress).run(workers)
    from .crew import Crew

    return Crew(files, settings, progress).run(workers)


def can_fork() -> bool:
    """Whether fork exists and is safe: not on macOS, whose frameworks do not stand it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def _workers(files: Sequence[str], jobs: int) -> int:
    wanted = min(jobs or os.cpu_count() or 1, len(files))
    if wanted < 2:
        return 1
    if can_fork():
        return wanted if jobs or _exceeds(files, _WORTH_FORKING) else 1
    return wanted if sys.executable and _exceeds(files, _WORTH_STARTING) else 1


def _exceeds(files: Sequence[str], limit: int) -> bool:
    """Whether these files together are larger than that. Cost: a stat for each, until it is known."""
    total = 0
    for file in files:
        try:
            total += os.stat(file).st_size
        except (OSError, ValueError):
            continue
        if total > limit:
            return True
    return False


class _Worker:
    """One child: the files it has been given and not finished, and the pipes to and from it."""

    __slots__ = ("begun", "given", "pid", "reader", "writer")

    def __init__(self, pid: int, reader: int, writer: int) -> None:
        self.pid, self.reader, self.writer = pid, os.fdopen(reader, "rb", 0), os.fdopen(writer, "wb")
        self.given: list[int] = []
        self.begun: int | None = None


class _Pool:
    """Hands files to workers, and puts together what they find."""

    def __init__(self, files: Sequence[str], settings: Settings, progress: Progress | None) -> None:
        self.files, self.settings, self.progress = files, settings, progress
        self.todo = list(range(len(files)))[::-1]
        self.found: dict[int, list[Finding]] = {}

    def run(self, number: int) -> list[list[Finding]]:
        """Run all files. A worker that dies is replaced as long as there is work."""
        import select

        workers: list[_Worker] = []
        try:
            while self.todo or workers:
                while self.todo and len(workers) < number:
                    workers.append(self._start(workers))
                ready = select.select([w.reader for w in workers], [], [])[0]
                for worker in [w for w in workers if w.reader in ready]:
                    if not self._hear(worker):
                        workers.remove(worker)
        finally:
            for worker in workers:
                self._end(worker)
        return [self.found[number] for number in range(len(self.files))]

    def _start(self, others: list[_Worker]) -> _Worker:
        read_there, write_here = os.pipe()
        read_here, write_there = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            for other in others:  # else it would keep the pipes of its brothers open
                other.reader.close()
                other.writer.close()
            os.close(write_here)
            os.close(read_here)
            _work(self.files, self.settings, read_there, write_there)
        os.close(read_there)
        os.close(write_there)
        worker = _Worker(pid, read_here, write_here)
        self._give(worker)
        return worker

    def _give(self, worker: _Worker) -> None:
        import marshal

        worker.given = [self.todo.pop() for _ in range(min(_TAKE, len(self.todo)))]
        try:
            marshal.dump(worker.given, worker.writer)
            worker.writer.flush()
        except OSError:
            pass  # it has died: the reader will tell

    def _hear(self, worker: _Worker) -> bool:
        """Take one message of this worker. False: it is gone."""
        import pickle

        try:
            size = int.from_bytes(_exactly(worker.reader.fileno(), 8), "big")
            number, findings = pickle.loads(_exactly(worker.reader.fileno(), size))  # written by our own child
        except (EOFError, pickle.UnpicklingError, OSError):
            self._lost(worker)
            return False
        if findings is None:
            worker.begun = number
            return True
        self.found[number] = findings
        worker.given.remove(number)
        worker.begun = None
        if self.progress is not None:
            self.progress(len(self.found))
        if worker.given:
            return True
        if self.todo:
            self._give(worker)
            return True
        self._end(worker)
        return False

    def _lost(self, worker: _Worker) -> None:
        """A worker has died: the file it was on is reported, the others go back to the pile."""
        lost = worker.begun if worker.begun is not None else worker.given[0] if worker.given else None
        if lost is not None:
            self.found[lost] = not_finished(self.files[lost], self.settings)
            worker.given.remove(lost)
        self.todo.extend(reversed(worker.given))
        self._end(worker)

    def _end(self, worker: _Worker) -> None:
        for pipe in (worker.writer, worker.reader):
            try:
                pipe.close()
            except OSError:
                pass
        os.waitpid(worker.pid, 0)


def _exactly(pipe: int, size: int) -> bytes:
    """So many bytes, and not one more: what is read ahead would be hidden from select(). Raises EOFError."""
    parts = []
    while size:
        part = os.read(pipe, min(size, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _work(files: Sequence[str], settings: Settings, reader: int, writer: int) -> None:
    """The life of a child. Never returns: what the parent has buffered must not be written twice."""
    import marshal
    import pickle

    try:
        with os.fdopen(reader, "rb") as commands, os.fdopen(writer, "wb") as results:
            while True:
                for number in marshal.load(commands):
                    for findings in (None, check_file):
                        told = (number, findings and findings(files[number], settings))
                        data = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
                        results.write(len(data).to_bytes(8, "big") + data)
                        results.flush()
    except (EOFError, OSError, KeyboardInterrupt):
        os._exit(0)
    except BaseException:
        os._exit(1)
