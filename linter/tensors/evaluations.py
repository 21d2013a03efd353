"""Evaluations: which stretches of code evaluate a model instead of training it, and in which mode.

A stretch is a loop, a function or a no_grad block. It evaluates if it runs a model, measures something (a loss, an
argmax, a comparison) and nothing in it trains: no backward, no step, no zero_grad, and nothing out of sight that may.
"""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import NamedTuple

from ...events import Mark
from ...facts.mode import Evaluation
from .. import names
from ..index import bound_names, last_name, path_of
from ..layers import UNKNOWN, Traits
from ..modules import traits_of_call
from .reports import Reports
from .scope import Nodes, Scope
from .store import InMode
from .values import Module, Seq, Tensor, Value

_TENSOR_METHODS = frozenset("view reshape unsqueeze squeeze permute transpose argmax flatten".split())
_FREEZES = re.compile(r"(?<!un)freeze|requires_grad$|toggle_?grad|toggle_requires", re.IGNORECASE)
_MOVES_BATCHES = frozenset({"accelerate", "lightning", "pytorch_lightning", "fabric", "lightning_fabric", "ignite"})


class Forward(NamedTuple):
    """One call of a model."""

    call: Mark
    module: Module
    mode: InMode | None
    grad: bool | None
    outside: bool


class Watch(NamedTuple):
    """Where the counters stood when a stretch began."""

    trained: int
    measured: int
    released: int
    forwards: int


class Evaluations:
    """Counts what happens, and judges each stretch when it ends."""

    def __init__(self, scope: Scope, reports: Reports) -> None:
        self.scope = scope
        self.reports = reports
        self.scattered: set[str] = set()  # modules that move their inputs by themselves
        self.switched: dict[str, str] = {}  # modules whose mode is set here -> their names
        self._moves: dict[Mark, bool] = {}
        self._built: dict[ast.Call, Traits] = {}
        self.escaped: set[Mark] = set()
        self.muted = 0
        self._trained = 0
        self._trained_at = 0
        self._measured = 0
        self._released = 0
        self._forwards: list[Forward] = []
        self.loaders_move = bool(scope.index.imports & _MOVES_BATCHES)  # of libraries whose loaders move their batches

    @cached_property
    def moves_elsewhere(self) -> bool:
        """Does some loop of this file move the batches of its loader?"""
        return not self.loaders_move and _moves_batches(self.scope.nodes.loops)

    @cached_property
    def _frozen(self) -> frozenset[str]:
        return _frozen_names(self.scope.nodes)

    @cached_property
    def _tensors(self) -> frozenset[str]:
        return _tensor_names(self.scope.nodes.calls)

    # ---- what happens ----------------------------------------------------------------------------------------
    def trains(self) -> None:
        """Something trains here, or may."""
        if not self.muted:
            self._trained += 1
            self._trained_at = self.scope.now

    def entry_begins(self) -> None:
        """Code that nothing in this file calls begins: what other code has trained is no longer before it."""
        self._trained_at = 0

    def measures(self) -> None:
        """Something is measured here."""
        self._measured += 0 if self.muted else 1

    def releases(self) -> None:
        """An output is cut from its graph: so far nobody needed it."""
        self._released += 0 if self.muted else 1

    def forward(
        self,
        node: ast.Call,
        module: Module,
        mode: InMode | None,
        grad: bool | None,
        outside: bool,
    ) -> None:
        """A model is called."""
        if not self.muted:
            self._forwards.append(Forward(self.scope.mark(node), module, mode, grad, outside))

    def escapes(self, value: Value) -> None:
        """A result goes to code that is not in sight: its graph may be used there."""
        if isinstance(value, Tensor):
            self.escaped.update(mark for mark, _ in value.graphs)
        elif isinstance(value, Seq):
            for item in value.items:
                self.escapes(item)

    # ---- stretches -------------------------------------------------------------------------------------------
    def loop_begins(self, node: ast.AST) -> Watch:
        """A loop, function or no_grad block begins."""
        return Watch(self._trained, self._measured, self._released, len(self._forwards))

    def loop_ends(self, node: ast.AST, watch: object, result: Value | None = None) -> None:
        """It ends: if it was an evaluation, its models are judged; but not those whose graph it gives away."""
        assert isinstance(watch, Watch)
        measured = self._measured != watch.measured
        if self._trained != watch.trained or not (measured or self._released != watch.released):
            return
        given = _models_in(result)
        seen: set[str] = set()
        passed_on = []
        for one in self._forwards[watch.forwards :]:
            if one.grad is not False and one.module.key in given:
                passed_on.append(one)
            elif one.module.key not in seen:
                seen.add(one.module.key)
                self._judge(one, measured and (one.grad is False or not _may_carry(result)))
        self._forwards[watch.forwards :] = passed_on

    def _judge(self, one: Forward, measured: bool) -> None:
        mode = one.mode
        if mode is None:
            return
        matters = self._traits(one.module).mode
        name = self.scope.titles.get(one.module.key) or one.module.name or "the model"
        facts = Evaluation(name, mode.training, mode.at, matters)
        if mode.training and mode.when > self._trained_at:
            return  # nothing was trained since train(): it is meant for the evaluation
        if one.grad is not None and mode.training:
            if not measured:
                return
            if matters or mode.at:  # who calls train() means the modes to be kept, whatever the layers are today
                self.reports.evaluation(one.call, facts, sure=bool(matters))
        elif one.grad is True and not mode.training and one.call not in self.escaped:
            untrained = "@" in one.module.key and one.module.key not in self.reports.trained and not self._trained_at
            if untrained or self._is_frozen(name):
                return  # built here and only looked at, as in a test; or without gradients anyway
            self.reports.evaluation(one.call, facts._replace(tracked=True), sure=not one.outside)

    def is_bare(self, module: Module) -> bool:
        """Is this made of torch's layers, and certainly without parameters: a function, and no model?"""
        return module.cls is None and self._traits(module).parameters is False

    def _traits(self, module: Module) -> Traits:
        """What is known of the layers of a module: looked up once for each place that builds one."""
        info = self.scope.info(module)
        if info is not None:
            return info.traits._replace(mode=info.mode_matters)
        made = module.made
        if not isinstance(made, ast.Call):
            return UNKNOWN
        if made not in self._built:
            self._built[made] = traits_of_call(made, self.scope.index)
        return self._built[made]

    # ---- modes -----------------------------------------------------------------------------------------------
    def stepped_in_eval(self, key: str, backward: Mark, set_at: Mark, *, known: bool) -> None:
        """A step uses gradients of a module that was in eval mode."""
        name = self.scope.titles.get(key) or self.switched.get(key, "")
        trained = self.reports.trained
        if not set_at or self._is_frozen(name):
            return
        if trained and not any(key == t or t.startswith(key + ".") for t in trained):
            return
        self.reports.trained_in_eval(name or "the model", backward, set_at, sure=known or bool(trained))

    def partly_training(self, key: str) -> bool:
        """Has a part of this module been put into train mode by itself?"""
        parts = [modes for k, modes in self.scope.store.modes.items() if k.startswith(key + ".")]
        return any(mode.training for modes in parts for mode in modes)

    def _is_frozen(self, name: str) -> bool:
        return bool(name) and not self._frozen.isdisjoint(name.split("."))

    # ---- devices ---------------------------------------------------------------------------------------------
    def host_mark(self, node: ast.AST) -> Mark:
        """The mark of a loop over a loader, 0 for anything else that yields."""
        return self.scope.mark(node) if isinstance(node, ast.For | ast.AsyncFor) else 0

    def takes_whole(self, loop: Mark) -> bool:
        """Does this loop bind each batch to one name?"""
        node = self.scope.collector.marks[loop]
        assert isinstance(node, ast.For | ast.AsyncFor)
        target: ast.expr = node.target
        if isinstance(target, ast.Tuple) and len(target.elts) == 2 and last_name(node.iter) == "enumerate":
            target = target.elts[1]
        return isinstance(target, ast.Name)

    def moves_parts(self, loop: Mark) -> bool:
        """Does this loop move anything of its batches, be it only an attribute?"""
        if loop not in self._moves:
            node = self.scope.collector.marks[loop]
            assert isinstance(node, ast.For | ast.AsyncFor)
            bound = set(bound_names(node.target))
            calls = [n for s in node.body for n in ast.walk(s) if isinstance(n, ast.Call)]
            self._moves[loop] = any(_moved_root(call) in bound for call in calls)
        return self._moves[loop]

    def proven_tensor(self, node: ast.expr, value: Tensor) -> bool:
        """Is this certainly a tensor, and no module, batch object or graph whose to() works in place?"""
        if value.loss or value.sources or value.leaf:
            return True
        name = path_of(node)
        return name is not None and name in self._tensors


def _may_carry(result: Value | None) -> bool:
    """May what a function gives lead to a graph? (None: it is no function.)"""
    if isinstance(result, Tensor):
        return result.grad is not False
    return isinstance(result, Seq) and any(_may_carry(item) for item in result.items)


def _models_in(value: Value | None) -> frozenset[str]:
    """The modules on whose graphs a value rests."""
    if isinstance(value, Tensor):
        return value.models if value.grad is not False else frozenset()
    if isinstance(value, Seq):
        return frozenset().union(*(_models_in(item) for item in value.items))
    return frozenset()


def _frozen_names(nodes: Nodes) -> frozenset[str]:
    """All parts of the names of what is frozen in this file."""
    found: set[str] = set()
    for call in nodes.calls:
        last = last_name(call.func)
        first = call.args[0] if call.args else None
        if last == "requires_grad_" and isinstance(call.func, ast.Attribute):
            if isinstance(first, ast.Constant) and not first.value:
                found |= _parts(call.func.value)
        elif last and _FREEZES.search(last):
            found.update(part for a in call.args for part in _parts(a))
    for assign in nodes.assigns:
        found.update(part for t in assign.targets if _is_flag(t) for part in _parts(t))
    for loop in nodes.loops:
        if any(_freezes(n) for s in loop.body for n in ast.walk(s)):
            found |= _parts(loop.iter)
    return frozenset(found - {"", "self", "parameters", "named_parameters", "modules", "requires_grad"})


def moves_nothing(call: ast.Call) -> bool:
    """`.to("cpu")`, `.to(torch.float32)`: stays on the host, or where it is."""
    text = " ".join(ast.unparse(a) for a in (*call.args, *(k.value for k in call.keywords)))
    if "cpu" in text and "cuda" not in text:
        return True
    return not any(w in text for w in ("device", "cuda", "gpu", "rank")) and any(
        w in text for w in ("float", "half", "bfloat", "dtype", "long", "int", "bool")
    )


def _moved_root(call: ast.Call) -> str:
    """`x` of `x.to(...)`, `x[0].cuda()`, `x.y.to(...)`."""
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr in ("to", "cuda")) or moves_nothing(call):
        return ""
    at: ast.expr = func.value
    while isinstance(at, ast.Attribute | ast.Subscript | ast.Call):
        at = at.func if isinstance(at, ast.Call) else at.value
    return at.id if isinstance(at, ast.Name) else ""


def _moves_batches(loops: list[ast.For]) -> bool:
    """Does one of these loops over a loader move what it is given?"""
    for node in loops:
        if "loader" in " ".join(_words_in(node.iter)):
            bound = set(bound_names(node.target))
            if any(_moved_root(n) in bound for s in node.body for n in ast.walk(s) if isinstance(n, ast.Call)):
                return True
    return False


def _words_in(node: ast.expr) -> list[str]:
    return [w for n in ast.walk(node) if isinstance(n, ast.Name) for w in names.words(n.id)]


def _tensor_names(calls: list[ast.Call]) -> frozenset[str]:
    """Names on which methods are called that only tensors have, or that a loss function is given."""
    found = set()
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _TENSOR_METHODS:
            found.add(path_of(call.func.value) or "")
        if names.is_criterion(last_name(call.func)) and len(call.args) == 2:
            found.update(path_of(a) or "" for a in call.args)
    return frozenset(found - {""})


def _is_flag(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "requires_grad"


def _freezes(node: ast.AST) -> bool:
    """`p.requires_grad = ...`"""
    return isinstance(node, ast.Assign) and any(_is_flag(t) for t in node.targets)


def _parts(node: ast.expr) -> set[str]:
    """All names in an expression."""
    return {
        n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)
    }
