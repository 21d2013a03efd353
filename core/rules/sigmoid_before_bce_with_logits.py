"""Probabilities are given to BCEWithLogitsLoss."""

from ..events import Event, Kind
from ..facts.loss_input import LossInput
from ..findings import Severity
from ..intents import Role, drop_layer, unwrap
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC502",
    name="sigmoid-before-bce-with-logits",
    title="probabilities are given to BCEWithLogitsLoss, which expects logits",
    by_reading="Knows the last activation that a value went through, also at the end of a model's forward() or of "
    "nn.Sequential, and the loss as a module and as a function. What is computed in between ends it; view() and its "
    "like do not.",
    by_running="Reads the graph behind the loss in closely watched steps: sigmoid or softmax comes just before the "
    "loss. Told when it was seen twice.",
    why="BCEWithLogitsLoss applies the sigmoid itself. Applied twice it squeezes every prediction into 0.5 to 0.73, so "
    "the loss cannot come near zero and the gradients are small.",
    bad="""
        criterion = torch.nn.BCEWithLogitsLoss()
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion(torch.sigmoid(model(x)), (y > 0).float())
            loss.backward()
            optimizer.step()
    """,
    good="""
        criterion = torch.nn.BCEWithLogitsLoss()
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion(model(x), (y > 0).float())
            loss.backward()
            optimizer.step()
    """,
    legal="Sigmoid before BCELoss is right, and so is a sigmoid for the accuracy beside the loss.",
    how_to_fix="Give the raw output (logits) to the loss, and apply sigmoid only where probabilities are needed.",
    severity=Severity.ERROR,
    anchor="loss = criterion(torch.sigmoid(model(x)), (y > 0).float())",
    remedies=(
        (unwrap(Role.RELATED, "sigmoid softmax"),),
        (drop_layer(Role.RELATED, "sigmoid softmax"),),
    ),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, LossInput) or facts.loss != "BCEWithLogitsLoss":
        return None
    return facts.activation in ("sigmoid", "softmax")


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossInput)
    where = "the model's forward ends in it here" if facts.in_model else "it is applied here"
    return Told(
        f"{facts.activation}() before BCE with logits: the loss applies the sigmoid itself and expects logits",
        event.mark,
        ((where, facts.activation_at),),
    )


RULE = Rule(CARD, (Kind.LOSS_CALL,), broken, told)
