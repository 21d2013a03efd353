"""What a backward() met: how the loss it was called on was made, and what was done to it since."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class Graph(NamedTuple):
    """About the graph of one loss, at its backward(). 0 and None: did not happen, or not known.

    consumed_at: an earlier backward() that went through a part of this graph and freed it; consumed_now: in the same
        iteration. made_at: where the old part was made. carried: that part is a state the model was given back
        (a recurrent state), made at made_at.
    cut: how the loss was cut from its graph ("detach", "item", "data", "tensor", "numpy", "no_grad"), at cut_at.
    retained: the graph is kept for another backward(), and none can come.
    whole_at: the loss call that left a batch dimension in it, of which no gradient is taken implicitly.
    """

    consumed_at: Mark = 0
    consumed_now: bool | None = None
    made_at: Mark = 0
    carried: bool = False
    cut: str | None = None
    cut_at: Mark = 0
    whole_at: Mark = 0
    retained: bool = False
