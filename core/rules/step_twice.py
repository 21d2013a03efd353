"""A second step on the same gradients."""

from ..events import Event, Kind
from ..findings import Severity
from ..machine import Grads, State
from . import Card, Rule, Told

CARD = Card(
    code="LC110",
    name="step-twice",
    title="a second step() uses the same gradients again",
    by_reading="Two steps of one optimizer with no backward() in between, after one was seen. Steps with a closure, "
    "and steps while a loss waits for its backward(), are left alone.",
    by_running="No backward() has reached the optimizer since its last step, and its gradients are the same ones, "
    "unchanged. Told when it has happened twice.",
    why="step() does not use gradients up: called again before the next backward() it applies the same update a second "
    "time, at parameters for which it was not computed, and counts twice in Adam's averages.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="step(closure) computes new gradients by itself and may follow any step; several optimizers may step after "
    "one backward().",
    how_to_fix="Remove the second step(), or compute a new loss and call backward() before it.",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    yields_to=("LC104", "LC103", "LC102", "LC101"),
)


def broken(state: State, event: Event) -> bool | None:
    if state.grads is not Grads.USED or state.backward_at:
        return False
    return state.trained and state.step_at != 0 and (state.waiting is None or not state.waiting_awaited)


def told(state: State, event: Event) -> Told:
    return Told(
        "{subject}.step() uses the same gradients a second time: no backward() since the last step",
        event.mark,
        (("the first step on these gradients", state.step_at),),
    )


RULE = Rule(CARD, (Kind.STEP,), broken, told)
