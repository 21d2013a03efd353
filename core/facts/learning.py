"""What the numbers of a training say: losses, gradients and parameters as they were measured."""

from __future__ import annotations

from typing import NamedTuple


class LossValue(NamedTuple):
    """A loss that is nan or inf. step: the first one; last: the last finite loss before it, None if there was none."""

    value: float
    step: int
    last: float | None = None


class GradientValue(NamedTuple):
    """Gradients that are nan or inf: of these parameters, at this step."""

    names: tuple[str, ...]
    step: int


class Unchanged(NamedTuple):
    """Steps with gradients that left the parameters as they were. lr: the largest learning rate of the optimizer."""

    steps: int
    lr: float | None = None


class SameBatch(NamedTuple):
    """The model was given the very same batch in each of so many steps."""

    steps: int


class Restarted(NamedTuple):
    """A loader is started anew for each batch. same: it does not shuffle, so that it is the same batch each time."""

    loader: str
    same: bool
    workers: int
