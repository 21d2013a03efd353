"""An optimizer under watch: the state of its protocol, and canaries that tell what became of its gradients."""

from __future__ import annotations

import weakref
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

from .guards import capturing, is_plain

_CANARIES = 4  # parameters whose .grad is looked at each step, one a group: 72 ns each
_NEVER = -1
_SAMPLE = 8  # values
_LOOKS = 3  # times that values are read to find out how an optimizer is cleared


class Tracked:
    """One optimizer and what happened to it, as seen by the thread that steps it.

    key: what the machine calls it; name: what the user calls it, found when it is needed. state: number of its
    machine state. stepped: the trace's clock at its last step; stepped_at: where that was. canaries: one parameter of
    each of the first groups, one that is known to get gradients. grads, versions: weak references to their gradients
    and the version of each, as last seen; a version moves with each change in place that autograd sees (backward, clip,
    zero_), not with `.data`. unseen: it is cleared in that way. looks: how often its values may still be read to find
    that out.
    """

    __slots__ = (
        "__weakref__",
        "_moved",
        "backwards",
        "built_at",
        "canaries",
        "clears",
        "finalizer",
        "grads",
        "groups",
        "held",
        "idle",
        "in_step",
        "key",
        "kind",
        "looks",
        "name",
        "ref",
        "sampled",
        "state",
        "stepped",
        "stepped_at",
        "steps",
        "undo",
        "unseen",
        "values",
        "versions",
    )

    def __init__(self, optimizer: Optimizer, state: int, key: str, name: str) -> None:
        self.ref = weakref.ref(optimizer)
        self.state = state
        self.key = key
        self.name = name
        self.kind = type(optimizer).__name__
        self.built_at = 0
        self.steps = self.backwards = self.clears = 0
        self.idle = 0  # steps without gradients, one after the other
        self.stepped = 0
        self.stepped_at = 0
        self.looks = _LOOKS
        self.unseen = False
        self.in_step = False
        self.undo = _NEVER  # the state before a step that has not come to its end
        self.finalizer: weakref.finalize[..., Optimizer] | None = None
        self.groups: tuple[tuple[int, int, int], ...] = ()
        self._moved = False
        self.values: Tensor | None = None
        self.sampled: weakref.ref[Tensor] | None = None
        self.held: frozenset[int] = frozenset()
        self.canaries: list[Tensor] = []
        self.grads: list[weakref.ref[Tensor] | None] = []
        self.versions: list[int] = []
        self.renew(optimizer)

    def sample(self) -> None:
        """Copy a few values of the first canary, once, so that moved() can tell. Slow path: a small copy."""
        if self.values is None and self.canaries and is_plain(self.canaries[0]) and not capturing():
            self.values = self.canaries[0].detach().flatten()[:_SAMPLE].clone()
            self.sampled = weakref.ref(self.canaries[0])

    def moved(self) -> bool:
        """Whether its parameters changed since sample(): somebody updates them, if not a step that was seen."""
        p = self.sampled() if self.sampled is not None else None
        if self.values is None or p is None or not is_plain(p) or capturing():
            return self._moved
        return not torch.equal(p.detach().flatten()[:_SAMPLE], self.values)

    def let_go(self) -> None:
        """Hold on to no parameter: the optimizer is gone."""
        self._moved = self.moved()
        self._empty()

    def forget(self) -> None:
        """Be told no more when the optimizer goes."""
        if self.finalizer is not None:
            self.finalizer.detach()
            self.finalizer = None

    def clear(self) -> None:
        """The watch is over."""
        self.forget()
        self._empty()

    def _empty(self) -> None:
        self.values = None
        self.canaries, self.grads, self.versions, self.held = [], [], [], frozenset()

    def parameters(self) -> Iterable[Tensor]:
        """All it holds now; empty once it is gone."""
        optimizer = self.ref()
        return [p for group in optimizer.param_groups for p in group["params"]] if optimizer is not None else []

    def renew(self, optimizer: Optimizer) -> None:
        """Look again which parameters it holds, and choose canaries among them: the last one with a gradient.

        Cost: one pass over all parameters, 10 us for 150.
        """
        self.groups = groups_of(optimizer)
        self.held = frozenset(id(p) for p in self.parameters())
        chosen = []
        for group in optimizer.param_groups[:_CANARIES]:
            trained = [p for p in group["params"] if p.requires_grad]
            filled = [p for p in trained if p.grad is not None]
            if trained:
                chosen.append((filled or trained)[-1])
        self.canaries = chosen
        self.snapshot()

    def snapshot(self) -> None:
        """Note which gradients the canaries have now."""
        self.grads = [None if p.grad is None else weakref.ref(p.grad) for p in self.canaries]
        self.versions = [_NEVER if p.grad is None else p.grad._version for p in self.canaries]

    def resnap(self) -> bool:
        """As snapshot(), but makes no new reference where the gradient is the same object. Hot: 0.3 us.

        Returns whether a canary has a gradient.
        """
        grads, versions = self.grads, self.versions
        filled = False
        i = 0
        for p in self.canaries:
            grad = p.grad
            if grad is None:
                grads[i] = None
            else:
                filled = True
                ref = grads[i]
                if ref is None or ref() is not grad:
                    grads[i] = weakref.ref(grad)
                versions[i] = grad._version
            i += 1  # noqa: SIM113 - enumerate costs 0.1 us
        return filled

    def changed(self) -> bool:
        """Whether a canary's gradient is there and is not the one last seen, or was written to since."""
        i = 0
        for p in self.canaries:
            grad = p.grad
            if grad is not None:
                ref = self.grads[i]
                if ref is None or ref() is not grad or grad._version != self.versions[i]:
                    return True
            i += 1  # noqa: SIM113 - enumerate costs 0.1 us
        return False

    def same(self) -> bool:
        """Whether some canary still has exactly the gradient last seen."""
        for p, ref, version in zip(self.canaries, self.grads, self.versions, strict=True):
            grad = p.grad
            if grad is not None and ref is not None and ref() is grad and grad._version == version:
                return True
        return False

    def empty(self) -> bool:
        """Whether the canaries have no gradients at all."""
        for p in self.canaries:  # noqa: SIM110 - a generator costs five times as much
            if p.grad is not None:
                return False
        return True

    def all_empty(self) -> bool:
        """Whether no parameter has a gradient. Slow path."""
        return all(p.grad is None for p in self.parameters())

    def all_zero(self) -> bool:
        """Whether no gradient differs from zero. Slow path: reads values, so a device has to wait."""
        with torch.no_grad():
            filled = [p.grad for p in self.parameters() if p.grad is not None]
            return all(is_plain(grad) or grad.is_sparse for grad in filled) and not any(
                bool(_dense(grad).any()) for grad in filled
            )

    def cleared_unseen(self) -> bool:
        """Whether gradients that look untouched are zero: `.grad.data.zero_()` moves no version.

        Reads values, so a device has to wait: at most three times for one optimizer. If it was cleared that way
        once, it is taken to be cleared that way always.
        """
        if not self.unseen and self.looks and not capturing():
            self.looks -= 1
            self.unseen = self.all_zero()
        return self.unseen

    def stamp(self) -> int:
        """A number that changes when any gradient does. Slow path: 0.1 us a parameter."""
        total = 0
        for p in self.parameters():
            grad = p.grad
            if grad is not None:
                total = total * 31 + id(grad) + grad._version + 1 & 0xFFFFFFFFFFFF
        return total


def groups_of(optimizer: Optimizer) -> tuple[tuple[int, int, int], ...]:
    """What changes when somebody adds a group or replaces parameters: of each group the length and both ends."""
    groups = [group["params"] for group in optimizer.param_groups]
    return tuple([(len(one), id(one[0]), id(one[-1])) if len(one) else (0, 0, 0) for one in groups])


def _dense(grad: Tensor) -> Tensor:
    return grad.coalesce().values() if grad.is_sparse else grad
