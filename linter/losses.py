"""Which value a step waits for: the last sum that is made of the losses before it, and where it is made.

A part of the loss, or a copy of it for the log, is not it; where more than one value is left, none is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from ..intents import Role
from . import names
from .bindings import mentions
from .caution import asks_the_phase
from .scene import Scene
from .syntax import Statement, dotted, method_of

_CUTS = re.compile(r"item|detach|float|numpy|tolist|gather|reduce|no_grad")
_COPIES = re.compile(r"reduce|avg|average|log|history|meter|running|epoch|dict$")
_PARTS = re.compile(r"(?:kl|kld|nll|bce|mse|penalty|reg|regularization|entropy|divergence)(?:_|\d|$)")
_HOLDERS = (cst.List, cst.ListComp, cst.Dict, cst.DictComp, cst.Tuple, cst.GeneratorExp)
_ENDS = ("backward", "step", "zero_grad")


class Pending(NamedTuple):
    """name: the value; made: where it is bound; use: the step, or what stands around it in the block of `made`."""

    name: str
    made: Statement
    use: Statement


class _Line(NamedTuple):
    names: list[str]
    value: cst.BaseExpression
    again: bool  # it adds to what was there
    top: Statement


def pending(scene: Scene) -> Pending | None:
    """The loss that the anchor, a step, waits for; None if that cannot be told."""
    level = scene.anchor
    while level is not None:
        lines = list(_lines(scene, level))
        found = _last_sum(scene, lines)
        if found is not None:
            whole = not isinstance(found.top, cst.For | cst.While)  # of a loop the last round is left, and no more
            return Pending(found.names[0], found.top, level) if whole else None
        if any(names.is_loss(name) for line in lines for name in line.names):
            return None
        around = next((one for one in scene.syntax.parents(level) if isinstance(one, Statement)), None)
        if isinstance(around, cst.If) and asks_the_phase(scene, around):
            return None
        level = around if isinstance(around, cst.If | cst.With) else None
    return _as_related(scene)


def _lines(scene: Scene, level: Statement) -> Iterator[_Line]:
    """The assignments before it, back to the last event of another round, the nearest first."""
    for top in scene.before(level):
        for one in reversed(list(_simple(scene, top))):
            if any(method_of(call) in _ENDS for call in scene.syntax.calls(one)):
                if isinstance(top, cst.SimpleStatementLine) and not scene.calls(one, "zero_grad"):
                    return
                continue
            for small in one.body:
                if isinstance(small, cst.Assign):
                    yield _Line(_targets(small.targets[0].target), small.value, False, top)
                elif isinstance(small, cst.AugAssign):
                    yield _Line(_targets(small.target), small.value, True, top)


def _simple(scene: Scene, statement: Statement) -> Iterator[cst.SimpleStatementLine]:
    for one in scene.syntax.descend(statement):
        if isinstance(one, cst.SimpleStatementLine):
            yield one


def _targets(target: cst.BaseExpression) -> list[str]:
    """The names that a line binds; of a tuple, those that are called a loss come first."""
    parts = [one.value for one in target.elements] if isinstance(target, cst.Tuple) else [target]
    found = [name for part in parts if (name := dotted(part))]
    return sorted(found, key=lambda name: not names.is_loss(name))


def _last_sum(scene: Scene, lines: list[_Line]) -> _Line | None:
    """The one loss among these that no other one is made of."""
    bound = {name for line in lines for name in line.names if not line.again}
    kept = [one for one in lines if not _is_cut(scene, one) and not (one.again and one.names[0] not in bound)]
    losses = [one for one in kept if _is_loss(scene, one) and not _COPIES.search(_last(one.names[0]))]
    ends: dict[str, _Line] = {}
    for line in losses:
        name = line.names[0]
        if not any(name in _read(scene, other.value) for other in losses if other.names[0] != name):
            ends.setdefault(name, line)
    only = next(iter(ends.values())) if len(ends) == 1 else None
    return only if only is not None and not _is_many(only) else None


def _is_many(line: _Line) -> bool:
    """Whether it is a list or dict of losses, as far as its value and its name tell."""
    if isinstance(line.value, _HOLDERS):
        return True
    reckoned = isinstance(line.value, cst.BinaryOperation) or method_of(line.value) in ("sum", "mean")
    return _last(line.names[0]).endswith("losses") and not reckoned


def _is_loss(scene: Scene, line: _Line) -> bool:
    """By its name, or as a sum of several of such a name; what is reckoned from one alone is a figure for people."""
    if names.is_loss(line.names[0]) or _PARTS.match(_last(line.names[0])):
        return True
    is_sum = isinstance(line.value, cst.BinaryOperation) and isinstance(line.value.operator, cst.Add | cst.Subtract)
    return is_sum and sum(map(names.is_loss, _read(scene, line.value) - {""})) > 1


def _last(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _is_cut(scene: Scene, line: _Line) -> bool:
    if not line.names:
        return True
    return any(_CUTS.search(method_of(call)) for call in scene.syntax.calls(line.value))


def _read(scene: Scene, value: cst.BaseExpression) -> set[str]:
    return {dotted(one) for one in scene.syntax.descend(value)} | mentions(scene.syntax, value)


def _as_related(scene: Scene) -> Pending | None:
    """Where nothing is called a loss: what the related place computes, if that is one value."""
    related = scene.at_site(Role.RELATED)
    small = scene.syntax.small(related)
    found = _targets(small.targets[0].target) if isinstance(small, cst.Assign) else []
    if related is None or len(found) != 1 or scene.anchor is None:
        return None
    around = [scene.anchor, *scene.syntax.parents(scene.anchor)]
    for made in (related, *(one for one in scene.syntax.parents(related) if isinstance(one, cst.With))):
        block = scene.syntax.block(made)
        use = next((one for one in around if one in block), None)
        if isinstance(use, Statement) and use is not made:
            return Pending(found[0], made, use)
    return None
