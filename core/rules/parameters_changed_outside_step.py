"""Parameters that change between two steps, and no optimizer did it."""

from ..events import Event, Kind
from ..facts.ownership import Changed, listed
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC114",
    name="parameters-changed-outside-step",
    title="parameters change between two steps, and no optimizer did it",
    by_running="In closely watched steps that follow each other, compares the version of each parameter with that "
    "after the step before; told at the second time. A change through .data moves no version, and parameters that "
    "optimizers share are left out.",
    why="An assignment, an averaging or an initialisation that is left in the loop undoes what the optimizer has "
    "learned, and its momentum is about values that are gone.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            torch.nn.init.zeros_(model[-1].weight)
    """,
    good="""
        torch.nn.init.zeros_(model[-1].weight)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Clipped weights, projections, target networks, weights that are loaded or averaged on purpose.",
    how_to_fix="Take the change out of the loop, or leave this rule off.",
    severity=Severity.WARNING,
    anchor="optimizer.step()",
    default=False,
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, Changed) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Changed)
    names = listed(facts.names).replace("{", "{{").replace("}", "}}")
    return Told(f"{names} changed since the last {{subject}}.step(), and no optimizer did it", event.mark)


RULE = Rule(CARD, (Kind.STEP,), broken, told)
