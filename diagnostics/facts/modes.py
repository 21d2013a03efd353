"""In which mode models train and are evaluated, and whether an evaluation builds graphs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from torch import nn

from ...events import Event, Kind, Mark
from ...facts.mode import Evaluation, TrainedIn
from ..graph import leaves_of, tokens_in
from ..naming import ours

if TYPE_CHECKING:
    from ..models import Called
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC201", "LC202", "LC203")
_MANY = 4  # steps, of which at most one has passes that are no part of it
_NEAR = 2000  # nodes behind a loss that are searched
_CHECKPOINT = str(Path("torch", "utils", "checkpoint.py"))
_PASSES = 3  # forward passes with nothing in between that make an evaluation


class _Blind:
    """Forward passes of one model in train mode and without graphs. passes: those of the last streak; times: streaks.

    evaluates: the last one does not belong to a training step; apart: how many of them did not.
    """

    __slots__ = ("apart", "began_at", "evaluates", "passes", "round", "times")

    def __init__(self) -> None:
        self.round = -1
        self.began_at: Mark = 0
        self.passes = self.times = self.apart = 0
        self.evaluates = False

    def begins(self, number: int, mark: Mark, *, apart: bool) -> None:
        """Another streak."""
        self.round, self.began_at, self.passes, self.evaluates = number, mark, 0, apart
        self.times += 1
        self.apart += apart


class Modes:
    """Remembers the backward of the last model in eval mode, until the optimizer steps on what it brought."""

    def __init__(self) -> None:
        self._trained: dict[int, tuple[Called, Mark]] = {}
        self._unused: dict[int, tuple[int, Mark, Evaluation]] = {}  # streaks of graphs that have died, by model
        self._blind: dict[int, _Blind] = {}  # the last streak without graphs, by model
        self._propagated: frozenset[Mark] = frozenset()  # forward passes behind the backward that is about to run

    def after_backward(self, trace: Trace, tensors: Any, mark: Mark) -> None:
        """A backward while the model may not be in train mode, or while one is remembered that was not."""
        route = trace.routes.get(mark)
        targets = route.targets if route is not None else ()
        for model in trace.doubtful:
            reached = any(one in targets for one in model.optimizers)
            if reached and model.training is False and model.changing and _still(model):
                self._trained[id(model)] = (model, mark)
                trace.expects_step = True
        for key in [key for key, (model, _) in self._trained.items() if model not in trace.doubtful]:
            del self._trained[key]

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """The step uses what the last backward brought: only now is it training, and not an attack or a saliency."""
        for key, (model, at) in list(self._trained.items()):
            if one in model.optimizers:
                del self._trained[key]
                facts = TrainedIn(model.name, False, model.set_at)
                trace.court.at_once(model.name, Event(Kind.BACKWARD, at, facts=facts), repeats=2)

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Called in attentive steps, and for the second and later forward passes without a backward in between."""
        if not one.optimizers or trace.in_backward or _computes_again():
            return
        if one.tracked:
            self._builds_graphs(trace, one)
        elif one.training and one.changing:
            self._without_graphs(trace, one)

    def _builds_graphs(self, trace: Trace, one: Called) -> None:
        """Graphs that die unused: an evaluation, unless the best of them is propagated in the end."""
        if one.streak >= _PASSES and sum(ref() is None for ref in one.tokens) >= _PASSES:
            facts = Evaluation(one.name, one.training, one.set_at, bool(one.changing), True)
            self._unused.setdefault(id(one), (trace.round, one.began_at, facts))

    def graph(self, trace: Trace, tensors: Any, nodes: list[Any], leaves: list[Any], mark: Mark) -> None:
        """Which forward passes does this loss come from? Only known where the graph was walked."""
        self._propagated = frozenset(token.mark for token in tokens_in(nodes))

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: a streak of forward passes ends; was the best of them meant?"""
        if self._unused:
            if not self._propagated:
                self._propagated = frozenset(token.mark for token in tokens_in(leaves_of(tensors, most=_NEAR)[0]))
            self._settle(trace)
        self._propagated = frozenset()

    def close(self, trace: Trace) -> None:
        """The end of the last streak."""
        self._settle(trace)

    def _settle(self, trace: Trace) -> None:
        unused, self._unused = self._unused, {}
        for _, at, facts in unused.values():
            spared = facts.training and at in trace.consumed  # batches that are left out, episodes thrown away
            if at not in self._propagated and not spared:
                trace.court.at_once(facts.model, Event(Kind.MODULE_CALL, at, facts=facts))

    def _without_graphs(self, trace: Trace, one: Called) -> None:
        """Passes in train mode that nobody learns from: an evaluation, if it comes once in many steps.

        Not what belongs to each step (a cache of gradients, labels that are guessed, recycling), nor what comes before
        the first step, nor what train() was called for just then (statistics that are computed anew).
        """
        seen = self._blind.get(id(one))
        if seen is None:
            seen = self._blind[id(one)] = _Blind()
        if seen.round != trace.round:
            seen.begins(trace.round, one.last_at, apart=self._is_apart(trace, one, seen))
        seen.passes += 1
        enough = seen.passes == _PASSES or (seen.passes == 1 and seen.apart == _PASSES)
        if enough and seen.evaluates and not _recalibrates():
            facts = Evaluation(one.name, True, 0, True, False)
            trace.court.at_once(one.name, Event(Kind.MODULE_CALL, seen.began_at, facts=facts))

    @staticmethod
    def _is_apart(trace: Trace, one: Called, seen: _Blind) -> bool:
        """Whether such passes come once in many steps, and train() was not called for them."""
        meant = one.set_at and trace.mode_steps == trace.steps
        return trace.steps >= _MANY and seen.times < trace.steps / _MANY and not meant


def _still(model: Called) -> bool:
    """Whether it is in eval mode now: some set the flags of all modules themselves."""
    module = model.ref()
    if module is not None:
        model.read_mode(module)
    return model.training is False


def _recalibrates() -> bool:
    """Whether a function named so runs a model for the statistics of its batch norms: update_bn, update_bn_stats."""
    return any("bn" in name.split("_") or "calibrat" in name for name, _ in _running())


def _computes_again() -> bool:
    """Whether torch runs a part of a model without gradients, to compute it again in the backward: a checkpoint."""
    return any(filename.endswith(_CHECKPOINT) for _, filename in _running())


def _running() -> Iterator[tuple[str, str]]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not ours(frame):
            yield frame.f_code.co_name, frame.f_code.co_filename
        frame = frame.f_back


PROBE = Modes
