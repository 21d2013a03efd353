"""What the tensor flow knows about a value. Every field that is None means "not known", and rules abstain on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...events import Mark
from ..index import ClassInfo, Function

Source = tuple[int, int]
"""A graph: the mark of the call that made it (negative: a name never seen to be made), and when: a running number."""

NO_SOURCES: frozenset[Source] = frozenset()
NO_MODELS: frozenset[str] = frozenset()


class Cut(NamedTuple):
    """Where a value was cut from its graph, and by what: "detach", "item", "data", "tensor", "numpy", "no_grad"."""

    how: str
    at: Mark


class Activation(NamedTuple):
    """The last layer a value went through: "softmax", "log_softmax" or "sigmoid"; and where."""

    name: str
    at: Mark


class Tensor(NamedTuple):
    """A tensor, or a thing not known to be anything else."""

    grad: bool | None = None  # does it lead back to something that is trained?
    cut: Cut | None = None  # why it does not
    leaf: bool = False  # it requires gradients by itself
    sources: frozenset[Source] = NO_SOURCES  # graphs it certainly rests on: of modules and losses
    itself: Source | None = None  # what made it; only a backward() on this very value says that it is a loss
    call: Source | None = None  # what gave it as one of several results
    models: frozenset[str] = NO_MODELS  # modules whose output it is made of, by a graph
    seen: frozenset[str] = NO_MODELS  # the same, with or without a graph
    activation: Activation | None = None  # what it went through last
    whole: Mark = 0  # the loss call that left a batch dimension in it
    host: Mark = 0  # the loop over a loader that it comes from, as long as it was not moved
    batch: bool = False  # it is all of one batch
    loader: bool = False  # of a DataLoader that is known to give host tensors
    moved: bool | None = None  # it was put on a device
    loss: bool = False  # a loss function computed it
    data: bool = False  # it comes out of a loader
    number: bool = False  # it is a plain number
    scaled: bool = False  # by a gradient scaler
    carried: frozenset[Source] = NO_SOURCES  # states of an earlier iteration that a module was given
    pure: bool = False  # made of data, numbers and modules without memory alone: nothing else holds a part of its graph
    held: frozenset[tuple[Mark, Source]] = frozenset()  # of a sum or list: (statement that put it in, graph)
    volatile: bool = False  # Variable(x, volatile=True): asks for no graph, in the words of torch 0.3
    container: bool | None = None  # it is a list; False: an object that code out of sight has built

    @property
    def is_pure(self) -> bool:
        """Whether no other value can hold a part of its graph but through this iteration's own calls."""
        return self.pure or (self.grad is False and not self.leaf)

    @property
    def graphs(self) -> frozenset[Source]:
        """Everything a backward() on this very value goes through."""
        return self.sources | {self.itself} if self.itself is not None else self.sources


class Module(NamedTuple):
    """A torch module. key: tells it apart; name: the user's word; cls: its class in this file."""

    key: str
    name: str
    cls: ClassInfo | None = None
    made: object = None  # the ast.Call that built it, if it was seen


class Criterion(NamedTuple):
    """A loss function object: the class name, and whether it leaves the batch dimension in place.

    open: it is known by its name only, and may well have parameters: its result need not lead back to its inputs.
    """

    name: str
    whole: bool = False
    open: bool = False


class Optimizer(NamedTuple):
    """An optimizer; models: keys of the modules whose parameters it holds, None if not known; key: tells it apart."""

    models: frozenset[str] | None = None
    key: str = ""


class Scheduler(NamedTuple):
    """A learning-rate scheduler and the key of its optimizer; sure: it was built in sight."""

    optimizer: str | None = None
    sure: bool = False


class Scaler(NamedTuple):
    """A gradient scaler; off: built with enabled=False."""

    key: str
    off: bool = False


class Obj(NamedTuple):
    """An instance of a class of this file."""

    cls: ClassInfo
    ident: str


class Class(NamedTuple):
    """A class of this file."""

    cls: ClassInfo


class Fn(NamedTuple):
    """A function of this file, the frame it closes over, and its self."""

    node: Function
    closure: Frame | None
    bound: Obj | None = None


class Seq(NamedTuple):
    """A tuple or list of known members."""

    items: tuple[Value, ...]


class Const(NamedTuple):
    """A literal."""

    value: object


class Mode(NamedTuple):
    """`model.training`, read at some time: the mode it had then."""

    training: bool | None


class Params(NamedTuple):
    """The parameters of these modules."""

    models: frozenset[str]


class Library(NamedTuple):
    """A module, function or class of a library, by its full dotted name."""

    path: str


class Frame:
    """The names of one running function, and the frame its free names come from."""

    __slots__ = ("function", "ident", "name", "owner", "parent")

    def __init__(self, ident: str, function: Function | None, parent: Frame | None, owner: ClassInfo | None) -> None:
        self.ident = ident
        self.function = function
        self.parent = parent
        self.owner = owner
        self.name = getattr(function, "name", "")


Value = (
    Tensor
    | Module
    | Criterion
    | Optimizer
    | Scheduler
    | Scaler
    | Obj
    | Class
    | Fn
    | Seq
    | Const
    | Mode
    | Params
    | Library
)

UNKNOWN = Tensor()
NUMBER = Tensor(grad=False, number=True)
DATA = Tensor(grad=False, data=True)


def derived(values: Sequence[Value]) -> Tensor:
    """The result of differentiable arithmetic on these values."""
    tensors = [v for v in values if isinstance(v, Tensor)]
    if not tensors:
        return NUMBER if values and all(isinstance(v, Const) for v in values) else UNKNOWN
    if len(tensors) == 1 and len(values) == 1:
        one = tensors[0]
        return one._replace(activation=None, leaf=False, cut=None if one.leaf else one.cut)
    grad: bool | None = False
    if any(t.grad for t in tensors):
        grad = True
    elif any(t.grad is None for t in tensors) or any(isinstance(v, Module | Obj) for v in values):
        grad = None
    cut = next((t.cut for t in tensors if t.cut is not None), None) if grad is False else None
    hosts = {t.host for t in tensors if not t.number}
    moved = {t.moved for t in tensors if not t.number}
    return Tensor(
        grad=grad,
        cut=cut,
        sources=frozenset().union(*(t.sources for t in tensors)),
        models=frozenset().union(*(t.models for t in tensors)),
        seen=frozenset().union(*(t.seen for t in tensors)),
        whole=next((t.whole for t in tensors if t.whole), 0),
        host=hosts.pop() if len(hosts) == 1 else 0,
        loader=all(t.loader for t in tensors if not t.number),
        moved=moved.pop() if len(moved) == 1 else None,
        loss=any(t.loss for t in tensors),
        number=all(t.number for t in tensors),
        scaled=any(t.scaled for t in tensors),
        carried=frozenset().union(*(t.carried for t in tensors)),
        held=frozenset().union(*(t.held for t in tensors)),
        volatile=any(t.volatile for t in tensors),
        pure=len(tensors) == len(values) and all(t.is_pure for t in tensors),
        itself=tensors[0].itself if len(tensors) == 1 else None,
    )


def joined(one: Value | None, other: Value | None, phi: Source) -> Value | None:
    """What is known of a value that is either of these; phi: the place where the ways meet, and when."""
    if one == other:
        return one
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return _joined_tensors(one, other, phi)
    if isinstance(one, Seq) and isinstance(other, Seq) and len(one.items) == len(other.items):
        items = [joined(a, b, phi) for a, b in zip(one.items, other.items, strict=True)]
        return Seq(tuple(UNKNOWN if i is None else i for i in items))
    if isinstance(one, Const | Mode) and isinstance(other, Const | Mode):
        return NUMBER
    for none, thing in ((one, other), (other, one)):
        if none == Const(None) and isinstance(thing, Module | Criterion | Optimizer | Scheduler | Scaler | Obj | Fn):
            return thing  # None cannot be called
    if isinstance(one, Const) and isinstance(other, Tensor):
        return _joined_tensors(NUMBER, other, phi)
    if isinstance(other, Const) and isinstance(one, Tensor):
        return _joined_tensors(one, NUMBER, phi)
    for some, more in ((one, other), (other, one)):
        if isinstance(some, Seq) and isinstance(more, Tensor) and more.container:
            return more  # one list, to which something was added on one way only
    return None


def _name(activation: Activation | None) -> str:
    return activation.name if activation is not None else ""


def _joined_tensors(one: Tensor, other: Tensor, phi: Source) -> Tensor:
    sources = one.sources & other.sources
    if one.sources != other.sources and one.sources and other.sources:
        sources |= {phi}  # a loss computed on either branch is one loss from here on
    itself = one.itself
    if itself != other.itself:
        itself = phi if one.itself and other.itself else None
    return Tensor(
        itself=itself,
        call=one.call if one.call == other.call else None,
        grad=one.grad if one.grad is other.grad else None,
        cut=one.cut if one.cut == other.cut else None,
        leaf=one.leaf and other.leaf,
        sources=sources,
        models=one.models | other.models,
        seen=one.seen | other.seen,
        activation=one.activation if _name(one.activation) == _name(other.activation) else None,
        whole=one.whole if one.whole == other.whole else 0,
        host=one.host if one.host == other.host else 0,
        loader=one.loader and other.loader,
        moved=one.moved if one.moved is other.moved else None,
        loss=one.loss and other.loss,
        data=one.data and other.data,
        number=one.number and other.number,
        scaled=one.scaled and other.scaled,
        carried=one.carried & other.carried,
        held=one.held | other.held,
        volatile=one.volatile and other.volatile,
        container=one.container if one.container is other.container else None,
        pure=one.is_pure and other.is_pure,
    )
