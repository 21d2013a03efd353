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
_NEARLY = 0.1
_LONG = 10  # steps; a shorter training is none


class Batches:
    """Hears of forward passes in the attentive steps, and of each start of a loader."""

    def __init__(self) -> None:
        self._given: dict[int, tuple[list[weakref.ref[Tensor]], list[int], set[int]]] = {}  # by model, with the steps
        self._mixed: set[int] = set()  # models that were given several tensors
        self._marks: dict[int, Mark] = {}
        self._called: dict[int, Called] = {}
        self._starts = 0
        self._started: tuple[int, Mark, int, int] = (0, 0, 0, 0)  # loader, place, steps, forward passes so far

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Is this the tensor of the steps before?"""
        if not one.tracked or not one.optimizers or id(one) in self._mixed:
            return
        given = list(tensors_in([args, kwargs]))
        if not given:
            return
        self._marks[id(one)], self._called[id(one)] = one.last_at, one
        known = self._given.get(id(one))
        versions = [tensor._version for tensor in given]
        if known is None:
            self._given[id(one)] = ([weakref.ref(tensor) for tensor in given], versions, {trace.steps})
        elif len(known[0]) == len(given) and versions == known[1] and _are_the_same(known[0], given):
            known[2].add(trace.steps)
        else:
            self._mixed.add(id(one))

    def close(self, trace: Trace) -> None:
        """Was it the same to the end, although a loader had more?"""
        loaders = trace.recorder.loaders
        if not any((loaded.length or 2) > 1 for loaded in loaders):
            return
        drawn = [loaded.epochs * (loaded.length or 0) for loaded in loaders]
        if any(abs(batches - trace.steps) <= _NEARLY * trace.steps for batches in drawn):
            return  # each step takes a batch: indices into a graph, targets for a latent
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


def _are_the_same(known: list[weakref.ref[Tensor]], given: list[Tensor]) -> bool:
    return all(ref() is tensor for ref, tensor in zip(known, given, strict=True))


PROBE = Batches
