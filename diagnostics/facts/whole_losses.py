"""Losses that still have a batch dimension when backward() is called on them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from ...events import Event, Kind, Mark
from ...facts.graph import Graph
from ..graph import tensors_in
from ..source import Source

if TYPE_CHECKING:
    from ..trace import Trace

CODES = ("LC112",)
_REFUSAL = "grad can be implicitly created only for scalar outputs"


class WholeLosses:
    """Hears of what torch refuses."""

    def failed_backward(self, trace: Trace, tensors: Any, error: Exception, mark: Mark) -> None:
        """torch has refused a loss of more than one number: say which, and of which shape."""
        if _REFUSAL not in str(error):
            return
        site = trace.sites.site(mark)
        found = Source(site).receiver("backward") if site is not None else None
        subject = ast.unparse(found) if found is not None else "the loss"
        trace.court.at_once(subject, Event(Kind.BACKWARD, mark, facts=Graph(whole_at=mark)))
        shapes = ", ".join(str(tuple(one.shape)) for one in tensors_in(tensors))
        error.add_note(f"loopcheck: {subject} has shape {shapes}; reduce it to one number first, as .mean() does")


PROBE = WholeLosses
