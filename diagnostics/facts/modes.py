"""In which mode models train and are evaluated, and whether an evaluation builds graphs."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

from torch import nn

from ...events import Event, Kind, Mark
from ...facts.mode import Evaluation, TrainedIn

if TYPE_CHECKING:
    from ..models import Called
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC201", "LC202", "LC203")
_PASSES = 3  # forward passes with nothing in between that make an evaluation


class Modes:
    """Remembers the backward of the last model in eval mode, until the optimizer steps on what it brought."""

    def __init__(self) -> None:
        self._trained: dict[int, tuple[Called, Mark]] = {}

    def after_backward(self, trace: Trace, tensors: Any, mark: Mark) -> None:
        """A backward while the model may not be in train mode, or while one is remembered that was not."""
        for model in trace.called.values():
            if model.round != trace.round or not model.tracked or not model.model:
                continue
            if model.training is False and model.changing and _still(model):
                self._trained[id(model)] = (model, mark)
                trace.expects_step = True
            elif self._trained:
                self._trained.pop(id(model), None)

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """The step uses what the last backward brought: only now is it training, and not an attack or a saliency."""
        for key, (model, at) in list(self._trained.items()):
            if one in model.optimizers:
                del self._trained[key]
                facts = TrainedIn(model.name, False, model.set_at)
                trace.court.at_once(model.name, Event(Kind.BACKWARD, at, facts=facts), repeats=2)

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Called for the second and later forward passes without a backward in between."""
        if one.streak < _PASSES or not one.optimizers or trace.in_backward:
            return
        if one.tracked:
            unused = sum(ref() is None for ref in one.tokens)
            if unused >= _PASSES:
                facts = Evaluation(one.name, one.training, one.set_at, bool(one.changing), True)
                trace.court.at_once(one.name, Event(Kind.MODULE_CALL, one.began_at, facts=facts))
        elif one.training and one.changing and not _recalibrates():
            facts = Evaluation(one.name, True, 0, True, False)
            trace.court.at_once(one.name, Event(Kind.MODULE_CALL, one.began_at, facts=facts))


def _still(model: Called) -> bool:
    """Whether it is in eval mode now: some set the flags of all modules themselves."""
    module = model.ref()
    if module is not None:
        model.read_mode(module)
    return model.training is False


def _recalibrates() -> bool:
    """Whether this is torch.optim.swa_utils.update_bn, which runs a model in train mode for its batch norms."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "update_bn":
            return True
        frame = frame.f_back
    return False


PROBE = Modes
