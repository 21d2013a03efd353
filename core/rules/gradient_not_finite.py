"""A gradient is nan or inf."""

from ..events import Event, Kind
from ..facts.learning import GradientValue
from ..facts.ownership import listed
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC802",
    name="gradient-not-finite",
    title="a gradient is nan or inf although the loss is finite",
    by_running="In closely watched steps, reads the gradients that are on the CPU. Silent while a gradient scaler is "
    "in use.",
    why="The slope of sqrt() or norm() at 0 is infinite, and 0 times inf is nan: the loss looks right, and the step "
    "destroys the parameters.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = (model(x) * 0).sqrt().sum()
            loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = (model(x) ** 2 + 1e-6).sqrt().sum()
            loss.backward()
            optimizer.step()
    """,
    legal="A gradient scaler finds such gradients itself and leaves the step out.",
    how_to_fix="Add a small number under roots and logarithms and to norms before their gradient is taken.",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, GradientValue) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, GradientValue)
    names = listed(facts.names).replace("{", "{{").replace("}", "}}")
    return Told(f"{{subject}} steps on gradients that are nan or inf: those of {names}", event.mark)


RULE = Rule(CARD, (Kind.STEP,), broken, told)
