"""In which mode a model trains or is evaluated."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class TrainedIn(NamedTuple):
    """The mode of a model whose gradients a step is about to use; set_at: the call that set the mode."""

    model: str
    training: bool | None
    set_at: Mark = 0
    inside: bool = False  # eval() stands in the loop that trains, not in an evaluation


class Evaluation(NamedTuple):
    """A model that is evaluated: no gradients of it are used.

    training: its mode; set_at: the call that set it. mode_matters: it holds dropout or batch norm.
    tracked: graphs are built.
    """

    model: str
    training: bool | None = None
    set_at: Mark = 0
    mode_matters: bool | None = None
    tracked: bool | None = None
