"""The model is given the same batch at every step."""

from ..events import Event, Kind
from ..facts.learning import SameBatch
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC704",
    name="same-batch-every-step",
    title="the model is given the same batch at every step",
    by_running="In closely watched steps the model is given the very same tensors, unchanged. Judged at the end of a "
    "run of 10 steps or more; silent if no loader has a second batch, or if a loader has given about one batch for "
    "each step.",
    why="A batch that is taken from the loader once and used for ever is learned by heart: the loss falls nicely, and "
    "the rest of the data is never seen.",
    bad="""
        data = torch.utils.data.TensorDataset(torch.randn(64, 2), torch.randn(64, 1))
        loader = torch.utils.data.DataLoader(data, batch_size=4)
        x, y = next(iter(loader))
        for _ in range(12):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        data = torch.utils.data.TensorDataset(torch.randn(64, 2), torch.randn(64, 1))
        loader = torch.utils.data.DataLoader(data, batch_size=4)
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="Training on all data at once, and learning one batch by heart as a test of the model.",
    how_to_fix="Fetch the next batch from the loader in each iteration.",
    severity=Severity.ADVICE,
    anchor="loss = loss_fn(model(x), y)",
    seen_by=(Observer.RUNTIME,),
    latency=0,
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, SameBatch) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, SameBatch)
    return Told(
        f"{{subject}} was given the very same tensor in all of {facts.steps} steps, though a loader has more batches",
        event.mark,
    )


RULE = Rule(CARD, (Kind.MODULE_CALL,), broken, told)
