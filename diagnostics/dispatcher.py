"""The one dispatcher of a process: puts the seams in once, counts the watches, and takes them out again.

Watches subscribe; they may be closed in any order. Each thread has a trace of its own. A fault of ours is warned about
once; from then on all seams pass through.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from torch.optim import Optimizer

from ..judge import Verdict
from .facts import probes
from .roots import Roots
from .seams import Seam, seams
from .sites import Sites
from .trace import Trace


class LoopcheckFault(UserWarning):
    """A fault of loopcheck itself; the training goes on unwatched."""


class Subscriber(Protocol):
    """A watch that is open."""

    codes: frozenset[str]

    def hear(self, verdict: Verdict, trace: Trace) -> None:
        """A verdict was reached in a thread."""


class _Local(threading.local):
    trace: Trace | None = None


class _Patch(NamedTuple):
    owner: Any
    name: str
    original: Any
    replacement: Any


class Dispatcher:
    """Seams, threads and subscribers. All methods but `trace` take a lock."""

    def __init__(self) -> None:
        self.sites = Sites()
        self.roots = Roots()
        self.wrappers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.local = _Local()
        self.owners: weakref.WeakKeyDictionary[Optimizer, weakref.ref[Trace]] = weakref.WeakKeyDictionary()
        self.unobserved: list[str] = []
        self._lock = threading.RLock()
        self._watches: list[Subscriber] = []
        self._traces: list[Trace] = []
        self._patches: list[_Patch] = []
        self._removers: list[Callable[[], None]] = []
        self.failed = False  # ... or no watch is open: all seams pass through

    # ---- watches -------------------------------------------------------------------------------------------------
    def open(self, watch: Subscriber) -> None:
        """Begin to tell a watch what is found; the first one puts the seams in. All or nothing, also on Ctrl-C."""
        with self._lock:
            self._watches = [*self._watches, watch]
            try:
                if len(self._watches) == 1:
                    self.failed = False
                    self._install()
                else:
                    self._widen(watch.codes)
            except BaseException:
                self.close(watch)
                raise

    def _widen(self, codes: frozenset[str]) -> None:
        """Another watch has other rules: all threads look for those, too."""
        for trace in self._traces:
            trace.add_codes(codes, probes(codes - trace.codes))

    def finish(self, finished: bool) -> None:
        """A watch is about to close. If it is the last one, all that is judged at the end is judged now.

        finished: its program came to its end. As long as another watch is open, the end is not here.
        """
        with self._lock:
            if len(self._watches) != 1 or self.failed:
                return
            for trace in self._traces:
                if trace is not self.local.trace and trace.is_alive():
                    continue  # only a thread itself may look at its gradients
                try:
                    trace.close(finished)
                except Exception as error:
                    self.fault(error)

    def broken_off(self, error: BaseException) -> None:
        """An exception ends the program, or the part of it that is watched."""
        if not self.failed:
            try:
                self.trace().tell("failed", error)
            except Exception as fault:
                self.fault(fault)

    def close(self, watch: Subscriber) -> None:
        """No longer tell a watch; the last one takes the seams out."""
        with self._lock:
            if watch not in self._watches:
                return
            self._watches = [other for other in self._watches if other is not watch]
            if not self._watches:
                self._uninstall()

    def tell(self, verdict: Verdict, trace: Trace) -> None:
        """Pass a verdict on to all watches."""
        for watch in self._watches:
            watch.hear(verdict, trace)

    # ---- threads -------------------------------------------------------------------------------------------------
    def trace(self) -> Trace:
        """The trace of this thread. Hot: one attribute of a thread-local object."""
        trace = self.local.trace
        if trace is None or trace.off:
            return self._new_trace()
        return trace

    def _new_trace(self) -> Trace:
        with self._lock:
            if isinstance(threading.current_thread(), threading._DummyThread):
                return self._silent_trace()
            codes = frozenset().union(*(watch.codes for watch in self._watches))
            trace = Trace(
                self.sites, codes, lambda verdict: self.tell(verdict, trace), self.claim, self.observe, self.wrappers
            )
            for probe in probes(codes):
                trace.add_probe(probe)
            self._traces = [one for one in self._traces if one.is_alive() or one.trains()]
            self._traces.append(trace)
            self.roots.widen()
            self.local.trace = trace
            return trace

    def _silent_trace(self) -> Trace:
        """For a thread that Python did not start: autograd's own, in which hooks on parameters may step optimizers.

        What happens there belongs to the thread that called backward(); it must not take optimizers away from it.
        """
        self.unobserved.append("optimizers that step in threads of autograd's own")
        trace = self.local.trace = Trace(self.sites, frozenset(), lambda verdict: None)
        return trace

    def claim(self, optimizer: Optimizer, trace: Trace) -> None:
        """This thread uses the optimizer from now on; no other thread looks at it any more."""
        with self._lock:
            ref = self.owners.get(optimizer)
            other = ref() if ref is not None else None
            if other is trace:
                return
            if other is not None:
                other.lose(optimizer)
            self.owners[optimizer] = weakref.ref(trace)

    def observe(self, classes: list[type]) -> None:
        """Observe the forward passes of these classes only; of all modules, if there are none given."""
        with self._lock:
            if not classes or len(self._traces) > 1:
                self.roots.widen()
            else:
                self.roots.narrow(classes)

    @property
    def traces(self) -> list[Trace]:
        """The traces of all threads since the first watch was opened."""
        return list(self._traces)

    # ---- seams ---------------------------------------------------------------------------------------------------
    def _install(self) -> None:
        for seam in seams():
            self._put_in(seam)

    def _put_in(self, seam: Seam) -> None:
        missing = seam.missing()
        if missing is not None:
            self.unobserved.append(missing)
            return
        for owner, name, make in seam.patches(self):
            original = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
            replacement = make(original)
            setattr(owner, name, replacement)
            self._patches.append(_Patch(owner, name, original, replacement))
        self._removers.extend(seam.hooks(self))

    def _uninstall(self) -> None:
        for trace in self._traces:
            if trace is self.local.trace or not trace.is_alive():
                trace.clear()
            else:
                trace.off = True  # its thread may be amid anything: it lets go of all when it comes by, or ends
        self._traces.clear()
        self._take_out()
        self.failed = True  # who has kept one of our functions passes through it
        self.owners.clear()
        self.unobserved.clear()
        self.sites.clear()

    def _take_out(self) -> None:
        for remove in self._removers:
            remove()
        self._removers.clear()
        for owner, name, original, replacement in reversed(self._patches):
            current = owner.__dict__.get(name) if isinstance(owner, type) else getattr(owner, name)
            if current is replacement:  # else somebody has wrapped ours: theirs stays, and ours passes through
                setattr(owner, name, original)
        self._patches.clear()

    # ---- our own faults ------------------------------------------------------------------------------------------
    def fault(self, error: BaseException) -> None:
        """Warn once and step aside."""
        with self._lock:
            if self.failed:
                return
            self.failed = True
            self.unobserved.append(f"everything since a fault of loopcheck itself ({type(error).__name__}: {error})")
        text = f"loopcheck has a fault and stops watching; your training goes on ({type(error).__name__}: {error})"
        try:
            warnings.warn(text, LoopcheckFault, stacklevel=2)
        except Exception:  # warnings are errors here
            print(text, file=sys.stderr)

    def after_fork(self) -> None:
        """In a child process: no other thread lives on, whatever it held."""
        self._lock = threading.RLock()
        self._traces = [one for one in self._traces if one is self.local.trace]


DISPATCHER = Dispatcher()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=DISPATCHER.after_fork)
