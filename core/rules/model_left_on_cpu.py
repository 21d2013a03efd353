"""A GPU is there, and the model trains on the CPU."""

from ..events import Event, Kind
from ..facts.devices import LeftOnHost
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC304",
    name="model-left-on-cpu",
    title="a GPU is there, and the whole model trains on the CPU",
    by_running="Looked at once, before the third step: a trained model with a million parameters or more, all of "
    "them on the CPU, although torch.cuda.is_available().",
    why="Nothing moves a model to the GPU by itself. Training on the CPU gives the same numbers, ten to a hundred "
    "times later.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        model.to(device)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
    """,
    legal="Small models are often faster on the CPU.",
    how_to_fix="Move the model and each batch to the GPU: model.to(device), x.to(device).",
    severity=Severity.ADVICE,
    anchor="loss = loss_fn(model(x), y)",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, LeftOnHost) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LeftOnHost)
    return Told(
        f"all {facts.parameters:,} parameters of {{subject}} are on the CPU, and this machine has a GPU", event.mark
    )


RULE = Rule(CARD, (Kind.MODULE_CALL,), broken, told)
