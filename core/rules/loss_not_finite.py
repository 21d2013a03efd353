"""The loss is nan or inf."""

from ..events import Event, Kind
from ..facts.learning import LossValue
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC801",
    name="loss-not-finite",
    title="the loss is nan or inf",
    by_running="Reads each loss that lies on the CPU; told when a step uses what it has brought. On CUDA the losses "
    "are read some 50 to 100 backward passes later, so that nobody waits, and it speaks that much later. Silent "
    "while a gradient scaler is in use.",
    why="From the first such loss on all gradients are nan, and after the next step all parameters are. Nothing that "
    "runs afterwards can bring them back.",
    bad="""
        optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="A gradient scaler tries scales that are too large and skips those steps.",
    how_to_fix="Look at the step that is named: a learning rate too high, a logarithm or root of zero, a division by "
    "zero, or bad data.",
    severity=Severity.ERROR,
    anchor="loss.backward()",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, LossValue) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossValue)
    before = f"; the last finite one was {facts.last:.4g}" if facts.last is not None else ""
    return Told(f"the loss is {facts.value} for the first time in step {facts.step + 1}{before}", event.mark)


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
