"""Losses without a graph: computed without gradients, or cut from their graph on the way."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from ...events import Event, Kind, Mark
from ...facts.graph import Graph
from ..graph import tensors_in
from ..naming import name_of
from ..statements import Function, assigned, backward_argument, body_of, site_of

if TYPE_CHECKING:
    from ..models import Called
    from ..trace import Trace

CODES = ("LC108", "LC204")
_NO_GRAPH = "does not require grad"
_METHODS = {"detach": "detach", "detach_": "detach", "item": "item", "numpy": "numpy", "tolist": "item"}
_FAR = 3  # assignments that are followed from the loss back
_UNKNOWN = "something before this backward()"


class Cut(NamedTuple):
    """Where a loss was cut, and how."""

    how: str
    mark: Mark


class Cuts:
    """Looks at losses that have no graph, whether torch refuses them or requires_grad_() hides it."""

    def __init__(self) -> None:
        self._blind: dict[int, tuple[int, Mark]] = {}  # models that ran without gradients: round, place

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Remember a forward pass of a trained model under no_grad; most of them are evaluations."""
        if not one.tracked and one.optimizers and not torch.is_grad_enabled():
            self._blind = {key: at for key, at in self._blind.items() if at[0] == trace.round}
            self._blind[id(one)] = (trace.round, one.last_at)

    def graph(self, trace: Trace, tensors: Any, nodes: Sequence[Any], leaves: Sequence[Tensor], mark: Mark) -> None:
        """A loss that is a leaf: requires_grad=True has hidden that it has no graph."""
        if nodes or not leaves or any(leaf.numel() != 1 or _held(trace, leaf) for leaf in leaves):
            return
        cut = self._without_gradients(trace) or _in_source(trace, mark, hidden=True)
        if cut is not None:  # a batch without any loss may be given a plain zero, but not two of the first ones
            self._told(trace, tensors, mark, cut, repeats=2)

    def failed_backward(self, trace: Trace, tensors: Any, error: Exception, mark: Mark) -> None:
        """torch has refused a loss that has no graph: say where it was lost."""
        if _NO_GRAPH not in str(error):
            return
        cut = self._without_gradients(trace) or self._switched_off(trace)
        if cut is None and trace.last_model is not None and trace.last_model.tracked:
            cut = _in_source(trace, mark) or Cut(_UNKNOWN, mark)
        if cut is None:
            return
        self._told(trace, tensors, mark, cut)
        site = trace.sites.site(cut.mark)
        if site is not None and cut.mark != mark:
            what = "this forward pass ran without gradients" if cut.how == "no_grad" else "it was cut from its graph"
            error.add_note(f"loopcheck: {what}: {site.filename}:{site.start.row}")

    def _without_gradients(self, trace: Trace) -> Cut | None:
        """The last model of this round ran under no_grad or inference_mode, and it is one that is trained."""
        one = trace.last_model
        if one is None or one.tracked:
            return None
        at_round, at = self._blind.get(id(one), (-1, 0))
        return Cut("no_grad", at) if at_round == trace.round == one.round else None

    def _switched_off(self, trace: Trace) -> Cut | None:
        """Gradients are off altogether: set_grad_enabled(False) was not taken back."""
        one = trace.last_model
        if one is None or one.tracked or not one.optimizers or torch.is_grad_enabled():
            return None
        return Cut("no_grad", one.last_at)

    def _told(self, trace: Trace, tensors: Any, mark: Mark, cut: Cut, repeats: int = 1) -> None:
        loss = next(tensors_in(tensors), None)
        name = name_of(loss, "the loss")
        facts = Graph(cut=cut.how, cut_at=cut.mark)
        trace.court.at_once(name, Event(Kind.BACKWARD, mark, facts=facts), repeats=repeats)


def _held(trace: Trace, leaf: Tensor) -> bool:
    return any(id(leaf) in one.held for one in trace.optimizers)


def _in_source(trace: Trace, mark: Mark, *, hidden: bool = False) -> Cut | None:
    """The statement that cut the loss, found by following its name back from the backward().

    hidden: only a loss that is made to require gradients afterwards, so that torch does not refuse it.
    """
    place = trace.sites.place(mark)
    body = body_of(place.code) if place is not None else None
    if place is None or body is None:
        return None
    line = trace.sites.line(mark)
    name = backward_argument(body, line)
    if hidden and not _hides(body, name, line):
        return None
    way = _Way(trace)
    for _ in range(_FAR):
        statement = assigned(body, name, line) if name else None
        if statement is None or statement.value is None:
            return None
        found, name = way.back(statement.value, name)
        if found:
            return Cut(found, trace.sites.at(site_of(place.code, statement)))
    return None


def _hides(body: ast.AST, name: str, line: int) -> bool:
    """Whether the loss was made to require gradients: torch.tensor(.., requires_grad=True), loss.requires_grad_()."""
    made = assigned(body, name, line) if name and isinstance(body, Function) else None
    if made is not None and "requires_grad" in ast.unparse(made):
        return True
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("requires_grad_", "requires_grad")
        and ast.unparse(node.value) == name
        for node in ast.walk(body)
    )


class _Way:
    """The way of a value through an expression: what is called on it, and what it is the first argument of.

    Other arguments (targets) may be cut on purpose, and what the model is given is cut before its graph begins.
    """

    def __init__(self, trace: Trace) -> None:
        model = trace.last_model
        site = trace.sites.site(model.last_at) if model is not None and model.tracked else None
        self._model = (*site.start, *site.end) if site is not None else None

    def back(self, value: ast.expr, name: str) -> tuple[str, str]:
        """How the value is cut in an expression ("" if it is not), and the name that it comes from."""
        while not isinstance(value, ast.Name):
            if isinstance(value, ast.Attribute):
                if value.attr == "data":
                    return "data", ""
                value = value.value
            elif isinstance(value, ast.Subscript):
                value = value.value
            elif isinstance(value, ast.BinOp) and isinstance(value.right, ast.Constant):
                value = value.left
            elif isinstance(value, ast.Call) and not self._is_model(value):
                cut, inner = _through(value)
                if cut or inner is None:
                    return cut, ""
                value = inner
            else:
                return "", ""
        return "", value.id

    def _is_model(self, call: ast.Call) -> bool:
        return (call.lineno, call.col_offset + 1, call.end_lineno, (call.end_col_offset or 0) + 1) == self._model


def _through(call: ast.Call) -> tuple[str, ast.expr | None]:
    """How a call cuts what it is given, and what that is: its first argument, or what a method is called on."""
    function, first = call.func, call.args[0] if call.args else None
    if isinstance(function, ast.Attribute):
        if function.attr in ("tensor", "as_tensor", "from_numpy") and first is not None:
            named = any(isinstance(part, ast.Name) for part in ast.walk(first))
            return ("tensor" if named else ""), None
        if function.attr in _METHODS and first is None:
            return _METHODS[function.attr], None
        return "", first if first is not None else function.value
    return "", first


PROBE = Cuts
