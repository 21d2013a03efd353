"""Every backward runs inside no_sync()."""

from ..events import Event, Kind
from ..facts.parallel import NeverSynchronized
from ..findings import Observer, Severity
from ..machine import State
from . import Card, Rule, Told

_GROUP = """
        import tempfile

        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{tempfile.mktemp()}", rank=0, world_size=1
        )
        ddp = torch.nn.parallel.DistributedDataParallel(model)
"""
CARD = Card(
    code="LC904",
    name="gradients-never-synchronized",
    title="every backward() of a DDP model runs inside no_sync()",
    by_running="Needs a DistributedDataParallel that is built under the watch: every backward() so far was inside "
    "no_sync(), for 44 steps, or for three or more at the end. Silent where your code sums over the processes "
    "itself.",
    why="Inside no_sync() torch puts off the averaging of gradients to the first backward() outside of it. If there is "
    "none before the step, each process steps on gradients of its own, and the models drift apart.",
    bad=f"""{_GROUP}
        for epoch in range(5):
            for x, y in batches:
                optimizer.zero_grad()
                with ddp.no_sync():
                    loss = loss_fn(ddp(x), y)
                    loss.backward()
                optimizer.step()
        torch.distributed.destroy_process_group()
    """,
    good=f"""{_GROUP}
        for epoch in range(5):
            for x, y in batches:
                optimizer.zero_grad()
                with ddp.no_sync():
                    loss_fn(ddp(x), y).backward()
                loss = loss_fn(ddp(x), y)
                loss.backward()
                optimizer.step()
        torch.distributed.destroy_process_group()
    """,
    legal="With gradient accumulation all backward() calls but the last before the step belong inside no_sync(). "
    "Local SGD averages the parameters by itself every so many steps; so nothing is said before 44 steps, or the end.",
    how_to_fix="Let the last backward() before each step run outside of no_sync().",
    severity=Severity.ERROR,
    anchor="loss.backward()",
    latency=50,
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, NeverSynchronized) else None


def told(state: State, event: Event) -> Told:
    return Told("all backward() calls before the step run inside no_sync(): gradients are never averaged", event.mark)


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)
