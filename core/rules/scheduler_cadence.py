"""A scheduler that is never stepped."""

from ..events import Event, Kind
from ..facts.schedule import NeverStepped
from ..findings import Certainty, Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC602",
    name="scheduler-cadence",
    title="a scheduler that is built and never stepped",
    why="A scheduler changes the learning rate only in its step(). One that is built and forgotten leaves the rate "
    "where it was, warm-up and decay included.",
    bad="""
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
        for epoch in range(3):
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
    """,
    good="""
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
        for epoch in range(3):
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
            scheduler.step()
    """,
    legal="A schedule whose first period is longer than the run.",
    how_to_fix="Call scheduler.step() once an epoch, or once a step, as its class expects.",
    severity=Severity.WARNING,
    anchor="scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)",
    seen_by=(Observer.RUNTIME,),
    most=Certainty.POSSIBLE,
    latency=0,
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, NeverStepped) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, NeverStepped)
    return Told(f"{{subject}} is never stepped, though its optimizer made {facts.steps} steps", event.mark)


RULE = Rule(CARD, (Kind.SCHEDULER_STEP,), broken, told)
