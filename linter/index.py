"""What a module defines and which of its functions matter: found once per file, before any flow."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from . import names

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
BOUND_METHODS = frozenset({"step", "zero_grad"})
"""Methods of an optimizer that are passed on as values."""
_EVENTS = BOUND_METHODS | {"backward"}


class ClassInfo:
    """A class of this file: its own methods, and its bases by name."""

    __slots__ = ("bases", "methods", "name", "node")

    def __init__(self, node: ast.ClassDef) -> None:
        self.node = node
        self.name = node.name
        self.bases = [path for base in node.bases if (path := path_of(base))]
        self.methods = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)}


class Index:
    """Functions and classes of one module, and the functions that touch the protocol, directly or through others."""

    def __init__(self, module: ast.Module) -> None:
        self.module = module
        self.classes: dict[str, ClassInfo] = {}
        self.owner: dict[Function, ClassInfo] = {}  # method -> its class
        self.parent: dict[Function, Function | None] = {}  # function -> the function around it
        self.direct: set[Function] = set()  # functions with an event in their own body
        self.calls: dict[Function, set[str]] = {}  # function -> last parts of the names it calls or passes on
        self.backwarded: set[str] = set()  # dotted names that backward() is called on, or that it is given
        self.stepped: set[str] = set()  # last parts of the names that are stepped
        self.subjects: set[str] = set()  # last parts of names that are stepped, cleared or built as an optimizer
        self.cleared: set[str] = set()  # last parts of the names that are cleared
        self.imports: set[str] = set()  # every part of every imported dotted name
        self.origins: dict[str, str] = {}  # imported name -> what it stands for in full: F -> torch.nn.functional
        self.starred: set[str] = set()  # modules whose names were all imported
        self.engines: set[str] = set()  # receivers that are given a loss: engine.backward(loss)
        self.inputs: set[str] = set()  # names of tensors that require a gradient and are given to no optimizer
        self.readers: set[Function] = set()  # functions with a `.grad` in their own body
        self.hooks_gradients = False  # a hook may see gradients that nothing else looks at
        self.loop_names: set[str] = set()  # names that loops bind
        self.handles: set[str] = set()  # names that may stand for a bound method of an optimizer
        self.properties: set[Function] = set()  # methods that are read like an attribute
        self.models: set[str] = set()  # last parts of names that seem to be modules
        self._called: set[str] = set()  # names that are called, or attributes of self
        self._returned: list[tuple[Function, str]] = []  # (function, last part of a name it returns)
        self._held: set[str] = set()  # names in lists and in the arguments of optimizers
        self.generators: set[str] = set()  # functions of this file that yield
        self._aliases: list[tuple[str, frozenset[str]]] = []  # (name, functions it may stand for)
        self._instances: list[tuple[str, str]] = []  # (name, class it was built from)
        self._locals: dict[ast.AST, frozenset[str]] = {}
        self._collect(module, None, None)
        self.inputs -= self._held
        defined = {getattr(f, "name", "") for f in self.parent} | self.classes.keys() | self.imports
        self.models |= {n for n in self._called - defined if not hasattr(builtins, n) and not names.is_criterion(n)}
        # who returns an optimizer is followed, so that `get_opt().step()` steps it
        self.direct.update(f for f, name in self._returned if names.is_optimizer(name) or name in self.subjects)
        self.touching = self._touching()
        self.touching_names = {f.name for f in self.touching if not isinstance(f, ast.Lambda)} | {
            c.name for c in self.classes.values() if any(m in self.touching for m in c.methods.values())
        }
        # an instance that can be called is as good as a function
        self.touching_names |= {
            name
            for name, built in self._instances
            if built in self.classes and self.called(self.classes[built]) in self.touching
        }
        methods = {name for info in self.classes.values() for name in info.methods}
        functions = self.touching_names - self.classes.keys() - methods
        for _ in range(3):  # tasks = [a, b]; for task in tasks: ...
            functions |= {name for name, others in self._aliases if others & functions}
        self.touching_names |= functions

    def _tensor(self, node: ast.AST) -> None:
        """Note tensors that are made to require a gradient, and names that may be given to an optimizer."""
        if isinstance(node, ast.Assign):
            value = node.value
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "requires_grad":
                    self.inputs.update(bound_names(target.value))
                elif isinstance(value, ast.Call) and any(k.arg == "requires_grad" for k in value.keywords):
                    self.inputs.update(bound_names(target))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("requires_grad_", "retain_grad"):
                self.inputs.update(bound_names(node.func.value))
            if is_optimizer_class(last_name(node.func)):
                self._held.update(n.id for a in node.args for n in ast.walk(a) if isinstance(n, ast.Name))
        elif isinstance(node, ast.List | ast.Tuple | ast.Dict):
            self._held.update(n.id for n in children(node) if isinstance(n, ast.Name))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._held.update(bound_names(node.target))

    # ---- one walk ------------------------------------------------------------------------------------------
    def _collect(self, node: ast.AST, function: Function | None, cls: ClassInfo | None) -> None:
        for child in children(node):
            if isinstance(child, ast.ClassDef):
                info = ClassInfo(child)
                self.classes.setdefault(info.name, info)
                self._collect(child, function, info)
            elif isinstance(child, FUNCTIONS):
                self._function(child, function, cls)
                self._collect(child, child, None)
            else:
                self._tensor(child)
                if isinstance(child, ast.Call):
                    self._call(child, function)
                elif isinstance(child, ast.Attribute) and child.attr == "grad" and function is not None:
                    self.direct.add(function)
                    self.readers.add(function)
                elif isinstance(child, ast.Import | ast.ImportFrom):
                    dotted = [a.name for a in child.names] + [getattr(child, "module", None) or ""]
                    self.imports.update(part for name in dotted for part in name.split("."))
                    self._note_import(child)
                elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Call):
                    self._instances.extend((last_name(t), last_name(child.value)) for t in child.targets)
                    self._note_alias(child, (last_name(a) for a in arguments(child.value)))
                elif isinstance(child, ast.Assign) and isinstance(child.value, ast.IfExp):
                    self._note_alias(child, (last_name(child.value.body), last_name(child.value.orelse)))
                elif isinstance(child, ast.Assign) and isinstance(child.value, ast.List | ast.Tuple | ast.Dict):
                    self._note_alias(child, mentioned(child.value))
                elif isinstance(child, ast.For | ast.AsyncFor | ast.comprehension):
                    self._aliases.extend((n, frozenset(mentioned(child.iter))) for n in bound_names(child.target))
                    self.loop_names.update(bound_names(child.target))
                if isinstance(child, ast.Assign):
                    self._note_handles(child)
                elif isinstance(child, ast.Return) and function is not None and child.value is not None:
                    parts = child.value.elts if isinstance(child.value, ast.Tuple | ast.List) else [child.value]
                    self._returned.extend((function, last_name(p)) for p in parts if not isinstance(p, ast.Call))
                if isinstance(child, ast.Yield | ast.YieldFrom) and function is not None:
                    self.generators.add(getattr(function, "name", ""))
                if isinstance(child, ast.Assign) and is_optimizer_class(last_name(child.value)):
                    self.subjects.update(last_name(t) for t in child.targets)
                self._collect(child, function, cls)

    def _note_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.name if alias.asname else alias.name.split(".")[0]
                self.origins[alias.asname or name] = name
                continue
            module = "." * node.level + (node.module or "")
            if alias.name == "*":
                self.starred.add(module)
            else:
                self.origins[alias.asname or alias.name] = f"{module}.{alias.name}"

    def _note_handles(self, node: ast.Assign) -> None:
        """`step = opt.step`, `zero, step = opt.zero_grad, opt.step`, `step = torch.compile(opt.step)`."""
        if any(True for _ in bound_methods(node.value)):
            for target in node.targets:
                parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                self.handles.update(last_name(p) for p in parts)

    def _note_alias(self, node: ast.Assign, functions: Iterable[str]) -> None:
        """`step = torch.compile(step_fn)`, `back = amp if args.amp else plain`: another name for a function."""
        mentioned = frozenset(functions) - {""}
        self._aliases.extend((last_name(t), mentioned) for t in node.targets if isinstance(t, ast.Name))

    def _function(self, node: Function, outer: Function | None, cls: ClassInfo | None) -> None:
        self.parent[node] = outer
        name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        if cls is not None:
            self.owner[node] = cls
            decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
            if any(last_name(d) in ("property", "cached_property", "lazy_property") for d in decorators):
                self.properties.add(node)
        if outer is not None:  # defining a function is not calling it, but its closure belongs to the outer one
            self.calls.setdefault(outer, set()).add(name)

    def _call(self, call: ast.Call, function: Function | None) -> None:
        last = last_name(call.func)
        if isinstance(call.func, ast.Name) or (path_of(call.func) or "").startswith("self."):
            self._called.add(last)
        elif last in ("parameters", "named_parameters", "train", "eval") and isinstance(call.func, ast.Attribute):
            self.models.add(last_name(call.func.value))
        if function is not None:
            mentioned = self.calls.setdefault(function, set())
            mentioned.add(last)
            mentioned.update(last_name(a) for a in arguments(call))
            if last in _EVENTS or is_optimizer_class(last) or names.hides_protocol(last):
                self.direct.add(function)
        if not isinstance(call.func, ast.Attribute):
            return
        if last.startswith("register_") and "hook" in last and "forward" not in last:
            self.hooks_gradients = True
        if last == "backward" or last == "manual_backward":
            self.backwarded.update(p for e in backward_operands(call) for p in loss_paths(e))
            if call.args and (path := path_of(call.func.value)):
                self.engines.add(path)
        elif last in ("step", "optimizer_step"):
            self.stepped.update(last_name(e) for e in (call.func.value, *call.args))
            self.subjects.update(last_name(e) for e in call.args[:1])
        elif last == "zero_grad":
            self.cleared.add(last_name(call.func.value))
            self.subjects.add(last_name(call.func.value))

    def _touching(self) -> set[Function]:
        touching = set(self.direct)
        changed = True
        while changed:
            changed = False
            known = {f.name for f in touching if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)}
            if any(isinstance(f, ast.Lambda) for f in touching):
                known.add("<lambda>")
            known |= {c.name for c in self.classes.values() if any(m in touching for m in c.methods.values())}
            for function, called in self.calls.items():
                if function not in touching and called & known:
                    touching.add(function)
                    changed = True
        return touching

    # ---- look-ups ------------------------------------------------------------------------------------------
    def full_name(self, path: str) -> str:
        """A dotted name with its first part as it was imported: `F.relu` -> `torch.nn.functional.relu`."""
        head, dot, rest = path.partition(".")
        return self.origins.get(head, head) + dot + rest

    def method(self, cls: ClassInfo, name: str, seen: frozenset[str] = frozenset()) -> Function | None:
        """The method of that name, also from base classes in this file."""
        if name in cls.methods:
            return cls.methods[name]
        for base in cls.bases:
            info = self.classes.get(base.rsplit(".", 1)[-1])
            if info is not None and info.name not in seen and info is not cls:
                found = self.method(info, name, seen | {cls.name})
                if found is not None:
                    return found
        return None

    def family(self, cls: ClassInfo) -> list[ClassInfo]:
        """A class and its bases in this file, the nearest first."""
        found, todo = [cls], list(cls.bases)
        for base in todo:
            info = self.classes.get(base)
            if info is not None and info not in found:
                found.append(info)
                todo.extend(info.bases)
        return found

    def home(self, name: str, function: Function | None) -> Function | None:
        """The function whose local a name is, looking outwards from this one; None: it is the module's."""
        while function is not None and name not in self.locals_of(function):
            function = self.parent[function]
        return function

    def class_around(self, function: Function | None) -> ClassInfo | None:
        """The class whose method this is, or whose method it is nested in."""
        while function is not None:
            if function in self.owner:
                return self.owner[function]
            function = self.parent[function]
        return None

    def called(self, cls: ClassInfo) -> Function | None:
        """The method that runs when an instance is called: of a torch module, forward."""
        return self.method(cls, "__call__") or self.method(cls, "forward")

    def is_optimizer(self, cls: ClassInfo) -> bool:
        """Does this class derive from an optimizer?"""
        return any(
            base.endswith("Optimizer") or base.rsplit(".", 1)[-1] in names.OPTIMIZER_CLASSES for base in cls.bases
        )

    def clears_in_step(self, cls: ClassInfo) -> bool:
        """Does the step() of this optimizer of the file clear the gradients, or run a backward, by itself?"""
        step = self.method(cls, "step")
        return step is not None and any(
            (isinstance(n, ast.Call) and last_name(n.func) in ("zero_grad", "zero_", "backward"))
            or (isinstance(n, ast.Assign) and any(last_name(t) == "grad" for t in n.targets))
            for n in ast.walk(step)
        )

    def clears_otherwise(self, cls: ClassInfo) -> bool:
        """Does this optimizer of the file have a zero_grad() of its own that may leave gradients as they are?"""
        own = self.method(cls, "zero_grad")
        return own is not None and not any(
            isinstance(n, ast.Call) and last_name(n.func) == "super" for n in ast.walk(own)
        )

    def runs_events(self, function: Function) -> bool:
        """Does a function clear, propagate or step by itself?"""
        return not _EVENTS.isdisjoint(self.calls.get(function, ()))

    def is_closed(self, cls: ClassInfo, seen: frozenset[str] = frozenset()) -> bool:
        """Are all bases of this class known, so that a method not found here does not exist?"""
        for base in cls.bases:
            last = base.rsplit(".", 1)[-1]
            if last in ("object", "Module", "ABC"):
                continue
            info = self.classes.get(last)
            if info is None or info.name in seen or not self.is_closed(info, seen | {cls.name}):
                return False
        return True

    def locals_of(self, function: Function) -> frozenset[str]:
        """The names that belong to a function: its parameters and what it binds, less global and nonlocal ones."""
        found = self._locals.get(function)
        if found is None:
            found = self._locals[function] = _locals(function)
        return found

    def functions_in_order(self) -> Iterator[Function]:
        """All functions but lambdas, in the order of the file."""
        return (f for f in self.parent if not isinstance(f, ast.Lambda))


def path_of(node: ast.AST | None) -> str | None:
    """`a.b.c` as text for a name or an attribute of one, else None."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def last_name(node: ast.AST | None) -> str:
    """The last part of a dotted name; of `x[i]` and `f(x)` that of x and f; "" for anything else."""
    while isinstance(node, ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    """All arguments, those in tuples, lists and dicts among them."""
    todo: list[ast.expr] = [*call.args, *(k.value for k in call.keywords)]
    for node in todo:
        if isinstance(node, ast.Starred):
            todo.append(node.value)
        elif isinstance(node, ast.Tuple | ast.List):
            todo.extend(node.elts)
        elif isinstance(node, ast.Dict):
            todo.extend(node.values)
        yield node


def bound_methods(node: ast.AST) -> Iterator[ast.Attribute]:
    """`opt.step` and `opt.zero_grad` in an expression where they are not called."""
    called = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    for at in ast.walk(node):
        if isinstance(at, ast.Attribute) and at.attr in BOUND_METHODS and id(at) not in called:
            yield at


def is_empty(function: Function) -> bool:
    """Is there nothing in this function but a docstring, `pass`, `...` or `raise NotImplementedError`?"""
    return not isinstance(function, ast.Lambda) and all(
        isinstance(s, ast.Pass | ast.Raise) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        for s in function.body
    )


def mentioned(node: ast.expr) -> Iterator[str]:
    """The members of a collection, or what a loop goes over: `zip(tasks, weights)` -> tasks, weights."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from (last_name(e) for e in node.elts if not isinstance(e, ast.Call))
    elif isinstance(node, ast.Dict):
        yield from (last_name(v) for v in node.values if not isinstance(v, ast.Call))
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "values"):
            yield last_name(node.func.value)
        elif last_name(node.func) in ("zip", "enumerate", "reversed", "list"):
            yield from (name for a in node.args for name in mentioned(a))


def is_autograd_grad(call: ast.Call) -> bool:
    """`torch.autograd.grad(loss, ...)`: computes gradients and leaves .grad alone."""
    return (
        isinstance(call.func, ast.Attribute) and call.func.attr == "grad" and last_name(call.func.value) == "autograd"
    )


def is_optimizer_class(name: str) -> bool:
    """A class that builds an optimizer: known, or named `...Optimizer`."""
    return name in names.OPTIMIZER_CLASSES or (name.endswith("Optimizer") and names.is_class_name(name))


def is_torch_optimizer(path: str) -> bool:
    """`torch.optim.X`, `optim.X` and the like, as far as X is a class and no scheduler."""
    head, _, last = path.rpartition(".")
    return head in ("optim", "torch.optim", "th.optim", "t.optim", "torch_optimizer") and names.is_class_name(last)


def backward_operands(call: ast.Call) -> list[ast.expr]:
    """The expressions whose gradients a `.backward(...)` call computes."""
    func = call.func
    receiver = func.value if isinstance(func, ast.Attribute) else None
    path = path_of(receiver) or ""
    takes_loss = bool(call.args) and not isinstance(receiver, ast.Call) and not names.is_loss(path.rsplit(".", 1)[-1])
    if receiver is None:
        return call.args[:1]
    if takes_loss and not isinstance(call.args[0], ast.Constant) and (_is_engine(path) or _is_loss(call.args[0])):
        return call.args[:1]
    if isinstance(receiver, ast.Call) and last_name(receiver.func) in ("scale", "scale_loss") and receiver.args:
        return receiver.args[:1]  # scaler.scale(loss).backward()
    return [receiver]


def _is_engine(path: str) -> bool:
    """`accelerator.backward(loss)`: a receiver that is given a loss; a tensor would be given its own gradient."""
    last = path.rsplit(".", 1)[-1].lower()
    return last in ("self", "autograd", "torch") or any(
        w in last
        for w in ("accel", "fabric", "engine", "strategy", "trainer", "model", "scaler", "amp", "optim", "ddp", "xla")
    )


def _is_loss(node: ast.expr) -> bool:
    """Whether an argument of backward() is itself a loss, by its name or by the call that makes it: not a gradient."""
    if isinstance(node, ast.BinOp):
        return _is_loss(node.left) or _is_loss(node.right)
    if isinstance(node, ast.Call):
        return names.is_criterion(last_name(node.func))
    return names.is_loss((path_of(node) or "").rsplit(".", 1)[-1])


def loss_paths(node: ast.expr) -> list[str]:
    """The dotted names of a loss expression: `(d_real + d_fake) / 2` -> ["d_real", "d_fake"]."""
    if isinstance(node, ast.BinOp):
        return loss_paths(node.left) + loss_paths(node.right)
    if isinstance(node, ast.Tuple | ast.List):
        return [p for e in node.elts for p in loss_paths(e)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        return loss_paths(node.func.value)  # loss.mean().backward()
    if isinstance(node, ast.Subscript):
        return [ast.unparse(node)] if path_of(node.value) and isinstance(node.slice, ast.Constant) else []
    path = path_of(node)
    return [path] if path else []


def _locals(function: Function) -> frozenset[str]:
    args = function.args
    own = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    own |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
    outer: set[str] = set()
    todo: list[ast.AST] = [] if isinstance(function, ast.Lambda) else list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own.add(node.name)
            continue
        if isinstance(node, ast.Global | ast.Nonlocal):
            outer.update(node.names)
        own.update(name for target in _targets(node) for name in bound_names(target))
        todo.extend(children(node))
    return frozenset(own - outer)


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below. A third of the cost of ast.iter_child_nodes, which is a generator on a generator."""
    found: list[ast.AST] = []
    for name in node._fields:
        child = getattr(node, name, None)
        if isinstance(child, list):
            found += [c for c in child if isinstance(c, ast.AST)]
        elif isinstance(child, ast.AST):
            found.append(child)
    return found


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension | ast.NamedExpr | ast.AugAssign | ast.AnnAssign):
        return [node.target]
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return [node.optional_vars]
    return []


def bound_names(target: ast.expr) -> Iterator[str]:
    """The plain names that an assignment target binds."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Starred):
        yield from bound_names(target.value)
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from bound_names(element)
