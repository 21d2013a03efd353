"""Trainable parameters that no loss ever reaches."""

from ..events import Event, Kind
from ..facts.ownership import Ownership, listed
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC507",
    name="parameters-without-gradient",
    title="trainable parameters that no loss ever reaches",
    by_running="In closely watched steps, notes which parameters of a trained model have no gradient. Told of those "
    "that had none in any look, three at least, and that did not change.",
    why="A layer that is built and never called, or whose output is thrown away, stays as it was initialised. Under "
    "DistributedDataParallel it stops the training.",
    bad="""
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.used, self.forgotten = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)

            def forward(self, x):
                return self.used(x)

        model = Net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.used, self.more = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)

            def forward(self, x):
                return self.used(x) + self.more(x)

        model = Net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Experts that are idle for a while get their gradients later, and frozen parameters need none.",
    how_to_fix="Use the layer in forward(), remove it, or freeze it with requires_grad_(False).",
    severity=Severity.WARNING,
    anchor="loss.backward()",
    seen_by=(Observer.RUNTIME,),
    latency=0,
    yields_to=("LC506",),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return bool(facts.idle) if isinstance(facts, Ownership) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Ownership)
    names = listed(facts.idle).replace("{", "{{").replace("}", "}}")
    return Told(f"no loss reaches {names} of {{subject}}", event.mark)


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
