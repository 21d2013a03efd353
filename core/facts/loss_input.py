"""What a loss function was given."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class LossInput(NamedTuple):
    """The first argument of a loss function.

    loss: torch's class for it, also for the functional form ("CrossEntropyLoss"). activation: the activation that was
    applied last to what it is given ("softmax", "log_softmax", "sigmoid"; "linear": surely none), None if none is
    known; at activation_at.
    in_model: the activation is the end of a model's forward.
    """

    loss: str
    activation: str | None = None
    activation_at: Mark = 0
    in_model: bool = False
