"""The protocol of a training loop as one pure machine: `advance(state, event)`.

One State per optimizer. Run time folds `advance` over what happened; the linter pushes sets of states
through the control flow. `advance` knows what happened; what is *wrong* is said by the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from .events import Event, Kind, Mark


class Grads(Enum):
    """What lies in the .grad fields of one optimizer's parameters."""

    UNKNOWN = auto()  # the observer came late: a function whose caller it has not seen
    NEW = auto()  # nothing yet: the optimizer was just built
    CLEAR = auto()  # cleared, nothing added since
    READY = auto()  # backward on NEW, CLEAR or UNKNOWN: what a step should find
    USED = auto()  # a step has used them and they are still there
    MIXED = auto()  # backward on top of USED: old gradients count again
    GIVEN = auto()  # given to code the observer cannot see: nothing is concluded until the next clear


class State(NamedTuple):
    """All that the rules need to know about one optimizer; small and hashable.

    Marks are 0 while the thing has not happened.
    """

    grads: Grads = Grads.NEW
    cleared: bool = False  # a clear has been seen on this path
    guessed: bool = False  # that clear was of a tensor or module that may not be this optimizer's
    shared: bool = False  # another optimizer stepped since the last backward: that one may have been meant for it
    spent: bool = False  # ... and holds all parameters of this one: it has used these gradients
    trained: bool = False  # a backward has been seen on this path
    propagated: bool = False  # ... and since the last step
    backward_at: Mark = 0  # first backward since the last clear or step
    mixed_at: Mark = 0  # the backward that added to used gradients
    step_at: Mark = 0  # the last step
    lost_at: Mark = 0  # the clear that threw away gradients no step had used
    lost_from: Mark = 0  # the backward whose gradients it threw away
    cleared_at: Mark = 0  # the last clear, if its loop runs it again before anything else ...
    wasted_at: Mark = 0  # ... and it did, and threw away what the round before had computed ...
    wasted_from: Mark = 0  # ... here, with no step in between
    lent: bool = False  # since the last clear or step, unseen code may have set gradients
    waiting: str | None = None  # a loss that was computed and not yet propagated ...
    waiting_at: Mark = 0
    waiting_awaited: bool = False
    early: str | None = None  # ... which was still waiting when a step ran ...
    early_at: Mark = 0  # ... here, ...
    early_used: bool = False  # ... on gradients of an earlier loss
    dropped: bool = False  # then a loss was computed anew, and the old one never propagated
    unstepped_at: Mark = 0  # first backward of a loop, as long as no step has been seen


UNKNOWN = State(grads=Grads.UNKNOWN)
"""Where an observer starts that cannot know what happened before."""

_HOLDS_FRESH = (Grads.READY, Grads.MIXED)


def advance(state: State, event: Event) -> State:
    """The state after `event`. Pure, total, and without any judgement. Cost: one small tuple."""
    move = _ADVANCE.get(event.kind)
    return move(state, event) if move is not None else state


def _zero_grad(state: State, event: Event) -> State:
    if state.grads is Grads.GIVEN and not event.sure:
        return state
    loses = event.sure and state.grads in _HOLDS_FRESH and not state.shared
    again = loses and event.repeats and event.mark == state.cleared_at
    if loses:
        lost_at, lost_from = event.mark, state.backward_at
    elif state.grads is Grads.CLEAR and event.sure:
        lost_at, lost_from = state.lost_at, state.lost_from  # cleared twice: the first one lost them
    else:
        lost_at = lost_from = 0
    return state._replace(
        grads=Grads.CLEAR,
        cleared=True,
        guessed=not event.sure,
        shared=False,
        spent=False,
        backward_at=0,
        mixed_at=0,
        lost_at=lost_at,
        lost_from=lost_from,
        cleared_at=event.mark if event.sure and event.repeats else 0,
        wasted_at=event.mark if again else 0,
        wasted_from=state.backward_at if again else 0,
        lent=False,
    )


def _forward(state: State, event: Event) -> State:
    if not event.losses or not event.sure:
        # Who knows what computed it: a backward may hide in there, so nothing waits any more.
        return state._replace(waiting=None, waiting_at=0, early=None, early_at=0, dropped=False)
    if state.waiting is not None and state.waiting_awaited and not event.awaited:
        return state  # something computed on the side (a KL for the log) does not displace the loss
    loss = min(event.losses)  # of several at once, one stands for all
    again = state.early == loss
    dropped = again or (state.early is not None and not state.propagated)
    return state._replace(
        waiting=loss,
        waiting_at=event.mark,
        waiting_awaited=event.awaited,
        early=None if again else state.early,
        early_at=0 if again else state.early_at,
        dropped=dropped or state.dropped,
    )


def _backward(state: State, event: Event) -> State:
    # a loss of this optimizer that goes by another name (a sum) has used up the one that waited
    consumes_early = event.losses is None or event.sure or state.early in event.losses
    grads, mixed_at = state.grads, state.mixed_at
    if grads is Grads.USED or (grads is Grads.READY and state.spent):
        grads, mixed_at = Grads.MIXED, event.mark
    elif grads is Grads.MIXED and state.shared:
        mixed_at = event.mark  # the backward before was for the optimizer that stepped since
    elif grads in (Grads.NEW, Grads.CLEAR, Grads.UNKNOWN):
        grads = Grads.READY
    again = state.grads is not Grads.CLEAR or event.mark == state.wasted_from  # else: these are other gradients
    return state._replace(
        wasted_at=state.wasted_at if again else 0,
        grads=grads,
        shared=False,
        spent=False,
        trained=True,
        propagated=True,
        backward_at=state.backward_at or event.mark,
        mixed_at=mixed_at,
        lost_at=0,
        lost_from=0,
        waiting=None,
        waiting_at=0,
        waiting_awaited=False,
        early=None if consumes_early else state.early,
        early_at=0 if consumes_early else state.early_at,
        dropped=False,
        unstepped_at=state.unstepped_at or (event.mark if event.looped and not state.step_at else 0),
    )


def _step(state: State, event: Event) -> State:
    grads = Grads.USED if state.grads in (Grads.UNKNOWN, Grads.READY, Grads.MIXED) else state.grads
    early = state.waiting
    return state._replace(
        grads=grads,
        shared=False,
        spent=False,
        propagated=False,
        backward_at=0,
        mixed_at=0,
        step_at=event.mark,
        lost_at=0,
        lost_from=0,
        early=early if early is not None else state.early,
        early_at=event.mark if early is not None else state.early_at,
        early_used=state.grads in _HOLDS_FRESH if early is not None else state.early_used,
        dropped=False,
        unstepped_at=0,
        cleared_at=0,
        wasted_at=0,
        wasted_from=0,
        lent=False,
    )


def _other_step(state: State, event: Event) -> State:
    return state._replace(shared=True, spent=state.spent or event.covers) if state.grads in _HOLDS_FRESH else state


def _read(state: State, event: Event) -> State:
    if state.waiting is not None and event.losses is not None and state.waiting in event.losses:
        state = state._replace(waiting=None, waiting_at=0, waiting_awaited=False)
    # gradients that somebody looked at were not computed in vain
    return state._replace(cleared_at=0, wasted_at=0, wasted_from=0) if state.grads in _HOLDS_FRESH else state


def _lend(state: State, event: Event) -> State:
    return _read(state, event)._replace(lent=True)


def _give_away(state: State, event: Event) -> State:
    # Who keeps the optimizer may step it later; who only borrows it for one call (not sure) cannot.
    kept = event.mark if event.sure or event.looped else 0
    return State(grads=Grads.GIVEN, cleared=state.cleared, step_at=state.step_at or kept)


def _end(state: State, event: Event) -> State:
    return state


_ADVANCE: dict[Kind, Callable[[State, Event], State]] = {
    Kind.ZERO_GRAD: _zero_grad,
    Kind.FORWARD: _forward,
    Kind.BACKWARD: _backward,
    Kind.STEP: _step,
    Kind.OTHER_STEP: _other_step,
    Kind.READ: _read,
    Kind.LEND: _lend,
    Kind.GIVE_AWAY: _give_away,
    Kind.END: _end,
}
