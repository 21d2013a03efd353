"""What the user hands to a watch: one object, a sequence or a mapping of names, of each kind."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from torch import nn
from torch.optim import Optimizer

from ..errors import LoopcheckError
from .naming import name_of
from .trace import Trace

_OPTIMIZER = "a torch.optim.Optimizer"


class Given(NamedTuple):
    """Objects with the names they are to go by. None of them is kept alive."""

    models: tuple[tuple[str, weakref.ref[nn.Module]], ...] = ()
    optimizers: tuple[tuple[str, weakref.ref[Optimizer]], ...] = ()
    losses: tuple[tuple[str, weakref.ref[nn.Module]], ...] = ()

    def introduce(self, trace: Trace) -> None:
        """Make them known to the thread that opens the watch."""
        for name, optimizer_ref in self.optimizers:
            optimizer = optimizer_ref()
            if optimizer is not None and trace.tracked(optimizer) is None:
                trace.meet(optimizer, name=name)
        for name, module_ref in (*self.models, *self.losses):
            module = module_ref()
            if module is not None:
                trace.module(module).name = name


def given(model: Any, optimizer: Any, loss_fn: Any, scheduler: Any, scaler: Any) -> Given:
    """Sorts what was handed over, and names it: by its key, else by the caller's variable.

    Raises LoopcheckError if something is not what its place asks for.
    """
    made = Given(
        tuple((name, weakref.ref(one)) for name, one in _named(model, "model", nn.Module, "a torch.nn.Module")),
        tuple(
            (name, weakref.ref(one))
            for name, one in _named(optimizer, "optimizer", Optimizer, "a torch.optim.Optimizer")
        ),
        tuple(
            (name, weakref.ref(one))
            for name, one in _named(loss_fn, "loss_fn", object, "a loss function")
            if isinstance(one, nn.Module)
        ),
    )
    for _, one in _named(scheduler, "scheduler", object, "a scheduler"):
        _demand_method(one, "step", "scheduler")
    for _, one in _named(scaler, "scaler", object, "a gradient scaler"):
        _demand_method(one, "scale", "scaler")
    return made


def _named(value: Any, role: str, wanted: type, description: str) -> Iterator[tuple[str, Any]]:
    if value is None:
        return
    if isinstance(value, wanted) and (wanted is not object or not isinstance(value, Mapping | Sequence)):
        items = [(name_of(value, role), value)]
    elif isinstance(value, Mapping):
        items = [(str(name), one) for name, one in value.items()]
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        items = [(name_of(one, f"{role}[{i}]"), one) for i, one in enumerate(value)]
    else:
        items = [(role, value)]
    for name, one in items:
        if not isinstance(one, wanted):
            raise LoopcheckError(f"watch: {role} must be {description}, or several of them, not {type(one).__name__}")
        yield name, one


def _demand_method(one: Any, method: str, role: str) -> None:
    if not callable(getattr(one, method, None)):
        raise LoopcheckError(f"watch: {role} has no method {method}(): {type(one).__name__}")
