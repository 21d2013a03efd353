"""The loss, or the forward it comes from, was made in an earlier iteration."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC107",
    name="stale-loss",
    title="the loss was computed before this iteration, and its graph is already used up",
    by_reading="Knows on which calls of modules and losses a value rests, and in which iteration they ran. Told of a "
    "backward() on a graph that an earlier iteration has used up, if that holds on every path.",
    by_running="The marks that backward() leaves in a graph tell in which iteration it was used. The error that "
    "torch raises gets a note; where it raises none (retain_graph=True), it is told if the parameters were stepped "
    "since.",
    why="A loss belongs to the parameters and the batch of its forward pass. Propagated again in the next iteration it "
    "gives the gradients of old parameters, and torch stops with an error as its graph was freed.",
    bad="""
        x, y = batches[0]
        loss = loss_fn(model(x), y)
        for x, y in batches:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="A loss may be propagated one iteration after it was computed, as long as that happens once.",
    how_to_fix="Compute the forward pass and the loss inside the loop, from this iteration's batch.",
    severity=Severity.ERROR,
    anchor="loss.backward()",
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Graph):
        return None
    return bool(facts.consumed_at and facts.consumed_now is False and not facts.carried)


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Graph)
    related = [("it was computed here, outside of this iteration", facts.made_at)] if facts.made_at else []
    return Told(
        "backward() propagates {subject} again: it was computed before this iteration and its graph is used up",
        event.mark,
        tuple(related),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
