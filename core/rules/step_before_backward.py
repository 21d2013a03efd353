"""The step lies between a forward and the backward of that forward's loss."""

from ..events import Event, Kind
from ..findings import Severity
from ..intents import Role, move
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC103",
    name="step-before-backward",
    title="step() runs before the backward() of the loss just computed",
    by_reading="Needs the name of the loss: the step lies between the statement that computes it and its backward(). "
    "Abstains where the step did find gradients and the loss may belong to another optimizer.",
    by_running="A token in the autograd graph tells from which forward pass a loss comes, and so that the optimizer "
    "has stepped since. Told when it has happened twice.",
    why="The loss is computed, then the parameters are changed, then backward() runs: the step uses no gradients or "
    "those of the last batch, and backward() meets weights that are no longer the ones of its forward.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            optimizer.step()
            loss.backward()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="A pipelined loop (step, zero_grad, forward, backward) is legal: its step comes before the forward.",
    how_to_fix="Move step() after backward().",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    yields_to=("LC104",),
    remedies=(
        (move(Role.ANCHOR, after=Role.LAST_USE),),
        (move(Role.LONE_BACKWARD, before=Role.ANCHOR),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    if state.early is None:
        return None  # no step ran on this path while a loss was waiting
    if event.losses is None or state.early not in event.losses:
        return None
    # The step did find gradients, of an earlier loss: that is a fault only if this loss is known to be its own.
    return True if event.sure or not state.early_used else None


def told(state: State, event: Event) -> Told:
    return Told(
        "{subject}.step() runs before the backward() of the loss it should use",
        state.early_at,
        (
            ("what it should learn from is computed here", state.waiting_at),
            ("its backward() comes only now", event.mark),
        ),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told, at_once=True)
