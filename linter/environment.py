"""The environment: which optimizer, model, loss or function a name stands for at a place in the program.

Binding first (constructor, alias, attribute, tuple, parameter, member of a collection), then the name itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, MutableMapping
from typing import NamedTuple, TypeVar

from . import names
from .index import BOUND_METHODS, ClassInfo, Index, last_name, path_of
from .values import Bound, Class, Fn, Frame, Obj, Opt, Params, Ref, Seq, Value, member, optimizers_in
from .worlds import NEW, World

Key = TypeVar("Key")


class Named(NamedTuple):
    """What is known of a subject besides its states: the user's name for it, and how it got it."""

    display: str
    sure: bool  # its constructor was seen; False: guessed from the name
    models: frozenset[str] | None = None  # whose parameters it holds; None: not known
    cls: ClassInfo | None = None  # its class, if that is in this file
    sources: frozenset[str] = frozenset()  # what its parameters were taken from, models or not: `Adam(params)`


class Environment:
    """All frames, attributes and call results of one module while it is interpreted."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.subjects: dict[str, Named] = {}
        self.attributes: dict[tuple[str, str], Value] = {}  # (instance, attribute)
        self.results: dict[ast.AST, Value | None] = {}  # what each call gave when it last ran
        self.collected: set[str] = set()  # subjects put into a list or dict: they may be stepped through it
        self._reading: list[ast.AST] = []  # properties that are being read
        self.module = Frame("", None, None)
        for function in index.functions_in_order():
            if index.parent[function] is None and function not in index.owner:
                self.module.values[getattr(function, "name", "")] = Fn(function, self.module)
        for info in index.classes.values():
            self.module.values.setdefault(info.name, Class(info))

    # ---- reading -------------------------------------------------------------------------------------------
    def _home(self, root: str, frame: Frame) -> Frame:
        at: Frame | None = frame
        while at is not None:
            if root in at.values or (at.function is not None and root in self.index.locals_of(at.function)):
                return at
            at = at.parent
        return self.module

    def lookup(self, path: str, frame: Frame) -> Value:
        """The value of a dotted name, at least a Ref to where it came from."""
        parts = path.split(".")
        home = self._home(parts[0], frame)
        for n in range(len(parts), 0, -1):
            value = home.values.get(".".join(parts[:n]))
            if value is not None:
                return self._descend(value, parts[n:])
        return Ref(f"{home.scope}:{path}")

    def _descend(self, value: Value, rest: list[str]) -> Value:
        for i, attr in enumerate(rest):
            if isinstance(value, Obj):
                known = self.attributes.get((value.ident, attr))
                if known is None:
                    method = self.index.method(value.cls, attr)
                    if method is None:
                        return Ref(f"{value.ident}:self.{'.'.join(rest[i:])}")
                    known = Fn(method, self.module, value)
                    if method in self.index.properties:
                        known = self._property(known) or Ref(f"{value.ident}:self.{attr}")
                value = known
            elif isinstance(value, Opt) and i == len(rest) - 1 and attr in BOUND_METHODS:
                return Bound(value, attr)
            elif isinstance(value, Opt) and names.is_optimizer(attr):
                continue  # the optimizer inside a wrapper: they clear and step the same gradients
            elif isinstance(value, Ref):
                return Ref(f"{value.key}.{'.'.join(rest[i:])}")
            else:
                return Ref(f"?:{'.'.join(rest)}")
        return value

    def _property(self, getter: Fn) -> Value | None:
        """What reading a property gives: the optimizer that its method returns, or any one of several."""
        if getter.node in self._reading:
            return None
        self._reading.append(getter.node)
        frame = Frame("", getter.node, self.module)
        frame.values["self"] = getter.bound or Ref("?:self")
        found: list[str] = []
        for node in ast.walk(getter.node):  # in the order of the file, which is enough for what getters do
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        _put(frame.values, target.id, self.value(node.value, frame))
            elif isinstance(node, ast.Return):
                found.extend(optimizers_in(self.value(node.value, frame)))
        self._reading.pop()
        keys = tuple(dict.fromkeys(found))
        if keys:
            return Opt(keys, sure=all(self.subjects[k].sure for k in keys), exact=len(keys) == 1)
        if names.is_optimizer(getattr(getter.node, "name", "")) and self.subjects:
            return Opt(tuple(self.subjects), sure=False, exact=False)  # it may be any of them
        return None

    def value(self, node: ast.expr | None, frame: Frame) -> Value | None:
        """What an expression is, without running it: calls give what their last run gave."""
        match node:
            case ast.Name() | ast.Attribute():
                return self._named_value(node, frame)
            case ast.Call():
                return self.results.get(node)
            case ast.Tuple() | ast.List():
                return Seq(tuple(self.value(e, frame) for e in node.elts))
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp() if optimizers_in(made := self._made(node, frame)):
                self.collected.update(optimizers_in(made))
                return Seq((made, made))  # many of one kind: which one a subscript takes is not known
            case ast.Dict():
                keys = tuple(k.value if isinstance(k, ast.Constant) else None for k in node.keys)
                return Seq(tuple(self.value(v, frame) for v in node.values), keys)
            case ast.Subscript():
                return self._subscript(node, frame)
            case ast.IfExp():
                return self.value(node.body, frame) or self.value(node.orelse, frame)
            case ast.Await() | ast.NamedExpr() | ast.Starred():
                return self.value(node.value, frame)
            case ast.Lambda():
                return Fn(node, frame)
        models = self.models(node, frame) if node is not None else frozenset()
        return Params(models) if models else None

    def _made(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp, frame: Frame) -> Value | None:
        return self.value(node.value if isinstance(node, ast.DictComp) else node.elt, frame)

    def _named_value(self, node: ast.expr, frame: Frame) -> Value | None:
        path = path_of(node)
        if path is None:
            return None
        value = self.lookup(path, frame)
        last = path.rsplit(".", 1)[-1]
        if isinstance(value, Ref) and names.is_optimizer(last) and last in self.index.subjects:
            holder = self._named_value(node.value, frame) if isinstance(node, ast.Attribute) else None
            if isinstance(holder, Opt):
                return holder  # opt.original_optimizer: the one inside a wrapper clears and steps the same gradients
            return self.guess(value.key, path)
        if isinstance(value, Ref) and last in BOUND_METHODS and isinstance(node, ast.Attribute):
            holder = self._named_value(node.value, frame)
            return Bound(holder, last) if isinstance(holder, Opt) else value
        return value

    def guess(self, key: str, display: str) -> Opt:
        """An optimizer that is known by its name or its use only."""
        self.subjects.setdefault(key, Named(display, sure=False))
        return Opt((key,), sure=self.subjects[key].sure)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value | None:
        base = self.value(node.value, frame)
        if isinstance(base, Seq):
            return member(base, node.slice)
        if isinstance(base, Opt):  # a collection known by name only
            exact = isinstance(node.slice, ast.Constant)
            return self.guess(f"{base.keys[0]}[{ast.unparse(node.slice)}]", ast.unparse(node))._replace(exact=exact)
        return None

    def element(self, node: ast.expr, frame: Frame) -> Value | None:
        """What a loop over this expression yields, as far as optimizers are concerned."""
        if isinstance(node, ast.Call):
            last = last_name(node.func)
            inner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if last == "values" and inner is not None:
                return self.element(inner, frame)
            if last == "items" and inner is not None:
                return Seq((None, self.element(inner, frame)))
            if last == "enumerate" and node.args:
                return Seq((None, self.element(node.args[0], frame)))
            if last in ("reversed", "list", "tuple", "tqdm") and node.args:
                return self.element(node.args[0], frame)
            if last == "zip":
                return Seq(tuple(self.element(a, frame) for a in node.args))
        value = self.value(node, frame)
        keys = optimizers_in(value)
        if isinstance(value, Seq) and keys:
            return Opt(tuple(dict.fromkeys(keys)))
        return Opt(keys, sure=False) if keys and last_name(node).endswith("s") else None

    def models(self, node: ast.AST, frame: Frame) -> frozenset[str]:
        """The models whose parameters() an expression mentions."""
        found: set[str] = set()
        for at in ast.walk(node):
            if isinstance(at, ast.Call) and isinstance(at.func, ast.Attribute) and at.func.attr.endswith("parameters"):
                value = self.value(at.func.value, frame)
                if isinstance(value, Ref):
                    found.add(value.key)
                elif isinstance(value, Obj):
                    found.add(value.ident)
            elif isinstance(at, ast.Name) and isinstance(params := frame.values.get(at.id), Params):
                found |= params.models
        return frozenset(found)

    def sources(self, node: ast.AST, frame: Frame) -> frozenset[str]:
        """Where parameters come from: the places of the names in an expression, those that it calls left out."""
        todo, found = [node], set[str]()
        while todo:
            at = todo.pop()
            path = path_of(at)
            if path is None:
                head = at.func if isinstance(at, ast.Call) else None
                inner = head.value if isinstance(head, ast.Attribute) else None
                if inner is not None and not self.index.imports.intersection((path_of(inner) or "").split(".")[:1]):
                    todo.append(inner)
                todo.extend(child for child in ast.iter_child_nodes(at) if child is not head)
                continue
            value = self.lookup(path, frame)
            if isinstance(value, Params):
                found |= value.models
            elif isinstance(value, Ref | Obj):
                found.add(value.key if isinstance(value, Ref) else value.ident)
        return frozenset(found)

    def contained(self, keys: Iterable[str]) -> frozenset[str]:
        """The other optimizers all of whose parameters, as far as that can be seen, these ones hold as well."""
        held = [held for key in keys for held in self._held(key)]
        return frozenset(
            other
            for other in self.subjects
            if other not in keys and (mine := self._held(other)) and all(any(within(m, h) for h in held) for m in mine)
        )

    def _held(self, key: str) -> frozenset[str]:
        named = self.subjects.get(key)
        return frozenset() if named is None else named.models or named.sources

    def all_models(self) -> frozenset[str]:
        """The models whose parameters are known to be in some optimizer."""
        return frozenset().union(*(n.models or frozenset() for n in self.subjects.values()))

    def given_optimizers(self, nodes: Iterable[ast.expr], frame: Frame) -> list[str]:
        """The subjects that these expressions are or hold."""
        return [key for node in nodes for key in optimizers_in(self.value(node, frame))]

    # ---- binding -------------------------------------------------------------------------------------------
    def bind(self, target: ast.expr, value: Value | None, frame: Frame) -> None:
        """`target = value`; None unbinds, so that the name alone speaks again."""
        if isinstance(target, ast.Tuple | ast.List):
            items = value.items if isinstance(value, Seq) and len(value.items) == len(target.elts) else ()
            for i, element in enumerate(target.elts):
                self.bind(element, items[i] if items else None, frame)
            return
        if isinstance(target, ast.Subscript):
            self.extend(target.value, value, frame)
            return
        path = path_of(target)
        if path is None:
            return
        root, _, attr = path.rpartition(".")
        holder = self.lookup(root, frame) if root else None
        if isinstance(holder, Obj):
            _put(self.attributes, (holder.ident, attr), value)
        else:
            _put((self._home(path.split(".")[0], frame) if root else frame).values, path, value)

    def extend(self, collection: ast.expr, value: Value | None, frame: Frame) -> None:
        """`opts[name] = opt` and `opts.append(opt)`: one more member."""
        if not optimizers_in(value):
            return
        self.collected.update(optimizers_in(value))
        old = self.value(collection, frame)
        items = old.items if isinstance(old, Seq) else ()
        self.bind(collection, Seq((*items, value)), frame)

    def rename(self, target: ast.expr, value: Value | None, frame: Frame, world: World) -> World:
        """An optimizer just built takes the name it is bound to, so that two branches build the same subject."""
        if isinstance(target, ast.Tuple | ast.List):
            if isinstance(value, Seq) and len(value.items) == len(target.elts):
                for element, item in zip(target.elts, value.items, strict=True):
                    world = self.rename(element, item, frame, world)
            return world
        path = path_of(target)
        if path is None or not isinstance(value, Opt) or len(value.keys) != 1 or not value.keys[0].startswith("@"):
            return world
        old, new = value.keys[0], self._key_for(path, frame)
        self.subjects[new] = self.subjects[old]._replace(display=path)
        world = dict(world)
        world[new] = world.pop(old, NEW)
        for node, result in self.results.items():
            if result == value:
                self.results[node] = value._replace(keys=(new,))
        return world

    def _key_for(self, path: str, frame: Frame) -> str:
        root, _, attr = path.rpartition(".")
        holder = self.lookup(root, frame) if root else None
        if isinstance(holder, Obj):
            return f"{holder.ident}:self.{attr}"
        return f"{(self._home(path.split('.')[0], frame)).scope}:{path}"


def within(inner: str, outer: str) -> bool:
    """Is this module the other one, or a part of it?"""
    return inner == outer or inner.startswith((outer + ".", outer + ":self."))


def _put(table: MutableMapping[Key, Value], key: Key, value: Value | None) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
