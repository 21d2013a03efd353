"""The batch and the model lie on different devices."""

from ..events import Event, Kind
from ..facts.devices import Devices
from ..findings import Severity
from ..intents import Role, insert
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC301",
    name="device-mismatch",
    title="a batch is left on the host while the model or the rest of the batch is moved",
    by_reading="Needs a model, or a part of the batch, that is moved in sight, and another part that came out of a "
    "loader and was not. Silent for DataParallel, modules that move their inputs, and loaders that a library "
    "prepares.",
    by_running="Reads the error that torch raises, and adds a note with module, argument and both devices. Where "
    "torch raises nothing, as on a machine without an accelerator, nothing is seen.",
    why="A module and what it is given must lie on one device. On a machine without an accelerator all is the host and "
    "nothing happens; on the first one that has it, torch stops with an error in the first step.",
    bad="""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        model.to(device)
        for x, y in batches:
            y = y.to(device)
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    good="""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        model.to(device)
        for x, y in batches:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    legal="DataParallel moves its inputs itself, prepared loaders give batches that were moved, and lengths for packed "
    "sequences stay on the host.",
    how_to_fix="Move every part of the batch to the model's device.",
    severity=Severity.ERROR,
    anchor="loss = loss_fn(model(x), y)",
    remedies=((insert("{subject} = {subject}{move}", before=Role.ANCHOR),),),
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    return True if isinstance(facts, Devices) else None


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, Devices)
    if facts.met:
        return Told(f"{_plain(facts.left)} meets {_plain(facts.moved)} here", event.mark)
    related = (("it is moved here", facts.moved_at),) if facts.moved_at else ()
    return Told(
        f"{{subject}} is still on the host, while {_plain(facts.moved)} is moved to a device", event.mark, related
    )


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


RULE = Rule(
    CARD,
    (
        Kind.MODULE_CALL,
        Kind.LOSS_CALL,
    ),
    broken,
    told,
)
