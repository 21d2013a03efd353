"""A loss is computed and the optimizer steps, but no backward reaches it in the loop."""

from ..events import Event, Kind
from ..findings import Severity
from ..intents import Role, insert
from ..machine import Grads, State
from . import Card, Rule, Told

CARD = Card(
    code="LC104",
    name="missing-backward",
    title="the loss is computed and the optimizer steps, but backward() is never called",
    by_reading="Needs a loop in which a loss is computed, the optimizer steps, and the loss is computed anew with no "
    "backward() in between. Abstains where model, loss or optimizer go to code in another file that may call "
    "backward().",
    by_running="The optimizer steps, a model that it trains is called before and after the step, and no gradient has "
    "come. Told when it has happened twice.",
    why="Only backward() computes gradients. Without it .grad stays None, step() skips every parameter in silence, and "
    "the loss is printed, epoch after epoch, from a model that does not change.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Gradients may come from elsewhere: set by hand (p.grad = ...), from a helper that calls backward(), or from "
    "a framework. Where the loop hands the loss or the optimizer to such code, nothing is reported.",
    how_to_fix="Call loss.backward() between the forward pass and step().",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    yields_to=("LC204", "LC108", "LC506"),
    remedies=(
        (insert("{backward}", before=Role.ANNOUNCED),),
        (insert("{backward}", before=Role.FIRST_USE),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    if state.grads is Grads.UNKNOWN or state.lent:
        return None
    if state.grads not in (Grads.CLEAR, Grads.NEW, Grads.USED) or state.backward_at:
        return False
    if state.dropped and state.waiting is not None:
        return True
    return False if state.trained else None  # nothing propagated so far: the first round of such a loop


def told(state: State, event: Event) -> Told:
    return Told(
        "{subject}.step() has nothing to use: no backward() reaches its parameters in this loop",
        event.mark,
        (("what is computed here is never propagated", state.waiting_at),),
    )


RULE = Rule(CARD, (Kind.STEP,), broken, told)
