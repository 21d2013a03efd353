"""Gradients are clipped after the step has used them."""

from ..events import Event, Kind
from ..facts.schedule import Clipped
from ..findings import Severity
from ..intents import Role, move
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC603",
    name="clip-after-step",
    title="gradients are clipped after the step that used them",
    by_reading="Follows what was last done to the gradients of each module: a step, in the same iteration, with no "
    "backward() since. A clip with an infinite limit only measures.",
    by_running="Hears clip_grad_norm_() and clip_grad_value_() after a step has used the gradients and before new "
    "ones come, twice. Clipping by hand is not seen.",
    why="step() uses the gradients as they are. Clipped afterwards, they were too large when it mattered, and the next "
    "zero_grad() throws the clipped ones away.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    legal="Measuring the norm with max_norm=inf changes nothing, and clipping weights instead of gradients belongs "
    "after the step.",
    how_to_fix="Clip between backward() and step().",
    severity=Severity.ERROR,
    anchor="torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
    remedies=((move(Role.ANCHOR, before=Role.RELATED),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Clipped):
        return None
    return facts.after is not None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Clipped)
    return Told(
        "the gradients of {subject} are clipped after the step has used them",
        event.mark,
        (("the step is here", facts.after or 0),),
    )


RULE = Rule(CARD, (Kind.CLIP,), broken, told)
