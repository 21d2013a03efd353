"""An evaluation runs the model in train mode."""

from ..events import Event, Kind
from ..facts.mode import Evaluation
from ..findings import Severity
from ..intents import Role, insert
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC202",
    name="evaluation-in-train-mode",
    title="the model is evaluated in train mode",
    by_reading="A loop, function or no_grad block evaluates if it runs a model, measures something and trains "
    "nothing. Told if train mode holds on every path, and dropout or batch norm is in sight; only likely if nothing "
    "but a call of train() speaks for it.",
    by_running="Needs a model with dropout or batch norm: forward passes in train mode and without graphs, three in "
    "a row or for the third time, that come less than once in four steps.",
    why="In train mode dropout still drops, so the result is worse and differs from run to run, and batch norm takes "
    "its averages from the evaluation batches and stores them: the evaluation changes the model.",
    bad="""
        net = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Dropout(0.5))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for epoch in range(2):
            net.train()
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(net(x), y)
                loss.backward()
                optimizer.step()
            with torch.no_grad():
                for x, y in batches:
                    print(loss_fn(net(x), y).item())
    """,
    good="""
        net = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Dropout(0.5))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for epoch in range(2):
            net.train()
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(net(x), y)
                loss.backward()
                optimizer.step()
            net.eval()
            with torch.no_grad():
                for x, y in batches:
                    print(loss_fn(net(x), y).item())
    """,
    legal="A network without dropout and batch norm is the same in both modes, and Monte Carlo dropout or batch norm "
    "in train mode are chosen on purpose by some.",
    how_to_fix="Call model.eval() before the evaluation, and model.train() after it.",
    severity=Severity.WARNING,
    anchor="print(loss_fn(net(x), y).item())",
    remedies=(
        (insert("{subject}.eval()", before=Role.EVALUATION),),
        (insert("{subject}.eval()", before=Role.EVALUATION), insert("{subject}.train()", after=Role.EVALUATION)),
    ),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Evaluation) or facts.tracked:
        return None
    return facts.training


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Evaluation)
    related = (("train() is called here, and no eval() since", facts.set_at),) if facts.set_at else ()
    return Told("{subject} is evaluated in train mode: no eval() before it", event.mark, related)


RULE = Rule(CARD, (Kind.MODULE_CALL,), broken, told)
