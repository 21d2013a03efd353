"""The training loop waits for the device in each iteration."""

from ..events import Event, Kind
from ..facts.sync import Sync
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC303",
    name="device-sync-in-loop",
    title="a value is fetched from the device in each iteration",
    by_reading="Needs a loop that itself calls backward() and step(), and a model or value that was moved to a "
    "device in sight. Told of item(), cpu(), tolist(), numpy(), float(), int(), bool() and print() under no "
    "condition.",
    why="A GPU works through a queue while Python runs ahead. item(), cpu(), float() or print() of a tensor on the GPU "
    "makes Python wait until the queue is empty, and then the GPU waits for Python.",
    bad="""
        device = torch.device("cpu")
        model.to(device)
        total = 0.0
        for x, y in batches:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
    """,
    good="""
        device = torch.device("cpu")
        model.to(device)
        total = torch.zeros((), device=device)
        for x, y in batches:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.detach()
    """,
    legal="Reading a loss once in a while costs next to nothing, and on the CPU nobody waits.",
    how_to_fix="Sum up detached tensors on the device and read them every so many steps.",
    severity=Severity.ADVICE,
    anchor="total += loss.item()",
    default=False,
    seen_by=(Observer.STATIC,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, Sync) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Sync)
    return Told(f"{facts.how} of {{subject}} makes Python wait for the device in each iteration", event.mark)


RULE = Rule(CARD, (Kind.READ,), broken, told)
