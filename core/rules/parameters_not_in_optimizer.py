"""Trainable parameters that no optimizer holds, or an optimizer that holds those of nobody."""

from ..events import Event, Kind
from ..facts.ownership import Ownership, listed
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC506",
    name="parameters-not-in-optimizer",
    title="trainable parameters are in no optimizer, or the optimizer holds those of another model",
    by_running="In closely watched steps: parameters of a model have gradients, no optimizer holds them, and nobody "
    "has changed them until the second look. Needs every optimizer to be built under the watch.",
    why="An optimizer keeps the parameters that it was built with. A layer that is replaced afterwards, or a model "
    "that is built anew, gets gradients and is never updated.",
    bad="""
        model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 3))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model[1] = torch.nn.Linear(4, 1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 3))
        model[1] = torch.nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Frozen parameters (requires_grad=False) and those that a second optimizer holds are fine.",
    how_to_fix="Build the optimizer after the model is complete, or add the parameters with add_param_group().",
    severity=Severity.ERROR,
    anchor="optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
    seen_by=(Observer.RUNTIME,),
    latency=5,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return bool(facts.orphans or facts.gone) if isinstance(facts, Ownership) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Ownership)
    if facts.gone:
        what = "the optimizer that is built here holds no parameter of any model that runs: they were replaced since"
    else:
        names = listed(facts.orphans).replace("{", "{{").replace("}", "}}")
        what = f"{names} of {{subject}} get gradients, and no optimizer holds them"
    return Told(what, facts.built_at or event.mark)


RULE = Rule(CARD, (Kind.STEP,), broken, told)
