"""An evaluation builds graphs that nobody uses."""

from ..events import Event, Kind
from ..facts.mode import Evaluation
from ..findings import Severity
from ..intents import Role, wrap_block
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC203",
    name="evaluation-tracks-gradients",
    title="an evaluation builds graphs that nobody uses",
    why="Outside of no_grad each forward pass stores what a backward() would need. An evaluation never calls it: it "
    "takes two to three times the memory and more time than it needs.",
    bad="""
        for epoch in range(2):
            model.train()
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
            model.eval()
            for x, y in batches:
                print(loss_fn(model(x), y).item())
    """,
    good="""
        for epoch in range(2):
            model.train()
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                for x, y in batches:
                    print(loss_fn(model(x), y).item())
    """,
    legal="An evaluation that takes gradients (attacks, saliency, second-order methods) needs its graphs.",
    how_to_fix="Put the evaluation under torch.no_grad() or torch.inference_mode().",
    severity=Severity.WARNING,
    anchor="print(loss_fn(model(x), y).item())",
    remedies=((wrap_block(Role.EVALUATION, "{torch}.no_grad()"),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Evaluation):
        return None
    return facts.tracked


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Evaluation)
    return Told(
        "{subject} is evaluated with gradients: without no_grad() each forward pass builds a graph for nothing",
        event.mark,
        (("eval() is called here", facts.set_at),),
    )


RULE = Rule(CARD, (Kind.MODULE_CALL,), broken, told)
