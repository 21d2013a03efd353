"""Gradients are cleared between backward() and the step() that should use them."""

from ..events import Event, Kind
from ..findings import Severity
from ..intents import Role, move
from ..machine import Grads, State
from . import Card, Rule, Told

CARD = Card(
    code="LC102",
    name="zero-grad-before-step",
    title="zero_grad() throws away the gradients before step() has used them",
    by_reading="Follows the gradients of each optimizer from backward() to step(). The clear between them must take "
    "exactly its parameters. Silent where code in another file was given the model in between: it may have put "
    "gradients back.",
    by_running="Hears zero_grad() between backward() and step(); that they were cleared by hand (p.grad = None) "
    "shows at the step. Told when it has happened twice.",
    why="step() updates with whatever is in .grad. Cleared right after backward(), there is nothing: since torch 2.0 "
    "zero_grad() sets .grad to None and step() skips such parameters without a word. The model never learns.",
    bad="""
        for x, y in batches:
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    """,
    legal="Clearing gradients that came from a loss of another optimizer (the discriminator's, after the generator's "
    "backward) is right, and so is clearing before a backward that is followed by the step.",
    how_to_fix="Move zero_grad() before backward() or after step().",
    severity=Severity.ERROR,
    anchor="optimizer.zero_grad()",
    yields_to=("LC104", "LC103"),
    remedies=(
        (move(Role.ANCHOR, before=Role.ANNOUNCED),),
        (move(Role.ANCHOR, before=Role.OWN_BACKWARD),),
        (move(Role.ANCHOR, after=Role.SECOND),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    if state.lent:
        return None  # what was cleared may have been put back
    if state.wasted_at and state.grads is Grads.READY:
        return True
    lost = state.grads is Grads.CLEAR and state.lost_at != 0
    return lost and (state.waiting is None or not state.waiting_awaited)


def told(state: State, event: Event) -> Told:
    if state.wasted_at:
        return Told(
            "zero_grad() throws away the gradients of the iteration before: {subject}.step() does not run in each one",
            state.wasted_at,
            (("these gradients are never used", state.wasted_from), ("the step comes only here", event.mark)),
        )
    return Told(
        "the gradients of backward() are cleared before {subject}.step() can use them",
        state.lost_at,
        (
            ("the gradients were computed here", state.lost_from),
            ("the step finds nothing to use", event.mark),
        ),
    )


RULE = Rule(CARD, (Kind.STEP,), broken, told, at_once=True)
