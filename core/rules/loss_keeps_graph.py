"""A loss is accumulated over iterations with its graph."""

from ..events import Event, Kind
from ..facts.kept import Kept
from ..findings import Severity
from ..intents import Role, append_method
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC401",
    name="loss-keeps-graph",
    title="a loss is summed up or stored over iterations with its graph",
    by_reading="Follows sums and append() from one iteration into the next. Told if what is added has a graph that a "
    "backward() goes through, and no gradients are ever taken of the sum itself.",
    by_running="A token in each graph dies with it. Where the graphs of three early steps, or of five over 32 steps, "
    "live on, the variable that holds them is searched for. Silent for windows (deque with maxlen) and for what is "
    "emptied again.",
    why="A tensor that requires gradients keeps the graph it was computed by. Summed or stored in each iteration, all "
    "graphs of the epoch stay in memory: training slows down and in the end runs out of memory.",
    bad="""
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss
    """,
    good="""
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
    """,
    legal="A sum of losses on which backward() is called later needs its graphs, and sums under no_grad have none.",
    how_to_fix="Add loss.item(), or loss.detach() where waiting for the device costs too much.",
    severity=Severity.WARNING,
    anchor="total += loss",
    latency=50,
    remedies=(
        (append_method(Role.ANCHOR, ".item()"),),
        (append_method(Role.ANCHOR, ".detach()"),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Kept):
        return None
    return facts.grows


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Kept)
    return Told(
        f"{_plain(facts.into)} keeps the graph of each {_plain(facts.what)} that is added: memory grows until it is "
        "released",
        event.mark,
    )


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


RULE = Rule(CARD, (Kind.KEEP,), broken, told)
