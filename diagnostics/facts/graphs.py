"""What torch itself refuses at a backward, and losses that lead nowhere: named by cause."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ...events import Event, Kind, Mark
from ...facts.graph import Graph
from ..graph import leaves_of, tensors_in, tokens_in
from ..source import Source

if TYPE_CHECKING:
    from ..models import Called
    from ..trace import Trace

CODES = ("LC106", "LC107", "LC108", "LC112", "LC204", "LC402")
_CUTS = {"item": "item", "detach": "detach", "data": "data", "numpy": "numpy", "tensor": "tensor", "tolist": "item"}
_UNKNOWN = "something on its way"


class Graphs:
    """Hears of each backward that raised, and of the graph behind the loss in the attentive steps."""

    def __init__(self) -> None:
        self._last: Mark = 0  # the backward before
        self._now: Mark = 0

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: note where it is; a loss that is a leaf was cut from its graph and made one again."""
        self._last, self._now = self._now, mark
        if isinstance(tensors, Tensor) and tensors.grad_fn is None and tensors.requires_grad and inputs is None:
            self._leads_nowhere(trace, tensors, mark, repeats=2)

    def graph(self, trace: Trace, tensors: Any, nodes: list[Any], leaves: list[Tensor], mark: Mark) -> None:
        """Note which backward goes through which forward pass; a graph that reaches far back is a state's."""
        tokens = list(tokens_in(nodes))
        old = sorted({token.step for token in tokens if token.step < trace.steps - 1})
        if len(old) > 1 and any(token.step == trace.steps for token in tokens):
            made = next(token for token in tokens if token.step == old[-1])
            facts = Graph(consumed_at=mark, consumed_now=False, made_at=made.mark, carried=True)
            trace.court.at_once("the state", Event(Kind.BACKWARD, mark, facts=facts), repeats=2)
        for token in tokens:
            token.used_at = token.used_at or mark

    def failed_backward(self, trace: Trace, tensors: Any, error: Exception, mark: Mark) -> None:
        """backward() has raised: say why."""
        text = str(error)
        if "backward through the graph a second time" in text:
            self._used_up(trace, tensors, error, mark)
        elif "grad can be implicitly created only for scalar outputs" in text:
            subject = _receiver(trace, mark)
            trace.court.at_once(subject, Event(Kind.BACKWARD, mark, facts=Graph(whole_at=mark)))
            shapes = ", ".join(str(tuple(one.shape)) for one in tensors_in(tensors))
            error.add_note(f"loopcheck: {subject} has shape {shapes}; reduce it to one number first, as .mean() does")
        elif "does not require grad and does not have a grad_fn" in text:
            self._leads_nowhere(trace, tensors, mark, repeats=1)

    def _used_up(self, trace: Trace, tensors: Any, error: Exception, mark: Mark) -> None:
        nodes, _ = leaves_of(tensors)
        tokens = list(tokens_in(nodes))
        fresh = [token for token in tokens if token.step == trace.steps]
        old = [token for token in tokens if token.step < trace.steps]
        first = next(iter(old or fresh), None)
        before = (first.used_at if first is not None and first.used_at else 0) or self._last or mark
        made = first.mark if first is not None else 0
        carried = bool(fresh and old)
        facts = Graph(consumed_at=before, consumed_now=not old, made_at=made, carried=carried)
        trace.court.at_once(_receiver(trace, mark), Event(Kind.BACKWARD, mark, facts=facts))
        site = trace.sites.site(before)
        if site is not None and before != mark:
            error.add_note(f"loopcheck: this graph was first used by backward() at {site.filename}:{site.start.row}")

    def _leads_nowhere(self, trace: Trace, tensors: Any, mark: Mark, *, repeats: int) -> None:
        """A loss without a graph: was the model run without gradients, or was the loss cut from its graph?"""
        if any(id(tensor) in one.held for one in trace.optimizers for tensor in tensors_in(tensors)):
            return
        models = _models_of_this_round(trace)
        if not models:
            return
        subject = _receiver(trace, mark)
        if not any(model.tracked for model in models):
            facts = Graph(cut="no_grad", cut_at=models[-1].last_at)
        else:
            how, cut_at = _cut(trace, mark)
            facts = Graph(cut=how, cut_at=cut_at)
        trace.court.at_once(subject, Event(Kind.BACKWARD, mark, facts=facts), repeats=repeats)


def _models_of_this_round(trace: Trace) -> list[Called]:
    """The trained models that ran since the last backward or step, the latest last."""
    return [one for one in trace.called.values() if one.model and one.round == trace.round and one.optimizers]


def _receiver(trace: Trace, mark: Mark) -> str:
    site = trace.sites.site(mark)
    found = Source(site).receiver("backward") if site is not None else None
    return ast.unparse(found) if found is not None else "the loss"


def _cut(trace: Trace, mark: Mark) -> tuple[str, Mark]:
    """How and where the loss of this backward was cut from its graph, as far as the source of the function tells."""
    site = trace.sites.site(mark)
    if site is None:
        return _UNKNOWN, mark
    source = Source(site)
    loss = source.receiver("backward")
    for statement, value in source.origins(loss) if loss is not None else ():
        for node in ast.walk(value):
            name = node.attr if isinstance(node, ast.Attribute) else ""
            if name in _CUTS and (name != "tensor" or ast.unparse(node) == "torch.tensor"):
                how = "tensor" if "torch.tensor(" in ast.unparse(value) else _CUTS[name]
                return how, mark if statement is loss else trace.sites.at(source.site(statement))
    return _UNKNOWN, mark


PROBE = Graphs
