"""Steps with gradients leave the parameters as they were."""

from ..events import Event, Kind
from ..facts.learning import Unchanged
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC805",
    name="parameters-unchanged",
    title="steps with gradients leave the parameters as they were",
    by_running="In closely watched steps, compares the first values of each parameter on the CPU that has a gradient "
    "before and after the step: three steps without a change, or, if a scheduler is there, eight, which takes some "
    "70 steps. Silent once a step has changed anything.",
    why="With a learning rate of 0, or with updates too small for the precision of the parameters, a step runs without "
    "an effect, and nothing says so.",
    bad="""
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="A warm-up may begin at 0, and a scaler may leave steps out.",
    how_to_fix="Look at the learning rate that the optimizer has at this step, and at the precision of the parameters.",
    severity=Severity.ERROR,
    anchor="optimizer.step()",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, Unchanged) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Unchanged)
    rate = f" (its learning rate is {facts.lr:.4g})" if facts.lr is not None else ""
    return Told(f"{facts.steps} steps of {{subject}} had gradients and changed nothing{rate}", event.mark)


RULE = Rule(CARD, (Kind.STEP,), broken, told)
