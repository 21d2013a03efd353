"""A scheduler that is stepped at another pace than it was built for, or never."""

from ..events import Event, Kind
from ..facts.schedule import Cadence, NeverStepped
from ..findings import Certainty, Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC602",
    name="scheduler-cadence",
    title="a scheduler is never stepped, or at another pace than it was built for",
    by_running="Judged when a run of at least 10 steps has come to its end: a scheduler that was built under the "
    "watch and never stepped, a OneCycleLR far behind its total, or a decaying or cosine schedule of epochs that "
    "moves with each batch.",
    why="A scheduler changes the learning rate only in its step(). One that is built and forgotten leaves the rate "
    "where it was, warm-up and decay included. One that counts epochs and is stepped at each batch, or the other way "
    "round, goes through its whole schedule in the first epoch, or never gets past the warm-up.",
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
    return True if isinstance(event.facts, NeverStepped | Cadence) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    if isinstance(facts, Cadence):
        return Told(_pace(facts), event.mark)
    assert isinstance(facts, NeverStepped)
    return Told(f"{{subject}} is never stepped, though its optimizer made {facts.steps} steps", event.mark)


def _pace(facts: Cadence) -> str:
    if facts.total:
        return f"{{subject}} has gone {facts.moved} of {facts.total} steps, while its optimizer made {facts.steps}"
    if facts.period:
        return f"{{subject}} is stepped with each batch, but its period of {facts.period} is that of the epochs"
    return f"{{subject}} is stepped with each batch, and has brought the learning rate down to {facts.rate:.1g}"


RULE = Rule(CARD, (Kind.SCHEDULER_STEP,), broken, told)
