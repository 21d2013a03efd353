"""Probabilities are given to a loss that expects logits."""

from ..events import Event, Kind
from ..facts.loss_input import LossInput
from ..findings import Severity
from ..intents import Role, drop_layer, unwrap
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC501",
    name="softmax-before-cross-entropy",
    title="probabilities are given to cross-entropy, which expects logits",
    by_reading="Knows the last activation that a value went through, also at the end of a model's forward() or of "
    "nn.Sequential, and torch's losses as modules and as functions. What is computed in between ends it; view() and "
    "its like do not.",
    by_running="Reads the graph behind the loss in closely watched steps: softmax, or log_softmax over the same "
    "classes, comes just before the loss. Told when it was seen twice.",
    why="CrossEntropyLoss applies log_softmax itself. Of probabilities it makes numbers that hardly differ: gradients "
    "get small and the loss can never come near zero, while training seems to work.",
    bad="""
        criterion = torch.nn.CrossEntropyLoss()
        model = torch.nn.Linear(2, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            output = torch.softmax(model(x), dim=1)
            loss = criterion(output, y.long().flatten() % 3)
            loss.backward()
            optimizer.step()
    """,
    good="""
        criterion = torch.nn.CrossEntropyLoss()
        model = torch.nn.Linear(2, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            output = model(x)
            loss = criterion(output, y.long().flatten() % 3)
            loss.backward()
            optimizer.step()
    """,
    legal="Softmax is right where probabilities are shown, sampled or compared, and log_softmax before NLLLoss is one "
    "way to write cross-entropy.",
    how_to_fix="Give the raw output (logits) to the loss, and apply softmax only where probabilities are needed.",
    severity=Severity.ERROR,
    anchor="loss = criterion(output, y.long().flatten() % 3)",
    remedies=(
        (unwrap(Role.RELATED, "softmax"),),
        (drop_layer(Role.RELATED, "softmax"),),
    ),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, LossInput) or facts.loss != "CrossEntropyLoss":
        return None
    return facts.activation in ("softmax", "log_softmax")


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossInput)
    where = "the model's forward ends in it here" if facts.in_model else "it is applied here"
    return Told(
        f"{facts.activation}() before cross-entropy: the loss applies log_softmax itself and expects logits",
        event.mark,
        ((where, facts.activation_at),),
    )


RULE = Rule(CARD, (Kind.LOSS_CALL,), broken, told)
