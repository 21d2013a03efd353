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
    by_reading="A loop, function or no_grad block evaluates if it runs a model, measures something and trains "
    "nothing. Told if eval mode holds on every path, gradients are on, and what the model gives leads nowhere.",
    by_running="Three or more forward passes of a trained model in a row, whose graphs have died unused. Told at the "
    "next backward() if that does not come from one of them, or at the end.",
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
    remedies=(
        (wrap_block(Role.EVALUATION, "{torch}.no_grad()"),),
        (wrap_block(Role.ANCHOR, "{torch}.no_grad()"),),
    ),
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
