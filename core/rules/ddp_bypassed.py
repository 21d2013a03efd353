"""forward through ddp.module while training."""

from ..events import Event, Kind
from ..facts.parallel import DdpBypassed
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
    code="LC901",
    name="ddp-bypassed",
    title="a training forward pass goes through ddp.module instead of the wrapper",
    by_running="Needs a DistributedDataParallel that is built under the watch. In closely watched steps, the loss "
    "comes from the module inside it and not from the wrapper, twice. Silent where your code sums over the processes "
    "itself.",
    why="The wrapper's forward prepares the averaging of gradients over all processes. Without it each process trains "
    "a model of its own, and nothing says so.",
    bad=f"""{_GROUP}
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(ddp.module(x), y)
            loss.backward()
            optimizer.step()
        torch.distributed.destroy_process_group()
    """,
    good=f"""{_GROUP}
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(ddp(x), y)
            loss.backward()
            optimizer.step()
        torch.distributed.destroy_process_group()
    """,
    legal="An evaluation may go through ddp.module, and so may what is saved.",
    how_to_fix="Call the wrapper itself: ddp(x).",
    severity=Severity.ERROR,
    anchor="loss = loss_fn(ddp.module(x), y)",
    seen_by=(Observer.RUNTIME,),
)


def broken(state: State, event: Event) -> bool | None:
    return True if isinstance(event.facts, DdpBypassed) else None


def told(state: State, event: Event) -> Told:
    return Told("{subject} is trained without its DDP wrapper, so its gradients are not averaged", event.mark)


RULE = Rule(CARD, (Kind.MODULE_CALL,), broken, told)
