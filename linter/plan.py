"""Event trees: each function's body cut down to what can matter to the protocol.

Statements without events are dropped here, once; the interpreter walks what is left several times.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from . import names
from .index import (
    BOUND_METHODS,
    Function,
    Index,
    arguments,
    is_autograd_grad,
    is_optimizer_class,
    is_torch_optimizer,
    last_name,
    path_of,
)
from .wrappers import WRAPPERS

_EVENT_METHODS = frozenset({"zero_grad", "backward", "step"}) | frozenset(WRAPPERS)
_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})
_NOT_A_LOSS = frozenset({"item", "detach", "cpu", "numpy", "tolist", "append", "get", "pop", "size", "dim"})
_LEAVES_GRAPH = frozenset(
    {"float", "int", "len", "str", "round", "zeros", "zeros_like", "tensor", "list", "dict", "deque"}
)
_MODULE_METHODS = frozenset(
    "to train eval apply requires_grad_ register_buffer register_parameter load_state_dict add_module cuda type "
    "forward compile append extend insert update".split()
)
_GRAD_SCALING = frozenset(
    {"mul_", "div_", "clamp_", "clip_", "norm", "detach", "view", "clone", "size", "sum", "abs", "mean", "max", "min"}
    | {
        "any",
        "all",
        "item",
        "cpu",
        "numpy",
        "isnan",
        "isfinite",
        "flatten",
        "reshape",
        "float",
        "half",
        "to",
        "nelement",
    }
)


class Op:
    """One step of an event tree; `node` is the syntax it came from."""

    __slots__ = ("node",)

    def __init__(self, node: ast.AST) -> None:
        self.node = node


class CallOp(Op):
    """A call that may be an event, lead to one, or be given an optimizer."""

    node: ast.Call


class BindOp(Op):
    """Names are bound to a value that may be, or hold, something of the protocol."""

    __slots__ = ("targets", "value")

    def __init__(self, node: ast.AST, targets: Sequence[ast.expr], value: ast.expr) -> None:
        super().__init__(node)
        self.targets, self.value = targets, value


class DefOp(Op):
    """A function is defined here and may be called, or passed on, by its name."""

    node: ast.FunctionDef | ast.AsyncFunctionDef


class LossOp(Op):
    """A loss is computed and named. sure: by nothing that could hide a backward. awaited: this file propagates it."""

    __slots__ = ("awaited", "path", "sure")

    def __init__(self, node: ast.AST, path: str, sure: bool, awaited: bool) -> None:
        super().__init__(node)
        self.path, self.sure, self.awaited = path, sure, awaited


class GradOp(Op):
    """`.grad` is written directly: cleared, or (not clears) set to something the linter cannot follow."""

    __slots__ = ("clears",)

    def __init__(self, node: ast.AST, clears: bool) -> None:
        super().__init__(node)
        self.clears = clears


class ReadOp(Op):
    """`.grad` is read as a value, or (scales) multiplied in place."""

    __slots__ = ("scales",)

    def __init__(self, node: ast.AST, scales: bool = False) -> None:
        super().__init__(node)
        self.scales = scales


class ReturnOp(Op):
    """The function ends here and gives `value`."""

    __slots__ = ("value",)

    def __init__(self, node: ast.AST, value: ast.expr | None) -> None:
        super().__init__(node)
        self.value = value


class JumpOp(Op):
    """break, continue, or an end of the path (raise, sys.exit)."""

    __slots__ = ("kind",)

    def __init__(self, node: ast.AST, kind: str) -> None:
        super().__init__(node)
        self.kind = kind


class BranchOp(Op):
    """One of several arms is taken; an empty arm is "none of them". periodic: the first, every so many rounds."""

    __slots__ = ("arms", "periodic")

    def __init__(self, node: ast.AST, arms: list[list[Op]]) -> None:
        super().__init__(node)
        self.arms = arms
        self.periodic = isinstance(node, ast.If) and _is_periodic(node.test)


class LoopOp(Op):
    """A loop. target and iter are None for `while`; endless: left by break only; whole: a `for` that is never left."""

    __slots__ = ("body", "endless", "iter", "orelse", "target", "whole")

    def __init__(
        self,
        node: ast.AST,
        body: list[Op],
        orelse: list[Op],
        target: ast.expr | None = None,
        iter: ast.expr | None = None,
        endless: bool = False,
    ) -> None:
        super().__init__(node)
        self.body, self.orelse, self.target, self.iter, self.endless = body, orelse, target, iter, endless
        self.whole = isinstance(node, ast.For | ast.AsyncFor) and not _is_left(node.body)


class TryOp(Op):
    """try with its handlers, else and finally."""

    __slots__ = ("body", "final", "handlers", "orelse")

    def __init__(
        self, node: ast.AST, body: list[Op], handlers: list[list[Op]], orelse: list[Op], final: list[Op]
    ) -> None:
        super().__init__(node)
        self.body, self.handlers, self.orelse, self.final = body, handlers, orelse, final


class Planner:
    """Makes the event tree of a function or module, once each."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._plans: dict[ast.AST, list[Op]] = {}
        self._no_grad = False
        self._parameters: frozenset[str] = frozenset()  # of the function being planned: it may call them
        self.discarded: set[ast.AST] = set()  # calls whose result nobody takes
        self.rebinds: set[ast.Call] = set()  # calls whose result is named like an optimizer

    def plan(self, function: Function | ast.Module) -> list[Op]:
        """The event tree of a function's body; the same object at each call."""
        found = self._plans.get(function)
        if found is None:
            self._no_grad = not isinstance(function, ast.Module | ast.Lambda) and any(
                _is_no_grad(d) for d in function.decorator_list
            )
            self._parameters = _parameters(function)
            if isinstance(function, ast.Lambda):
                found = [*self.expression(function.body), ReturnOp(function, function.body)]
            else:
                found = self.block(function.body)
            self._plans[function] = found
        return found

    def block(self, body: Sequence[ast.stmt]) -> list[Op]:
        """The operations of some statements, up to the first that leaves them."""
        out: list[Op] = []
        for statement in body:
            self._statement(statement, out)
            if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
                break
        return out

    # ---- statements ----------------------------------------------------------------------------------------
    def _statement(self, node: ast.stmt, out: list[Op]) -> None:
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr) and self._uses_gradients(value):
            out.append(ReadOp(node))
        match node:
            case ast.Expr():
                if isinstance(node.value, ast.Call):
                    self.discarded.add(node.value)
                out.extend(self.expression(node.value))
                if isinstance(node.value, ast.Call) and path_of(node.value.func) in _EXITS:
                    out.append(JumpOp(node, "raise"))
            case ast.Assign():
                self._assign(node, node.targets, node.value, out)
            case ast.AugAssign():
                self._augmented(node, out)
            case ast.If():
                if isinstance(node.test, ast.Constant):
                    out.extend(self.block(node.body if node.test.value else node.orelse))
                else:
                    self._branch(node, node.test, [node.body, node.orelse], out)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(node, out)
            case ast.With() | ast.AsyncWith():
                self._with(node, out)
            case ast.Try() | ast.TryStar():
                self._try(node, out)
            case ast.Match():
                bodies = [case.body for case in node.cases]
                exhaustive = any(isinstance(c.pattern, ast.MatchAs) and c.guard is None for c in node.cases)
                self._branch(node, node.subject, bodies if exhaustive else [*bodies, []], out)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node in self.index.touching:
                    out.append(DefOp(node))
            case ast.Return():
                if node.value is not None:
                    out.extend(self.expression(node.value))
                out.append(ReturnOp(node, node.value))
            case ast.Raise():
                out.append(JumpOp(node, "raise"))
            case ast.Break():
                out.append(JumpOp(node, "break"))
            case ast.Continue():
                out.append(JumpOp(node, "continue"))
            case ast.Delete():
                if any(isinstance(t, ast.Attribute) and t.attr == "grad" for t in node.targets):
                    out.append(GradOp(node, clears=True))
            case ast.Assert():
                out.extend(self.expression(node.test))

    def _assign(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr, out: list[Op]) -> None:
        if any(isinstance(t, ast.Attribute) and t.attr == "grad" for t in targets):
            if self.is_input(targets[0]):
                return
            out.append(GradOp(node, clears=isinstance(value, ast.Constant) or last_name(value) == "zeros_like"))
            return
        if isinstance(value, ast.Call) and any(names.is_optimizer(last_name(t)) for t in targets):
            self.rebinds.add(value)
        calls = self.expression(value)
        out.extend(calls)
        if calls or self.matters(value) or any(self.names_optimizer(t) for t in targets):
            out.append(BindOp(node, targets, value))
        self._losses(node, targets, value, out)

    def _augmented(self, node: ast.AugAssign, out: list[Op]) -> None:
        out.extend(self.expression(node.value))
        if isinstance(node.target, ast.Attribute) and node.target.attr == "grad":
            if isinstance(node.op, ast.Mult | ast.Div):
                out.append(ReadOp(node, scales=isinstance(node.target.value, ast.Name)))  # each p of a model's
            else:
                out.append(GradOp(node, clears=False))
            return
        if self._uses_gradients(node.value):
            out.append(GradOp(node, clears=False))  # p.data -= lr * p.grad: a step by hand
        self._losses(node, [node.target], node.value, out)

    def _uses_gradients(self, value: ast.expr) -> bool:
        return any(
            isinstance(n, ast.Attribute)
            and n.attr == "grad"
            and last_name(n.value) != "autograd"
            and not self.is_input(n)
            for n in ast.walk(value)
        )

    def _losses(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr, out: list[Op]) -> None:
        """A LossOp for each name that a loss is bound to here."""
        if self._no_grad:
            return
        flat = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
        computed = isinstance(value, ast.Call) and _is_criterion_call(value)
        for target in flat:
            path = ast.unparse(target) if isinstance(target, ast.Subscript) else path_of(target)
            if path is None:
                continue
            awaited = path in self.index.backwarded
            named = awaited or names.is_loss(last_name(target)) or (computed and len(flat) == 1)
            if named and _computes_tensor(value, awaited, path, isinstance(node, ast.AugAssign)):
                # what this file propagates itself is not propagated by what computes it
                out.append(LossOp(node, path, awaited or self.is_pure(value), awaited))

    def is_pure(self, value: ast.expr) -> bool:
        """Can nothing in this expression run a backward unseen? Functions of this file are followed, so they may."""
        for call in ast.walk(value):
            if isinstance(call, ast.Call):
                last = last_name(call.func)
                if last not in self.index.touching_names and not names.only_computes(last):
                    return False
        return True

    def _branch(self, node: ast.stmt, test: ast.expr, bodies: list[list[ast.stmt]], out: list[Op]) -> None:
        out.extend(self.expression(test))
        arms = [self.block(body) for body in bodies]
        if any(arms):
            out.append(BranchOp(node, arms))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, out: list[Op]) -> None:
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and not node.test.value:
            out.extend(self.block(node.orelse))
            return
        if isinstance(node, ast.While):
            head = self.expression(node.test)
            endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
            op = LoopOp(node, [*head, *self.block(node.body)], self.block(node.orelse), endless=endless)
        else:
            out.extend(self.expression(node.iter))
            body = self.block(node.body)
            if last_name(node.iter) in self.index.generators & self.index.touching_names:
                body.insert(0, GradOp(node, clears=False))  # the generator goes on between the rounds
            op = LoopOp(node, body, self.block(node.orelse), node.target, node.iter)
        if any(not isinstance(o, JumpOp) or o.kind == "raise" for o in (*op.body, *op.orelse)):
            out.append(op)

    def _with(self, node: ast.With | ast.AsyncWith, out: list[Op]) -> None:
        before = self._no_grad
        for item in node.items:
            out.extend(self.expression(item.context_expr))
            if item.optional_vars is not None:
                self._with_name(node, item.context_expr, item.optional_vars, out)
            self._no_grad = self._no_grad or _is_no_grad(item.context_expr)
            if last_name(item.context_expr) in self.index.touching_names & self.index.classes.keys():
                out.append(GradOp(node, clears=False))  # __enter__ or __exit__ may do anything to the gradients
        out.extend(self.block(node.body))
        self._no_grad = before

    def _with_name(self, node: ast.AST, value: ast.expr, target: ast.expr, out: list[Op]) -> None:
        if isinstance(value, ast.Call) and last_name(value.func) == "scale_loss" and value.args:
            value = value.args[0]  # apex: with amp.scale_loss(loss, optimizer) as scaled_loss
        out.append(BindOp(node, [target], value))

    def _try(self, node: ast.Try | ast.TryStar, out: list[Op]) -> None:
        body, orelse = self.block(node.body), self.block(node.orelse)
        handlers = [self.block(h.body) for h in node.handlers]
        final = self.block(node.finalbody)
        if body or orelse or final or any(handlers):
            out.append(TryOp(node, body, handlers, orelse, final))

    # ---- expressions ---------------------------------------------------------------------------------------
    def expression(self, node: ast.AST) -> list[Op]:
        """The calls of an expression that matter, in the order in which they run."""
        out: list[Op] = []
        self._expression(node, out)
        return out

    def _expression(self, node: ast.AST, out: list[Op]) -> None:
        match node:
            case ast.Name() | ast.Constant() | ast.Lambda():
                return
            case ast.Call():
                self._call(node, out)
            case ast.IfExp():
                self._expression(node.test, out)
                arms = [self.expression(node.body), self.expression(node.orelse)]
                if any(arms):
                    out.append(BranchOp(node, arms))
            case ast.BoolOp():
                self._expression(node.values[0], out)
                rest = [op for value in node.values[1:] for op in self.expression(value)]
                if rest:
                    out.append(BranchOp(node, [rest, []]))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._comprehension(node, [node.elt], out)
            case ast.DictComp():
                self._comprehension(node, [node.key, node.value], out)
            case _:
                for child in ast.iter_child_nodes(node):
                    self._expression(child, out)

    def _comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        elements: list[ast.expr],
        out: list[Op],
    ) -> None:
        first = node.generators[0]
        self._expression(first.iter, out)
        body = [op for e in elements for op in self.expression(e)]
        if body:
            out.append(LoopOp(node, body, [], first.target, first.iter))

    def _call(self, call: ast.Call, out: list[Op]) -> None:
        if isinstance(call.func, ast.Attribute):
            self._expression(call.func.value, out)
        elif not isinstance(call.func, ast.Name):
            self._expression(call.func, out)
        for argument in (*call.args, *(k.value for k in call.keywords)):
            self._expression(argument, out)
        grad = _grad_method(call)
        if grad is not None and self.is_input(call.func):
            return
        if grad is not None:
            if grad == "zero":
                out.append(GradOp(call, clears=True))
            elif grad == "other":
                out.append(GradOp(call, clears=False))
            elif last_name(call.func) in ("mul_", "div_"):
                out.append(ReadOp(call, scales=(path_of(call.func) or "").count(".") == 2))  # p.grad.mul_(0.9)
        elif self.relevant(call):
            out.append(CallOp(call))

    def is_input(self, node: ast.AST) -> bool:
        """Does a `.grad` expression belong to a tensor that is optimized by hand or not at all (an attack's delta)?"""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.index.inputs

    def relevant(self, call: ast.Call) -> bool:
        """Might this call be an event, lead to one, or be given an optimizer?"""
        if isinstance(call.func, ast.Subscript) or (call in self.discarded and self._given_loss(call)):
            return True
        if not isinstance(call.func, ast.Name | ast.Attribute):
            return any(isinstance(n, ast.Name) and n.id in self.index.touching_names for n in ast.walk(call.func))
        last = last_name(call.func)
        if last in self.index.handles or any(
            isinstance(a, ast.Attribute) and a.attr in BOUND_METHODS for a in call.args
        ):
            return True
        if last in _EVENT_METHODS or last in self.index.touching_names or is_optimizer_class(last):
            return True
        if isinstance(call.func, ast.Attribute) and (last == "append" or self.names_optimizer(call.func.value)):
            return True
        if names.hides_protocol(last) or names.clears_gradients(last) or last in ("setattr", "_foreach_zero_"):
            return True
        if is_torch_optimizer(path_of(call.func) or "") or last in self._parameters:
            return True
        if last == "replay" or is_autograd_grad(call) or self.lends(call):
            return True
        return any(self.names_optimizer(a) or isinstance(a, ast.Lambda) for a in arguments(call))

    def lends(self, call: ast.Call) -> bool:
        """Is a model given to the callee, or the receiver of a method that torch's modules do not have?"""
        if any(path_of(a) is not None and last_name(a) in self.index.models for a in arguments(call)):
            return True
        func = call.func
        return (
            call in self.discarded
            and isinstance(func, ast.Attribute)
            and bool(call.args)
            and path_of(func.value) is not None
            and last_name(func.value) in self.index.models
            and func.attr not in _MODULE_METHODS
        )

    def _given_loss(self, call: ast.Call) -> bool:
        return any(
            isinstance(a, ast.Name) and (names.is_loss(a.id) or a.id in self.index.backwarded) for a in call.args
        )

    def names_optimizer(self, node: ast.AST) -> bool:
        """Might this expression be an optimizer, or a function of this file that touches the protocol?"""
        last = last_name(node)
        return bool(last) and (
            names.is_optimizer(last)
            or last in self.index.touching_names
            or last in self.index.subjects
            or is_optimizer_class(last)
        )

    def matters(self, value: ast.expr) -> bool:
        """Might this value be, hold or alias something of the protocol?"""
        if isinstance(value, ast.Name | ast.Attribute | ast.Lambda):
            return True  # an alias; cheap to follow
        if isinstance(value, ast.Subscript):
            return self.names_optimizer(value)
        if isinstance(value, ast.Tuple | ast.List):
            return any(self.matters(e) for e in value.elts)
        if isinstance(value, ast.Dict):
            return any(self.matters(e) for e in value.values)
        if isinstance(value, ast.IfExp):
            return self.matters(value.body) or self.matters(value.orelse)
        return any(isinstance(n, ast.Attribute) and n.attr.endswith("parameters") for n in ast.walk(value))


def _is_periodic(test: ast.expr) -> bool:
    """`(i + 1) % 4 == 0`, also with `or last`: true every so many rounds."""
    if isinstance(test, ast.BoolOp):
        return isinstance(test.op, ast.Or) and any(_is_periodic(v) for v in test.values)
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and isinstance(test.operand, ast.BinOp) and _is_remainder(test.operand)
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) and _is_remainder(test.left)


def _is_remainder(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)


def _is_left(body: Sequence[ast.stmt]) -> bool:
    """Does a break (or a return) leave the loop of this body early? A break of an inner loop counts, too."""
    return any(isinstance(node, ast.Break | ast.Return) for statement in body for node in ast.walk(statement))


def _parameters(function: Function | ast.Module) -> frozenset[str]:
    if isinstance(function, ast.Module):
        return frozenset()
    return frozenset(a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs))


def _computes_tensor(value: ast.expr, awaited: bool, path: str, added: bool) -> bool:
    """Does this expression compute a new loss (and not read, scale or detach an old one)?"""
    if isinstance(value, ast.Call):
        last = last_name(value.func)
        if last in _NOT_A_LOSS or last in _LEAVES_GRAPH:
            return False
        return not (names.is_class_name(last) and not isinstance(value.func, ast.Call))
    if isinstance(value, ast.Constant | ast.Name | ast.List | ast.Dict | ast.Lambda | ast.Tuple):
        return added and awaited and isinstance(value, ast.Name)
    if isinstance(value, ast.Attribute | ast.Subscript):  # loss = outputs.loss
        return _reads_loss(value)
    calls = [n for n in ast.walk(value) if isinstance(n, ast.Call)]
    if any(last_name(c.func) in _NOT_A_LOSS for c in calls) and not awaited:
        return False
    if any(last_name(c.func) not in _NOT_A_LOSS | _LEAVES_GRAPH for c in calls):
        return True
    # `loss = loss / steps` is the old loss; `loss = d_real + d_fake` is a new name for others
    return awaited and isinstance(value, ast.BinOp) and path not in {path_of(n) for n in ast.walk(value)}


def _is_criterion_call(call: ast.Call) -> bool:
    """`criterion(output, target)`, `F.cross_entropy(...)`, `nn.MSELoss()(a, b)`; not `nn.MSELoss()` itself."""
    last = last_name(call.func)
    built = names.is_class_name(last)
    return (
        names.is_criterion(last)
        and len(call.args) + len(call.keywords) > 1
        and built == isinstance(call.func, ast.Call)
    )


def _reads_loss(value: ast.Attribute | ast.Subscript) -> bool:
    """`outputs.loss`, `outputs["loss"]`, `outputs[0]`: what a model that computes its own loss returns."""
    at: ast.expr = value
    while isinstance(at, ast.Attribute | ast.Subscript):
        at = at.value
    if isinstance(at, ast.Name) and at.id in ("self", "args", "config", "cfg", "checkpoint", "ckpt"):
        return False
    if isinstance(value, ast.Attribute):
        return names.is_loss(value.attr)
    key = value.slice.value if isinstance(value.slice, ast.Constant) else None
    return key == 0 or (isinstance(key, str) and names.is_loss(key))


def _grad_method(call: ast.Call) -> str | None:
    """`p.grad.zero_()`: "zero"; `p.grad.mul_(k)`: "same"; `p.grad.copy_(g)`: "other"; None if not on a .grad."""
    func = call.func
    if not isinstance(func, ast.Attribute):
        return None
    at: ast.expr = func.value
    while isinstance(at, ast.Attribute) and at.attr in ("data", "_grad"):
        at = at.value
    if not (isinstance(at, ast.Attribute) and at.attr == "grad") or path_of(at) in (
        "torch.autograd.grad",
        "autograd.grad",
    ):
        return None
    if func.attr == "zero_" or (func.attr == "fill_" and call.args and isinstance(call.args[0], ast.Constant)):
        return "zero"
    return "same" if func.attr in _GRAD_SCALING or not func.attr.endswith("_") else "other"


def _is_no_grad(node: ast.expr) -> bool:
    """`torch.no_grad()`, `inference_mode`, `set_grad_enabled(False)`, as a with item or a decorator."""
    last = last_name(node)
    if last == "set_grad_enabled" and isinstance(node, ast.Call) and node.args:
        return isinstance(node.args[0], ast.Constant) and not node.args[0].value
    return last in ("no_grad", "inference_mode")
