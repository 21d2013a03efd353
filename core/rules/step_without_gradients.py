"""The optimizer steps although none of its parameters has a gradient."""

from ..events import Event, Kind
from ..findings import Severity
from ..machine import Grads, State
from . import Card, Rule, Told

CARD = Card(
    code="LC109",
    name="step-without-gradients",
    title="step() finds no gradients",
    by_reading="Needs a loop that has trained: then a step on gradients that were cleared for certain, with neither "
    "a backward() nor a loss in between. Silent where unseen code may have set gradients.",
    by_running="At the step no parameter of the optimizer has a gradient, and that twice. Of several optimizers, one "
    "may idle for 15 steps.",
    why="step() skips every parameter whose .grad is None and says nothing, so an update that was meant to happen "
    "does not.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="A loop that only steps, to draw a learning-rate curve, has no backward and is left alone.",
    how_to_fix="Remove this step(), or compute a loss and call backward() before it.",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    yields_to=("LC204", "LC108", "LC506", "LC104", "LC103", "LC102", "LC101", "LC110"),
)


def broken(state: State, event: Event) -> bool | None:
    if state.grads is not Grads.CLEAR or state.guessed or state.backward_at or state.lost_at or state.lent:
        return False
    return bool(state.trained and state.step_at and (state.waiting is None or not state.waiting_awaited))


def told(state: State, event: Event) -> Told:
    return Told(
        "{subject}.step() finds no gradients: they were cleared and no backward() has run since",
        event.mark,
        (("the last step was here", state.step_at),),
    )


RULE = Rule(CARD, (Kind.STEP,), broken, told)
