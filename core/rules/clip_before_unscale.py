"""Scaled gradients are clipped."""

from ..events import Event, Kind
from ..facts.schedule import Clipped
from ..findings import Severity
from ..intents import Role, insert, move
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC605",
    name="clip-before-unscale",
    title="gradients are clipped while they are still scaled",
    by_reading="Needs a gradient scaler that is built in sight and switched on: a clip after the backward() of a "
    "scaled loss, with no unscale_() since. Helpers that unscale by themselves are left alone.",
    by_running="scale() leaves a mark in the graph of the loss, and the clip finds no unscale_() since; told when it "
    "has happened twice. Silent where your code reads the scale, or writes to the gradients itself.",
    why="Scaling the loss multiplies all gradients by a large factor. Compared with max_norm in that state they are "
    "cut down to almost nothing, and scaler.step() then divides what is left by the factor.",
    bad="""
        scaler = torch.amp.GradScaler("cpu")
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
    """,
    good="""
        scaler = torch.amp.GradScaler("cpu")
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
    """,
    legal="Helpers such as accelerator.clip_grad_norm_ and fabric.clip_gradients unscale by themselves.",
    how_to_fix="Call scaler.unscale_(optimizer) before clipping.",
    severity=Severity.ERROR,
    anchor="torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
    remedies=(
        (move(Role.UNSCALE, before=Role.ANCHOR),),
        (insert("{scaler}.unscale_({stepped})", before=Role.ANCHOR),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Clipped):
        return None
    return facts.scaled is not None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Clipped)
    return Told(
        "the gradients of {subject} are clipped while they are still scaled: no unscale_() before it",
        event.mark,
        (("backward() of the scaled loss", facts.scaled or 0),),
    )


RULE = Rule(CARD, (Kind.CLIP,), broken, told)
