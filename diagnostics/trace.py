"""What one thread's training does, event by event: the hot path between the seams and the machine.

Every method here is called by a seam, inside the user's training. On the way of an ordinary step it compares integers
and looks at one gradient a group; whatever is not as in the step before goes to a slower method. Nothing here waits
for a device but `Tracked.cleared_unseen`, which looks at values where a finding would otherwise be told.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from sys import _getframe
from types import FrameType
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from ..events import Event, Kind, Mark
from ..judge import Verdict
from ..machine import UNKNOWN, State, advance
from .around import Around
from .court import Court
from .cruise import LAPS, NO_PLAN, Deed, Entry, Log
from .graph import leaves_of, tensors_in, tokens_in
from .guards import inside_compiled, is_fx_tracing
from .memo import Transitions
from .models import Called, Role, Sample, Token
from .naming import name_of
from .optimizers import Tracked, groups_of
from .outbox import Outbox
from .recorder import Recorder
from .sites import Sites

ATTENTIVE = 4  # steps at the start in which everything is measured
_SOON = 8  # ... then again after so many
_EVERY = 48  # ... and later once in so many
_EARLY = 24  # steps at the start in which each forward pass gets a token, and none is only compared
_SAMPLED = 8  # steps, of which one is looked at more closely
_OFTEN = 2
_WATCHFUL = 64  # forward passes that get a token after an order looked wrong
_TOKENS = 16  # that are remembered for one place
_REMEMBERED = 63  # optimizers that are gone
_UNDONE = -1
_IDLE = frozenset({"LC109"})
_PATIENT = 16  # steps without gradients, of one of several optimizers
_SURE, _LOOPED, _AWAITED, _COVERS = 1, 2, 4, 8
_CODES = {kind: number for number, kind in enumerate(Kind)}
_ZERO, _FORWARD, _BACKWARD = _CODES[Kind.ZERO_GRAD], _CODES[Kind.FORWARD], _CODES[Kind.BACKWARD]
_STEP, _OTHER, _LEND, _READ = _CODES[Kind.STEP], _CODES[Kind.OTHER_STEP], _CODES[Kind.LEND], _CODES[Kind.READ]
_KINDS = list(Kind)
_TENSOR_BACKWARD = Tensor.backward.__code__
_HERE = 3  # frames from Sites.here up to the code that called a seam: here, the trace's method, the seam


PROBED = (
    "forward",
    "before_evaluation",
    "after_evaluation",
    "failed_forward",
    "loss_call",
    "graph",
    "backward",
    "failed_backward",
    "after_backward",
    "before_step",
    "stepping",
    "after_step",
    "scheduler_built",
    "scheduler_step",
    "clip",
    "scales",
    "unscales",
    "before_scaler_step",
    "after_scaler_step",
    "refused",
    "updates",
    "reads_scale",
    "reduces",
    "loader_starts",
    "failed",
    "close",
)
"""What a probe (a file of `facts/`) may have methods for; it has only those it needs.

forward(trace, called, module, args, kwargs, output): a model has returned; called in the attentive steps, and for each
    further forward pass without a backward in between.
before_evaluation(trace, module), after_evaluation(trace, module): around the first calls of modules in eval mode; how
    many of them is the greatest `evaluations` that a probe states.
failed_forward(trace, called, module, args, kwargs, error, mark): a module has raised.
loss_call(trace, module, args, kwargs, output, mark): a loss module has returned; attentive steps.
graph(trace, tensors, nodes, leaves, mark): before a backward, the graph behind the loss; attentive steps.
backward(trace, tensors, mark, retain, inputs): before each backward. Hot.
failed_backward(trace, tensors, error, mark): backward has raised.
after_backward(trace, tensors, mark): after each backward in the attentive steps, while the model is not (all) in
    train mode, or while trace.expects_step is set.
before_step(trace, tracked), after_step(trace, tracked): around a step; attentive steps.
stepping(trace, tracked, mark): a step uses its gradients now (with a closure: has used them); only if a probe has set
    trace.expects_step since the last one.
scheduler_built(trace, scheduler, mark), scheduler_step(trace, scheduler, tracked, mark, told_epoch): a learning-rate
    scheduler is built, or about to move on.
clip(trace, touched, mark): gradients of these optimizers are about to be clipped.
scales(trace, scaler, result), unscales(trace, tracked), before_scaler_step(trace, scaler, tracked, mark),
    after_scaler_step(trace, scaler, tracked, mark), refused(trace, scaler, tracked, error, mark),
    updates(trace, scaler), reads_scale(trace): what a gradient scaler that is on does. These and the three above stay
    out while cruising.
reduces(trace): the user's code sums or gathers more than single numbers over all processes.
loader_starts(trace, loader, mark, others_run): a data loader begins a run.
failed(trace, error): an exception of the user's ends what is watched.
close(trace): the watch ends.

Attentive are the first steps, three more of the first thirty, and each 48th. Hot methods must leave at once where
nothing is unusual.
"""


class Route:
    """A place that calls backward(), and which optimizers it reaches.

    compiled: it lies in a function that torch.compile has compiled, whose forward and step no seam sees.
    """

    __slots__ = ("compiled", "count", "epoch", "targets")

    def __init__(self) -> None:
        self.count = 0
        self.epoch = -1
        self.compiled = False
        self.targets: list[Tracked] = []


class Trace:
    """The events of one thread. tell(verdict) is called for what is found.

    optimizers: those that this thread steps. A thread never looks at gradients of an optimizer that another thread
    steps: reading them while its backward writes corrupts memory (torch-facts 7).
    """

    def __init__(
        self,
        sites: Sites,
        codes: frozenset[str],
        tell: Callable[[Verdict], None],
        claim: Callable[[Optimizer, Trace], None] = lambda optimizer, trace: None,
        roots: Callable[[list[type]], None] = lambda classes: None,
        wrappers: MutableMapping[Any, int] | None = None,
    ) -> None:
        self.sites = sites
        self._known = sites.known
        self._claim = claim
        self._roots = roots
        self.wrappers = wrappers if wrappers is not None else {}  # DDP wrappers, and the ids of what lies inside
        self._smooth = False  # the last cruise came to its end
        self.court = Court(codes, tell)
        self.codes = codes
        self.moves = Transitions()
        self.optimizers: list[Tracked] = []
        self.called: dict[int, Called] = {}
        self._thread = weakref.ref(threading.current_thread())
        self.gone: deque[Tracked] = deque()  # optimizers that were collected or taken over; buried in this thread
        self.off = False  # the watch is over
        self.finished = False  # ... and the program came to its end
        self.depth = 0  # of modules within modules
        self.in_train = False
        self.in_step = 0  # the id of the optimizer that steps just now
        self.nested = 0  # step() calls within it
        self.in_backward = False
        self.backward_at: Mark = 0
        self.before_at: Mark = 0  # the backward before that
        self.reads = 0  # calls of torch.autograd.grad
        self.creates = False  # the last backward makes a graph of the gradients
        self.weighted = False  # the last backward was given gradients to begin with
        self.epoch = 0  # counts changes of who trains what
        self.mode_epoch = 0  # counts calls of train() and eval()
        self.mode_at: Mark = 0
        self.mode_steps = 0  # steps of the thread when train() was last called
        self.expects_step = False  # a probe waits for the next step
        self.doubtful: set[Called] = set()  # models whose last forward pass with a graph was not in train mode
        self.clock = 0  # counts forward passes and steps
        self.steps = 0
        self.met = 0
        self.attentive = True
        self.sampling = True  # forward passes get a token
        self.watchful = 0
        self.round = 0  # counts backwards and steps: forward passes in between are one streak
        self.routes: dict[Mark, Route] = {}
        self.consumed: set[Mark] = set()  # forward passes that some backward went through
        self.last_model: Called | None = None
        self.tokens: dict[Mark, deque[Sample]] = {}  # the first of each step, by the place of the forward pass
        self.probes: dict[str, list[Callable[..., None]]] = {}
        self._all_probes: list[object] = []
        self.hot_backward: tuple[Callable[..., None], ...] = ()
        self.evaluations = 0  # calls of modules in eval mode that are still looked at
        self.ended: list[Tracked] = []  # optimizers that are gone; what they never did is judged at the end
        self.unobserved: set[str] = set()
        self.plan = NO_PLAN  # the keys of the events that are expected, while cruising
        self.at = 0  # the next one of them
        self.laps = 0  # still to be compared
        self.log = Log()
        self._cycle: list[Entry] = []
        self._next_look = 0  # the step at which it is attentive again
        self._next_sample = 0
        self.outbox = Outbox()
        self.recorder = Recorder()
        self._by_id: dict[int, Tracked] = {}
        self.around = Around(self)
        self.add_probe(self.recorder)

    # ---- the thread ----------------------------------------------------------------------------------------------
    def is_alive(self) -> bool:
        """Whether its thread still runs."""
        thread = self._thread()
        return thread is not None and thread.is_alive()

    def trains(self) -> bool:
        """Whether there is anything about a training in it."""
        return bool(self.steps or self.optimizers or self.ended)

    def add_codes(self, codes: frozenset[str], probes: Iterable[object]) -> None:
        """Look for more; the probes are those of rules that nobody had asked for."""
        known = {type(probe) for probe in self._all_probes}
        self.codes |= codes
        self.court.add(codes)
        for probe in probes:
            if type(probe) not in known:
                self.add_probe(probe)

    # ---- subjects ------------------------------------------------------------------------------------------------
    def add_probe(self, probe: object) -> None:
        """Let a probe hear what it has methods for."""
        self._all_probes.append(probe)
        for name in PROBED:
            method = getattr(probe, name, None)
            if method is not None:
                self.probes.setdefault(name, []).append(method)
        self.hot_backward = tuple(self.probes.get("backward", ()))
        self.evaluations = max(self.evaluations, getattr(probe, "evaluations", 0))

    def tracked(self, optimizer: Optimizer) -> Tracked | None:
        """What is known of an optimizer, None if this thread has not met it."""
        one = self._by_id.get(id(optimizer))
        return one if one is not None and one.ref() is optimizer else None

    def meet(self, optimizer: Optimizer, *, built_at: Mark = 0, new: bool = False, name: str = "") -> Tracked:
        """Begin to follow an optimizer. new: it was built just now; built_at: there.

        A stand-in that shares the very list of groups with another one is that one.
        """
        groups = getattr(optimizer, "param_groups", None)
        for other in self.optimizers:
            real = other.ref()
            if real is not None and real is not optimizer and getattr(real, "param_groups", None) is groups:
                return other
        self._bury()
        self.leave()
        self.log.forget()
        self._claim(optimizer, self)
        untouched = new or all(p.grad is None for group in optimizer.param_groups for p in group["params"])
        state = self.moves.number(State() if untouched else UNKNOWN)
        self.met += 1
        one = Tracked(optimizer, state, f"optimizer {self.met}", name)
        one.built_at = built_at
        self._by_id[id(optimizer)] = one
        self.optimizers = [*(o for o in self.optimizers if o.ref() is not None), one]
        self.epoch += 1
        one.finalizer = weakref.finalize(optimizer, self.gone.append, one)
        one.finalizer.atexit = False
        return one

    def lose(self, optimizer: Optimizer) -> None:
        """Another thread has taken this optimizer over. Called by that thread, so it is only noted."""
        one = self.tracked(optimizer)
        if one is not None:
            self.gone.append(one)

    def _bury(self) -> None:
        """Take out the optimizers that are gone. Nothing more can happen to one that was collected, but the end of the
        program is not here yet. Never done where they go: that may be in the garbage collector, amid anything."""
        while self.gone:
            one = self.gone.popleft()
            if one not in self.optimizers:
                continue
            self.court.cycle_ends(one.key)
            self._drop(one)
            if one.ref() is None:
                one.let_go()
                self.ended = [*self.ended[-_REMEMBERED:], one]

    def _drop(self, one: Tracked) -> None:
        self.leave()
        self.log.forget()
        one.forget()
        self._by_id = {key: other for key, other in self._by_id.items() if other is not one}
        self.optimizers = [other for other in self.optimizers if other is not one]
        self.epoch += 1

    def _named(self, one: Tracked, optimizer: Optimizer) -> None:
        """Find the user's word for it, the first time that it is used."""
        if not one.name:
            one.name = name_of(optimizer, "optimizer")

    def module(self, module: nn.Module) -> Called:
        """What is known of a module that was called from outside any other."""
        one = self.called.get(id(module))
        if one is None or one.ref() is not module:
            one = Called(module)
            one.name = name_of(module, "model" if one.role is Role.MODEL else type(module).__name__)
            self.called = {key: old for key, old in self.called.items() if old.ref() is not None}
            self.called[id(module)] = one
        return one

    # ---- cruising ------------------------------------------------------------------------------------------------
    def leave(self) -> None:
        """No longer only compare events: set everything to where it is now. Whoever reads states calls this first."""
        if self.plan is NO_PLAN:
            return
        cycle, at, laps = self._cycle, self.at, LAPS - self.laps
        self.at = 0  # before the plan: an interrupt in between must not leave a place that does not exist
        self.plan, self._cycle = NO_PLAN, []
        self._smooth = not self.laps
        if not self._smooth:
            self._roots([])
        states = cycle[at].states if at < len(cycle) else cycle[0].states
        for one, state in zip(self.optimizers, states, strict=True):
            one.state = state
        for entry in cycle:
            self._account(entry, laps)
        for entry in cycle[:at]:
            self._account(entry, 1)
        for one in self.optimizers:
            if not self.moves.used[one.state]:  # else that of lap() holds: what is cleared since then shows
                one.resnap()
            one.stepped = self.clock
        self.round += 1
        self.log.resume(cycle, at if at < len(cycle) else 0)

    def lap(self) -> None:
        """A cycle was as expected. Have its backwards reached the parameters? Hot: the only look at a gradient."""
        self.at = 0
        self.laps -= 1
        if not self.laps or self.gone:
            self.leave()
            return
        self.sampling = not self.laps % _SAMPLED
        for one in self.optimizers:
            if not one.canaries:
                continue
            grad = one.canaries[0].grad
            ref = one.grads[0]
            if grad is None:
                self.leave()
                return
            if ref is None or ref() is not grad:
                one.grads[0] = weakref.ref(grad)
            elif one.versions[0] == grad._version:
                self.leave()
                return
            one.versions[0] = grad._version

    def cruising_forward(self, module: nn.Module, output: Any) -> None:
        """An expected forward pass in a sampled cycle."""
        one = self.called.get(id(module))
        if one is not None and one.model:
            one.tokens = []
            self._gives_token(one, one.last_at, output, self.now)

    def _account(self, entry: Entry, times: int) -> None:
        """Make up for events that were only compared."""
        who = entry.who
        if isinstance(who, Tracked):
            if entry.deed is Deed.STEP:
                who.steps += times
                self.steps += times
                self.clock += times
            else:
                who.clears += times
        elif isinstance(who, Called):
            who.forwards += times
            self.clock += times
        elif entry.deed is Deed.BACKWARD:
            for one in self.routes[who].targets:
                one.backwards += times

    def _cycle_ends(self) -> None:
        """A step is over. Cruise, if its cycle was as the one before."""
        odd = (
            self.steps < max(_EARLY, ATTENTIVE * len(self.optimizers))
            or self.watchful
            or self.expects_step
            or self.court.waiting
            or self.outbox
        )
        if odd:
            self.log.spoil()
        cycle = self.log.cycle_ends(self.optimizers)
        if cycle is not None and not self.attentive:
            self._cycle = cycle
            if self._smooth:
                self._roots([type(one.who.ref()) for one in cycle if isinstance(one.who, Called)])
            self.plan, self.at, self.laps = (*(entry.key for entry in cycle), None), 0, LAPS

    # ---- the machine ---------------------------------------------------------------------------------------------
    def _move(self, one: Tracked, code: int, mark: Mark, flags: int, losses: frozenset[str] | None = None) -> None:
        """One event for one optimizer. Hot: one lookup where this state has met this event before, and all was well."""
        if losses is None or code == _FORWARD:
            key = one.state << 40 | mark << 8 | code << 4 | flags
            after = self.moves.quiet.get(key)
            if after is not None:
                one.state = after
                return
        else:
            key = -1
        self._judged(one, code, mark, flags, losses, key)

    def _judged(self, one: Tracked, code: int, mark: Mark, flags: int, losses: frozenset[str] | None, key: int) -> None:
        state = self.moves.states[one.state]
        event = Event(
            _KINDS[code],
            mark,
            losses,
            sure=bool(flags & _SURE),
            awaited=bool(flags & _AWAITED),
            looped=bool(flags & _LOOPED),
            covers=bool(flags & _COVERS),
            repeats=bool(flags & _LOOPED),
        )
        # one of several (a head of many, an expert) may well idle for a while: its steps change nothing
        spared = _IDLE if len(self.optimizers) > 1 and one.idle < _PATIENT else frozenset()
        broken, told = self.court.order(one.key, state, event, spared)
        one.state = self.moves.number(advance(state, event))
        if key >= 0 and (told or not broken):
            self.moves.keep(key, one.state)

    # ---- optimizers ----------------------------------------------------------------------------------------------
    def zero_grad(self, optimizer: Optimizer) -> None:
        """An optimizer has cleared its gradients."""
        self.leave()
        one = self._by_id.get(id(optimizer))
        if one is None or one.ref() is not optimizer:
            one = self.meet(optimizer)
        if not one.clears:
            self._named(one, optimizer)
        self.log.note(id(optimizer), self.optimizers, Deed.CLEAR, one)
        one.clears += 1
        # many clears for each step so far: then that is how this loop runs, and not a bad batch that is left out
        flags = _SURE | _LOOPED if one.clears >= _OFTEN * (one.steps + 1) else _SURE
        if one.in_step:  # a closure may be called several times in one step, which has then used these gradients
            self._move(one, _READ, 0, _SURE)
        frame = _getframe(2)
        mark = self._known.get((id(frame.f_code), frame.f_lasti)) or self.sites.here(_HERE)
        after = self.moves.quiet.get(one.state << 40 | mark << 8 | _ZERO << 4 | flags)
        if after is not None:
            one.state = after
        else:
            self._move(one, _ZERO, mark, flags)
        for p in one.canaries:
            if p.grad is not None:
                one.resnap()
                break

    def module_zero_grad(self, module: nn.Module) -> None:
        """A module has cleared the gradients of its parameters."""
        self.leave()
        self.log.note(-id(module), self.optimizers, Deed.OTHER, 0)
        mine = {id(p) for p in module.parameters()}
        for one in self.optimizers:
            if not one.held.isdisjoint(mine):
                self._move(one, _ZERO, self.sites.here(_HERE), _SURE if one.held == mine else 0)
                one.clears += 1
                one.resnap()

    def before_step(self, optimizer: Optimizer, closure: bool) -> None:
        """An optimizer is about to step, or to call a closure that computes its gradients first."""
        self.leave()
        if self.depth or self.in_backward or self.in_train:
            self._recover()
        one = self._by_id.get(id(optimizer))
        if one is None or one.ref() is not optimizer:
            one = self.meet(optimizer)
        if one.undo != _UNDONE:  # the last one has raised, and this is the next attempt
            one.state = one.undo
        if not one.steps:
            self._named(one, optimizer)
        self.log.note(~id(optimizer), self.optimizers, Deed.STEP, one)
        if closure:
            self.log.spoil()
            one.in_step = True
        if self.attentive or self.sampling:
            self._regroup(one, optimizer)
        if not closure:
            frame = _getframe(2).f_back  # of torch's wrapper around step()
            mark = self._known.get((id(frame.f_code), frame.f_lasti)) if frame is not None else 0
            self._steps(one, mark or self.sites.here(_HERE))
        if self.attentive:
            self.tell("before_step", one)

    def _recover(self) -> None:
        """An interrupt may have come between two statements of ours: are we really inside what we think?"""
        inside = set()
        frame: FrameType | None = _getframe(2)
        while frame is not None:
            inside.add(frame.f_code.co_qualname)
            frame = frame.f_back
        if not any("_hooks.<locals>.call.<locals>.replacement" in name for name in inside):
            self.depth = 0
        if not any(name.endswith("backward.<locals>._run") for name in inside):
            self.in_backward = False
        if not any("train.<locals>.replacement" in name for name in inside):
            self.in_train = False

    def _regroup(self, one: Tracked, optimizer: Optimizer) -> None:
        if one.groups != groups_of(optimizer):
            one.renew(optimizer)
            self.epoch += 1

    def _steps(self, one: Tracked, mark: Mark) -> None:
        one.stepped_at = mark
        moves = self.moves
        one.idle = 0 if moves.fresh[one.state] else one.idle + 1
        one.undo = state = one.state
        if not moves.fresh[state]:
            self._explain_gradients(one)
            state = one.state
        elif (not one.canaries or one.canaries[0].grad is None) and one.empty() and one.all_empty():
            self._move(one, _ZERO, mark, _SURE)  # cleared by hand, p.grad = None: seen only here
            state = one.state
        if one.key in self.court.waiting:
            self.court.cycle_ends(one.key)
        self.round += 1
        if moves.waits[state]:
            self.watchful = _WATCHFUL
            self.sampling = True
        after = moves.quiet.get(state << 40 | mark << 8 | _STEP << 4 | _SURE)
        if after is not None:
            one.state = after
        else:
            self._move(one, _STEP, mark, _SURE)
        if self.expects_step:
            self.expects_step = False
            for told in self.probes.get("stepping", ()):
                told(self, one, mark)
        if len(self.optimizers) > 1 and not self.in_backward:
            self._others(one, mark)

    def _others(self, one: Tracked, mark: Mark) -> None:
        """The other optimizers hear of this one's step, if they hold gradients that it may have been meant for."""
        fresh = self.moves.fresh
        for other in self.optimizers:
            if fresh[other.state] and other is not one:
                self._move(other, _OTHER, mark, _COVERS if other.held <= one.held else 0)

    def _explain_gradients(self, one: Tracked) -> None:
        """Gradients that no backward() of ours has brought: an autograd hook, a sum by hand, or inside backward()."""
        if self.moves.given[one.state]:
            return
        optimizer = one.ref()
        if optimizer is not None:
            self._regroup(one, optimizer)
        if self.in_backward and not (one.empty() and one.all_empty()):
            self._move(one, _BACKWARD, self.backward_at, _SURE | _LOOPED)
        elif one.changed() or (one.empty() and not one.all_empty()):
            self._move(one, _LEND, 0, _SURE)

    def after_step(self, optimizer: Optimizer, closure: bool) -> None:
        """An optimizer has stepped."""
        one = self._by_id.get(id(optimizer))
        if one is None:
            return
        if closure:
            one.in_step = False
            self._steps(one, self.sites.here(_HERE))
        one.undo = _UNDONE
        if self.attentive or self.sampling:
            self.ended_step(one)
            return
        one.steps += 1
        self.clock += 1
        one.stepped = self.clock
        i = 0
        for p in one.canaries:  # as Tracked.resnap, which would be one frame more
            grad = p.grad
            if grad is None:
                self.ended_step(one, counted=True)
                return
            ref = one.grads[i]
            if ref is None or ref() is not grad:
                one.grads[i] = weakref.ref(grad)
            one.versions[i] = grad._version
            i += 1  # noqa: SIM113 - enumerate costs 0.1 us
        self._counted()

    def ended_step(self, one: Tracked, counted: bool = False) -> None:
        """The step is over, or was left out on purpose (a gradient scaler met infinite gradients)."""
        one.undo = _UNDONE
        if not counted:
            one.steps += 1
            self.clock += 1
            one.stepped = self.clock
        if not one.resnap() and one.all_empty():
            self._move(one, _ZERO, 0, _SURE)  # this one clears by itself
        if self.attentive:
            self.tell("after_step", one)
        self._counted()

    def _counted(self) -> None:
        """One more step of this thread. How closely is the next one looked at?"""
        if self.gone:
            self._bury()
        self.steps += 1
        self.sampling = self.steps >= self._next_sample or self.steps < _EARLY or self.watchful > 0
        if self.sampling:
            self._next_sample = self.steps + _SAMPLED
        self.attentive = self.steps < ATTENTIVE * len(self.optimizers) or self.steps >= self._next_look
        if self.steps >= self._next_look:
            self._next_look = self.steps + (_EVERY if self.steps > _EARLY else _SOON)
        self._cycle_ends()

    @property
    def now(self) -> int:
        """Steps of this thread, also while it cruises and they are not counted one by one."""
        if self.plan is NO_PLAN:
            return self.steps
        return self.steps + (LAPS - self.laps) * sum(entry.deed is Deed.STEP for entry in self._cycle)

    def deliver(self) -> None:
        """Hand over what was found, if this is between two statements of the loop."""
        if not (self.in_step or self.in_backward or self.depth):
            self.outbox.deliver(self.now)

    def skipped_step(self, optimizer: Optimizer) -> None:
        """A gradient scaler left out the step of this optimizer: for the order it counts as one."""
        self.leave()
        one = self.tracked(optimizer)
        if one is not None:
            self.log.note(~id(optimizer), self.optimizers, Deed.STEP, one)
            self.log.spoil()
            self._steps(one, self.sites.here(_HERE))
            self.ended_step(one)

    def set_mode(self, module: nn.Module, mode: bool) -> None:
        """train() or eval() was called."""
        self.leave()
        self.log.note(id(module) + (2 if mode else 1), self.optimizers, Deed.OTHER, 0)
        self.mode_epoch += 1
        self.mode_at = self.sites.here(_HERE)
        self.mode_steps = self.steps if mode else self.mode_steps

    # ---- forward passes ------------------------------------------------------------------------------------------
    def forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        """A module was called from outside any other module, and has returned."""
        self.leave()
        if is_fx_tracing():
            return
        one = self.called.get(id(module))
        if one is None or one.ref() is not module:
            one = self.module(module)
        self.log.note(id(module), self.optimizers, Deed.FORWARD, one)
        if not one.model:
            if one.role is Role.LOSS and self.attentive:
                self.tell("loss_call", module, args, kwargs, output, self.sites.here(_HERE))
            return
        if one.epoch != self.epoch:
            one.look(module, self.epoch, self.optimizers)
        if one.mode_epoch != self.mode_epoch or self.attentive:
            one.mode_epoch, one.set_at = self.mode_epoch, self.mode_at
            one.read_mode(module)
        frame = _getframe(2)
        one.last_at = mark = self._known.get((id(frame.f_code), frame.f_lasti)) or self.sites.here(_HERE)
        tensor = output if type(output) is Tensor else next(tensors_in(output), None)
        one.tracked = tracked = tensor is not None and tensor.requires_grad
        one.forwards += 1
        self.clock += 1
        self.last_model = one
        if one.round != self.round:
            one.round, one.streak, one.began_at = self.round, 1, mark
            if one.tokens:
                one.tokens = []
        else:
            one.streak += 1
        if tracked:
            if one.training is not True:
                self.doubtful.add(one)
            elif self.doubtful:
                self.doubtful.discard(one)
            known = mark in self.consumed
            quiet = self.moves.quiet
            for optimizer in one.optimizers:
                awaited = _AWAITED | _SURE if known or not optimizer.backwards else _SURE
                after = quiet.get(optimizer.state << 40 | mark << 8 | _FORWARD << 4 | awaited)
                if after is not None:
                    optimizer.state = after
                else:
                    self._move(optimizer, _FORWARD, mark, awaited, frozenset((str(mark),)))
            if self.sampling or one.streak > 1 or self.attentive or not known:
                self._gives_token(one, mark, output, self.steps)
        if one.streak > 1 or self.attentive:
            for told in self.probes.get("forward", ()):
                told(self, one, module, args, kwargs, output)

    def before_evaluation(self, module: nn.Module) -> None:
        """One of the first calls of a module in eval mode."""
        self.evaluations -= 1
        self.tell("before_evaluation", module)

    def after_evaluation(self, module: nn.Module) -> None:
        """It has returned."""
        self.tell("after_evaluation", module)

    def _gives_token(self, one: Called, mark: Mark, output: Any, step: int) -> None:
        """Lay a token into the graph of an output, so that a later walk knows which forward pass it comes from."""
        self.watchful = max(0, self.watchful - 1)
        token = Token(self.clock, mark, step)
        ref = weakref.ref(token)
        one.tokens = [*one.tokens[-63:], ref]
        given = self.tokens.get(mark)
        if given is None:
            given = self.tokens[mark] = deque(maxlen=_TOKENS)
        if not given or given[-1].step != step:
            given.append(Sample(step, ref))
        for tensor in tensors_in(output):
            node: Any = tensor.grad_fn
            if node is not None:
                token.shape = token.shape or tuple(tensor.shape)
                node.metadata.setdefault("loopcheck", token)

    # ---- backward ------------------------------------------------------------------------------------------------
    def before_backward(
        self, tensors: Any, retain: bool, inputs: Any, weighted: bool = False, creates: bool = False
    ) -> None:
        """backward() is about to run. weighted: it was given the gradients of its tensors; creates: create_graph."""
        self.leave()
        self.creates = creates
        self.weighted = weighted
        frame: FrameType | None = _getframe(2)
        if frame is not None and frame.f_code is _TENSOR_BACKWARD:
            frame = frame.f_back
        known = self._known.get((id(frame.f_code), frame.f_lasti)) if frame is not None else 0
        self.before_at = self.backward_at
        self.backward_at = mark = known or self.sites.here(_HERE)
        self.log.note(mark, self.optimizers, Deed.BACKWARD, mark)
        route = self.routes.get(mark)
        if route is None:
            route = self.routes[mark] = Route()
        route.count += 1
        moves = self.moves
        for one in self.optimizers:
            if moves.used[one.state]:
                self._still_there(one)
            elif moves.fresh[one.state]:
                one.resnap()
        if self.attentive or route.count <= ATTENTIVE or route.epoch != self.epoch:
            self._survey(route, tensors)
        for told in self.hot_backward:
            told(self, tensors, mark, retain, inputs)

    def _still_there(self, one: Tracked) -> None:
        """Before backward: are the gradients that the step used still there?"""
        if one.same() and not one.cleared_unseen():
            return
        if one.empty() and not one.all_empty() and one.canaries:
            return  # canaries that never get gradients say nothing
        self._move(one, _ZERO, 0, 0)  # by hand: p.grad = None, p.grad.zero_()
        one.resnap()

    def _survey(self, route: Route, tensors: Any) -> None:
        """Which optimizers does this loss reach? Choose canaries among what it reaches."""
        if inside_compiled():
            route.compiled = True
            route.targets = []
            self.unobserved.add("forward passes and steps inside a training step that torch.compile has compiled")
            return
        nodes, leaves = leaves_of(tensors)
        self.consumed.update(token.mark for token in tokens_in(nodes))
        if route.epoch != self.epoch:
            route.targets = [one for one in route.targets if one in self.optimizers]
            route.epoch = self.epoch
        reached = {id(leaf) for leaf in leaves}
        for one in self.optimizers:
            mine = one.held & reached
            if not mine:
                continue
            if one not in route.targets:
                route.targets.append(one)
                one.sample()
            if not any(id(p) in mine for p in one.canaries):
                one.canaries = [p for p in one.parameters() if id(p) in mine][-1:]
                one.snapshot()
        if self.attentive:
            self.tell("graph", tensors, nodes, leaves, self.backward_at)

    def after_backward(self, tensors: Any) -> None:
        """backward() has returned."""
        mark = self.backward_at
        route = self.routes.get(mark)
        if route is None:  # the watch was closed meanwhile, by another thread
            return
        flags = _SURE | _LOOPED if route.count > 1 else _SURE
        moves = self.moves
        if type(tensors) is Tensor and tensors.grad_fn is None:
            self._leads_nowhere()
        for one in route.targets:
            if not one.changed():
                continue
            one.backwards += 1
            after = moves.quiet.get(one.state << 40 | mark << 8 | _BACKWARD << 4 | flags)
            if after is not None:
                one.state = after
            elif moves.early[one.state]:  # depends on the loss, so nothing is remembered
                self._judged(one, _BACKWARD, mark, flags, self._consumed_by(one, tensors), -1)
            else:
                self._move(one, _BACKWARD, mark, flags)
        if self.attentive or self.expects_step or self.doubtful:
            for told in self.probes.get("after_backward", ()):
                told(self, tensors, mark)
        self.round += 1

    def _leads_nowhere(self) -> None:
        """backward() of a loss without a graph: a batch without any pair, say. The losses before it have had theirs."""
        for one in self.optimizers:
            state = self.moves.states[one.state]
            if state.waiting is not None:
                self._move(one, _LEND, 0, _SURE, frozenset((state.waiting,)))

    def _consumed_by(self, one: Tracked, tensors: Any) -> frozenset[str] | None:
        """The forward passes behind a loss, if they came before the optimizer's last step; their names in the state."""
        nodes, _ = leaves_of(tensors, most=512)
        tokens = list(tokens_in(nodes))
        if not tokens:
            return None
        return frozenset(str(token.mark) if token.number < one.stepped else "later" for token in tokens)

    def read_gradients(self) -> None:
        """torch.autograd.grad has run: gradients were computed, and put nowhere."""
        self.leave()
        self.reads += 1
        self.log.spoil()
        for one in self.optimizers:
            state = self.moves.states[one.state]
            waiting = frozenset((state.waiting,)) if state.waiting is not None else None
            self._move(one, _READ, 0, _SURE, waiting)
        self.round += 1

    def tell(self, name: str, *facts: Any) -> None:
        """Call the probes that have a method of this name."""
        for told in self.probes.get(name, ()):
            told(self, *facts)

    # ---- what torch itself refuses -------------------------------------------------------------------------------
    def failed_backward(self, tensors: Any, error: Exception) -> None:
        """backward() has raised; the exception goes on to the user."""
        self.tell("failed_backward", tensors, error, self.backward_at)

    def failed_forward(self, module: nn.Module, args: Any, kwargs: Any, error: Exception) -> None:
        """A module has raised; the exception goes on to the user."""
        mark = self.sites.here(_HERE)
        self.tell("failed_forward", self.module(module), module, args, kwargs, error, mark)

    def _should_step(self, one: Tracked) -> bool:
        """Whether an optimizer that never stepped has anything to train: no attack on, or saliency of, a model."""
        fed = [called for called in self.called.values() if one in called.optimizers]
        return not one.moved() and (not fed or any(called.training is not False for called in fed))

    def clear(self) -> None:
        """The watch is over: hold on to nothing of the user's."""
        self.off = True
        for one in (*self.optimizers, *self.ended):
            one.clear()
        self.gone.clear()
        self.optimizers, self.ended, self._by_id, self.called, self.routes = [], [], {}, {}, {}
        self.last_model = None
        self.doubtful.clear()
        self.plan, self._cycle, self.log = NO_PLAN, [], Log()
        self.probes, self._all_probes = {}, []
        self.hot_backward = ()

    # ---- the end -------------------------------------------------------------------------------------------------
    def close(self, finished: bool) -> None:
        """The watch ends. finished: the program came to its end, so that what is missing will not come."""
        self.leave()
        self._bury()
        self.finished = finished
        self.tell("close")
        if finished:
            # whose parameters change without a step that was seen has its step compiled, or is updated by hand
            met = [one for one in (*self.ended, *self.optimizers) if one.steps or self._should_step(one)]
            self.court.close((one.key, self.moves.states[one.state], one.steps) for one in met)
