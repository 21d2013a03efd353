"""Scaled loss and plain step, or the reverse."""

from ..events import Event, Kind
from ..facts.schedule import Bypassed
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC607",
    name="scaler-bypassed",
    title="a scaled loss and a plain optimizer.step(), or the reverse",
    by_running="scale() leaves a mark in the graph of the loss. Told if optimizer.step() uses its gradients, or if "
    "scaler.step() is given those of a loss without it, twice. Silent after unscale_(), and where your code works "
    "with the scale itself.",
    why="The scaler multiplies the loss, 65536 times at first, and its step() divides the gradients again. If only one "
    "of the two is used, the gradients are that much too large or too small.",
    bad="""
        scaler = torch.amp.GradScaler("cpu")
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            optimizer.step()
    """,
    good="""
        scaler = torch.amp.GradScaler("cpu")
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
    """,
    legal="A plain optimizer.step() after scaler.unscale_(optimizer), and a scaler that is switched off.",
    how_to_fix="Use scaler.scale(loss).backward(), scaler.step(optimizer) and scaler.update() together.",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, Bypassed) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Bypassed)
    if facts.loss_scaled:
        what = "{subject} steps on gradients of a scaled loss, and not through scaler.step()"
    else:
        what = "scaler.step() divides gradients of {subject} whose loss was never scaled"
    return Told(what, event.mark, (("backward() of that loss", facts.backward_at),))


RULE = Rule(CARD, (Kind.STEP,), broken, told)
