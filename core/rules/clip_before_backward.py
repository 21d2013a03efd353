"""Gradients are clipped before they exist."""

from ..events import Event, Kind
from ..facts.schedule import Clipped
from ..findings import Severity
from ..intents import Role, move
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC604",
    name="clip-before-backward",
    title="gradients are clipped before backward() has computed them",
    by_reading="Follows what was last done to the gradients of each module: no backward() before the clip in this "
    "iteration, and one after it.",
    by_running="Hears clip_grad_norm_() and clip_grad_value_() on gradients that are not there, and a later "
    "backward() that brings them, twice. Clipping by hand is not seen.",
    why="Clipping changes the gradients that are there. Before backward() there are none, or those of the last batch, "
    "so the new ones go into the step unclipped.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    legal="With several backward() calls before one step, clipping belongs after the last of them.",
    how_to_fix="Clip between backward() and step().",
    severity=Severity.ERROR,
    anchor="torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
    yields_to=("LC603",),
    remedies=((move(Role.ANCHOR, after=Role.RELATED),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Clipped):
        return None
    return facts.before is not None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Clipped)
    return Told(
        "the gradients of {subject} are clipped before backward() computes them",
        event.mark,
        (("backward() comes only here", facts.before or 0),),
    )


RULE = Rule(CARD, (Kind.CLIP,), broken, told)
