"""What the interpreter knows about a value: just enough to tell which optimizer, model, loss or function it is."""

from __future__ import annotations

import ast
from typing import NamedTuple

from .index import ClassInfo, Function


class Ref(NamedTuple):
    """Something only known by the place it was first read from: `main:model`."""

    key: str


class Opt(NamedTuple):
    """One optimizer, or several that are spoken to at once.

    keys: subjects. sure: bound to a constructor, not guessed from a name. exact: it is these and no other; False
    for one unknown member of a collection.
    """

    keys: tuple[str, ...]
    sure: bool = True
    exact: bool = True


class Bound(NamedTuple):
    """A method of an optimizer as a value: `opt.step`, and what partial() and torch.compile() make of it."""

    opt: Opt
    method: str  # "step" or "zero_grad"


class Loss(NamedTuple):
    """A computed loss, by the name it was bound to."""

    path: str


class Params(NamedTuple):
    """Parameters of these models (keys of Refs)."""

    models: frozenset[str]


class Obj(NamedTuple):
    """An instance of a class of this file; `ident` tells instances apart."""

    cls: ClassInfo
    ident: str


class Class(NamedTuple):
    """A class of this file."""

    cls: ClassInfo


class Frame:
    """The names of one function call, and the frame its free names come from."""

    __slots__ = ("function", "owner", "parent", "returned", "scope", "values")

    def __init__(
        self, scope: str, function: Function | None, parent: Frame | None, owner: ClassInfo | None = None
    ) -> None:
        self.scope = scope
        self.function = function
        self.parent = parent
        self.owner = owner
        self.values: dict[str, Value] = {}
        self.returned: list[Value | None] = []


class Fn(NamedTuple):
    """A function of this file with the frame it closes over; `bound`: its self."""

    node: Function
    closure: Frame | None
    bound: Obj | None = None


class Seq(NamedTuple):
    """A tuple, list or dict of known members; `names` are the constant keys of a dict."""

    items: tuple[Value | None, ...]
    names: tuple[object, ...] | None = None


Value = Ref | Opt | Bound | Loss | Params | Obj | Class | Fn | Seq


def optimizers_in(value: Value | None) -> tuple[str, ...]:
    """All subjects that a value is or holds."""
    if isinstance(value, Opt):
        return value.keys
    if isinstance(value, Bound):
        return value.opt.keys
    if isinstance(value, Seq):
        return tuple(key for item in value.items for key in optimizers_in(item))
    return ()


def member(value: Seq, index: ast.expr) -> Value | None:
    """`value[index]`: the member if the index is a constant, else any one of its optimizers."""
    if isinstance(index, ast.Constant):
        if value.names is not None:
            return value.items[value.names.index(index.value)] if index.value in value.names else None
        if isinstance(index.value, int) and -len(value.items) <= index.value < len(value.items):
            return value.items[index.value]
        return None
    keys = optimizers_in(value)
    return Opt(keys, exact=len(keys) == 1) if keys else None
