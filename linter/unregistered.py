"""Layers in a plain list or dict of a module, where parameters(), train(), to() and state_dict() do not see them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..events import Event, Kind
from ..facts.layers import Layers
from .collector import Collector
from .index import ClassInfo, Function, Index, arguments, path_of
from .layers import PLAIN, Traits
from .modules import ModuleInfo, all_modules, together, traits_of_call, unwrapped

_HOLDERS = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Tuple: "tuple",
}
_REGISTERS = frozenset(
    "add_module register_module register_parameter setattr __setattr__ _modules _parameters __dict__ vars "
    "parameters named_parameters modules children named_children state_dict train to cuda _apply".split()
)
"""Whoever writes one of these in the class (as a method, or on anything but self) takes care of the layers by hand."""
_HARMLESS = frozenset(
    "len enumerate zip range print reversed isinstance list tuple iter next sum min max map filter sorted bool "
    "append extend items values keys insert update get".split()
)


def find_unregistered(index: Index, collector: Collector) -> None:
    """Report each attribute of a module that holds layers or parameters where torch does not look for them."""
    for info in all_modules(index):
        stores = [s for s in _stores(info, index) if s.traits.parameters or s.traits.mode]
        if not stores or _registers_by_hand(info):
            continue
        for store in stores:
            if (
                len(info.values[store.attribute]) > 1
                or _is_handed_on(store, info)
                or _is_touched_outside(store, info, index)
            ):
                continue
            facts = Layers(
                owner=info.name,
                holder=store.holder,
                registered=False,
                used=_is_used(store, info.cls),
                parameters=store.traits.parameters,
                mode=store.traits.mode,
                built_at=collector.mark(store.built) if store.built is not None else 0,
            )
            event = Event(Kind.DEFINE, collector.mark(store.statement), facts=facts)
            collector.ask(f"self.{store.attribute}", event)


class _Store:
    """`self.<attribute> = [...]`: what is stored, where, and where the layers are built if that is elsewhere."""

    def __init__(self, attribute: str, statement: ast.Assign, method: Function, holder: str, traits: Traits) -> None:
        self.attribute = attribute
        self.statement = statement
        self.method = method
        self.holder = holder
        self.traits = traits
        self.built: ast.AST | None = None
        self.local: str | None = None  # the local list that is stored


def _stores(info: ModuleInfo, index: Index) -> Iterator[_Store]:
    for method in info.cls.methods.values():
        for node in ast.walk(method):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                path = path_of(node.targets[0]) or ""
                if path.startswith("self.") and path.count(".") == 1:
                    store = _store(path[5:], node, method, index)
                    if store is not None:
                        yield store


def _store(attribute: str, node: ast.Assign, method: Function, index: Index) -> _Store | None:
    local = node.value.id if isinstance(node.value, ast.Name) else None
    held = _only_value_of(local, method) if local is not None else node.value
    holder = _holder(held)
    if held is None or holder is None:
        return None
    elements = list(_elements(held))
    store = _Store(attribute, node, method, holder, PLAIN)
    store.local = local
    store.built = held if local is not None and elements else None
    if len(elements) == 1 and not isinstance(held, ast.ListComp | ast.DictComp | ast.BinOp):
        return None  # [teacher]: the known way to hide a module on purpose
    for path in (f"self.{attribute}", local):
        for call, built in _added(path, method):
            elements.append(built)
            store.built = store.built or call
    store.traits = together(_traits(e, method, index) for e in elements)
    return store


def _holder(value: ast.expr | None) -> str | None:
    while isinstance(value, ast.BinOp):  # [...] * 3, [...] + [...]
        value = value.left
    if isinstance(value, ast.Call) and path_of(value.func) in ("list", "dict", "OrderedDict"):
        return "list" if path_of(value.func) == "list" else "dict"
    return _HOLDERS.get(type(value)) if value is not None else None


def _elements(value: ast.expr) -> Iterator[ast.expr]:
    """What a list, dict or comprehension holds, one of each kind."""
    if isinstance(value, ast.List | ast.Tuple):
        yield from value.elts
    elif isinstance(value, ast.Dict):
        yield from value.values
    elif isinstance(value, ast.ListComp | ast.GeneratorExp):
        yield value.elt
    elif isinstance(value, ast.DictComp):
        yield value.value
    elif isinstance(value, ast.BinOp):
        yield from _elements(value.left)
        yield from _elements(value.right)
    elif isinstance(value, ast.Call) and path_of(value.func) in ("list", "dict", "OrderedDict"):
        yield from (keyword.value for keyword in value.keywords)
        yield from (element for argument in value.args for element in _elements(argument))


def _added(path: str | None, method: Function) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What is put into a list or dict later in the same method: `self.layers.append(...)`, `layers["a"] = ...`."""
    if path is None:
        return
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and path_of(node.func.value) == path:
            if node.func.attr == "append" and len(node.args) == 1:
                yield node, node.args[0]
            elif node.func.attr in ("extend", "insert") and node.args:
                yield from ((node, e) for e in _elements(node.args[-1]))
        elif isinstance(node, ast.AugAssign) and path_of(node.target) == path:
            yield from ((node, e) for e in _elements(node.value))
        elif isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Subscript) and path_of(t.value) == path for t in node.targets
        ):
            yield node, node.value


def _only_value_of(name: str | None, method: Function) -> ast.expr | None:
    """What a local name is bound to, if it is bound once."""
    found = [
        n.value for n in ast.walk(method) if isinstance(n, ast.Assign) and any(path_of(t) == name for t in n.targets)
    ]
    return found[0] if len(found) == 1 else None


def _traits(element: ast.expr, method: Function, index: Index) -> Traits:
    """The traits of one layer, if it is built right here; of anything else nothing is known."""
    if isinstance(element, ast.Tuple | ast.List):
        return together(_traits(e, method, index) for e in element.elts)
    if isinstance(element, ast.Name):
        value = _only_value_of(element.id, method)
        others = _uses(element.id, method)
        if value is None or others > 2:  # bound, and put into the list; a further use may register it
            return PLAIN
        element = value
    call = unwrapped(element)
    if call is not None and (path_of(call.func) or "").endswith("deepcopy") and call.args:
        copied = call.args[0]
        value = _only_value_of(copied.id, method) if isinstance(copied, ast.Name) else None
        call = unwrapped(value) if value is not None else None
    return traits_of_call(call, index) if call is not None else PLAIN


def _uses(name: str, method: Function) -> int:
    return sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(method))


def _registers_by_hand(info: ModuleInfo) -> bool:
    """Does the class register, move or collect something by itself?"""
    for cls in info.index.family(info.cls):
        if not _REGISTERS.isdisjoint(cls.methods):
            return True
        for method in cls.methods.values():
            for node in ast.walk(method):
                if isinstance(node, ast.Name) and node.id in ("setattr", "vars"):
                    return True
                if isinstance(node, ast.Attribute) and node.attr in _REGISTERS and not _on_known(node, info):
                    return True
    return False


def _on_known(node: ast.Attribute, info: ModuleInfo) -> bool:
    """`self.parameters()`, `self.fc.parameters()` or `x.to(device)`: nothing that takes care of unregistered layers."""
    if node.attr in (
        "add_module",
        "register_module",
        "register_parameter",
        "__setattr__",
        "_modules",
        "_parameters",
        "__dict__",
    ):
        return False
    path = path_of(node.value)
    if path is None or path == "self" or path in ("torch", "nn"):
        return True
    return (path.startswith("self.") and path.split(".")[1] in info.layers) or node.attr in ("to", "cuda")


def _is_handed_on(store: _Store, info: ModuleInfo) -> bool:
    """Is the list given to anything that may register what it holds? `nn.Sequential(*self.layers)`"""
    for method in [m for cls in info.index.family(info.cls) for m in cls.methods.values()]:
        paths = {f"self.{store.attribute}"} | ({store.local} if method is store.method and store.local else set())
        for node in ast.walk(method):
            if isinstance(node, ast.Call) and _callee(node) not in _HARMLESS:
                if any(path_of(a) in paths for a in arguments(node)):
                    return True
            elif isinstance(node, ast.Return) and path_of(node.value) in paths:
                return True
            elif isinstance(node, ast.Assign) and node is not store.statement and path_of(node.value) in paths:
                return True  # another name for it
            elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and _moves(node, paths):
                return True
    return False


def _moves(loop: ast.For | ast.AsyncFor | ast.comprehension, paths: set[str]) -> bool:
    """`for layer in self.layers: layer.to(device)`: they are known not to be moved with the module."""
    if not any(path_of(n) in paths for n in ast.walk(loop.iter)) or isinstance(loop, ast.comprehension):
        return False
    members = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    body = [n for statement in loop.body for n in ast.walk(statement)]
    moved = (
        n for n in body if isinstance(n, ast.Attribute) and n.attr in ("to", "cuda", "parameters", "train", "eval")
    )
    return any(path_of(n.value) in members for n in moved)


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_used(store: _Store, cls: ClassInfo) -> bool:
    """Does a method other than __init__ and the one that stores it read it?"""
    return any(
        isinstance(node, ast.Attribute) and path_of(node) == f"self.{store.attribute}"
        for method in cls.methods.values()
        if method is not store.method and getattr(method, "name", "") != "__init__"
        for node in ast.walk(method)
    )


def _is_touched_outside(store: _Store, info: ModuleInfo, index: Index) -> bool:
    """`model.layers`: whoever looks into it from outside knows that it is a list."""
    own = {id(node) for cls in index.family(info.cls) for node in ast.walk(cls.node)}
    return any(
        isinstance(node, ast.Attribute) and node.attr == store.attribute and path_of(node.value) != "self"
        for node in ast.walk(index.module)
        if id(node) not in own
    )
