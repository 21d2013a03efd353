"""Gradient scalers that are used by half, clips of scaled gradients, and backward() under autocast.

Whether a loss was scaled shows in its graph: the node that scale() has made carries a mark. Whoever works with the
scale by hand reads it first, or writes to the gradients; both are seen, and then nothing is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from ...events import Event, Kind, Mark
from ...facts.schedule import Bypassed, Clipped, ScalerUse, UnderAutocast
from ..graph import leaves_of, tensors_in
from ..naming import name_of

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC605", "LC606", "LC607", "LC608")
_KEY = "loopcheck scaled"
_NEAR = 64  # nodes behind a loss that are searched for that of scale(); 2 us each
_ENOUGH = 4  # searches from one place that find none: it hands over losses that were not scaled
_REFUSALS = ("step() has already been called", "called after step()")  # what torch says where update() is missing


_AUTOCAST = frozenset({"cpu", "cuda", "xpu", "hpu"})  # devices of which torch can be asked
_NOTHING_TO_STEP = "No inf checks were recorded for this optimizer"
_NOTHING_TO_UPDATE = "No inf checks were recorded prior to update"


class Waiting:
    """Gradients of one optimizer that wait for its step. scaled: whether their loss was; backward_at: its backward.

    stamp: object and version of each canary's gradient after it. clipped: since then.
    """

    __slots__ = ("backward_at", "clipped", "scaled", "stamp")

    def __init__(self, scaled: bool, backward_at: Mark) -> None:
        self.scaled = scaled
        self.backward_at = backward_at
        self.clipped = False
        self.stamp: list[tuple[int, int]] = []


class Scaling:
    """What was done to the gradients of each optimizer, by its key, since its last step."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}
        self._plain: dict[Mark, int] = {}  # how often a place handed over a loss that was not scaled
        self._stepped_by_scaler: str | None = None  # the optimizer that a scaler steps just now
        self._steps: dict[int, Mark] = {}  # by scaler: its last step, while no update has followed
        self._read = self._read_late = False  # the scale, since the last step; since the last backward

    # ---- backward ------------------------------------------------------------------------------------------------
    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: is this loss scaled, and is autocast on?"""
        if trace.around.scaling:
            self._of_targets(trace, tensors, mark)
        if trace.attentive:
            device = next((t.device.type for t in tensors_in(tensors)), "cpu")
            if device in _AUTOCAST and torch.is_autocast_enabled(device):
                facts = UnderAutocast(device)
                trace.court.at_once("loss", Event(Kind.BACKWARD, mark, facts=facts), repeats=2)

    def _of_targets(self, trace: Trace, tensors: Any, mark: Mark) -> None:
        self._read_late = False
        scaled = self._is_scaled(tensors, mark)
        known = scaled or not (trace.weighted or self._read)
        route = trace.routes.get(mark)
        for one in route.targets if route is not None else ():
            before = self._waiting.pop(one.key, None)
            if before is not None and before.scaled and trace.moves.fresh[one.state] and not one.empty():
                self._waiting[one.key] = before  # comes on top
            elif known:
                self._waiting[one.key] = Waiting(scaled, mark)
        trace.expects_step |= bool(self._waiting)

    def _is_scaled(self, tensors: Any, mark: Mark) -> bool:
        roots: list[Any] = [t.grad_fn for t in tensors_in(tensors) if t.grad_fn is not None]
        if any(_KEY in node.metadata for node in roots):
            return True
        seen = self._plain.get(mark, 0)
        if seen >= _ENOUGH:
            return False
        if any(_KEY in node.metadata for node in leaves_of(tensors, most=_NEAR)[0]):
            return True
        self._plain[mark] = seen + 1
        return False

    def after_backward(self, trace: Trace, tensors: Any, mark: Mark) -> None:
        """The gradients are as they are now because of backward()."""
        for one in trace.optimizers:
            waiting = self._waiting.get(one.key)
            if waiting is not None:
                waiting.stamp = _stamp(one)

    # ---- clip and step -------------------------------------------------------------------------------------------
    def clip(self, trace: Trace, touched: list[Tracked], mark: Mark) -> None:
        """Gradients are clipped: while they are scaled?"""
        for one in touched:
            waiting = self._waiting.get(one.key)
            if waiting is None or not waiting.scaled or not trace.moves.fresh[one.state]:
                continue
            if self._by_hand(one, waiting):
                del self._waiting[one.key]
                continue
            waiting.clipped = True
            facts = Clipped(scaled=waiting.backward_at)
            trace.court.at_once(one.key, Event(Kind.CLIP, mark, facts=facts), repeats=2)

    def _by_hand(self, one: Tracked, waiting: Waiting) -> bool:
        """Whether somebody else may have divided these gradients by the scale, or knows of it."""
        return self._read_late or (not waiting.clipped and waiting.stamp != _stamp(one))

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """The step uses what was brought: through the scaler, or past it?"""
        waiting = self._waiting.pop(one.key, None)
        by_hand = waiting is not None and self._by_hand(one, waiting)
        self._read = self._read_late = False
        trace.expects_step |= bool(self._waiting)
        if waiting is None or trace.log.spoiled:
            return
        inside = self._stepped_by_scaler == one.key
        if inside == waiting.scaled or (by_hand and not inside):
            return
        facts = Bypassed(waiting.scaled, waiting.backward_at)
        trace.court.at_once(one.key, Event(Kind.STEP, mark, facts=facts), repeats=2)

    # ---- the scaler ----------------------------------------------------------------------------------------------
    def scales(self, trace: Trace, scaler: Any, result: Any) -> None:
        """A loss was scaled."""
        for tensor in tensors_in(result):
            node: Any = tensor.grad_fn
            if node is not None:
                node.metadata[_KEY] = True

    def reads_scale(self, trace: Trace) -> None:
        """The user's code knows the scale now."""
        self._read = self._read_late = True

    def unscales(self, trace: Trace, one: Tracked | None) -> None:
        """The gradients of an optimizer were divided by the scale again."""
        if one is not None:
            self._waiting.pop(one.key, None)

    def before_scaler_step(self, trace: Trace, scaler: Any, one: Tracked | None, mark: Mark) -> None:
        """A scaler is about to step an optimizer."""
        self._stepped_by_scaler = one.key if one is not None else None

    def after_scaler_step(self, trace: Trace, scaler: Any, one: Tracked | None, mark: Mark) -> None:
        """It has, or has left the step out."""
        self._stepped_by_scaler = None
        self._steps[id(scaler)] = mark
        if one is not None:
            self._waiting.pop(one.key, None)

    def refused(self, trace: Trace, scaler: Any, one: Tracked | None, error: Exception, mark: Mark) -> None:
        """torch has refused a step, an unscaling or an update, for reasons that it does not tell.

        The scaler was not updated since its last step; or the gradients that it should step on are not there; or it is
        updated, and nothing was stepped.
        """
        self._stepped_by_scaler = None
        before = self._steps.get(id(scaler))
        text = str(error) if isinstance(error, AssertionError | RuntimeError) else ""
        if _NOTHING_TO_STEP in text and one is not None:
            trace.court.refused(one.key, trace.moves.states[one.state], Event(Kind.STEP, mark))
        elif _NOTHING_TO_UPDATE in text:
            for other in trace.optimizers:
                state = trace.moves.states[other.state]
                if state.backward_at and not state.step_at:
                    trace.court.refused(other.key, state._replace(unstepped_at=state.backward_at), Event(Kind.END))
        elif before and any(refusal in text for refusal in _REFUSALS):
            facts = ScalerUse(mark)
            trace.court.at_once(name_of(scaler, "scaler"), Event(Kind.SCALER_UPDATE, before, facts=facts))

    def updates(self, trace: Trace, scaler: Any) -> None:
        """A scaler adjusts its scale."""
        self._steps.pop(id(scaler), None)


def _stamp(one: Tracked) -> list[tuple[int, int]]:
    return [(id(p.grad), p.grad._version) for p in one.canaries if p.grad is not None]


PROBE = Scaling
