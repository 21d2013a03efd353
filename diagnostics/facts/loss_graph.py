"""What the loss function was given: read from the graph behind the loss, and from the calls of loss modules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from ...events import Event, Kind, Mark
from ...facts.loss_arguments import LossArguments
from ...facts.loss_input import LossInput
from ..graph import tokens_in
from ..models import Called, Role
from ..source import Source

if TYPE_CHECKING:
    from ..trace import Trace

CODES = ("LC501", "LC502", "LC503", "LC504", "LC505", "LC705")
_FAR = 64  # nodes from the loss on, within which a loss function is looked for
_VIEWS = frozenset(
    "ViewBackward0 ReshapeAliasBackward0 UnsafeViewBackward0 SqueezeBackward0 SqueezeBackward1 UnsqueezeBackward0 "
    "PermuteBackward0 TransposeBackward0 TBackward0 ToCopyBackward0 CloneBackward0 SliceBackward0 IndexBackward0 "
    "SelectBackward0 AliasBackward0 ContiguousBackward0 ExpandBackward0".split()
)
_ACTIVATIONS = {"SoftmaxBackward0": "softmax", "LogSoftmaxBackward0": "log_softmax", "SigmoidBackward0": "sigmoid"}
_LINEAR = frozenset({"AddmmBackward0", "MmBackward0", "BmmBackward0", "ConvolutionBackward0", "BaddbmmBackward0"})
_BCE = "BinaryCrossEntropyWithLogitsBackward0"
_NLL = frozenset({"NllLossBackward0", "NllLoss2DBackward0", "NllLossNdBackward0"})
_COMPARED = frozenset(
    "MeanBackward0 MeanBackward1 SumBackward0 SumBackward1 MseLossBackward0 L1LossBackward0 SmoothL1LossBackward0 "
    "HuberLossBackward0 BinaryCrossEntropyBackward0".split()
)
_ORDERED = (nn.CrossEntropyLoss, nn.NLLLoss, nn.BCELoss, nn.BCEWithLogitsLoss)
_OF_SAMPLES = (*_ORDERED, nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss)
_CALLS = {
    "CrossEntropyLoss": ("cross_entropy",),
    "NLLLoss": ("nll_loss",),
    "BCEWithLogitsLoss": ("binary_cross_entropy_with_logits",),
    "": ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "mean", "sum", "square", "pow"),
}


class _Call(NamedTuple):
    """The last call of a loss module."""

    kind: str
    mark: Mark
    round: int


class LossGraph:
    """Hears of loss calls and of graphs in the attentive steps."""

    def __init__(self) -> None:
        self._call: _Call | None = None

    def loss_call(self, trace: Trace, module: nn.Module, args: Any, kwargs: Any, output: Any, mark: Mark) -> None:
        """A loss module has returned."""
        self._call = _Call(type(module).__name__, mark, trace.round)
        pair = _pair(args, kwargs)
        if pair is not None and _swapped(module, *pair):
            self._tell(trace, mark, LossArguments(type(module).__name__, swapped=True))

    def failed_forward(
        self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, error: Exception, mark: Mark
    ) -> None:
        """A module has raised: a loss may have been given what does not fit."""
        pair = _pair(args, kwargs)
        if one.role is not Role.LOSS or pair is None or not isinstance(module, _OF_SAMPLES):
            return
        prediction, target = pair
        name = type(module).__name__
        if _swapped(module, prediction, target):
            facts = LossArguments(name, swapped=True)
        elif prediction.dim() and target.dim() and len(prediction) != len(target):
            facts = LossArguments(name, first_dimensions=(len(prediction), len(target)))
        else:
            return
        error.add_note(f"loopcheck: {name} was given {tuple(prediction.shape)} and {tuple(target.shape)}")
        trace.court.at_once(name, Event(Kind.LOSS_CALL, mark, facts=facts))

    def _tell(self, trace: Trace, mark: Mark, facts: LossArguments | LossInput) -> None:
        trace.court.at_once(facts.loss, Event(Kind.LOSS_CALL, mark, facts=facts), repeats=2)

    def graph(self, trace: Trace, tensors: Any, nodes: list[Any], leaves: list[Tensor], mark: Mark) -> None:
        """The graph behind a loss, nearest nodes first."""
        for node in nodes[:_FAR]:
            name = node.name()
            if name in _NLL:
                self._nll(trace, node, mark)
            elif name == _BCE:
                self._input(trace, "BCEWithLogitsLoss", *_activation(_before(node)), mark)
            elif name in _COMPARED:
                self._compared(trace, node, nodes, mark)
                return

    def _nll(self, trace: Trace, node: Any, mark: Mark) -> None:
        before = _before(node)
        if before is not None and before.name() == "LogSoftmaxBackward0":
            self._input(trace, "CrossEntropyLoss", *_activation(_before(before)), mark)
            return
        name, inside = _activation(before)
        if name == "" and before is not None and _skip_views(before).name() in _LINEAR and _is_positive(node):
            name = "linear"
        self._input(trace, "NLLLoss", name, inside, mark)

    def _input(self, trace: Trace, loss: str, activation: str, inside: bool, mark: Mark) -> None:
        if activation in ("", "log_softmax") and loss != "CrossEntropyLoss":
            return
        if activation:
            facts = LossInput(loss, activation, 0, inside)
            self._tell(trace, self._place(trace, loss, mark), facts)

    def _compared(self, trace: Trace, node: Any, nodes: list[Any], mark: Mark) -> None:
        """A mean or sum over all pairs of N predictions and N targets."""
        sizes = _sizes(node)
        if sizes is None or len(sizes) != 2 or sizes[0] != sizes[1] or sizes[0] < 2:
            return
        token = next(iter(tokens_in(nodes)), None)
        shape = token.shape if token is not None else ()
        if shape not in ((sizes[0],), (sizes[0], 1)) or _meets_itself(node, nodes):
            return
        facts = LossArguments("the loss", broadcast=(shape, sizes))
        self._tell(trace, self._place(trace, "", mark), facts)

    def _place(self, trace: Trace, loss: str, mark: Mark) -> Mark:
        """Where the loss function was called: the module's call, else the call in the source, else the backward."""
        call = self._call
        if call is not None and call.round == trace.round and loss in ("", call.kind):
            return call.mark
        site = trace.sites.site(mark)
        if site is None:
            return mark
        source = Source(site)
        operand = source.receiver("backward")
        for _, value in source.origins(operand) if operand is not None else ():
            for node in ast.walk(value):
                if isinstance(node, ast.Call) and _last(node.func) in _CALLS.get(loss, ()):
                    return trace.sites.at(source.site(node))
        return mark


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _pair(args: Any, kwargs: Any) -> tuple[Tensor, Tensor] | None:
    given = [*args, *(kwargs[name] for name in ("input", "target") if name in kwargs)]
    if len(given) >= 2 and isinstance(given[0], Tensor) and isinstance(given[1], Tensor):
        return given[0], given[1]
    return None


def _swapped(module: nn.Module, first: Tensor, second: Tensor) -> bool:
    return isinstance(module, _ORDERED) and not first.requires_grad and second.requires_grad


def _before(node: Any) -> Any:
    """The node of a function's first argument."""
    following = node.next_functions
    return following[0][0] if following else None


def _skip_views(node: Any) -> Any:
    while node.name() in _VIEWS and _before(node) is not None:
        node = _before(node)
    return node


def _activation(node: Any) -> tuple[str, bool]:
    """The activation that a value went through last, "" if none; and whether it is the end of a model's forward."""
    if node is None:
        return "", False
    inside = node.metadata.get("loopcheck") is not None
    while node.name() in _VIEWS and _before(node) is not None:
        node = _before(node)
        inside = inside or node.metadata.get("loopcheck") is not None
    return _ACTIVATIONS.get(node.name(), ""), inside


def _is_positive(node: Any) -> bool:
    """Whether what NLLLoss was given cannot be log-probabilities. Reads values, so only of what lies on the CPU."""
    try:
        given: Tensor = node._saved_self
    except (AttributeError, RuntimeError):
        return False
    return not given.is_cpu or bool((given.detach() > 1e-4).any())


def _sizes(node: Any) -> tuple[int, ...] | None:
    for name in ("_saved_self_sym_sizes", "_saved_self_sizes"):
        sizes = getattr(node, name, None)
        if sizes is not None:
            return tuple(int(size) for size in sizes)
    try:
        saved = getattr(node, "_saved_self", None)
    except RuntimeError:
        return None
    return tuple(saved.shape) if isinstance(saved, torch.Tensor) else None


def _meets_itself(node: Any, nodes: list[Any]) -> bool:
    """Whether two differentiable values meet between this node and the model's output: a loss over pairs."""
    todo = [node]
    for at in todo:
        if at.metadata.get("loopcheck") is not None:
            continue
        parents = [parent for parent, _ in at.next_functions if parent is not None]
        if len(parents) > 1:
            return True
        todo += parents
        if len(todo) > _FAR:
            return True
    return False


PROBE = LossGraph
