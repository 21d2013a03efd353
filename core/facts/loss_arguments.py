"""The two arguments of a loss function, beside each other."""

from __future__ import annotations

from typing import NamedTuple


class LossArguments(NamedTuple):
    """What is wrong with the pair, as far as it was measured; None: not known, or nothing.

    loss: the class or function. swapped: the first one is data and the second one the model's output. broadcast: the
    sizes of (prediction, what it became) if each prediction was compared with each target. first_dimensions: those of
    (input, target) if they differ.
    """

    loss: str
    swapped: bool = False
    broadcast: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    first_dimensions: tuple[int, int] | None = None
