"""What happens around the step, for one thread: schedulers, clipping, gradient scalers, sums over all processes.

Called by the seams, inside the user's training. While the trace cruises each of these is one comparison; else it is
passed on to the probes. See `trace.PROBED`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor
from torch.optim import Optimizer

from ..events import Mark
from .cruise import Deed

if TYPE_CHECKING:
    from .trace import Trace

_HERE = 3  # frames from Sites.here up to the code that called a seam: here, our method, the seam
_TOLD = 4  # ... where the seam has a function of its own in between


class Around:
    """Belongs to a trace, and keeps what its seams must know of each other.

    in_scheduler, in_scaler: a step of one runs, so that what it calls is not the user's doing. scaling: a gradient
    scaler is in use, so that what is not finite is its affair.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.in_scheduler = self.in_scaler = False
        self.scaling = False
        self._scaler_at: Mark = 0
        self._scaler_seen = False

    def _expected(self, mark: Mark) -> bool:
        """Whether this place is what comes next while cruising; else all is set to where it is now."""
        trace = self._trace
        if trace.plan[trace.at] == mark:
            trace.at += 1
            return True
        trace.leave()
        trace.log.note(mark, trace.optimizers, Deed.OTHER, 0)
        return False

    # ---- schedulers ----------------------------------------------------------------------------------------------
    def scheduler_built(self, scheduler: Any) -> None:
        """A scheduler was built."""
        self._trace.tell("scheduler_built", scheduler, self._trace.sites.here(_HERE))

    def scheduler_step(self, scheduler: Any, told_epoch: bool) -> None:
        """A scheduler is about to move on."""
        mark = self._trace.sites.here(_HERE)
        if not self._expected(mark):
            optimizer = getattr(scheduler, "optimizer", None)
            one = self._trace.tracked(optimizer) if optimizer is not None else None
            self._trace.tell("scheduler_step", scheduler, one, mark, told_epoch)

    # ---- gradients -----------------------------------------------------------------------------------------------
    def clip(self, parameters: list[Tensor]) -> None:
        """The gradients of these parameters are about to be clipped."""
        mark = self._trace.sites.here(_HERE)
        if not self._expected(mark):
            ids = {id(p) for p in parameters}
            touched = [one for one in self._trace.optimizers if not one.held.isdisjoint(ids)]
            self._trace.tell("clip", touched, mark)

    def reduces(self, tensors: list[Tensor]) -> None:
        """The user's code sums or gathers these over all processes."""
        if not self._expected(self._trace.sites.here(_TOLD)) and sum(tensor.numel() for tensor in tensors) > 1:
            self._trace.tell("reduces")

    # ---- scalers -------------------------------------------------------------------------------------------------
    def scales(self, scaler: Any, result: Any) -> None:
        """A gradient scaler has scaled a loss."""
        self.scaling = True
        if not self._expected(self._trace.sites.here(_TOLD)):
            self._trace.tell("scales", scaler, result)

    def reads_scale(self, scaler: Any) -> None:
        """The user's code asks a scaler for its scale."""
        if not self.in_scaler and not self._expected(self._trace.sites.here(_TOLD)):
            self._trace.tell("reads_scale")

    def unscales(self, scaler: Any, optimizer: Optimizer) -> None:
        """A scaler has divided an optimizer's gradients by its scale."""
        if not self.in_scaler and not self._expected(self._trace.sites.here(_TOLD)):
            self._trace.tell("unscales", self._trace.tracked(optimizer))

    def before_scaler_step(self, scaler: Any, optimizer: Optimizer) -> None:
        """A scaler is about to step an optimizer, or to leave that out."""
        self.in_scaler, self._scaler_at = True, self._trace.sites.here(_TOLD)
        self._scaler_seen = not self._expected(self._scaler_at)
        if self._scaler_seen:
            self._trace.tell("before_scaler_step", scaler, self._trace.tracked(optimizer), self._scaler_at)

    def after_scaler_step(self, scaler: Any, optimizer: Optimizer, skipped: bool) -> None:
        """It has stepped it, or not."""
        self.in_scaler = False
        if skipped:
            self._trace.skipped_step(optimizer)
        if self._scaler_seen:
            self._trace.tell("after_scaler_step", scaler, self._trace.tracked(optimizer), self._scaler_at)

    def refused(self, scaler: Any, optimizer: Optimizer | None, error: Exception) -> None:
        """A step, an unscaling or an update has raised."""
        self.in_scaler = False
        self._trace.leave()
        one = self._trace.tracked(optimizer) if optimizer is not None else None
        self._trace.tell("refused", scaler, one, error, self._trace.sites.here(_TOLD))

    def updates(self, scaler: Any) -> None:
        """A scaler is about to adjust its scale."""
        if not self._expected(self._trace.sites.here(_TOLD)):
            self._trace.tell("updates", scaler)
