"""scaler.step() without scaler.update()."""

from ..events import Event, Kind
from ..facts.schedule import ScalerUse
from ..findings import Severity
from ..intents import Role, insert
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC606",
    name="scaler-not-updated",
    title="the gradient scaler steps and is never updated",
    by_reading="Needs a gradient scaler that is built in sight: its step() in one iteration, and scale() or step() "
    "in a later one. Silent if update() is called on some path, or the scaler goes to code in another file.",
    by_running="torch refuses the next step() or unscale_(), and the step before it is told.",
    why="Only update() tells the scaler that the next iteration begins, and fits the scale to what has happened: "
    "lower after an overflow, higher after many good steps. Without it torch stops with an error at the second "
    "step(), or, where the scaler is switched off, says nothing until it is switched on.",
    bad="""
        scaler = torch.amp.GradScaler("cpu")
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
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
    legal="One update() after the steps of several optimizers is right.",
    how_to_fix="Call scaler.update() after scaler.step(), once per iteration.",
    severity=Severity.ERROR,
    anchor="scaler.step(optimizer)",
    remedies=((insert("{subject}.update()", after=Role.ANCHOR),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return True if isinstance(facts, ScalerUse) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, ScalerUse)
    return Told(
        "{subject}.step() is not followed by {subject}.update() before the scaler is used again",
        event.mark,
        (("it is used again here", facts.again_at),),
    )


RULE = Rule(CARD, (Kind.SCALER_UPDATE,), broken, told)
