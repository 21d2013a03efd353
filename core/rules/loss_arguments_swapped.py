"""criterion(target, output)."""

from ..events import Event, Kind
from ..facts.loss_arguments import LossArguments
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC504",
    name="loss-arguments-swapped",
    title="the loss is given the target first and the prediction second",
    by_running="In closely watched steps: the first argument holds labels (whole numbers, or nothing but zeros and "
    "ones) and the second one a model's output with a graph. Told at the first time, since torch may end the run at "
    "the next.",
    why="BCELoss and CrossEntropyLoss treat their arguments differently: the first is the prediction. Swapped, the "
    "gradient that flows into the model is that of another function.",
    bad="""
        criterion = torch.nn.BCELoss()
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion((y > 0).float(), model(x).sigmoid())
            loss.backward()
            optimizer.step()
    """,
    good="""
        criterion = torch.nn.BCELoss()
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion(model(x).sigmoid(), (y > 0).float())
            loss.backward()
            optimizer.step()
    """,
    legal="For MSELoss and L1Loss the order does not matter, and in distillation both arguments may carry gradients.",
    how_to_fix="Give the prediction first and the target second.",
    severity=Severity.ERROR,
    anchor="loss = criterion((y > 0).float(), model(x).sigmoid())",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return facts.swapped if isinstance(facts, LossArguments) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossArguments)
    return Told(
        f"{facts.loss} is given the target first and the model's output second: it takes the prediction first",
        event.mark,
    )


RULE = Rule(CARD, (Kind.LOSS_CALL,), broken, told)
