"""Nodes of an autograd graph, read as parts of a loss: what a value went through, and which sizes met.

Reads what torch saved in them, under names that are torch's own: where one is missing, the answer is "not known".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .graph import tokens_in
from .guards import capturing, is_plain

_FAR = 64  # nodes
_PARTS = frozenset({"SliceBackward0", "SelectBackward0", "IndexBackward0", "IndexSelectBackward0", "GatherBackward0"})
_VIEWS = _PARTS | frozenset(
    "ViewBackward0 ReshapeAliasBackward0 UnsafeViewBackward0 SqueezeBackward0 SqueezeBackward1 UnsqueezeBackward0 "
    "PermuteBackward0 TransposeBackward0 TBackward0 ToCopyBackward0 CloneBackward0 AliasBackward0 "
    "ContiguousBackward0 ExpandBackward0".split()
)
_ACTIVATIONS = {"SoftmaxBackward0": "softmax", "LogSoftmaxBackward0": "log_softmax", "SigmoidBackward0": "sigmoid"}
_LINEAR = frozenset({"AddmmBackward0", "MmBackward0", "BmmBackward0", "ConvolutionBackward0", "BaddbmmBackward0"})
_SIGN = 1 << 63  # torch shows a negative dimension as an unsigned number


def before(node: Any) -> Any:
    """The node of a function's first argument, None if that is no result of a differentiable function."""
    following = node.next_functions
    return following[0][0] if following else None


def end_of(node: Any, outer: Any = None, classes: int | None = None) -> tuple[str, bool]:
    """What a value went through last, and whether that is the end of a model's forward.

    One of "softmax", "log_softmax", "sigmoid", "linear"; "" if it is none of them. Views and casts count as nothing.
    A log_softmax counts only over the dimension that the loss takes for the classes (that of the node `outer`, or the
    number `classes`), and over all of them: taken again over some of them it is another one.
    """
    names = set()
    inside = False
    while node is not None:
        inside = inside or node.metadata.get("loopcheck") is not None
        name = node.name()
        if name not in _VIEWS:
            break
        names.add(name)
        node = before(node)
    if node is None:
        return "", False
    if name in _LINEAR:
        return "linear", inside
    found = _ACTIVATIONS.get(name, "")
    if found == "log_softmax" and (names & _PARTS or (not names and _other_dimension(node, outer, classes))):
        return "", inside
    return found, inside


def _other_dimension(node: Any, outer: Any, classes: int | None) -> bool:
    wanted = _dimension(outer) if outer is not None else classes
    return wanted is not None and _dimension(node) not in (wanted, None)


def _dimension(node: Any) -> int | None:
    dim, result = getattr(node, "_saved_dim", None), reads(node, "_saved_result")
    if not isinstance(dim, int) or result is None:
        return None
    return dim if dim < _SIGN else dim - 2 * _SIGN + result.dim()


def reads(node: Any, name: str) -> Tensor | None:
    """A tensor that a node has saved, None if it has none of that name or has given it up.

    Nor if hooks pack what is saved (a checkpoint, offloading): reading would compute or fetch it once more.
    """
    if is_packed(node, name):
        return None
    try:
        saved = getattr(node, name, None)
    except RuntimeError:
        return None
    return saved if isinstance(saved, Tensor) else None


def is_packed(node: Any, name: str) -> bool:
    """Whether reading this of a node would run hooks of saved tensors, or may."""
    try:
        raw = getattr(node, f"_raw{name}", None)
    except RuntimeError:  # it is freed
        return False
    if isinstance(raw, list | tuple):
        return any(getattr(one, "unpack_hook", True) is not None for one in raw)
    return raw is not None and getattr(raw, "unpack_hook", True) is not None


def has_value(tensor: Tensor, test: Callable[[Tensor], Tensor]) -> bool:
    """Whether some value passes a test. Reads values, so a device has to wait: only for the attentive steps.

    False where nothing may be read: a distributed tensor, one without values, or while a CUDA graph is captured.
    """
    if not is_plain(tensor) or capturing():
        return False
    with torch.no_grad():
        return bool(test(tensor.detach()).any())


def is_labels(tensor: Tensor) -> bool:
    """Whether these are labels and no model's output: whole numbers by type, or nothing but zeros and ones."""
    if tensor.requires_grad or not tensor.numel():
        return False
    if not tensor.is_floating_point():
        return True
    labelled = has_value(tensor, lambda values: torch.ones_like(values))
    return labelled and not has_value(tensor, lambda values: (values != 0) & (values != 1))


def reaches_model(node: Any) -> bool:
    """Whether a model's output lies close behind this node."""
    todo, seen = [node], {node}
    for at in todo:  # grows while it is walked
        if at.metadata.get("loopcheck") is not None:
            return True
        for parent, _ in at.next_functions:
            if parent is not None and parent not in seen and len(todo) < _FAR:
                seen.add(parent)
                todo.append(parent)
    return False


def single_path(node: Any, sizes: tuple[int, ...]) -> tuple[frozenset[str], tuple[int, ...]]:
    """From a node down towards a model's output: the names on the way, and the first shape that is not `sizes`.

    No shape if two differentiable values meet on the way (a loss over pairs), or if no output lies there.
    """
    names: set[str] = set()
    number = 0
    for _ in range(_FAR):
        shape = _shape(node, number)
        if names and shape != sizes:
            return frozenset(names), shape if reaches_model(node) else ()
        if next(tokens_in([node]), None) is not None and names:
            break
        names.add(node.name())
        parents = {(parent, index) for parent, index in node.next_functions if parent is not None}
        if len(parents) != 1:
            break
        node, number = parents.pop()
    return frozenset(names), ()


def _shape(node: Any, number: int) -> tuple[int, ...]:
    outputs = getattr(node, "_input_metadata", ())
    return tuple(int(size) for size in outputs[number].shape) if len(outputs) > number else ()


def sizes_of(node: Any) -> tuple[int, ...] | None:
    """The sizes of what a mean, a sum or an elementwise loss was taken of."""
    for name in ("_saved_self_sym_sizes", "_saved_self_sizes"):
        sizes = getattr(node, name, None)
        if sizes is not None:
            return tuple(int(size) for size in sizes)
    saved = reads(node, "_saved_self")
    return tuple(saved.shape) if saved is not None else None
