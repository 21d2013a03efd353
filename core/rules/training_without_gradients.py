"""The forward of a training step runs under no_grad."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC204",
    name="training-without-gradients",
    title="the forward pass of a training step runs without gradients",
    by_reading="Follows no_grad() and inference_mode(), as blocks and decorators, and set_grad_enabled(False). Told "
    "if a loss that was made there is propagated and no path gives it a graph.",
    by_running="Remembers the last forward pass of each trained model that ran without gradients. Told when torch "
    "refuses its loss, or when requires_grad=True hides that the graph is empty.",
    why="Under no_grad or inference_mode no graph is built. The loss that comes out leads nowhere, so backward() "
    "reaches no parameter: torch stops with an error, or requires_grad_() hides it and nothing is learned.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            with torch.no_grad():
                output = model(x)
            loss = loss_fn(output, y).requires_grad_()
            loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            output = model(x)
            loss = loss_fn(output, y)
            loss.backward()
            optimizer.step()
    """,
    legal="A teacher, a target network or a frozen feature extractor runs under no_grad, as long as something that is "
    "trained comes after it.",
    how_to_fix="Take the forward pass of the trained model out of the no_grad block.",
    severity=Severity.ERROR,
    anchor="output = model(x)",
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Graph):
        return None
    return facts.cut == "no_grad"


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Graph)
    return Told(
        "this forward pass runs without gradients, so the backward() of {subject} reaches no parameter",
        facts.cut_at,
        (("backward() is called here", event.mark),),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
