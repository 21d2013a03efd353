"""What the loss function was given: read from the graph behind the loss, and from the calls of loss modules."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from ...events import Event, Kind, Mark
from ...facts.loss_arguments import LossArguments
from ...facts.loss_input import LossInput
from ..graph import tokens_in
from ..loss_calls import LossSource, only_call
from ..loss_nodes import before, end_of, has_value, is_labels, reaches_model, reads, single_path, sizes_of
from ..models import Called, Role

if TYPE_CHECKING:
    from ..trace import Trace

CODES = ("LC501", "LC502", "LC503", "LC504", "LC505", "LC705")
_FEW = 8  # forward passes
_FAR = 64  # nodes from the loss on, within which a loss function is looked for
_KEY = "loopcheck loss"  # in the metadata of the node of a loss module's output
_BCE = {
    "BinaryCrossEntropyWithLogitsBackward0": "BCEWithLogitsLoss",
    "BinaryCrossEntropyBackward0": "BCELoss",
}
_NLL = frozenset({"NllLossBackward0", "NllLoss2DBackward0", "NllLossNdBackward0"})
_ERRORS = frozenset({"MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0"})
_MEANS = _ERRORS | {"MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1"}
_BY_HAND = _MEANS | frozenset(
    "PowBackward0 AbsBackward0 SubBackward0 RsubBackward1 MulBackward0 DivBackward0 NegBackward0 AddBackward0 "
    "SqrtBackward0 ClampBackward0 ClampBackward1 ClampMinBackward0 ReluBackward0 "
    "ViewBackward0 ReshapeAliasBackward0 UnsafeViewBackward0 SqueezeBackward0 SqueezeBackward1 ToCopyBackward0 "
    "CloneBackward0 SliceBackward0 SelectBackward0 IndexBackward0 AliasBackward0 ExpandBackward0".split()
)
_LOSSES = frozenset({"MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"})
_ORDERED = (nn.CrossEntropyLoss, nn.NLLLoss, nn.BCELoss, nn.BCEWithLogitsLoss)
_OF_SAMPLES = (*_ORDERED, nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss)
_TAKES = {
    "CrossEntropyLoss": ("softmax", "log_softmax"),
    "NLLLoss": ("softmax", "linear"),
    "BCEWithLogitsLoss": ("sigmoid", "softmax"),
}
"""What these losses must not be given."""
_FUNCTIONS = {
    "CrossEntropyLoss": frozenset({"cross_entropy"}),
    "NLLLoss": frozenset({"nll_loss"}),
    "BCEWithLogitsLoss": frozenset({"binary_cross_entropy_with_logits"}),
    "BCELoss": frozenset({"binary_cross_entropy"}),
    "": frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"}),
}


class _Call(NamedTuple):
    """A call of a loss module, laid into the graph of what it returned. activation: of what it was given."""

    kind: str
    mark: Mark
    activation: str
    inside: bool


class LossGraph:
    """Hears of loss calls and of graphs in the attentive steps."""

    def __init__(self) -> None:
        self._broadcast = False  # something in this graph was told of
        self._forwards: list[Mark] = []  # the forward passes behind the loss, nearest first

    def loss_call(self, trace: Trace, module: nn.Module, args: Any, kwargs: Any, output: Any, mark: Mark) -> None:
        """A loss module has returned: note what it was given; it counts once a backward goes through it."""
        pair = _pair(args, kwargs)
        if pair is None:
            return
        kind = type(module).__name__
        if _swapped(module, *pair):
            self._tell(trace, mark, LossArguments(kind, swapped=True))
        if isinstance(output, Tensor) and output.grad_fn is not None:
            activation, inside = _given(kind, pair[0])
            node: Any = output.grad_fn
            node.metadata[_KEY] = _Call(kind, mark, activation, inside)

    def failed_forward(
        self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, error: Exception, mark: Mark
    ) -> None:
        """A module has raised: a loss may have been given what does not fit."""
        pair = _pair(args, kwargs)
        if one.role is not Role.LOSS or pair is None or not isinstance(module, _OF_SAMPLES):
            return
        kind = type(module).__name__
        facts = _misfit(module, kind, *pair, str(error))
        if facts is None:
            return
        shapes = " and ".join(str(tuple(tensor.shape)) for tensor in pair)
        error.add_note(f"loopcheck: {kind} was given {shapes}")
        trace.court.at_once(kind, Event(Kind.LOSS_CALL, mark, facts=facts))

    def _tell(self, trace: Trace, mark: Mark, facts: LossArguments | LossInput) -> None:
        # labels for predictions may end in nan, and in torch's own error, at the very next step
        repeats = 1 if isinstance(facts, LossArguments) and facts.swapped else 2
        trace.court.at_once(facts.loss, Event(Kind.LOSS_CALL, mark, facts=facts), repeats=repeats)

    def graph(self, trace: Trace, tensors: Any, nodes: list[Any], leaves: list[Tensor], mark: Mark) -> None:
        """The graph behind a loss, nearest nodes first. What lies behind the output of a loss module belongs to it."""
        self._broadcast = False
        self._forwards = [token.mark for token in tokens_in(nodes)][:_FEW]
        calls: dict[Any, _Call] = {}
        near = nodes[:_FAR]
        inner = {before(node) for node in near if node.name() in _NLL}
        for node in near:
            own = node.metadata.get(_KEY)
            call = own or calls.get(node)
            if call is not None:
                for parent, _ in node.next_functions:
                    calls.setdefault(parent, call)
            if own is not None and own.kind in _TAKES:
                self._input(trace, own.kind, own.activation, own.inside, own.mark)
            elif (call is None or call.kind not in _TAKES) and node not in inner:
                self._function(trace, node, call, mark)

    def _function(self, trace: Trace, node: Any, call: _Call | None, mark: Mark) -> None:
        """A node that may be of a loss function, called as such or in a loss module of the user's own."""
        name = node.name()
        if name in _NLL:
            above = before(node)
            if above is not None and above.name() == "LogSoftmaxBackward0":
                self._called(trace, "CrossEntropyLoss", *end_of(before(above), above), call, mark)
            else:
                self._called(trace, "NLLLoss", *_given_nll(above, node), call, mark)
        elif name == "LogSoftmaxBackward0":
            # with probabilities for targets; divergences have it too, so only where the source says what it is
            activation, inside = end_of(before(node), node)
            place = (
                self._place(trace, "CrossEntropyLoss", activation, mark, sure=True) if activation == "softmax" else None
            )
            self._input(trace, "CrossEntropyLoss", activation, inside, place or 0)
        elif name in _BCE:
            self._binary(trace, node, _BCE[name], call, mark)
        elif name in _MEANS:
            self._compared(trace, node, call, mark)

    def _binary(self, trace: Trace, node: Any, loss: str, call: _Call | None, mark: Mark) -> None:
        if loss == "BCEWithLogitsLoss":
            self._called(trace, loss, *end_of(before(node)), call, mark)
        edges = node.next_functions
        if call is None and len(edges) > 1 and edges[0][0] is None and edges[1][0] is not None:
            first = reads(node, "_saved_self")
            if first is not None and is_labels(first) and reaches_model(edges[1][0]):
                place = self._place(trace, loss, "", mark)
                self._tell(trace, place or mark, LossArguments(loss, swapped=True))

    def _called(self, trace: Trace, loss: str, activation: str, inside: bool, call: _Call | None, mark: Mark) -> None:
        """A loss function's node. It stands where the source says, else in the loss module, else at the backward."""
        if activation in _TAKES[loss]:
            outer = call.mark if call is not None else mark
            self._input(trace, loss, activation, inside, self._place(trace, loss, activation, mark) or outer)

    def _input(self, trace: Trace, loss: str, activation: str, inside: bool, mark: Mark) -> None:
        if activation in _TAKES[loss] and mark:
            self._tell(trace, mark, LossInput(loss, activation, 0, inside))

    def _place(self, trace: Trace, loss: str, activation: str, mark: Mark, *, sure: bool = False) -> Mark | None:
        """Where the source calls the loss function whose graph this backward goes through, if that can be told.

        It is looked for behind the loss of the backward(); then, since trainers call that themselves, in the function
        that called the model, and in the model's own forward.
        """
        site = trace.sites.site(mark)
        names = _FUNCTIONS[loss]
        place = LossSource(site).place(names, activation, sure=sure) if site is not None else None
        if place is None and not sure:
            codes = [found.code for at in self._forwards if (found := trace.sites.place(at)) is not None]
            codes += [code for one in trace.called.values() if one.last_at in self._forwards for code in _code_of(one)]
            place = next((site for code in dict.fromkeys(codes) if (site := only_call(code, names)) is not None), None)
        return trace.sites.at(place) if place is not None else None

    def _compared(self, trace: Trace, node: Any, call: _Call | None, mark: Mark) -> None:
        """A mean or sum over all pairs of N predictions and N targets."""
        sizes = sizes_of(node)
        if sizes is None or len(sizes) != 2 or sizes[0] != sizes[1] or sizes[0] < 2:
            return
        names, shape = single_path(node, sizes)
        if shape not in ((sizes[0],), (sizes[0], 1)):
            return
        if self._broadcast:
            return  # a part of the same loss
        self._broadcast = True
        facts = LossArguments("the loss", broadcast=(shape, sizes))
        if call is not None and call.kind in _LOSSES:
            self._tell(trace, call.mark, facts)
        elif node.name() in _ERRORS:  # torch warns that this is hardly ever meant
            site = trace.sites.site(mark)
            if site is None or not LossSource(site).is_of_all_pairs():
                self._tell(trace, self._place(trace, "", "", mark) or mark, facts)
        elif names <= _BY_HAND:
            site = trace.sites.site(mark)
            place = LossSource(site).difference() if site is not None else None
            if place is not None:
                self._tell(trace, trace.sites.at(place), facts)


def _code_of(one: Called) -> Iterator[CodeType]:
    module = one.ref()
    forward = inspect.unwrap(type(module).forward) if module is not None else None
    if isinstance(forward, FunctionType):
        yield forward.__code__


def _pair(args: Any, kwargs: Any) -> tuple[Tensor, Tensor] | None:
    given = [*args, *(kwargs[name] for name in ("input", "target") if name in kwargs)]
    if len(given) >= 2 and isinstance(given[0], Tensor) and isinstance(given[1], Tensor):
        return given[0], given[1]
    return None


def _swapped(module: nn.Module, first: Tensor, second: Tensor) -> bool:
    """Labels first and a model's output second. A frozen model's output may well come first, and be learned from."""
    if not isinstance(module, _ORDERED) or first.requires_grad or second.grad_fn is None:
        return False
    return is_labels(first) and reaches_model(second.grad_fn)


def _misfit(module: nn.Module, kind: str, first: Tensor, second: Tensor, text: str) -> LossArguments | LossInput | None:
    """Why a loss module raised, if it is one of the reasons that are known."""
    if _swapped(module, first, second):
        return LossArguments(kind, swapped=True)
    if first.dim() and second.dim() and len(first) != len(second) and "size" in text.lower():
        return LossArguments(kind, first_dimensions=(len(first), len(second)))
    if isinstance(module, nn.BCELoss) and "between 0 and 1" in text:
        activation, inside = end_of(first.grad_fn)
        if activation == "linear" and not has_value(first, lambda values: values.isnan()):
            return LossInput(kind, activation, 0, inside)
    return None


def _given(kind: str, first: Tensor) -> tuple[str, bool]:
    """What a loss module was given."""
    activation, inside = end_of(first.grad_fn, classes=min(1, first.dim() - 1))
    if kind == "NLLLoss" and activation == "linear" and not has_value(first, lambda values: values > 1e-4):
        activation = ""
    return activation, inside


def _given_nll(node: Any, nll: Any) -> tuple[str, bool]:
    """What nll_loss was given. A linear layer's output is sure to be no log-probability where it is positive."""
    activation, inside = end_of(node)
    given = reads(nll, "_saved_self")
    if activation == "linear" and (given is None or not has_value(given, lambda values: values > 1e-4)):
        activation = ""
    return activation, inside


PROBE = LossGraph
