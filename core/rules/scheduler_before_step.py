"""The scheduler moves on before the optimizer has taken its first step."""

from ..events import Event, Kind
from ..facts.schedule import ScheduleStep
from ..findings import Severity
from ..intents import Role, move
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC601",
    name="scheduler-before-step",
    title="the scheduler steps before the optimizer does",
    by_reading="Needs scheduler.step() without arguments in a loop, and the first step of its optimizer behind it in "
    "the same loop, on every path. A scheduler that is known by its name only makes it likely.",
    by_running="A scheduler moves before its optimizer has ever stepped, and the same calls lead there again after a "
    "step: so it is the loop, and no schedule that catches up. step(epoch) and ReduceLROnPlateau are left alone.",
    why="A scheduler sets the learning rate of the steps to come. Stepped before the first optimizer.step() it skips "
    "the first value of the schedule, so all later values come one period too early.",
    bad="""
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
        for epoch in range(3):
            scheduler.step()
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
    """,
    good="""
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
        for epoch in range(3):
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
            scheduler.step()
    """,
    legal="Schedulers that are told the epoch or a metric, and loops that only move a scheduler forward after a "
    "resume, are fine.",
    how_to_fix="Move scheduler.step() after optimizer.step(): to the end of the epoch, or of the batch.",
    severity=Severity.WARNING,
    anchor="scheduler.step()",
    remedies=((move(Role.ANCHOR, after=Role.RELATED),),),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return True if isinstance(facts, ScheduleStep) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, ScheduleStep)
    return Told(
        "{subject}.step() runs before the optimizer's first step: the first value of the schedule is skipped",
        event.mark,
        (("the optimizer steps only here", facts.step_at),),
    )


RULE = Rule(CARD, (Kind.SCHEDULER_STEP,), broken, told)
