"""The moved copy of a tensor is thrown away."""

from ..events import Event, Kind
from ..facts.devices import Discarded
from ..findings import Observer, Severity
from ..intents import Role, rebind
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC302",
    name="moved-tensor-discarded",
    title="the moved or detached copy of a tensor is thrown away",
    by_reading="Needs a receiver that is proven to be a tensor: a loss, what a module gives, or a name that is used "
    "as only tensors are. A part of a batch with a usual name (images, labels) makes it likely.",
    why="The calls to(), cuda() and detach() of a tensor return a new tensor and leave the old one where it is. Only "
    "modules are changed in place.",
    bad="""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        for x, y in batches:
            output = model(x)
            output.to(device)
            optimizer.zero_grad()
            loss = loss_fn(output, y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        for x, y in batches:
            output = model(x)
            output = output.to(device)
            optimizer.zero_grad()
            loss = loss_fn(output, y)
            loss.backward()
            optimizer.step()
    """,
    legal="A module is moved in place by model.to(device), and so are many batch and graph objects.",
    how_to_fix="Bind the result: x = x.to(device).",
    severity=Severity.ERROR,
    seen_by=(Observer.STATIC,),
    anchor="output.to(device)",
    remedies=((rebind(Role.ANCHOR),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return True if isinstance(facts, Discarded) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Discarded)
    return Told(f"{facts.how}() returns a new tensor, and nobody takes it: {{subject}} stays as it is", event.mark)


RULE = Rule(CARD, (Kind.MOVE,), broken, told)
