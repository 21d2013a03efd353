"""backward() on a value that was cut from its graph."""

from ..events import Event, Kind
from ..facts.graph import Graph
from ..findings import Severity
from ..intents import Role, unwrap
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC108",
    name="detached-loss",
    title="backward() is called on a loss that was cut from its graph",
    by_reading="Follows the loss from where it is computed to its backward(), through .detach(), .item(), .data, "
    "torch.tensor() and numpy(). Told where no path leaves it a graph.",
    by_running="torch refuses a loss without a graph, and the source of the function says where it was cut. Where "
    "requires_grad=True hides the cut, the graph itself is seen to be empty.",
    why="Calls like detach(), .data, item() and torch.tensor() return the value without the way it was computed. "
    "backward() then ends at this value: no parameter gets a gradient, and requires_grad=True only hides the error.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss = torch.tensor(loss.item(), requires_grad=True)
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
    legal="Detached copies for logs, targets that are detached on purpose, and gradients with respect to an input that "
    "is a leaf of its own are fine.",
    how_to_fix="Call backward() on the loss itself, and detach only what is logged or stored.",
    severity=Severity.ERROR,
    anchor="loss = torch.tensor(loss.item(), requires_grad=True)",
    yields_to=("LC204",),
    remedies=((unwrap(Role.ANCHOR, "item() detach() numpy() cpu() tolist() .data tensor requires_grad_()"),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, Graph):
        return None
    return facts.cut is not None and facts.cut != "no_grad"


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Graph)
    how = _WORDS.get(facts.cut or "", facts.cut or "")
    return Told(
        f"{how} cuts {{subject}} from its graph, so its backward() reaches no parameter",
        facts.cut_at,
        (("backward() is called here", event.mark),),
    )


_WORDS = {"detach": "detach()", "item": "item()", "data": ".data", "tensor": "torch.tensor()", "numpy": "numpy()"}


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
