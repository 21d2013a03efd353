"""Layers that a module keeps where torch does not look for them."""

from ..events import Event, Kind
from ..facts.layers import Layers
from ..findings import Observer, Severity
from ..intents import Role, wrap_value
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC508",
    name="layers-not-registered",
    title="layers in a plain list or dict are no part of the module",
    by_reading="Looks at each list, dict or tuple that a module class stores in an attribute, if it holds layers "
    "built in the same method. Silent if the class registers, moves or collects anything by hand, hands the list on, "
    "or if other code reaches into it.",
    why="A module registers only modules and parameters that are assigned to its attributes themselves. What lies in "
    "a list, tuple or dict is missing from parameters(), so no optimizer trains it, and to(), train(), eval() and "
    "state_dict() pass it by.",
    bad="""
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = [torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)]
                self.head = torch.nn.Linear(2, 1)

            def forward(self, x):
                for layer in self.hidden:
                    x = layer(x).relu()
                return self.head(x)

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
                self.hidden = torch.nn.ModuleList([torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)])
                self.head = torch.nn.Linear(2, 1)

            def forward(self, x):
                for layer in self.hidden:
                    x = layer(x).relu()
                return self.head(x)

        model = Net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="A list that is registered another way as well (nn.Sequential(*layers), add_module, own attributes), "
    "losses and activations without parameters, and a module hidden on purpose: self.teacher = [teacher].",
    how_to_fix="Wrap the list in nn.ModuleList, nn.ModuleDict or nn.ParameterList.",
    severity=Severity.ERROR,
    anchor="self.hidden = [torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)]",
    seen_by=(Observer.STATIC,),
    remedies=((wrap_value(Role.ANCHOR, "{nn}.{container}"),),),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Layers) or facts.registered is None or not facts.used:
        return None
    return not facts.registered and bool(facts.parameters or facts.mode)


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Layers)
    lost = "its parameters are not trained" if facts.parameters else "eval() does not reach them"
    related = (("the layers are built here", facts.built_at),) if facts.built_at else ()
    return Told(f"{{subject}} of {facts.owner} is a plain {facts.holder} of layers: {lost}", event.mark, related)


RULE = Rule(CARD, (Kind.DEFINE,), broken, told)
