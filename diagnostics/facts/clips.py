"""Clipping at the wrong time, and gradient scalers that are used by half."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ...events import Event, Kind, Mark
from ...facts.schedule import Bypassed, Clipped, ScalerUse, UnderAutocast
from ..graph import tensors_in
from ..naming import name_of

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC603", "LC604", "LC605", "LC606", "LC607", "LC608")


class Clips:
    """What was done to the gradients of each optimizer, by its key, since its last step."""

    def __init__(self) -> None:
        self._early: dict[str, Mark] = {}  # clips of gradients that are not there
        self._scaled: dict[str, Mark] = {}  # backwards of scaled losses that nothing has unscaled
        self._plain: dict[str, Mark] = {}  # backwards of losses that were not scaled
        self._tensors: list[weakref.ref[Tensor]] = []  # that scale() has given
        self._scaling: str | None = None  # the optimizer that a scaler steps just now
        self._steps: dict[int, Mark] = {}  # by scaler: its last step, while no update has followed
        self._in_backward: list[str] = []

    # ---- clipping ------------------------------------------------------------------------------------------------
    def clip(self, trace: Trace, touched: list[Tracked], mark: Mark) -> None:
        """The gradients of these optimizers are clipped."""
        moves = trace.moves
        for one in touched:
            scaled = self._scaled.get(one.key)
            if moves.used[one.state]:
                self._clipped(trace, one, mark, Clipped(after=one.stepped_at))
            elif scaled:
                self._clipped(trace, one, mark, Clipped(scaled=scaled))
            elif not moves.fresh[one.state] and not moves.given[one.state] and one.steps:
                self._early[one.key] = mark

    @staticmethod
    def _clipped(trace: Trace, one: Tracked, mark: Mark, facts: Clipped) -> None:
        trace.court.at_once(one.key, Event(Kind.CLIP, mark, facts=facts), repeats=2)

    # ---- backward and step ---------------------------------------------------------------------------------------
    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: is this loss scaled, and does it reach gradients that were clipped already?"""
        if trace.scaling or self._early:
            self._of_targets(trace, tensors, mark)
        device = next((t.device.type for t in tensors_in(tensors)), "cpu")
        if trace.attentive and torch.is_autocast_enabled(device):
            facts = UnderAutocast(device)
            trace.court.at_once("loss", Event(Kind.BACKWARD, mark, facts=facts), repeats=2)

    def _of_targets(self, trace: Trace, tensors: Any, mark: Mark) -> None:
        self._tensors = [ref for ref in self._tensors if ref() is not None]
        scaled = any(ref() is tensor for ref in self._tensors for tensor in tensors_in(tensors))
        route = trace.routes.get(mark)
        for one in route.targets if route is not None else ():
            early = self._early.pop(one.key, None)
            if early is not None:
                self._clipped(trace, one, early, Clipped(before=mark))
            (self._scaled if scaled else self._plain)[one.key] = mark
        if self._scaled or self._plain:
            trace.expects_step = True

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """The step uses what was brought: through the scaler, or past it?"""
        scaled, plain = self._scaled.pop(one.key, None), self._plain.pop(one.key, None)
        if self._scaled or self._plain:
            trace.expects_step = True
        if trace.log.spoiled or not trace.scaling:
            return
        inside = self._scaling == one.key
        if scaled and not inside:
            facts = Bypassed(True, scaled)
        elif plain and not scaled and inside:
            facts = Bypassed(False, plain)
        else:
            return
        trace.court.at_once(one.key, Event(Kind.STEP, mark, facts=facts), repeats=2)

    # ---- the scaler ----------------------------------------------------------------------------------------------
    def scales(self, trace: Trace, scaler: Any, result: Any) -> None:
        """A loss was scaled."""
        self._tensors += [weakref.ref(tensor) for tensor in tensors_in(result)]

    def unscales(self, trace: Trace, one: Tracked | None) -> None:
        """The gradients of an optimizer were divided by the scale again."""
        if one is not None:
            self._scaled.pop(one.key, None)

    def before_scaler_step(self, trace: Trace, scaler: Any, one: Tracked | None, mark: Mark) -> None:
        """A scaler is about to step an optimizer."""
        self._scaling = one.key if one is not None else None

    def after_scaler_step(self, trace: Trace, scaler: Any, one: Tracked | None, mark: Mark) -> None:
        """It has, or has left the step out."""
        self._scaling = None
        self._steps[id(scaler)] = mark
        if one is not None:
            self._scaled.pop(one.key, None)
            self._plain.pop(one.key, None)

    def failed_scaler_step(self, trace: Trace, scaler: Any, one: Tracked | None, error: Exception, mark: Mark) -> None:
        """It has refused: it was not updated since its last step."""
        self._scaling = None
        before = self._steps.get(id(scaler))
        if before and isinstance(error, RuntimeError) and "already been called" in str(error):
            facts = ScalerUse(mark)
            trace.court.at_once(name_of(scaler, "scaler"), Event(Kind.SCALER_UPDATE, before, facts=facts))

    def updates(self, trace: Trace, scaler: Any) -> None:
        """A scaler adjusts its scale."""
        self._steps.pop(id(scaler), None)


PROBE = Clips
