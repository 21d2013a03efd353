"""A module's forward is called instead of the module."""

from ..events import Event, Kind
from ..facts.module_call import ModuleCall
from ..findings import Severity
from ..intents import Role, call_the_module
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC111",
    name="forward-called-directly",
    title="forward() is called instead of the module, so its hooks do not run",
    by_reading="Needs to know that the receiver is a module: by the class that it is built from, or by use as only "
    "modules are used (state_dict(), hooks). Silent for self, super(), classes, imported names and what defines "
    "__call__ or inverse().",
    by_running="In closely watched steps: a layer is called while the forward() of the module around it runs, though "
    "that module itself was not called. So it is not seen for a module that calls no layer.",
    why="Calling a module runs its hooks and forward(); forward() alone runs none of them. weight_norm, spectral_norm, "
    "pruning, fully_shard and profilers live in such hooks, and Module.compile() replaces the call, not forward().",
    bad="""
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_fn(model.forward(x), y)
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
    legal="All of these are right: super().forward(x), self.forward(x), forward of what is no module or defines "
    "__call__ itself, and forward as one direction of an invertible transform.",
    how_to_fix="Call the module itself: model(x).",
    severity=Severity.WARNING,
    anchor="loss = loss_fn(model.forward(x), y)",
    remedies=((call_the_module(Role.ANCHOR),),),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    return event.facts.direct if isinstance(event.facts, ModuleCall) else None


def told(state: State, event: Event) -> Told:
    return Told("{subject}.forward() is called directly, so the hooks of {subject} do not run", event.mark)


RULE = Rule(CARD, (Kind.MODULE_CALL,), broken, told)
