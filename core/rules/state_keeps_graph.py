"""Hidden state carried across iterations without detach."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..intents import Role, insert
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC402",
    name="state-keeps-graph",
    title="a hidden state is carried into the next iteration with its graph",
    by_reading="Told where a module is given, with its graph, what its own call has made in an earlier iteration, "
    "and a backward() has used that graph up.",
    by_running="Marks in the graph show that a forward pass was given a state of an earlier one. The error that "
    "torch raises gets a note; with retain_graph=True it is told when a graph reaches back 40 steps.",
    why="The state still hangs on the graph of the last iteration, so the next backward() goes through that one as "
    "well: torch stops with an error, or with retain_graph=True each step is slower and larger than the one before.",
    bad="""
        rnn, state = torch.nn.GRU(2, 1), None
        optimizer = torch.optim.SGD(rnn.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            output, state = rnn(x, state)
            loss = loss_fn(output, y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        rnn, state = torch.nn.GRU(2, 1), None
        optimizer = torch.optim.SGD(rnn.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            output, state = rnn(x, state)
            state = state.detach()
            loss = loss_fn(output, y)
            loss.backward()
            optimizer.step()
    """,
    legal="A state that is detached, or made anew, in each iteration is fine, and so is one that runs through the time "
    "steps of a single sequence.",
    how_to_fix="Detach the state before it goes into the next iteration: state = state.detach(), or for the pair of an "
    "LSTM state = tuple(part.detach() for part in state).",
    severity=Severity.WARNING,
    anchor="output, state = rnn(x, state)",
    latency=50,
    remedies=(
        (insert("{carried} = {carried}.detach()", after=Role.ANCHOR),),
        (insert("{pair} = tuple(part.detach() for part in {pair})", after=Role.ANCHOR),),
    ),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Graph):
        return None
    return bool(facts.carried and facts.consumed_at)


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Graph)
    return Told(
        "the state made here goes into the next iteration with its graph, and the next backward() runs through it",
        facts.made_at or event.mark,
        (("backward() is called here", event.mark),),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
