"""NLLLoss is given logits or probabilities."""

from ..events import Event, Kind
from ..facts.loss_input import LossInput
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC503",
    name="nll-loss-without-log-softmax",
    title="NLLLoss is given logits or probabilities instead of log-probabilities",
    by_running="Reads the graph behind the loss in closely watched steps: NLLLoss is given softmax, or a linear "
    "layer's output with values above 0, twice. BCELoss is told when torch refuses a linear layer's output as not "
    "between 0 and 1.",
    why="NLLLoss only picks the entry of the right class and negates it. Without log_softmax before it the loss has no "
    "lower bound: it falls for ever, and accuracy does not follow.",
    bad="""
        criterion = torch.nn.NLLLoss()
        model = torch.nn.Linear(2, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion(model(x), y.long().flatten() % 3)
            loss.backward()
            optimizer.step()
    """,
    good="""
        criterion = torch.nn.NLLLoss()
        model = torch.nn.Linear(2, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion(torch.log_softmax(model(x), dim=1), y.long().flatten() % 3)
            loss.backward()
            optimizer.step()
    """,
    legal="Any log-probabilities will do: log_softmax, or the logarithm of a mixture of softmaxes.",
    how_to_fix="Put log_softmax before NLLLoss, or use CrossEntropyLoss on the raw output.",
    severity=Severity.ERROR,
    anchor="loss = criterion(model(x), y.long().flatten() % 3)",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, LossInput):
        return None
    if facts.loss == "BCELoss":
        return True if facts.activation == "linear" else None
    return facts.activation in ("linear", "softmax") if facts.loss == "NLLLoss" else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossInput)
    if facts.loss == "BCELoss":
        return Told("BCELoss is given logits; it expects probabilities", event.mark)
    what = "probabilities" if facts.activation == "softmax" else "logits"
    return Told(f"NLLLoss is given {what}; it expects log-probabilities", event.mark)


RULE = Rule(CARD, (Kind.LOSS_CALL,), broken, told)
