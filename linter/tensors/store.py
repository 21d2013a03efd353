"""The store: everything that is known at one place of the program, on every path that leads there."""

from __future__ import annotations

from typing import NamedTuple

from ...events import Mark
from .values import NO_SOURCES, Source, Value, aged, joined


class Used(NamedTuple):
    """A graph that backward() has gone through: where, and whether in this iteration."""

    at: Mark
    now: bool


class InMode(NamedTuple):
    """The mode of a module, and the call that set it (0: nothing has been called yet)."""

    training: bool
    at: Mark


class Store:
    """Facts by name. Copied at branches; joined where ways meet: what only one way knows is forgotten.

    names: values. modes: of modules. consumed: graphs freed by a backward. propagated: graphs a backward went
    through, freed or not. placed: modules that were moved to a device. in_eval: modules whose gradients were computed
    in eval mode, and not used yet: (backward, eval call). kept: sums and lists that hold a graph: statement -> graphs.
    grad_off: gradients were switched off by a statement. made: calls that made a graph since an iteration ended.
    moved: loops over a loader of whose batch a part has been moved.
    """

    __slots__ = ("consumed", "grad_off", "in_eval", "kept", "made", "modes", "moved", "names", "placed", "propagated")

    def __init__(self) -> None:
        self.names: dict[str, Value] = {}
        self.modes: dict[str, InMode] = {}
        self.consumed: dict[Source, Used] = {}
        self.propagated: frozenset[Source] = NO_SOURCES
        self.placed: dict[str, Mark] = {}
        self.in_eval: dict[str, tuple[Mark, Mark]] = {}
        self.kept: dict[Mark, frozenset[Source]] = {}
        self.grad_off: bool | None = False
        self.made: frozenset[int] = frozenset()
        self.moved: frozenset[Mark] = frozenset()

    def copy(self) -> Store:
        """An independent copy; values are immutable. Cost: one dict copy per field."""
        made = Store.__new__(Store)
        made.names = dict(self.names)
        made.modes = dict(self.modes)
        made.consumed = dict(self.consumed)
        made.propagated = self.propagated
        made.placed = dict(self.placed)
        made.in_eval = dict(self.in_eval)
        made.kept = dict(self.kept)
        made.grad_off = self.grad_off
        made.made = self.made
        made.moved = self.moved
        return made

    def age(self) -> None:
        """An iteration ends: all graphs are old from now on."""
        self.names = {name: aged(value) for name, value in self.names.items()}
        # a graph that was made anew, and not consumed, hides the older one of the same call
        self.consumed = {
            (n, 1): Used(used.at, False)
            for (n, age), used in self.consumed.items()
            if age == 0 or n not in self.made or (n, 0) in self.consumed
        }
        self.propagated = frozenset(
            (n, 1) for n, age in self.propagated if age == 0 or n not in self.made or (n, 0) in self.propagated
        )
        self.kept = {}
        self.made = frozenset()
        self.moved = frozenset()

    def renew(self, mark: Mark) -> None:
        """The call at `mark` makes a new graph: what is known of its last one is no longer about this one."""
        self.made |= {mark}
        self.consumed.pop((mark, 0), None)
        if (mark, 0) in self.propagated:
            self.propagated -= {(mark, 0)}


def join(stores: list[Store | None], phi: Mark) -> Store | None:
    """What holds on all of these ways; None is a way that is not taken."""
    real = [s for s in stores if s is not None]
    if len(real) < 2:
        return real[0] if real else None
    result = real[0]
    for other in real[1:]:
        result = _joined(result, other, phi)
    return result


def _joined(one: Store, other: Store, phi: Mark) -> Store:
    made = Store.__new__(Store)
    made.names = {}
    theirs = other.names
    for name, value in one.names.items():
        second = theirs.get(name)
        if second is not None:
            both = value if value is second else joined(value, second, phi)
            if both is not None:
                made.names[name] = both
    made.modes = {k: m for k, m in one.modes.items() if (n := other.modes.get(k)) and n.training == m.training}
    made.consumed = {k: u for k, u in one.consumed.items() if k in other.consumed}
    made.propagated = one.propagated & other.propagated
    made.placed = {k: m for k, m in one.placed.items() if k in other.placed}
    made.in_eval = {k: m for k, m in one.in_eval.items() if k in other.in_eval}
    made.kept = {**other.kept, **one.kept}
    made.grad_off = one.grad_off if one.grad_off is other.grad_off else None
    made.made = one.made | other.made
    made.moved = one.moved & other.moved
    _join_phis(one, other, made, phi)
    return made


def _join_phis(one: Store, other: Store, made: Store, phi: Mark) -> None:
    """A joined loss is consumed if it was consumed on both ways: that must not be forgotten with its sources."""
    for age in (0, 1):
        made.consumed.pop((phi, age), None)
