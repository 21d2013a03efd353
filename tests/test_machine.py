"""The machine for itself: total, pure, small; and the judge's order of precedence."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopcheck.events import Event, Kind
from loopcheck.judge import Judge, Verdict, settle
from loopcheck.machine import UNKNOWN, Grads, State, advance
from loopcheck.rules import Rule, Told, catalogue

MARKS = (1, 2)
LOSSES = (None, frozenset({"a"}), frozenset({"b"}))
STEP, END, ZERO = Event(Kind.STEP, 9), Event(Kind.END, 10), Event(Kind.ZERO_GRAD, 8)
BACKWARD = Event(Kind.BACKWARD, 7, frozenset({"a"}))
JUDGED = [rule for rule in catalogue().values() if rule.broken]


def every_event() -> list[Event]:
    """All events over two marks and two losses. A FORWARD computes one loss, or an unknown one."""
    return [
        Event(kind, mark, losses, sure, awaited, looped)
        for kind, mark, losses, sure, awaited, looped in product(
            Kind, MARKS, LOSSES, (True, False), (True, False), (True, False)
        )
        if (losses is None or kind in (Kind.FORWARD, Kind.BACKWARD))
        and (awaited or kind is Kind.FORWARD)
        and (looped or kind in (Kind.BACKWARD, Kind.GIVE_AWAY))
    ]


EVENTS = every_event()
SEQUENCES = st.lists(st.sampled_from(EVENTS), max_size=30)
STARTS = st.sampled_from([State(), UNKNOWN])


def after(state: State, *events: Event) -> State:
    for event in events:
        state = advance(state, event)
    return state


@given(start=STARTS, events=SEQUENCES)
def test_advance_is_total_and_pure_and_its_states_are_hashable(start: State, events: list[Event]) -> None:
    """Every event may follow every other one, and what it leads to depends on nothing else."""
    state = start
    for event in events:
        kept = State(*state)
        following = advance(state, event)
        assert isinstance(following, State)
        assert state == kept
        assert advance(kept, event) == following
        assert hash(following) == hash(State(*following))
        state = following


@given(start=STARTS, events=SEQUENCES)
def test_every_rule_answers_in_every_state(start: State, events: list[Event]) -> None:
    """True, False or None, never an exception; and what is broken can be told, with an anchor somewhere."""
    state = start
    for event in events:
        for rule in JUDGED:
            if event.kind in rule.judged_at and rule.broken is not None and rule.told is not None:
                answer = rule.broken(state, event)
                assert answer in (True, False, None)
                if answer:
                    told = rule.told(state, event)
                    assert "{subject}" in told.message
                    assert told.anchor in MARKS
        state = advance(state, event)


def test_the_states_are_few() -> None:
    """For two marks and two losses all reachable states can be listed: no counter hides in the state.

    The number is pinned from above only; it matters that the search ends. A watcher's memo depends on it.
    """
    seen = {State(), UNKNOWN}
    todo = list(seen)
    few = [e for e in EVENTS if e.mark == 1 and e.looped]  # one mark: marks multiply the states, and do nothing else
    while todo:
        state = todo.pop()
        for event in few:
            following = advance(state, event)
            if following not in seen:
                seen.add(following)
                todo.append(following)
        assert len(seen) < 10_000
    assert len(seen) > 100


@given(start=STARTS, events=SEQUENCES)
def test_a_clear_and_a_backward_are_ready(start: State, events: list[Event]) -> None:
    """Whatever has happened: a sure clear, then a backward, and a step finds fresh gradients."""
    state = after(start, *events, ZERO, BACKWARD)
    assert state.grads is Grads.READY
    assert (state.backward_at, state.mixed_at, state.lost_at) == (BACKWARD.mark, 0, 0)
    assert {r.card.code for r in JUDGED if Kind.STEP in r.judged_at and r.broken and r.broken(state, STEP)} == set()


@given(start=STARTS, events=SEQUENCES)
def test_a_step_uses_what_is_there(start: State, events: list[Event]) -> None:
    """After a step nothing is fresh, and the step is remembered."""
    before = after(start, *events)
    state = advance(before, STEP)
    assert state.grads not in (Grads.READY, Grads.MIXED, Grads.UNKNOWN)
    assert (state.grads is Grads.CLEAR) == (before.grads is Grads.CLEAR)
    assert (state.step_at, state.backward_at, state.unstepped_at) == (STEP.mark, 0, 0)


@given(start=STARTS, events=SEQUENCES)
def test_what_is_given_away_is_not_judged_until_it_is_cleared(start: State, events: list[Event]) -> None:
    given_away = after(start, *events, Event(Kind.GIVE_AWAY, 6))
    for event in (STEP, END, BACKWARD):
        for rule in JUDGED:
            if event.kind in rule.judged_at and rule.broken is not None:
                assert not rule.broken(given_away, event)
    unsure = advance(given_away, Event(Kind.ZERO_GRAD, 5, sure=False))
    assert unsure.grads is Grads.GIVEN
    assert advance(given_away, ZERO).grads is Grads.CLEAR


@pytest.mark.parametrize(
    ("events", "grads"),
    [
        ([], Grads.NEW),
        ([STEP], Grads.NEW),
        ([BACKWARD], Grads.READY),
        ([BACKWARD, BACKWARD], Grads.READY),
        ([BACKWARD, STEP], Grads.USED),
        ([BACKWARD, STEP, BACKWARD], Grads.MIXED),
        ([BACKWARD, STEP, BACKWARD, BACKWARD], Grads.MIXED),
        ([BACKWARD, STEP, BACKWARD, STEP], Grads.USED),
        ([BACKWARD, STEP, ZERO, BACKWARD], Grads.READY),
        ([BACKWARD, ZERO, STEP], Grads.CLEAR),
    ],
)
def test_what_lies_in_grad(events: list[Event], grads: Grads) -> None:
    assert after(State(), *events).grads is grads


def test_a_clear_that_loses_gradients_is_remembered_only_while_it_matters() -> None:
    lost = after(State(), BACKWARD, ZERO)
    assert (lost.lost_at, lost.lost_from) == (ZERO.mark, BACKWARD.mark)
    again = advance(lost, ZERO._replace(mark=20))
    assert again.lost_at == ZERO.mark  # the first clear lost them, the second found nothing
    assert advance(lost, BACKWARD).lost_at == 0
    assert advance(lost, STEP).lost_at == 0
    assert after(State(), BACKWARD, ZERO._replace(sure=False)).lost_at == 0
    # a backward that was meant for another optimizer, which has stepped since, loses nothing here
    assert after(State(), BACKWARD, Event(Kind.OTHER_STEP), ZERO).lost_at == 0


def forward(loss: str, mark: int = 3) -> Event:
    return Event(Kind.FORWARD, mark, frozenset({loss}))


def test_a_loss_is_early_from_the_step_before_its_backward_until_that_backward() -> None:
    early = after(State(), ZERO, forward("a"), STEP)
    assert (early.early, early.early_at, early.waiting) == ("a", STEP.mark, "a")
    assert advance(early, BACKWARD).early is None
    assert after(State(), ZERO, forward("a"), BACKWARD, STEP).early is None


# ---- judge -----------------------------------------------------------------------------------------------------
def verdict(code: str, at: int = 9, anchor: int = 1, certain: bool = True, subject: str = "opt") -> Verdict:
    return Verdict(catalogue()[code], subject, Told("{subject}", anchor), at, certain)


def codes(*verdicts: Verdict) -> list[str]:
    return [v.rule.card.code for v in settle(verdicts)]


def test_one_cause_has_one_voice() -> None:
    """rules.md, "Which rule speaks": LC104, then LC103, LC102, LC101, LC110, and LC109 only if none of these."""
    order = ["LC104", "LC103", "LC102", "LC101", "LC110", "LC109"]
    for stronger, weaker in ((a, b) for i, a in enumerate(order) for b in order[i + 1 :]):
        assert codes(verdict(weaker), verdict(stronger)) == [stronger]
        assert codes(verdict(stronger), verdict(weaker)) == [stronger]


def test_another_step_another_subject_or_a_mere_possibility_silences_nobody() -> None:
    assert codes(verdict("LC104", at=1), verdict("LC101", at=2)) == ["LC104", "LC101"]
    assert codes(verdict("LC104", subject="a"), verdict("LC101", subject="b")) == ["LC104", "LC101"]
    assert codes(verdict("LC104", certain=False), verdict("LC101")) == ["LC104", "LC101"]


def test_a_fault_seen_twice_is_told_once_and_the_surer_one_stays() -> None:
    unsure, sure = verdict("LC101", at=9, certain=False), verdict("LC101", at=12)
    assert settle([unsure, sure]) == settle([sure, unsure]) == [sure]
    assert codes(verdict("LC101", anchor=1), verdict("LC101", anchor=2)) == ["LC101", "LC101"]
    assert codes(verdict("LC101", subject="a"), verdict("LC101", subject="b")) == ["LC101"]


def judged(states: list[State], event: Event, rules: list[Rule] | None = None) -> list[tuple[str, bool]]:
    found = Judge(JUDGED if rules is None else rules).judge("opt", states, event)
    return [(v.rule.card.code, v.certain) for v in found]


MIXED = after(State(), ZERO, BACKWARD, STEP, BACKWARD)
FRESH = after(State(), ZERO, BACKWARD)
LOST = after(State(), ZERO, BACKWARD, ZERO)


def test_certain_means_that_no_path_is_right() -> None:
    assert judged([MIXED], STEP) == [("LC101", True)]
    assert judged([FRESH], STEP) == []
    assert judged([MIXED, FRESH], STEP) == [("LC101", False)]
    assert judged([MIXED, after(State(), BACKWARD)], STEP) == [("LC101", True)]  # the first round cannot tell
    assert sorted(judged([MIXED, LOST], STEP)) == [("LC101", True), ("LC102", True)]  # wrong on each, in two ways


def test_only_the_rules_that_are_on_are_asked() -> None:
    assert judged([MIXED], STEP, []) == []
    assert judged([MIXED], STEP, [catalogue()["LC110"]]) == []
    assert judged([MIXED], BACKWARD) == []


def test_a_late_verdict_is_about_the_step_it_waited_for() -> None:
    """LC103 is sure only at the backward; it must still silence what is said of its step."""
    early = after(State(), ZERO, forward("a"), STEP)
    (late,) = Judge(JUDGED).judge("opt", [early], BACKWARD)
    assert (late.rule.card.code, late.at, late.told.anchor) == ("LC103", STEP.mark, STEP.mark)
