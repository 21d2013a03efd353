"""Where the batches come from: the same one every time, or a loader that is started anew for each."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torch.utils.data import SequentialSampler

from ...events import Event, Kind, Mark
from ...facts.learning import Restarted, SameBatch
from ..graph import tensors_in

if TYPE_CHECKING:
    from ..models import Called
    from ..trace import Trace

CODES = ("LC701", "LC704")
_STARTS = 4  # of a loader, one a step
_SAME = 4  # attentive steps with one tensor
_LONG = 10  # steps; a shorter training is none


class Batches:
    """Hears of forward passes in the attentive steps, and of each start of a loader."""

    def __init__(self) -> None:
        self._given: dict[int, tuple[weakref.ref[Tensor], int, set[int]]] = {}  # by model: tensor, version, steps
        self._mixed: set[int] = set()  # models that were given several tensors
        self._marks: dict[int, Mark] = {}
        self._called: dict[int, Called] = {}
        self._starts = 0
        self._started: tuple[int, Mark, int, int] = (0, 0, 0, 0)  # loader, place, steps, forward passes so far

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Is this the tensor of the steps before?"""
        if not one.tracked or not one.optimizers or id(one) in self._mixed:
            return
        given = next(tensors_in([args, kwargs]), None)
        if given is None:
            return
        self._marks[id(one)], self._called[id(one)] = one.last_at, one
        known = self._given.get(id(one))
        if known is None:
            self._given[id(one)] = (weakref.ref(given), given._version, {trace.steps})
        elif known[0]() is given and known[1] == given._version:
            known[2].add(trace.steps)
        else:
            self._mixed.add(id(one))

    def close(self, trace: Trace) -> None:
        """Was it the same to the end, although a loader had more?"""
        if not any((loaded.length or 2) > 1 for loaded in trace.recorder.loaders):
            return
        for key, (_, _, steps) in self._given.items():
            if key in self._mixed or len(steps) < _SAME or trace.steps < _LONG:
                continue
            facts = SameBatch(trace.steps)
            trace.court.at_once(self._called[key].name, Event(Kind.MODULE_CALL, self._marks[key], facts=facts))

    def loader_starts(self, trace: Trace, loader: Any, mark: Mark, others_run: bool) -> None:
        """A loader is run through once more. others_run: another one is in the middle of its run."""
        forwards = sum(one.forwards for one in trace.called.values() if one.model)
        before, self._started = self._started, (id(loader), mark, trace.steps, forwards)
        once = before[:2] == self._started[:2] and trace.steps == before[2] + 1 and forwards == before[3] + 1
        self._starts = self._starts + 1 if once and not others_run else 0
        if self._starts != _STARTS:
            return
        same = isinstance(getattr(loader, "sampler", None), SequentialSampler)
        workers = int(getattr(loader, "num_workers", 0))
        length = trace.recorder.loaders[-1].length
        if length != 1 and (same or (workers and not getattr(loader, "persistent_workers", False))):
            name = trace.recorder.loaders[-1].name
            trace.court.at_once(name, Event(Kind.READ, mark, facts=Restarted(name, same, workers)))


PROBE = Batches
