"""Prediction (N, 1) and target (N,) are broadcast against each other."""

from ..events import Event, Kind
from ..facts.loss_arguments import LossArguments
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC505",
    name="loss-broadcast",
    title="prediction and target are broadcast against each other",
    by_running="Reads the graph behind the loss in closely watched steps: a mean or sum over N x N values that come "
    "from N predictions, twice. For a loss written by hand the source must show a difference; y.T or unsqueeze(0) "
    "says that it is meant.",
    why="Taking (N,) from (N, 1) gives (N, N): each prediction is compared with each target. The loss is then least "
    "where all predictions are the mean of the targets, and the model learns just that.",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = ((model(x) - y.squeeze(1)) ** 2).mean()
            loss.backward()
            optimizer.step()
    """,
    good="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = ((model(x).squeeze(1) - y.squeeze(1)) ** 2).mean()
            loss.backward()
            optimizer.step()
    """,
    legal="Losses over all pairs (contrastive, ranking) compare predictions with each other on purpose.",
    how_to_fix="Give both the same shape: squeeze(1) takes the last dimension off the (N, 1) side, or unsqueeze(1) "
    "gives one to the (N,) side.",
    severity=Severity.ERROR,
    anchor="loss = ((model(x) - y.squeeze(1)) ** 2).mean()",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return facts.broadcast is not None if isinstance(facts, LossArguments) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, LossArguments) and facts.broadcast is not None
    before, after = facts.broadcast
    return Told(
        f"the loss compares each prediction with each target: {before} was broadcast to {after}",
        event.mark,
    )


RULE = Rule(CARD, (Kind.LOSS_CALL,), broken, told)
