"""next(iter(loader)) in the training loop."""

from ..events import Event, Kind
from ..facts.learning import Restarted
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC701",
    name="loader-restarted-each-step",
    title="the loader is started anew for each batch",
    by_running="A loader is started at one place, once for each step, five times in a row, while no other loader "
    "runs. Told if it does not shuffle, or if it starts its workers anew.",
    why="Each iter(loader) begins at the first batch. Inside the loop, next(iter(loader)) gives that batch again and "
    "again if nothing is shuffled, and it starts all workers anew for each of them.",
    bad="""
        data = torch.utils.data.TensorDataset(torch.randn(64, 2), torch.randn(64, 1))
        loader = torch.utils.data.DataLoader(data, batch_size=4)
        for _ in range(12):
            x, y = next(iter(loader))
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        data = torch.utils.data.TensorDataset(torch.randn(64, 2), torch.randn(64, 1))
        loader = torch.utils.data.DataLoader(data, batch_size=4)
        batches = iter(loader)
        for _ in range(12):
            x, y = next(batches)
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="One batch for a picture or a test, and a loader that shuffles and has no workers.",
    how_to_fix="Make the iterator once, before the loop, or write `for x, y in loader`.",
    severity=Severity.WARNING,
    anchor="x, y = next(iter(loader))",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, Restarted) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Restarted)
    what = "gives its first batch again" if facts.same else f"starts its {facts.workers} workers anew"
    return Told(f"{{subject}} is started anew in each step, so it {what}", event.mark)


RULE = Rule(CARD, (Kind.READ,), broken, told)
