"""retain_graph=True where each graph is used once."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..intents import Role, drop_argument
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC113",
    name="graph-retained-needlessly",
    title="retain_graph=True although each graph is used once",
    by_reading="Needs a loop with one backward(retain_graph=True), which is the only one of its function, on a loss "
    "of this iteration that goes nowhere else, and modules that keep nothing of a forward pass. Else it abstains.",
    by_running="Judged at the end: a place that has retained its graph in at least four passes that were looked at, "
    "and none of those graphs was used again. Any call of torch.autograd.grad() silences it.",
    why="backward() frees the buffers of the graph as it goes through. With retain_graph=True they stay until the loss "
    "itself is gone, so the next forward pass needs its memory on top of them: up to twice as much at the peak.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward(retain_graph=True)
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Two losses that share a forward pass need it at all backward() calls but the last one.",
    how_to_fix="Leave retain_graph=True out.",
    severity=Severity.ADVICE,
    anchor="loss.backward(retain_graph=True)",
    latency=0,
    remedies=((drop_argument(Role.ANCHOR, "retain_graph"),),),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return facts.retained if isinstance(facts, Graph) else None


def told(state: State, event: Event) -> Told:
    return Told("the graph of {subject} is kept after backward(), and nothing uses it again", event.mark)


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
