"""The store: everything that is known at one place of the program, on every path that leads there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...events import Mark
from .values import NO_SOURCES, Module, Seq, Source, Tensor, Value, joined


class Used(NamedTuple):
    """A graph that backward() has gone through: where, and when."""

    at: Mark
    when: int


class InMode(NamedTuple):
    """A mode a module may be in (None: some call may have changed it), the call that set it, and when."""

    training: bool | None
    at: Mark = 0
    when: int = 0


class Last(NamedTuple):
    """What was last done to gradients, or to a scaler: where and when; scaled: the gradients carry a scaler's scale."""

    kind: str
    at: Mark
    when: int
    scaled: bool = False


class Pending(NamedTuple):
    """A clip or a scheduler's step that is a fault if a backward, or a first optimizer step, comes after it.

    name: what people call it. loop: when the loop around it began.
    """

    name: str
    optimizer: str | None = None
    models: frozenset[str] | None = None
    when: int = 0
    loop: int = 0
    sure: bool = True


Modes = frozenset[InMode]
AT_FIRST: Modes = frozenset({InMode(None)})
"""The mode of a module that nothing has touched."""


def definite(modes: Modes | None) -> InMode | None:
    """The mode on every path; the latest call that set it."""
    if not modes or len({m.training for m in modes}) > 1:
        return None
    latest = max(modes, key=lambda m: m.when)
    return latest if latest.training is not None else None


class Store:
    """Facts by name. Copied at branches; joined where ways meet: what only one way knows is forgotten.

    names: values. modes: of modules. consumed: graphs freed by a backward. propagated: graphs a backward went
    through, freed or not. placed: modules that were moved to a device. in_eval: modules whose gradients were computed
    in eval mode, and not used yet: (backward, eval call). kept: sums and lists that hold a graph: statement -> graphs.
    grad_off: gradients were switched off by a statement.
    moved: loops over a loader of whose batch a part has been moved. gradients: what was last done to those of each
    module ("*": of all others). clips, schedules: what may turn out to have come too early. scalers: their last step.
    stepped: optimizers that may have stepped.
    """

    __slots__ = (
        "clips",
        "consumed",
        "grad_off",
        "gradients",
        "in_eval",
        "kept",
        "modes",
        "moved",
        "names",
        "placed",
        "propagated",
        "scalers",
        "schedules",
        "stepped",
    )

    def __init__(self) -> None:
        self.names: dict[str, Value] = {}
        self.modes: dict[str, Modes] = {}
        self.consumed: dict[Source, Used] = {}
        self.propagated: frozenset[Source] = NO_SOURCES
        self.placed: dict[str, Mark] = {}
        self.in_eval: dict[str, tuple[Mark, Mark]] = {}
        self.kept: dict[Mark, frozenset[Source]] = {}
        self.grad_off: bool | None = False
        self.moved: frozenset[Mark] = frozenset()
        self.gradients: dict[str, Last] = {}
        self.clips: dict[Mark, Pending] = {}
        self.schedules: dict[Mark, Pending] = {}
        self.scalers: dict[str, Last] = {}
        self.stepped: frozenset[str] = frozenset()

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
        made.moved = self.moved
        made.gradients = dict(self.gradients)
        made.clips = dict(self.clips)
        made.schedules = dict(self.schedules)
        made.scalers = dict(self.scalers)
        made.stepped = self.stepped
        return made

    def next_round(self, loop: Mark) -> None:
        """An iteration of this loop ends."""
        self.moved -= {loop}


Phi = Callable[[str], Source]
"""For each name, the graph that stands for those which it may hold behind a place where ways meet."""


def join(stores: Sequence[Store | None], phi: Phi) -> Store | None:
    """What holds on all of these ways; None is a way that is not taken."""
    real = [s for s in stores if s is not None]
    if len(real) < 2:
        return real[0] if real else None
    result = real[0]
    for other in real[1:]:
        result = _joined(result, other, phi)
    return result


def _joined(one: Store, other: Store, phi: Phi) -> Store:
    made = Store.__new__(Store)
    made.names, met = _joined_names(one.names, other.names, phi)
    made.modes = {k: one.modes.get(k, AT_FIRST) | other.modes.get(k, AT_FIRST) for k in {**one.modes, **other.modes}}
    made.consumed = {k: u for k, u in one.consumed.items() if k in other.consumed}
    made.propagated = (one.propagated & other.propagated) | {
        source
        for source, (first, second) in met.items()
        if first.graphs & one.propagated and second.graphs & other.propagated
    }
    made.placed = {k: m for k, m in one.placed.items() if k in other.placed}
    made.in_eval = {k: m for k, m in one.in_eval.items() if k in other.in_eval}
    made.kept = {**other.kept, **one.kept}
    made.grad_off = one.grad_off if one.grad_off is other.grad_off else None
    made.moved = one.moved & other.moved
    _join_modules(one, other, made)
    made.gradients = {
        k: one.gradients[k] if one.gradients.get(k) == other.gradients.get(k) else _differs(one, other, k)
        for k in {**one.gradients, **other.gradients}
    }
    made.clips = {**other.clips, **one.clips}
    made.schedules = {k: p for k, p in one.schedules.items() if k in other.schedules}
    made.scalers = {k: _less_done(one.scalers.get(k), other.scalers.get(k)) for k in {**one.scalers, **other.scalers}}
    made.stepped = one.stepped | other.stepped
    return made


def _less_done(one: Last | None, other: Last | None) -> Last:
    """Of a scaler on two ways: updated if it was on either; a way that has not used it says nothing."""
    known = [last for last in (one, other) if last is not None]
    return min(known, key=lambda last: (last.kind == "step", -last.when))


def _join_modules(one: Store, other: Store, made: Store) -> None:
    """A name that is one module or another is a module of its own from here on, as far as both agree."""
    for name, first in one.names.items():
        second = other.names.get(name)
        if not (isinstance(first, Module) and isinstance(second, Module)) or first.key == second.key:
            continue
        both = Module(f"{name}~", first.name)
        made.names[name] = both
        if first.key in one.placed and second.key in other.placed:
            made.placed[both.key] = one.placed[first.key]
        made.modes[both.key] = one.modes.get(first.key, AT_FIRST) | other.modes.get(second.key, AT_FIRST)


def _differs(one: Store, other: Store, key: str) -> Last:
    """What was last done to gradients that came here on two ways: known only if it was the same thing."""
    first, second = (s.gradients.get(key, s.gradients.get("*")) for s in (one, other))
    if first is not None and second is not None and first[0] == second[0] and first.scaled == second.scaled:
        return max(first, second, key=lambda last: last.when)
    return Last("unknown", 0, 0)


_NOWHERE: Source = (0, 0)
Met = dict[Source, tuple[Tensor, Tensor]]
"""The graphs that stand for two others from here on, and the values these belong to."""


def _joined_names(ours: dict[str, Value], theirs: dict[str, Value], phi: Phi) -> tuple[dict[str, Value], Met]:
    """A plain name that is bound on one way only is bound, if it is read at all; any other fact must hold on both.

    Two names for one value stay two names for one value.
    """
    names: dict[str, Value] = {}
    pairs: dict[tuple[frozenset[Source], frozenset[Source]], Source] = {}
    met: Met = {}
    for key in {**ours, **theirs}:
        one, other = ours.get(key), theirs.get(key)
        both = one if one is other else None
        if both is None and one is not None and other is not None:
            source = _NOWHERE
            if one != other and isinstance(one, Tensor) and isinstance(other, Tensor) and one.graphs and other.graphs:
                pair = (one.graphs, other.graphs)
                source = pairs[pair] if pair in pairs else pairs.setdefault(pair, phi(key))
                met.setdefault(source, (one, other))
            elif isinstance(one, Seq) and isinstance(other, Seq):
                source = phi(key)
            both = joined(one, other, source)
        elif both is None:
            value = one if one is not None else other
            both = value if value is not None and (_is_plain(key) or _is_symbol(key, value)) else None
        if both is not None:
            names[key] = both
    return names, met


def _is_plain(key: str) -> bool:
    return "." not in key and "[" not in key


def _is_symbol(key: str, value: Value) -> bool:
    """Is this value known by its name only? Then it is the same on a way that has not asked for it."""
    if isinstance(value, Tensor):
        return value.itself is not None and value.itself[0] < 0
    return isinstance(value, Module) and value.key == key
