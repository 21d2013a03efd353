"""Walks through autograd graphs: which parameters a loss reaches, and which forward passes it comes from."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterable, Iterator
from typing import Any

from torch import Tensor

from .models import Token
from .naming import attributes_of

_MOST = 20_000  # nodes; 2 us each
_DEEP = 4  # levels of lists and dicts that are searched for tensors


def tensors_in(value: Any, deep: int = _DEEP) -> Iterator[Tensor]:
    """All tensors in a tensor, a list, tuple or dict, a UserDict or a dataclass, up to some depth.

    Runs no code of the user's: a mapping that decodes or augments when it is read is left alone.
    """
    if isinstance(value, Tensor):
        yield value
    elif deep:
        for part in _parts(value):
            yield from tensors_in(part, deep - 1)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return list(dict.values(value))
    if isinstance(value, list):
        return list.__iter__(value)
    if isinstance(value, tuple):
        return tuple.__iter__(value)
    if isinstance(value, UserDict):
        held = object.__getattribute__(value, "__dict__").get("data")
        return list(dict.values(held)) if isinstance(held, dict) else ()
    if hasattr(type(value), "__dataclass_fields__"):
        return list(attributes_of(value).values())
    return ()


def leaves_of(tensors: Any, most: int = _MOST) -> tuple[list[Any], list[Tensor]]:
    """The nodes of the graphs behind some tensors, nearest first, and the leaves at their ends.

    Stops after `most` nodes. Cost: 2 us a node, no device is touched.
    """
    todo: list[Any] = []
    leaves: list[Tensor] = []
    for tensor in tensors_in(tensors):
        if tensor.grad_fn is not None:
            todo.append(tensor.grad_fn)
        elif tensor.requires_grad:
            leaves.append(tensor)
    nodes: list[Any] = []
    seen = set(todo)
    for node in todo:  # grows while it is walked: breadth first
        nodes.append(node)
        if len(nodes) >= most:
            break
        variable = getattr(node, "variable", None)
        if variable is not None:
            leaves.append(variable)
        for parent, _ in node.next_functions:
            if parent is not None and parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return nodes, leaves


def tokens_in(nodes: Iterable[Any]) -> Iterator[Token]:
    """The forward passes whose output lies among these nodes, as far as they were given a token."""
    for node in nodes:
        token = node.metadata.get("loopcheck")
        if token is not None:
            yield token
