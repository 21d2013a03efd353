"""A module that the user's code calls: what it is, which optimizers train it, in which mode it runs."""

from __future__ import annotations

import weakref
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.loss import _Loss
from torch.nn.parameter import UninitializedParameter

from ..events import Mark

if TYPE_CHECKING:
    from .optimizers import Tracked


class Role(Enum):
    """What a module is to the loop."""

    MODEL = auto()  # holds parameters
    LOSS = auto()  # a loss function
    OTHER = auto()  # anything else without parameters


class Called:
    """A module that was called from outside any other module.

    kind: its class; size: how many numbers its parameters hold. changing: its layers for which the mode matters,
    dropout (p > 0) and batch norm above all.
    optimizers: those that hold some of its parameters. streak: forward passes since a backward or step; began_at: the
    first of them; tokens: of those that got one.
    """

    __slots__ = (
        "__weakref__",
        "began_at",
        "changing",
        "epoch",
        "forwards",
        "kind",
        "last_at",
        "mode_epoch",
        "model",
        "name",
        "optimizers",
        "ref",
        "role",
        "round",
        "set_at",
        "size",
        "streak",
        "tokens",
        "tracked",
        "training",
    )

    def __init__(self, module: nn.Module) -> None:
        self.ref = weakref.ref(module)
        self.role = _role(module)
        self.model = self.role is Role.MODEL
        self.name = ""
        self.kind = type(module).__name__
        self.size = sum(p.numel() for p in module.parameters() if not isinstance(p, UninitializedParameter))
        self.round = -1
        self.changing: list[weakref.ref[nn.Module]] = []
        self.optimizers: list[Tracked] = []
        self.epoch = -1
        self.mode_epoch = -1
        self.training: bool | None = None
        self.set_at = 0
        self.forwards = self.streak = 0
        self.began_at = self.last_at = 0
        self.tracked = False
        self.tokens: list[weakref.ref[Token]] = []

    def look(self, module: nn.Module, epoch: int, optimizers: list[Tracked]) -> None:
        """Find out anew what the module holds and who trains it. Cost: one pass over modules and parameters."""
        self.epoch = epoch
        self.changing = [weakref.ref(m) for m in module.modules() if _changes(m)]
        mine = {id(p) for p in module.parameters()}
        self.optimizers = [one for one in optimizers if not one.held.isdisjoint(mine)]

    def read_mode(self, module: nn.Module) -> None:
        """Note whether the module trains: None if only some of the layers for which it matters do."""
        layers = [m for ref in self.changing if (m := ref()) is not None]
        modes = {m.training for m in layers if _trained(m)}
        if module.training in modes or not modes:
            self.training = module.training if len(modes) < 2 else None
        else:
            self.training = None


class Token:
    """Lies in a graph node's metadata and dies with the node: a weak reference to it tells whether a graph lives.

    A weak reference to the tensor does not (torch-facts 1.1). number: which forward pass it stands for; mark: where;
    step: how many steps the thread had made.
    """

    __slots__ = ("__weakref__", "mark", "number", "shape", "step")

    def __init__(self, number: int, mark: Mark, step: int) -> None:
        self.number = number
        self.mark = mark
        self.step = step
        self.shape: tuple[int, ...] = ()  # of the first tensor that it lies on


class Sample(NamedTuple):
    """A token that was given in this step; it may be dead by now."""

    step: int
    ref: weakref.ref[Token]


def _role(module: nn.Module) -> Role:
    if isinstance(module, _Loss):
        return Role.LOSS
    return Role.MODEL if next(module.parameters(), None) is not None else Role.OTHER


def _changes(module: nn.Module) -> bool:
    if isinstance(module, _DropoutNd):
        return bool(module.p > 0)
    if isinstance(module, nn.RNNBase):
        return bool(module.dropout > 0 and module.num_layers > 1)
    if isinstance(module, nn.MultiheadAttention):
        return bool(module.dropout > 0)
    return isinstance(module, _BatchNorm) and module.track_running_stats


def _trained(module: nn.Module) -> bool:
    """Whether its own parameters, if it has any, are trained: a frozen batch norm is kept in eval mode on purpose."""
    return all(p.requires_grad for p in module.parameters(recurse=False))
