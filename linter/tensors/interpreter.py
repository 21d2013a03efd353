"""The interpreter: statements, expressions and the functions of the file, one store of must-facts at a time.

Structured like the order flow: branches are joined, a loop runs at least once and then again from its back edge
alone, functions of the file are entered at their calls. A loop over a few literals runs once for each of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..collector import Collector
from ..index import ClassInfo, Function, Index, last_name
from .calls import Calls
from .narrowing import is_there, narrow, widen
from .scope import Scope
from .store import Store, join
from .values import (
    DATA,
    NUMBER,
    UNKNOWN,
    Const,
    Criterion,
    Fn,
    Frame,
    Module,
    Obj,
    Optimizer,
    Scaler,
    Scheduler,
    Seq,
    Tensor,
    Value,
    derived,
    joined,
)

_THINGS = (Criterion, Fn, Module, Obj, Optimizer, Scaler, Scheduler)
_MAX_DEPTH = 10
_BUDGET = 25_000  # statements per file; beyond it nothing more is judged


class TooLong(Exception):
    """The budget of this file is spent."""


class Interpreter:
    """Runs one module: its top level, then every function that was not reached from there."""

    def __init__(self, index: Index, collector: Collector) -> None:
        self.index = index
        self.scope = Scope(index, collector)
        self.calls = Calls(self.scope, collector, self)
        self.store: Store | None = self.scope.store
        self._stack: list[Function] = []
        self._breaks: list[list[Store | None]] = []
        self._continues: list[list[Store | None]] = []
        self._returns: list[list[tuple[Store, Value]]] = [[]]
        self._visited: set[ast.AST] = set()
        self._spent = 0
        self._outputs: dict[str, Value | None] = {}  # of module classes
        self.gave_up = False

    # ---- entries -------------------------------------------------------------------------------------------
    def run(self) -> None:
        """Judge the whole module. Raises nothing of its own; too long a file is judged in part."""
        try:
            self._run()
        except TooLong:
            self.gave_up = True
        self.calls.finish(whole=not self.gave_up)

    def _run(self) -> None:
        self._live(self.scope.store)
        self.block(self.index.module.body, self.scope.main)
        base = self.store or Store()
        called = self.scope.called_names()
        for only_uncalled in (True, False):
            for function in self.index.functions_in_order():
                name = getattr(function, "name", "")
                if function in self._visited or name == "__init__" or not self.calls.worth(function):
                    continue
                if only_uncalled and (name in called or self.index.parent[function] is not None):
                    continue
                self._live(base.copy())
                self.calls.evaluations.entry_begins()
                self._enter_from_outside(function)

    def _enter_from_outside(self, function: Function) -> None:
        owner = self.index.owner.get(function)
        bound = Obj(owner, owner.name) if owner is not None else None
        if owner is not None and bound is not None:
            init = self.index.method(owner, "__init__")
            if init is not None and init is not function:
                self.enter(Fn(init, self.scope.main, bound), [], {})
        if self.store is not None:
            self.calls.from_outside += 1
            self.enter(Fn(function, self.scope.main, bound), [], {})
            self.calls.from_outside -= 1

    def _live(self, store: Store | None) -> None:
        self.store = store
        if store is not None:
            self.scope.store = store

    def _joined(self, ways: Sequence[Store | None], node: ast.AST) -> Store | None:
        return join(ways, self.scope.phi(node))

    # ---- statements ----------------------------------------------------------------------------------------
    def block(self, body: Iterable[ast.stmt], frame: Frame) -> None:
        """Run statements until control leaves them."""
        for statement in body:
            if self.store is None:
                return
            self._spent += 1
            if self._spent > _BUDGET:
                raise TooLong
            self.scope.here = statement
            run = _STATEMENTS.get(type(statement))
            if run is not None:
                run(self, statement, frame)

    def _expr(self, node: ast.Expr, frame: Frame) -> None:
        self.calls.statement(node)
        self.value(node.value, frame)

    def _assign(self, node: ast.Assign, frame: Frame) -> None:
        value = self.value(node.value, frame)
        for target in node.targets:
            self._bind(target, value, frame, node)
            if isinstance(target, ast.Tuple):
                self.scope.taken(target, node.value, frame)

    def _bind(self, target: ast.expr, value: Value, frame: Frame, node: ast.stmt) -> None:
        if self.store is not None:
            self.scope.bind(target, self.calls.assigned(target, value, node, frame), frame)

    def _annotated(self, node: ast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            self._bind(node.target, self.value(node.value, frame), frame, node)

    def _augmented(self, node: ast.AugAssign, frame: Frame) -> None:
        old = self.value(node.target, frame)
        value = self.value(node.value, frame)
        if self.store is not None:
            new = self.calls.accumulate(node, old, value, frame)
            self.scope.bind(node.target, new, frame)

    def _if(self, node: ast.If, frame: Frame) -> None:
        test = self.value(node.test, frame)
        if self.store is None:
            return
        if isinstance(test, Const):
            self.block(node.body if test.value else node.orelse, frame)
            return
        before = self.store.copy()
        asked = narrow(self.scope, node.test, True, frame)
        self.block(node.body, frame)
        first = self.store
        self._live(before)
        asked |= narrow(self.scope, node.test, False, frame)
        self.block(node.orelse, frame)
        self._meet([first, self.store], asked, node)

    def _meet(self, ways: list[Store | None], asked: dict[str, Value], node: ast.AST) -> None:
        """The ways behind a test meet again."""
        self._live(self._joined(ways, node))
        widen(self.store, ways, asked)

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> None:
        over = self.value(node.iter, frame)
        if self.store is None:
            return
        if isinstance(over, Seq) and 0 < len(over.items) <= 4 and all(isinstance(i, Const) for i in over.items):
            self._unrolled(node, over, frame)
            return
        once = isinstance(over, Seq) and len(over.items) == 1

        def head() -> None:
            self.scope.bind(node.target, self.calls.element(node, node.iter, over, frame), frame)
            self.scope.taken(node.target, node.iter, frame)

        self._loop(node, frame, head, endless=False, once=once)

    def _unrolled(self, node: ast.For | ast.AsyncFor, over: Seq, frame: Frame) -> None:
        breaks: list[Store | None] = []
        for item in over.items:
            if self.store is None:
                break
            self.scope.bind(node.target, item, frame)
            self._body(node, frame, breaks)
        self._after_loop(node, frame, breaks)

    def _while(self, node: ast.While, frame: Frame) -> None:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        if isinstance(node.test, ast.Constant) and not node.test.value:
            self.block(node.orelse, frame)
            return
        self._loop(node, frame, lambda: self.value(node.test, frame), endless=endless, once=False)

    def _loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        frame: Frame,
        head: Callable[[], object],
        *,
        endless: bool,
        once: bool,
    ) -> None:
        breaks: list[Store | None] = []
        ends: list[Store | None] = []
        watch, outer = self.calls.loop_begins(node), self.scope.iteration
        self.scope.loops.append((self.scope.now, self.scope.now))
        for _ in range(1 if once else 2):
            if self.store is None:
                break
            self.scope.now += 1
            self.scope.iteration = self.scope.now
            self.scope.loops[-1] = (self.scope.loops[-1][0], self.scope.now)
            head()
            if self.store is None:
                break
            self._body(node, frame, breaks)
            if self.store is not None:
                self.store.next_round(self.scope.mark(node))
                ends.append(self.store.copy())
        self.scope.iteration = outer
        self.scope.loops.pop()
        self.calls.loop_ends(node, watch)
        self._live(self._joined(ends, node) if ends and not endless else None)
        self._after_loop(node, frame, breaks)

    def _body(self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, breaks: list[Store | None]) -> None:
        self._breaks.append(breaks)
        continues: list[Store | None] = []
        self._continues.append(continues)
        self.block(node.body, frame)
        self._breaks.pop()
        self._continues.pop()
        self._live(self._joined([self.store, *continues], node))

    def _after_loop(self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, breaks: list[Store | None]) -> None:
        if self.store is not None:
            self.block(node.orelse, frame)
        self._live(self._joined([self.store, *breaks], node))

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> None:
        entered = 0
        for item in node.items:
            value = self.value(item.context_expr, frame)
            if self.store is None:
                break
            entered += self.calls.enter_context(item.context_expr, frame)
            if item.optional_vars is not None:
                self.scope.bind(item.optional_vars, self.calls.context_value(item.context_expr, value, frame), frame)
        if self.store is not None:
            self.block(node.body, frame)
        self.calls.leave_contexts(entered)

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame) -> None:
        if self.store is None:
            return
        before = self.store.copy()
        self.block(node.body, frame)
        after = self.store.copy() if self.store is not None else None
        if self.store is not None:
            self.block(node.orelse, frame)
        ways = [self.store]
        for handler in node.handlers:
            self._live(self._joined([before.copy(), after.copy() if after is not None else None], node))
            self.block(handler.body, frame)
            ways.append(self.store)
        self._live(self._joined(ways, node))
        if self.store is not None:
            self.block(node.finalbody, frame)

    def _match(self, node: ast.Match, frame: Frame) -> None:
        self.value(node.subject, frame)
        if self.store is None:
            return
        before, ways = self.store, []
        for case in node.cases:
            self._live(before.copy())
            self.block(case.body, frame)
            ways.append(self.store)
        self._live(self._joined([before, *ways], node))

    def _return(self, node: ast.Return, frame: Frame) -> None:
        value = self.value(node.value, frame) if node.value is not None else Const(None)
        if self.store is not None:
            self.calls.returned(value)
            self._returns[-1].append((self.store, value))
        self._live(None)

    def _raise(self, node: ast.Raise, frame: Frame) -> None:
        self._live(None)

    def _break(self, node: ast.Break, frame: Frame) -> None:
        if self._breaks:
            self._breaks[-1].append(self.store)
        self._live(None)

    def _continue(self, node: ast.Continue, frame: Frame) -> None:
        if self._continues:
            self._continues[-1].append(self.store)
        self._live(None)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
        self.scope.store.names[f"{frame.ident}|{node.name}"] = Fn(node, frame)

    def _delete(self, node: ast.Delete, frame: Frame) -> None:
        for target in node.targets:
            key = self.scope.key(target, frame)
            if key is not None:
                self.scope.store.names.pop(key, None)

    def _assert(self, node: ast.Assert, frame: Frame) -> None:
        self.value(node.test, frame)

    # ---- functions of this file ----------------------------------------------------------------------------
    def enter(self, function: Fn, positional: list[Value], keywords: dict[str, Value]) -> Value | None:
        """Run a function of this file from here; None if it cannot be followed. Leaves the store after it."""
        node = function.node
        if node in self._stack or len(self._stack) >= _MAX_DEPTH or self.store is None:
            return None
        frame = Frame(
            f"#{self.scope.mark(node)}", node, function.closure or self.scope.main, self.index.owner.get(node)
        )
        self.scope.enter(frame, {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)})
        self._bind_parameters(frame, function, positional, keywords)
        self._visited.add(node)
        self._stack.append(node)
        self._returns.append([])
        breaks, continues = self._breaks, self._continues
        self._breaks, self._continues = [], []
        contexts = self.calls.enter_function(node)
        watch = self.calls.loop_begins(node)
        result: Value = Const(None)
        if isinstance(node, ast.Lambda):
            result = self.value(node.body, frame)
        else:
            self.block(node.body, frame)
        self.calls.leave_function(contexts)
        self._breaks, self._continues = breaks, continues
        self._stack.pop()
        found = self._result(self._returns.pop(), result, node)
        self.calls.function_ends(node, watch, found)
        return found

    def output_of(self, cls: ClassInfo) -> Value | None:
        """What the forward of a module class of this file gives, run by itself, once; nothing is judged on the way."""
        if cls.name not in self._outputs:
            self._outputs[cls.name] = None  # a forward that leads back to itself is not followed
            forward, init = self.index.method(cls, "forward"), self.index.method(cls, "__init__")
            if forward is not None:
                self._outputs[cls.name] = self._in_silence(cls, [f for f in (init, forward) if f is not None])
        return self._outputs[cls.name]

    def _in_silence(self, cls: ClassInfo, functions: list[Function]) -> Value | None:
        store, spent, visited = self.store, self._spent, set(self._visited)
        own = Obj(cls, f"?{cls.name}")
        self._live(Store() if store is None else store.copy())
        self.calls.silence(True)
        result: Value | None = None
        try:
            for function in functions:
                if self.store is not None:
                    result = self.enter(Fn(function, self.scope.main, own), [], {})
        finally:
            self.calls.silence(False)
            self._live(store)
            self._spent, self._visited = spent, visited
        return result

    def _result(self, returns: list[tuple[Store, Value]], result: Value, node: ast.AST) -> Value:
        ends: list[Store | None] = [self.store, *(store for store, _ in returns)]
        values = [value for _, value in returns] + ([result] if self.store is not None else [])
        self._live(self._joined(ends, node))
        if not values:
            return UNKNOWN
        given = [v for v in values if not (isinstance(v, Const) and v.value is None)] or values
        at: Value | None = given[0]
        for other in given[1:]:
            at = joined(at, other, self.scope.source(node))
        return UNKNOWN if at is None else at

    def _bind_parameters(self, frame: Frame, function: Fn, positional: list[Value], keywords: dict[str, Value]) -> None:
        args = function.node.args
        params = [a.arg for a in (*args.posonlyargs, *args.args)]
        names = self.scope.store.names
        decorators = [] if isinstance(function.node, ast.Lambda) else function.node.decorator_list
        if function.bound is not None and params and not any(last_name(d) == "staticmethod" for d in decorators):
            names[f"{frame.ident}|{params.pop(0)}"] = function.bound
        known = {*params, *(a.arg for a in args.kwonlyargs)}
        for name, value in [*zip(params, positional, strict=False), *keywords.items()]:
            if name in known:
                names[f"{frame.ident}|{name}"] = value
        defaults = dict(zip(reversed(params), reversed(args.defaults), strict=False))
        defaults |= {a.arg: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None}
        given = set(params[: len(positional)]) | keywords.keys()
        for name, default in defaults.items():
            if name not in given and isinstance(default, ast.Constant) and not self.calls.from_outside:
                names[f"{frame.ident}|{name}"] = Const(default.value)

    # ---- expressions ---------------------------------------------------------------------------------------
    def value(self, node: ast.expr, frame: Frame) -> Value:
        """Run an expression and say what it gives."""
        if self.store is None:
            return UNKNOWN
        run = _EXPRESSIONS.get(type(node))
        if run is not None:
            found: Value = run(self, node, frame)
            return found
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child, frame)
        return UNKNOWN

    def _constant(self, node: ast.Constant, frame: Frame) -> Value:
        return Const(node.value)

    def _name(self, node: ast.Name, frame: Frame) -> Value:
        if node.id == "__name__":
            return Const("__main__")
        found = self.scope.name(node.id, frame)
        if isinstance(found, Const) and not isinstance(found.value, str) and frame.function is None:
            return NUMBER  # a switch that people turn by hand: both ways are meant to be right
        return found

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        base = self.value(node.value, frame)
        return self.scope.attribute(node, base, frame) if self.store is not None else UNKNOWN

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        return self.calls.call(node, frame)

    def _arithmetic(self, node: ast.BinOp, frame: Frame) -> Value:
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        if isinstance(left, Const) and isinstance(right, Const):
            return NUMBER
        return self.calls.named(node, derived([v for v in (left, right) if not isinstance(v, Const)]))

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.value(node.operand, frame)
        if isinstance(node.op, ast.Not):
            return Const(not value.value) if isinstance(value, Const) else NUMBER
        return derived([value]) if isinstance(value, Tensor) else NUMBER

    def _compare(self, node: ast.Compare, frame: Frame) -> Value:
        values = [self.value(n, frame) for n in (node.left, *node.comparators)]
        if len(values) == 2 and isinstance(values[0], Const) and isinstance(values[1], Const):
            if isinstance(node.ops[0], ast.Eq):
                return Const(values[0].value == values[1].value)
            if isinstance(node.ops[0], ast.NotEq):
                return Const(values[0].value != values[1].value)
        asks = isinstance(node.ops[0], ast.Is | ast.IsNot) and values[1] == Const(None)
        if asks and (isinstance(values[0], _THINGS) or is_there(values[0], self.scope.iteration)):
            # what has been given is there
            return Const(isinstance(node.ops[0], ast.IsNot))
        self.calls.compared(values)
        return NUMBER

    def _bool(self, node: ast.BoolOp, frame: Frame) -> Value:
        values: list[Value] = []
        for operand in node.values:
            value = self.value(operand, frame)
            stops = isinstance(value, Const) and bool(value.value) is isinstance(node.op, ast.Or)
            if stops and not values:
                return value
            values.append(value)
        known = [v for v in values if not isinstance(v, Const)]
        return NUMBER if known else values[-1]

    def _either(self, node: ast.IfExp, frame: Frame) -> Value:
        test = self.value(node.test, frame)
        if isinstance(test, Const):
            return self.value(node.body if test.value else node.orelse, frame)
        if self.store is None:
            return UNKNOWN
        before = self.store.copy()
        asked = narrow(self.scope, node.test, True, frame)
        first = self.value(node.body, frame)
        left = self.store
        self._live(before)
        asked |= narrow(self.scope, node.test, False, frame)
        second = self.value(node.orelse, frame)
        self._meet([left, self.store], asked, node)
        both = joined(first, second, self.scope.source(node))
        return UNKNOWN if both is None else both

    def _sequence(self, node: ast.Tuple | ast.List, frame: Frame) -> Value:
        return Seq(tuple(self.value(e, frame) for e in node.elts))

    def _dict(self, node: ast.Dict, frame: Frame) -> Value:
        values = [self.value(v, frame) for v in node.values]
        tensors = [v for v in values if isinstance(v, Tensor)]
        return derived(list(tensors))._replace(cut=None, grad=None) if tensors else UNKNOWN

    def _comprehension(self, node: Any, frame: Frame) -> Value:
        for generator in node.generators:
            over = self.value(generator.iter, frame)
            element = self.calls.element(node, generator.iter, over, frame)
            if self.store is None:
                return UNKNOWN
            self.scope.bind(generator.target, element, frame)
            self.scope.taken(generator.target, generator.iter, frame)
            for test in generator.ifs:
                self.value(test, frame)
        if isinstance(node, ast.DictComp):
            self.value(node.key, frame)
            made = self.value(node.value, frame)
        else:
            made = self.value(node.elt, frame)
        return made._replace(activation=None) if isinstance(made, Tensor) else UNKNOWN

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        base = self.value(node.value, frame)
        index = self.value(node.slice, frame)
        key = self.scope.key(node, frame) if self.store is not None else None
        if key is not None and key in self.scope.store.names:
            return self.scope.store.names[key]
        if isinstance(base, Seq):
            if (
                isinstance(index, Const)
                and isinstance(index.value, int)
                and -len(base.items) <= index.value < len(base.items)
            ):
                return base.items[index.value]
            return UNKNOWN
        if isinstance(base, Tensor) and base.batch:
            return base._replace(host=0, batch=False)  # a prompt or a length may well stay where it is
        return base if isinstance(base, Tensor) else UNKNOWN

    def _starred(self, node: Any, frame: Frame) -> Value:
        return self.value(node.value, frame)

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.value(node.value, frame)
        if self.store is not None:
            self.scope.bind(node.target, value, frame)
        return value

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Fn(node, frame)

    def _yield(self, node: ast.Yield, frame: Frame) -> Value:
        if node.value is not None:
            self.calls.returned(self.value(node.value, frame))
        return UNKNOWN

    def _string(self, node: ast.JoinedStr, frame: Frame) -> Value:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.value(part.value, frame)
        return NUMBER


_STATEMENTS: dict[type, Callable[[Interpreter, Any, Frame], None]] = {
    ast.AnnAssign: Interpreter._annotated,
    ast.Assert: Interpreter._assert,
    ast.Assign: Interpreter._assign,
    ast.AsyncFor: Interpreter._for,
    ast.AsyncFunctionDef: Interpreter._define,
    ast.AsyncWith: Interpreter._with,
    ast.AugAssign: Interpreter._augmented,
    ast.Break: Interpreter._break,
    ast.Continue: Interpreter._continue,
    ast.Delete: Interpreter._delete,
    ast.Expr: Interpreter._expr,
    ast.For: Interpreter._for,
    ast.FunctionDef: Interpreter._define,
    ast.If: Interpreter._if,
    ast.Match: Interpreter._match,
    ast.Raise: Interpreter._raise,
    ast.Return: Interpreter._return,
    ast.Try: Interpreter._try,
    ast.TryStar: Interpreter._try,
    ast.While: Interpreter._while,
    ast.With: Interpreter._with,
}
_EXPRESSIONS: dict[type, Callable[[Interpreter, Any, Frame], Value]] = {
    ast.Attribute: Interpreter._attribute,
    ast.Await: Interpreter._starred,
    ast.BinOp: Interpreter._arithmetic,
    ast.BoolOp: Interpreter._bool,
    ast.Call: Interpreter._call,
    ast.Compare: Interpreter._compare,
    ast.Constant: Interpreter._constant,
    ast.Dict: Interpreter._dict,
    ast.DictComp: Interpreter._comprehension,
    ast.GeneratorExp: Interpreter._comprehension,
    ast.IfExp: Interpreter._either,
    ast.JoinedStr: Interpreter._string,
    ast.Lambda: Interpreter._lambda,
    ast.List: Interpreter._sequence,
    ast.ListComp: Interpreter._comprehension,
    ast.Name: Interpreter._name,
    ast.NamedExpr: Interpreter._named,
    ast.SetComp: Interpreter._comprehension,
    ast.Starred: Interpreter._starred,
    ast.Subscript: Interpreter._subscript,
    ast.Tuple: Interpreter._sequence,
    ast.UnaryOp: Interpreter._unary,
    ast.Yield: Interpreter._yield,
}
__all__ = ["DATA", "Interpreter"]
