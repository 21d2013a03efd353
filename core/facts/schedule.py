"""What clipping, gradient scaling and learning-rate schedules met."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class Clipped(NamedTuple):
    """A clip of gradients, and what it came too late or too early for; None where it came in time, or is not known.

    after: the step that had already used them. before: the backward() that only comes after it. scaled: the backward()
    of a scaled loss, with no unscale_() since.
    """

    after: Mark | None = None
    before: Mark | None = None
    scaled: Mark | None = None


class ScheduleStep(NamedTuple):
    """A scheduler moves on although its optimizer has not stepped yet; the first step comes after it, at step_at."""

    step_at: Mark


class ScalerUse(NamedTuple):
    """A scaler is used again, at again_at, and has not been updated since its step."""

    again_at: Mark


class Bypassed(NamedTuple):
    """A step in which scaler and loss do not fit. loss_scaled: the loss was scaled and the scaler did not step; else
    the scaler stepped on a loss that was not. backward_at: the backward() of that loss."""

    loss_scaled: bool
    backward_at: Mark


class UnderAutocast(NamedTuple):
    """backward() runs inside the autocast block of this device type."""

    device: str


class NeverStepped(NamedTuple):
    """A scheduler that was built and never stepped, though its optimizer made so many steps."""

    steps: int


class Cadence(NamedTuple):
    """A scheduler that moved `moved` times while its optimizer made `steps` steps, and was built for another pace.

    total: the steps that it was built for, if it moves too seldom. period: that many epochs, if it moves at each batch.
    rate: what is left of the learning rate, if it moves so often that hardly anything is.
    """

    moved: int
    steps: int
    total: int = 0
    period: int = 0
    rate: float = 0.0
