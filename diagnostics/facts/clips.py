"""Clipping at the wrong time: after the step has used the gradients, or before they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...events import Event, Kind, Mark
from ...facts.schedule import Clipped

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC603", "LC604")


class Clips:
    """The clips of gradients that are not there, by optimizer."""

    def __init__(self) -> None:
        self._early: dict[str, Mark] = {}

    def clip(self, trace: Trace, touched: list[Tracked], mark: Mark) -> None:
        """The gradients of these optimizers are clipped. If one of them waits for its step, that one is meant."""
        moves = trace.moves
        if any(moves.fresh[one.state] or moves.given[one.state] for one in touched):
            return
        for one in touched:
            if moves.used[one.state]:
                self._told(trace, one, mark, Clipped(after=one.stepped_at))
            elif one.steps:
                self._early[one.key] = mark

    @staticmethod
    def _told(trace: Trace, one: Tracked, mark: Mark, facts: Clipped) -> None:
        trace.court.at_once(one.key, Event(Kind.CLIP, mark, facts=facts), repeats=2)

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: does this loss reach gradients that were clipped already?"""
        if not self._early:
            return
        route = trace.routes.get(mark)
        for one in route.targets if route is not None else ():
            early = self._early.pop(one.key, None)
            if early is not None:
                self._told(trace, one, early, Clipped(before=mark))


PROBE = Clips
