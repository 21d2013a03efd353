"""A small observer of running programs, for tests only: the second witness beside the linter.

It runs a program on real torch and writes down what happens, one list of events per optimizer. Then it folds the
same machine over them and asks the same judge. It is simple instead of fast: marks are line numbers, every backward
walks its graph, and nothing is judged before the program has ended, so that it knows which losses are propagated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from loopcheck.events import Event, Kind, Mark
from loopcheck.judge import Judge, Verdict, settle
from loopcheck.machine import State, advance
from loopcheck.rules import catalogue

FILENAME = "<program>"


class Seen(NamedTuple):
    """A finding of this observer, in a form that is easy to compare with the linter's."""

    code: str
    line: int
    subject: str


class Observation(NamedTuple):
    """What a run gave. raised: the exception that ended the program early, if one did."""

    findings: list[Seen]
    raised: Exception | None

    @property
    def pairs(self) -> set[tuple[str, int]]:
        """(code, line) of each finding."""
        return {(f.code, f.line) for f in self.findings}


class Traced:
    """One optimizer and what happened to it so far."""

    def __init__(self, optimizer: Optimizer, blind: bool) -> None:
        self.optimizer = optimizer
        self._blind = blind
        self.events: list[Event] = []
        self.filled = False  # a backward has reached it since it was last seen without gradients

    @property
    def parameters(self) -> set[torch.Tensor]:
        return {p for group in self.optimizer.param_groups for p in group["params"]}

    def note(self, event: Event) -> None:
        """Write an event down; before it, a clear that no zero_grad() made (`p.grad = None`, `p.grad.zero_()`)."""
        if (
            self.filled
            and not self._blind
            and not any(p.grad is not None and bool(p.grad.any()) for p in self.parameters)
        ):
            self.filled = False
            self.events.append(Event(Kind.ZERO_GRAD, sure=False))
        self.filled = event.kind is Kind.BACKWARD or (self.filled and event.kind is not Kind.ZERO_GRAD)
        self.events.append(event)


class Recorder:
    """Writes down the events of every optimizer that is built while it is installed.

    blind: it does not look which optimizer a loss belongs to, nor tell the losses of one line apart, so that it knows
    no more than one who only reads.
    """

    def __init__(self, blind: bool = False) -> None:
        self.traced: list[Traced] = []
        self._blind = blind
        self._forwards: dict[Any, str] = {}  # graph node of an output -> serial of its forward; keeps the node alive
        self._depth = 0  # of modules within modules

    # ---- what the hooks call -----------------------------------------------------------------------------
    def built(self, optimizer: Optimizer) -> None:
        self.traced.append(Traced(optimizer, self._blind))

    def cleared(self, parameters: set[torch.Tensor]) -> None:
        for one in self.traced:
            if one.parameters <= parameters:
                # the loops of these programs are never left early, but a helper may be called twice in one round
                repeats = len(self.traced) == 1 and _frame().f_code.co_name == "<module>"
                one.note(Event(Kind.ZERO_GRAD, _line(), sure=one.parameters == parameters, repeats=repeats))

    def computed(self, output: object) -> None:
        if isinstance(output, torch.Tensor) and output.grad_fn is not None:
            serial = self._forwards[output.grad_fn] = str(_line() if self._blind else len(self._forwards))
            reached = _variables(output)
            for one in self.traced:
                if self._blind or not one.parameters.isdisjoint(reached):
                    one.note(Event(Kind.FORWARD, _line(), frozenset({serial})))

    def propagated(self, losses: object) -> None:
        tensors = [losses] if isinstance(losses, torch.Tensor) else list(losses)  # type: ignore[call-overload]
        nodes = _graph(tensors)
        serials = frozenset(self._forwards[node] for node in nodes if node in self._forwards)
        reached = {node.variable for node in nodes if hasattr(node, "variable")}
        for one in self.traced:
            if self._blind or not one.parameters.isdisjoint(reached):
                alone = not self._blind or len(self.traced) == 1
                one.note(Event(Kind.BACKWARD, _line(), serials, sure=alone))

    def stepped(self, optimizer: Optimizer, now: bool) -> None:
        for one in self.traced if now else ():
            one.note(Event(Kind.STEP if one.optimizer is optimizer else Kind.OTHER_STEP, _line()))

    # ---- installing --------------------------------------------------------------------------------------
    @contextmanager
    def installed(self) -> Iterator[None]:
        """Watch torch while the block runs; afterwards, also after an exception, all is as before."""
        noted: list[tuple[Any, str, Callable[[Any], None]]] = [
            (Optimizer, "__init__", self.built),
            (Optimizer, "zero_grad", lambda optimizer: self.cleared(_held(optimizer))),
            (torch.nn.Module, "zero_grad", lambda module: self.cleared(set(module.parameters()))),
            (torch.autograd, "backward", self.propagated),
        ]
        originals = [(owner, name, getattr(owner, name)) for owner, name, _ in noted]
        handles = [
            torch.nn.modules.module.register_module_forward_pre_hook(self._enters),
            torch.nn.modules.module.register_module_forward_hook(self._leaves, always_call=True),
            register_optimizer_step_pre_hook(lambda o, args, kwargs: self.stepped(o, not _closure(args, kwargs))),
            register_optimizer_step_post_hook(lambda o, args, kwargs: self.stepped(o, _closure(args, kwargs))),
        ]
        try:
            for owner, name, note in noted:
                setattr(owner, name, _noting(getattr(owner, name), note, first=name != "__init__"))
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)
            for handle in handles:
                handle.remove()

    def _enters(self, module: torch.nn.Module, given: object) -> None:
        self._depth += 1

    def _leaves(self, module: torch.nn.Module, given: object, output: object) -> None:
        self._depth -= 1
        if self._depth == 0 and any(True for _ in module.parameters()):  # a loss function is no forward of its own
            self.computed(output)


def observe(program: str, blind: bool = False) -> Observation:
    """Run a program, which builds all it needs, and judge what happened to each of its optimizers.

    An exception ends the observation: what happened up to it is judged, but for END.
    """
    recorder, raised = Recorder(blind), None
    scope: dict[str, Any] = {"__name__": "__main__"}
    with recorder.installed():
        try:
            exec(compile(program, FILENAME, "exec"), scope)
        except Exception as error:
            raised = error
    names = {id(value): name for name, value in scope.items() if isinstance(value, Optimizer)}
    judge = Judge(catalogue().values())
    verdicts: list[Verdict] = []
    for number, one in enumerate(recorder.traced):
        events = _with_hindsight(one.events) if raised else [*_with_hindsight(one.events), Event(Kind.END)]
        verdicts += _judged(judge, names.get(id(one.optimizer), f"optimizer {number}"), events)
    return Observation([Seen(v.rule.card.code, v.told.anchor or v.at, v.subject) for v in settle(verdicts)], raised)


def _judged(judge: Judge, subject: str, events: list[Event]) -> Iterator[Verdict]:
    state = State()
    for event in events:
        yield from judge.judge(subject, [state], event)
        state = advance(state, event)


def _with_hindsight(events: list[Event]) -> list[Event]:
    """Say of each forward whether that line's losses are propagated, and of each backward whether it is repeated."""
    used = {serial for e in events if e.kind is Kind.BACKWARD for serial in e.losses or ()}
    awaited = {e.mark for e in events if e.kind is Kind.FORWARD and used & (e.losses or frozenset())}
    lines = [e.mark for e in events if e.kind is Kind.BACKWARD]
    return [
        e._replace(awaited=e.mark in awaited)
        if e.kind is Kind.FORWARD
        else e._replace(looped=lines.count(e.mark) > 1)
        if e.kind is Kind.BACKWARD
        else e
        for e in events
    ]


def _line() -> Mark:
    """The line of the program that is running, 0 if none is."""
    frame = _frame()
    return frame.f_lineno if frame.f_code.co_filename == FILENAME else 0


def _frame() -> FrameType:
    """The innermost frame of the program, the outermost of all if none runs."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back
    return frame


def _graph(tensors: list[torch.Tensor]) -> set[Any]:
    """All nodes of the graphs behind these tensors."""
    todo: list[Any] = [t.grad_fn for t in tensors]
    seen: set[Any] = set()
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo.extend(parent for parent, _ in node.next_functions)
    return seen


def _variables(tensor: torch.Tensor) -> set[torch.Tensor]:
    return {node.variable for node in _graph([tensor]) if hasattr(node, "variable")}


def _held(optimizer: Optimizer) -> set[torch.Tensor]:
    return {p for group in optimizer.param_groups for p in group["params"]}


def _closure(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Is this step given a closure? Then it counts once the closure has run. args[0] is the optimizer."""
    return any(callable(a) for a in (*args[1:], *kwargs.values()))


def _noting(original: Callable[..., Any], note: Callable[[Any], None], first: bool) -> Callable[..., Any]:
    """`original`, with a note of its first argument: before the call (whatever it raises then), or after it."""

    def patched(subject: Any, *args: Any, **kwargs: Any) -> Any:
        if first:
            note(subject)
        result = original(subject, *args, **kwargs)
        if not first:
            note(subject)
        return result

    return patched
