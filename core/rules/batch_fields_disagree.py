"""Inputs and targets of one batch have different lengths."""

from ..events import Event, Kind
from ..facts.loss_arguments import LossArguments
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC705",
    name="batch-fields-disagree",
    title="inputs and targets of one batch differ in their first dimension",
    by_running="Reads the error that a loss module of torch raises, and adds a note with both shapes. Losses that "
    "are called as functions are not seen.",
    why="A loss is taken sample by sample. If a reshape in the model or the collate function changes the number of "
    "samples, torch stops with a message about shapes that does not say where they parted.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y[:2])
            loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Sequence losses such as CTCLoss take targets of another length.",
    how_to_fix="Compare the shapes of the model's output and of the target at this line.",
    severity=Severity.WARNING,
    anchor="loss = loss_fn(model(x), y[:2])",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return facts.first_dimensions is not None if isinstance(facts, LossArguments) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossArguments) and facts.first_dimensions is not None
    one, other = facts.first_dimensions
    return Told(f"{facts.loss} is given {one} predictions and {other} targets", event.mark)


RULE = Rule(CARD, (Kind.LOSS_CALL,), broken, told)
