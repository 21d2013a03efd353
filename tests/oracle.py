"""What real gradients say about each step, without machine, judge or rules: the independent answer, for tests only.

A hook on one weight of each optimizer logs what every backward adds. At a step the gradient must be the sum of the
last few of these additions; which ones, its value alone tells. So does, then, what the step really uses.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

import torch


class Used(Enum):
    """What a step found in .grad; WASTED besides, if some of what was computed for it is not there any more."""

    NOTHING = "nothing"
    FRESH = "fresh"  # all of it computed since the last step, from forwards since the last step
    LATE = "late"  # computed since the last step, but the forward is older than that step
    STALE = "stale"  # all of it already used by an earlier step
    MIXED = "mixed"  # some of it already used
    WASTED = "wasted"


class Added(NamedTuple):
    """What one backward added: how much, and how many steps there had been by then and by the time of its forward."""

    amount: torch.Tensor
    steps: int
    steps_at_forward: int


class Oracle:
    """Watches one weight and the optimizer that holds it."""

    def __init__(self, model: torch.nn.Module, weight: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
        self.weight = weight
        self.steps: list[set[Used]] = []
        self._added: list[Added] = []
        self._oldest_forward = 0
        model.register_forward_hook(self._computed)
        weight.register_hook(self._add)  # type: ignore[no-untyped-call]
        optimizer.register_step_pre_hook(lambda *_: self._step())

    def _computed(self, module: torch.nn.Module, given: object, output: torch.Tensor) -> None:
        steps = len(self.steps)
        if output.requires_grad:
            # fires before the weight's hook
            output.register_hook(lambda _: setattr(self, "_oldest_forward", steps))  # type: ignore[no-untyped-call]

    def _add(self, amount: torch.Tensor) -> None:
        self._added.append(Added(amount.clone(), len(self.steps), self._oldest_forward))

    def _step(self) -> None:
        now = len(self.steps)
        parts = self._parts(self.weight.grad) if self.weight.grad is not None else []
        computed = sum(added.steps == now for added in self._added)
        wasted = {Used.WASTED} if computed > sum(part.steps == now for part in parts) else set()
        self.steps.append({_found(parts, now)} | wasted)

    def _parts(self, grad: torch.Tensor) -> list[Added]:
        """The last additions that make up this gradient."""
        rest = torch.zeros_like(grad)
        for count in range(len(self._added) + 1):
            if torch.allclose(rest, grad, rtol=1e-9, atol=1e-12):
                return self._added[len(self._added) - count :]
            rest = rest + self._added[-1 - count].amount if count < len(self._added) else rest
        raise AssertionError("the gradient is no sum of what was added: this program sets gradients by itself")


def _found(parts: list[Added], now: int) -> Used:
    """What gradients are that are the sum of these parts, if there have been `now` steps."""
    if not parts:
        return Used.NOTHING
    old = [part.steps < now for part in parts]
    if any(old):
        return Used.STALE if all(old) else Used.MIXED
    return Used.LATE if any(part.steps_at_forward < now for part in parts) else Used.FRESH


def steps_of(preamble: str, body: str, model: str = "model", optimizer: str = "optimizer") -> list[set[Used]]:
    """Run a program and say of each step of this optimizer, in order, what it used."""
    scope: dict[str, Any] = {}
    exec(preamble, scope)
    oracle = Oracle(scope[model], scope[model].weight, scope[optimizer])
    exec(body, scope)
    return oracle.steps
