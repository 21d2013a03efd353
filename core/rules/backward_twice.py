"""A second backward through a graph that the first one has freed."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..intents import Role, remove, set_argument
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC106",
    name="backward-twice",
    title="a second backward() goes through the same graph in one iteration",
    by_reading="Knows on which calls of modules and losses a value rests; a backward() without retain_graph=True "
    "uses their graphs up. Told of a second one in the same iteration if the graph is used up on every path.",
    by_running="In closely watched steps, and in the first passes of each place, backward() leaves a mark in the "
    "nodes that it goes through, and meets it again. The error that torch raises gets a note that names the first "
    "backward().",
    why="backward() frees what the forward pass has stored, so torch stops with an error at the second one; where "
    "nothing was stored, the gradients are added a second time and the update is twice as long.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
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
    legal="backward(retain_graph=True) keeps the graph for a second backward(), and several losses with graphs of "
    "their own may be propagated one after another.",
    how_to_fix="Remove one backward(), or add the losses up and call backward() once.",
    severity=Severity.ERROR,
    anchor="loss.backward()",
    remedies=(
        (remove(Role.ANCHOR),),
        (set_argument(Role.RELATED, "backward", "retain_graph=True"),),
    ),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Graph):
        return None
    return bool(facts.consumed_at and facts.consumed_now and not facts.carried)


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Graph)
    return Told(
        "a second backward() goes through the graph of {subject}: the first one has freed it",
        event.mark,
        (("the first backward() is here", facts.consumed_at),),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
