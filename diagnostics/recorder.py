"""What a thread's training was made of: the loss over time, and the loaders that fed it."""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from ..events import Mark
from .guards import capturing
from .naming import name_of

if TYPE_CHECKING:
    from .trace import Trace

_POINTS = 512  # of the curve; when it is full, every second one goes and the stride doubles
_LOADERS = 64
_RING = 48  # losses that wait on a device, read together and one ring later, so that nobody waits for them


class Loaded:
    """A data loader: how often it was run through, and how many batches the longest of these runs gave.

    epochs: runs in which a backward or a step came.
    """

    __slots__ = ("began", "epochs", "length", "name", "ref")

    def __init__(self, loader: Any, name: str, steps: int) -> None:
        self.ref = weakref.ref(loader)
        self.name = name
        self.began = steps
        self.epochs = 0
        self.length = _length(loader)


def _length(loader: Any) -> int | None:
    """Batches of one run, None if it cannot tell. An iterable dataset is not asked: torch would note that it was."""
    if isinstance(getattr(loader, "dataset", None), IterableDataset):
        return None
    try:
        return len(loader)
    except Exception:  # code of the user's, or no length
        return None


class Curve:
    """A number over time in bounded memory: all of it at first, later every second point, every fourth ..."""

    __slots__ = ("count", "points", "stride")

    def __init__(self) -> None:
        self.points: list[float] = []
        self.count = 0
        self.stride = 1

    def add(self, value: float) -> None:
        """One more value."""
        if self.count % self.stride == 0:
            self.points.append(value)
            if len(self.points) >= _POINTS:
                del self.points[1::2]
                self.stride *= 2
        self.count += 1


class Recorder:
    """A probe of every thread. Cost: one scalar read a backward on the CPU; elsewhere nobody waits for the device."""

    def __init__(self) -> None:
        self.losses = Curve()
        self.loaders: list[Loaded] = []
        self.last: float | None = None  # the last loss that was finite
        self.odd: tuple[float, float | None] | None = None  # the first one that was not, and the last before it
        self.noted = False  # the loss that backward() will be told of, while cruising
        self._ring: list[Tensor] = []
        self._flying: tuple[Tensor, Any] | None = None

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: note the loss."""
        if not self.noted:
            self.note(tensors)
        self.noted = False

    def note(self, loss: Any) -> None:
        """One more loss that is given to backward(). Hot."""
        if type(loss) is not Tensor or loss.numel() != 1 or loss.is_complex():
            return
        if loss.is_cpu:
            self._read(loss.item())
        elif loss.is_cuda:
            if self._ring and self._ring[0].device != loss.device:
                self._ring.clear()
            self._ring.append(loss.detach())
            if len(self._ring) >= _RING and not capturing():
                self._flush()

    def _flush(self) -> None:
        """Read the ring that was sent before, which has long arrived, and send this one."""
        self._land(wait=False)
        stacked = torch.stack([one.reshape(()).float() for one in self._ring])
        self._ring.clear()
        host = torch.empty(stacked.shape, dtype=stacked.dtype, device="cpu", pin_memory=True)
        host.copy_(stacked, non_blocking=True)
        make: Any = torch.cuda.Event
        arrived = make()
        arrived.record()
        self._flying = host, arrived

    def _land(self, *, wait: bool) -> None:
        if self._flying is None:
            return
        host, arrived = self._flying
        self._flying = None
        if wait:
            arrived.synchronize()
        if arrived.query():
            for value in host.tolist():
                self._read(value)

    def _read(self, value: float) -> None:
        self.losses.add(value)
        if value - value == 0.0:  # neither nan nor inf
            self.last = value
        elif self.odd is None:
            self.odd = value, self.last

    def iterates(self, trace: Trace, loader: Any) -> None:
        """A loader is run through once more."""
        self._count_epoch(trace)
        one = next((known for known in self.loaders if known.ref() is loader), None)
        if one is None:
            one = Loaded(loader, name_of(loader, "loader"), self._progress(trace))
            gone = next((old for old in self.loaders if old.ref() is None and old.name == one.name), None)
            if gone is not None and gone.length == one.length:  # built anew for each epoch
                one.epochs = gone.epochs
                self.loaders.remove(gone)
            self.loaders = [*(old for old in self.loaders if old.ref() is not None or old.epochs), one][-_LOADERS:]
        one.began = self._progress(trace)
        self.loaders.remove(one)
        self.loaders.append(one)  # the one that runs now is the last

    def close(self, trace: Trace) -> None:
        """The watch ends: nothing is waited for but what was already sent."""
        self._count_epoch(trace)
        if not capturing():
            self._land(wait=True)

    def _count_epoch(self, trace: Trace) -> None:
        progress = self._progress(trace)
        if self.loaders and progress > self.loaders[-1].began:
            self.loaders[-1].epochs += 1
            self.loaders[-1].began = progress

    def _progress(self, trace: Trace) -> int:
        return trace.steps + self.losses.count


def finite(points: list[float]) -> list[float]:
    """Those that can be drawn."""
    return [value for value in points if math.isfinite(value)]
