"""backward() runs in each iteration and the optimizer never steps."""

from ..events import Event, Kind
from ..findings import Severity
from ..intents import Role, insert
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC105",
    name="missing-step",
    title="backward() runs in each iteration, and the optimizer never steps",
    by_reading="Judged where the program or function ends: backward() in a loop, and step() on no path to there. "
    "Silent if the optimizer is returned, stored or handed on, since it may be stepped there.",
    by_running="Judged when the run has come to its end: an optimizer whose parameters got gradients again and "
    "again, that never stepped, and whose parameters nobody has changed.",
    why="backward() only fills .grad; the parameters change in step() and nowhere else. Without it the model that is "
    "saved at the end is the one that was built at the start.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Loops that only look at gradients (saliency, attacks, style transfer) own no optimizer, and an optimizer "
    "that is returned, stored elsewhere or handed to other code may be stepped there.",
    how_to_fix="Call optimizer.step() after backward().",
    severity=Severity.ERROR,
    anchor="loss.backward()",
    latency=0,
    remedies=(
        (insert("{step}", after=Role.LAST_BACKWARD),),
        (insert("{step}", after=Role.ANCHOR),),
    ),
)


def broken(state: State, event: Event) -> bool | None:
    if state.step_at:
        return False  # stepped, or kept by code that may step it
    return True if state.unstepped_at else None


def told(state: State, event: Event) -> Told:
    return Told(
        "backward() computes gradients in each iteration, but {subject}.step() is never called", state.unstepped_at
    )


RULE = Rule(CARD, (Kind.END,), broken, told)
