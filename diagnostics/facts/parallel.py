"""Training beside the DDP wrapper, and gradients that are never averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from ...events import Event, Kind, Mark
from ...facts.parallel import DdpBypassed, NeverSynchronized

if TYPE_CHECKING:
    from ..models import Called
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC901", "LC904")


class Parallel:
    """Leaves at once where no wrapper was built."""

    def __init__(self) -> None:
        self._inside: Mark = 0  # the last backward, if all since the last step ran under no_sync()
        self._synchronized = False
        self._steps = 0

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Is this the module inside a wrapper, and is it trained?"""
        if trace.wrappers and one.tracked and module.training and id(module) in trace.wrappers.values():
            facts = DdpBypassed(one.name)
            trace.court.at_once(one.name, Event(Kind.MODULE_CALL, one.last_at, facts=facts), repeats=2)

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: does a wrapper average the gradients of this one?"""
        if not trace.wrappers:
            return
        flags = [bool(getattr(ddp, "require_backward_grad_sync", True)) for ddp in list(trace.wrappers)]
        if any(flags):
            self._synchronized = True
        else:
            self._inside = mark
        trace.expects_step = True

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """The step uses gradients that were averaged, or not."""
        inside, synchronized = self._inside, self._synchronized
        self._inside, self._synchronized = 0, False
        if inside and not synchronized and not trace.log.spoiled:
            self._steps += 1
            facts = NeverSynchronized(self._steps)
            trace.court.at_once(one.key, Event(Kind.BACKWARD, inside, facts=facts), repeats=3)


PROBE = Parallel
