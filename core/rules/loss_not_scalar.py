"""backward() on a loss that still has a batch dimension."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC112",
    name="loss-not-scalar",
    title="backward() is called on a loss that still has a batch dimension",
    by_reading='Needs reduction="none" in sight, on the loss function or where the loss module is built. mean(), '
    "sum() and other reductions on the way end it.",
    by_running="torch refuses to start backward() from more than one number. The error gets a note with the loss and "
    "its shape.",
    why="With reduction='none' a loss function returns one value per sample, and backward() only starts from a single "
    "number: torch stops with 'grad can be implicitly created only for scalar outputs'.",
    bad="""
        per_sample = torch.nn.MSELoss(reduction="none")
        for x, y in batches:
            optimizer.zero_grad()
            loss = per_sample(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        per_sample = torch.nn.MSELoss(reduction="none")
        for x, y in batches:
            optimizer.zero_grad()
            loss = per_sample(model(x), y).mean()
            loss.backward()
            optimizer.step()
    """,
    legal="A weighted or masked loss keeps one value per sample until it is averaged.",
    how_to_fix="Reduce the loss with mean() or sum() before backward().",
    severity=Severity.ERROR,
    anchor="loss.backward()",
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Graph):
        return None
    return facts.whole_at != 0


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Graph)
    return Told(
        "backward() is called on {subject}, which still holds one value per sample",
        event.mark,
        (("reduction='none' leaves the batch dimension in it", facts.whole_at),),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
