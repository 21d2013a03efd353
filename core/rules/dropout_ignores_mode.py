"""Dropout in a forward that eval() does not switch off."""

from ..events import Event, Kind
from ..facts.dropout import Dropout
from ..findings import Severity
from ..intents import Role, set_argument
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC205",
    name="dropout-ignores-mode",
    title="dropout in forward() stays on in evaluation",
    by_reading="Looks at forward() of each module class, and at the methods that it calls. Silent where the function "
    "asks for the mode itself, where the class defines train() or eval(), and where the rate is 0 or chosen by the "
    "caller.",
    by_running="The first four calls of modules in eval mode are looked at: if one draws random numbers, the source "
    "of its modules tells which dropout has drawn them. On the CPU and on CUDA only.",
    why="F.dropout() has training=True by default and cannot know the mode of the module around it. A layer built "
    "inside forward() is new each time, and new modules are in training mode. Either way eval() changes nothing and "
    "every evaluation and prediction is random.",
    bad="""
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = torch.nn.Linear(2, 1)

            def forward(self, x):
                x = torch.nn.functional.dropout(x, 0.5)
                return self.fc(x)

        model = Net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            print(loss_fn(model(x), y))
    """,
    good="""
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = torch.nn.Linear(2, 1)

            def forward(self, x):
                x = torch.nn.functional.dropout(x, 0.5, training=self.training)
                return self.fc(x)

        model = Net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            print(loss_fn(model(x), y))
    """,
    legal="Dropout that is on by choice says so: training=True, as in Monte-Carlo dropout. A rate that depends on the "
    "mode, or that the caller gives, is right as well.",
    how_to_fix="Pass training=self.training, or build an nn.Dropout once in __init__.",
    severity=Severity.WARNING,
    latency=0,
    anchor="x = torch.nn.functional.dropout(x, 0.5)",
    remedies=((set_argument(Role.ANCHOR, "dropout", "training={self}.training"),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Dropout) or facts.follows_mode is None:
        return None
    return not facts.follows_mode


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Dropout)
    if facts.built:
        return Told(
            f"{facts.call} is built anew by each forward of {{subject}}, so eval() never switches it off", event.mark
        )
    return Told(f"{facts.call}() is not told the mode of {{subject}}, so it stays on after eval()", event.mark)


RULE = Rule(CARD, (Kind.DEFINE,), broken, told)
