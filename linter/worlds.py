"""Worlds: the possible machine states of each optimizer at one place in the program."""

from __future__ import annotations

from ..events import Event, Kind
from ..machine import UNKNOWN, State, advance

States = frozenset[State]
World = dict[str, States]
"""The possible states of each optimizer met so far; `ANY` stands for all others. Never changed in place."""

ANY = "*"
NEW: States = frozenset({State()})
_MAX_STATES = 48
_GIVEN: States = frozenset({advance(UNKNOWN, Event(Kind.GIVE_AWAY))})


def start() -> World:
    """A world in which nothing is known yet."""
    return {ANY: frozenset({UNKNOWN})}


def join(*worlds: World | None) -> World | None:
    """Either of these worlds; None is a world that control does not reach."""
    real = [w for w in worlds if w is not None]
    if len(real) < 2:
        return real[0] if real else None
    keys = dict.fromkeys(key for world in real for key in world)
    return {key: capped(frozenset().union(*(w.get(key, w[ANY]) for w in real))) for key in keys}


def push(states: States, event: Event) -> States:
    """The states after an event, from each state before it."""
    return frozenset([advance(state, event) for state in states])


def capped(states: States) -> States:
    """Too many possibilities are none: nothing is concluded from them."""
    return states if len(states) <= _MAX_STATES else _GIVEN
