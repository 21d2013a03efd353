"""backward() inside the autocast block."""

from ..events import Event, Kind
from ..facts.schedule import UnderAutocast
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC608",
    name="backward-under-autocast",
    title="backward() runs inside the autocast block",
    by_running="In closely watched steps: autocast is on for the device of the loss when backward() is called, twice.",
    why="backward() runs each operation in the type that autocast chose for its forward. Under autocast itself, what "
    "the backward pass computes anew is cast a second time; torch advises against it.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            with torch.autocast("cpu"):
                loss = loss_fn(model(x), y)
                loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            with torch.autocast("cpu"):
                loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Only the forward pass and the loss belong under autocast.",
    how_to_fix="Take backward() out of the autocast block.",
    severity=Severity.ADVICE,
    anchor="loss.backward()",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, UnderAutocast) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, UnderAutocast)
    return Told(f"backward() runs inside the autocast block of {facts.device}", event.mark)


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
