"""Gradients that step() has already used are still there when backward() adds new ones."""

from ..events import Event, Kind
from ..findings import Severity
from ..intents import Role, insert, move
from ..machine import Grads, State
from . import Card, Rule, Told

CARD = Card(
    code="LC101",
    name="missing-zero-grad",
    title="backward() adds to gradients that step() has already used",
    by_reading="Follows each optimizer along every branch, around every loop and into the functions of the same "
    "file; the second round of a loop shows what the first one has left. Silent where the optimizer or its gradients "
    "go to code in another file.",
    by_running="Remembers one gradient of each of the first four parameter groups after a step. If it is still there "
    "when the next backward() adds to it, and a step follows, the order is wrong; told when that has happened twice.",
    why="step() leaves .grad as it is and backward() adds to it. Without zero_grad() in between, each update repeats "
    "all older gradients, so the updates grow and point to where the loss used to fall.",
    bad="""
        for x, y in batches:
            loss = loss_fn(model(x), y)
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
    legal="Accumulation (several backward() calls, then one step() and one zero_grad()) is fine, and zero_grad() may "
    "stand anywhere between a step and the next backward: first, last, in a helper, or as p.grad = None.",
    how_to_fix="Call zero_grad() of the same optimizer once per step, between a step() and the next backward().",
    severity=Severity.ERROR,
    anchor="loss.backward()",
    yields_to=("LC104", "LC103", "LC102"),
    remedies=(
        (move(Role.CLEAR, before=Role.ANNOUNCED),),
        (move(Role.CLEAR, before=Role.BRANCHES),),
        (move(Role.CLEAR, before=Role.ANCHOR),),
        (insert("{subject}.zero_grad()", before=Role.ANNOUNCED),),
        (insert("{subject}.zero_grad()", before=Role.BRANCHES),),
        (insert("{subject}.zero_grad()", before=Role.CLEARING),),
        (insert("{subject}.zero_grad()", before=Role.OWN_BACKWARD),),
        (insert("{subject}.zero_grad()", after=Role.RELATED),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    if state.grads is Grads.MIXED:
        return True
    if state.grads in (Grads.UNKNOWN, Grads.NEW) or (state.grads is Grads.READY and not state.cleared):
        return None  # the first round of a loop that never clears looks like this
    return False


def told(state: State, event: Event) -> Told:
    return Told(
        "backward() adds to gradients that {subject}.step() has already used: no zero_grad() in between",
        state.mixed_at,
        (("these gradients were already used by the step here", state.step_at),),
    )


RULE = Rule(CARD, (Kind.STEP,), broken, told)
