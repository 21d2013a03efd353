"""What is known of the module classes of a file: their layers, whether train() and eval() matter.

By binding only: a class is a module if its bases, followed through this file, lead to one that is known.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from .index import ClassInfo, Function, Index, path_of
from .layers import CONTAINERS, PLAIN, UNKNOWN, Traits, known_layer, layer_of, traits_of_layer

__all__ = [
    "ModuleInfo",
    "all_modules",
    "is_module_class",
    "known_layer",
    "mode_matters_of_call",
    "modules_of",
    "traits_of_call",
    "unwrapped",
]

_BASES = frozenset({"Module", "LightningModule", "PreTrainedModel", "ScriptModule"})
_OTHER_FRAMEWORKS = frozenset(
    "mxnet flax haiku jax tensorflow tf keras paddle mindspore jittor tinygrad chainer sonnet oneflow".split()
)
_SAME_MODULE = frozenset(
    "to cuda cpu train eval float double half bfloat16 requires_grad_ apply share_memory type xpu npu mps".split()
)
_GIVES_ITS_ARGUMENT = frozenset(
    "spectral_norm weight_norm deepcopy compile script convert_sync_batchnorm DataParallel "
    "DistributedDataParallel".split()
)
_NO_MODULES = frozenset(
    "torch math numpy os sys logging copy functools typing warnings random itertools collections re json time "
    "inspect einops scipy abc enum string operator pathlib".split()
)
_GRAPH_LAYERS = ("torch_geometric.nn.", "dgl.nn.")
_ZOO = re.compile(
    r"(wide_)?resne[xt]t?\d|densenet\d|mobilenet_|efficientnet_|inception_|googlenet|shufflenet_|mnasnet|regnet_|"
    r"vgg\d|alexnet|squeezenet"
)
"""torchvision's models with batch norm or dropout that is on as they come."""


def is_module_class(name: str, index: Index) -> bool:
    """Is the class of this file (or torch.nn's own) with this dotted name known to be a torch module?"""
    info = index.classes.get(name)
    return _is_module(info, index, frozenset()) if info is not None else layer_of(name, index) is not None


def _is_module(cls: ClassInfo, index: Index, seen: frozenset[str]) -> bool:
    return any(_is_module_base(base, cls, index, seen | {cls.name}) for base in cls.bases)


def _is_module_base(base: str, cls: ClassInfo, index: Index, seen: frozenset[str]) -> bool:
    info = index.classes.get(base)
    if info is not None and info is not cls:
        return base not in seen and _is_module(info, index, seen)
    full = index.full_name(base)
    last = full.rpartition(".")[2]
    if full.split(".")[0] in _OTHER_FRAMEWORKS:
        return False
    return last in _BASES or layer_of(base, index) is not None


def all_modules(index: Index) -> list[ModuleInfo]:
    """Every class of the file that is known to be a module, also those of one name, in no order."""
    classes = dict.fromkeys([*index.classes.values(), *index.owner.values()])
    return [ModuleInfo(cls, index) for cls in classes if _is_module(cls, index, frozenset())]


def modules_of(index: Index) -> dict[str, ModuleInfo]:
    """The module classes of the file by name. What several classes of one name disagree on is not known.

    Cost: a look at each class's bases; the facts are found when they are asked for.
    """
    found: dict[str, ModuleInfo] = {}
    for info in all_modules(index):
        first = found.setdefault(info.name, info)
        if first is not info:
            first.twins.append(info)
    return found


def mode_matters_of_call(call: ast.Call, index: Index) -> bool | None:
    """Does what this call builds behave differently in training and in evaluation? None: not known.

    `AutoModel.from_pretrained(...)` is True, although what it gives is in evaluation mode already.
    """
    return traits_of_call(call, index).mode


def traits_of_call(call: ast.Call, index: Index) -> Traits:
    """The traits of the module that a call builds, UNKNOWN if it is not known to build one."""
    return _Survey(index).of_expression(call, None)


class ModuleInfo:
    """A class of this file that is a torch module.

    name, node: the class. layers: attribute -> class it is built from, without the path, as in
    `self.fc = nn.Linear(...)` -> {"fc": "Linear"}. values: everything that is bound to an attribute of self.
    """

    def __init__(self, cls: ClassInfo, index: Index) -> None:
        self.cls = cls
        self.name = cls.name
        self.node = cls.node
        self.index = index
        self.twins: list[ModuleInfo] = []

    @cached_property
    def values(self) -> dict[str, list[ast.expr]]:
        """What is bound to each attribute of self, anywhere in the class or its bases in this file."""
        found: dict[str, list[ast.expr]] = {}
        for cls in self.index.family(self.cls):
            for method in cls.methods.values():
                for attribute, value in _bound_to_self(method):
                    found.setdefault(attribute, []).append(value)
        return found

    @cached_property
    def layers(self) -> dict[str, str]:
        """Attribute -> last part of the name of the class it is built from."""
        found: dict[str, str] = {}
        for attribute, values in self.values.items():
            for value in values:
                path = path_of(call.func) if (call := unwrapped(value)) is not None else None
                if path and (is_module_class(path, self.index)):
                    found[attribute] = path.rpartition(".")[2]
        return found

    @cached_property
    def traits(self) -> Traits:
        """Has it parameters, and does its mode matter?"""
        return _Survey(self.index).of_class(self.cls)

    @property
    def mode_matters(self) -> bool | None:
        """Do train() and eval() change what it computes? None: it holds something unknown."""
        told = {info.traits.mode for info in (self, *self.twins)}
        return told.pop() if len(told) == 1 else None


def unwrapped(node: ast.expr) -> ast.Call | None:
    """The call that builds a module, without `.to(device)`, spectral_norm(...) and the like around it."""
    while isinstance(node, ast.Call):
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if name in _GIVES_ITS_ARGUMENT and node.args and isinstance(node.args[0], ast.Call):
            node = node.args[0]
        elif isinstance(func, ast.Attribute) and name in _SAME_MODULE and isinstance(func.value, ast.Call):
            node = func.value
        else:
            return node
    return None


def _bound_to_self(method: Function) -> Iterator[tuple[str, ast.expr]]:
    """(attribute, value) of each `self.attribute = value` in a method."""
    for node in ast.walk(method):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for one, value in pairs:
                if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "self":
                    yield one.attr, value


def together(traits: Iterable[Traits]) -> Traits:
    """Of a whole, given those of its parts: one that has it is enough, one that is unknown leaves it open."""
    parts = list(traits)
    return Traits(_any(t.parameters for t in parts), _any(t.mode for t in parts))


def _any(answers: Iterable[bool | None]) -> bool | None:
    told = set(answers)
    return True if True in told else None if None in told else False


class _Survey:
    """Looks at all that a class or function builds. What is only built under a condition counts as unknown."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._busy: set[object] = set()

    def of_class(self, cls: ClassInfo) -> Traits:
        if cls in self._busy:
            return PLAIN
        self._busy.add(cls)
        building = self._reached(cls, "__init__")
        parts = [self._of_base(base) for base in cls.bases]
        for name, method in cls.methods.items():
            parts.extend(self._of_body(method, cls, builds=name in building))
        self._busy.discard(cls)
        return together(parts)

    def _reached(self, cls: ClassInfo, name: str) -> set[str]:
        """The methods that a method calls, itself included."""
        found, todo = {name}, [name]
        while todo:
            method = cls.methods.get(todo.pop())
            called = self.index.calls.get(method, set()) if method is not None else set()
            more = [n for n in called if n in cls.methods and n not in found]
            found.update(more)
            todo.extend(more)
        return found

    def _of_base(self, base: str) -> Traits:
        info = self.index.classes.get(base)
        if info is not None:
            return self.of_class(info)
        layer = layer_of(base, self.index)
        if layer is not None:
            return traits_of_layer(layer, ast.Call(func=ast.Name(id=layer), args=[], keywords=[]))
        full = self.index.full_name(base)
        return PLAIN if full.rpartition(".")[2] in _BASES or full in ("object", "ABC", "abc.ABC") else UNKNOWN

    def _of_body(self, function: Function, cls: ClassInfo | None, *, builds: bool) -> Iterator[Traits]:
        for call, conditional in _calls(function):
            found = self._of_call_in(call, function, cls, builds=builds)
            if conditional and found.mode:
                found = found._replace(mode=None)
            if conditional and found.parameters:
                found = found._replace(parameters=None)
            yield found

    def _of_call_in(self, call: ast.Call, function: Function, cls: ClassInfo | None, *, builds: bool) -> Traits:
        path = path_of(call.func)
        if path is None:
            return PLAIN  # a call of a call, a method of a value: the inner one is looked at by itself
        if path.startswith("self.") and cls is not None:
            return self._of_self_call(path[5:], cls)
        if "." in path and path.partition(".")[0] not in self.index.origins:
            return self._known(call, path, function) or PLAIN  # a method of a value
        found = self._known(call, path, function)
        if found is not None:
            return found
        return UNKNOWN if builds and not hasattr(builtins, path) else PLAIN

    def _of_self_call(self, attribute: str, cls: ClassInfo) -> Traits:
        """`self.encoder(x)`: what is called was built in this class, or it is unknown."""
        if "." in attribute or self.index.method(cls, attribute) is not None:
            return PLAIN
        methods = [m for c in self.index.family(cls) for m in c.methods.values()]
        values = [value for m in methods for name, value in _bound_to_self(m) if name == attribute]
        return PLAIN if values and all(self._is_in_sight(v) for v in values) else UNKNOWN

    def _is_in_sight(self, value: ast.expr) -> bool:
        """Is what this gives looked at by itself, or a function of torch?"""
        path = path_of(value)
        return isinstance(value, ast.Call) or (path is not None and self.index.full_name(path).startswith("torch."))

    def _known(self, call: ast.Call, path: str, function: Function | None) -> Traits | None:
        """What this call builds; PLAIN if it is no module; None if that is not known."""
        layer = layer_of(path, self.index)
        if layer is not None:
            return traits_of_layer(layer, call, lambda value: _is_on(value, function))
        full = self.index.full_name(path)
        if full == "torch.nn.functional.dropout" and any(k.arg == "training" for k in call.keywords):
            return Traits(parameters=False, mode=True)
        if full in ("torch.nn.Parameter", "torch.nn.parameter.Parameter"):
            return Traits(parameters=True, mode=False)
        if path in self.index.classes:
            info = self.index.classes[path]
            return self.of_class(info) if _is_module(info, self.index, frozenset()) else PLAIN
        if (defined := self._plain_function(path)) is not None:
            return self._of_function(defined)
        return _of_foreign(full, path)

    def _plain_function(self, path: str) -> Function | None:
        found = [f for f in self.index.parent if getattr(f, "name", "") == path and f not in self.index.owner]
        return found[0] if len(found) == 1 else None

    def _of_function(self, function: Function) -> Traits:
        if function in self._busy:
            return PLAIN
        self._busy.add(function)
        found = together(self._of_body(function, None, builds=True))
        self._busy.discard(function)
        return found

    def of_expression(self, node: ast.expr, function: Function | None) -> Traits:
        """The traits of what an expression builds: a call, a container of them."""
        if isinstance(node, ast.Constant):
            return PLAIN
        if isinstance(node, ast.Starred):
            return self.of_expression(node.value, function)
        if isinstance(node, ast.List | ast.Tuple):
            return together(self.of_expression(e, function) for e in node.elts)
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            return self.of_expression(node.elt, function)
        call = unwrapped(node)
        path = path_of(call.func) if call is not None else None
        if call is None or path is None:
            return UNKNOWN
        if layer_of(path, self.index) in CONTAINERS or path.rpartition(".")[2] == "OrderedDict":
            return together(self.of_expression(a, function) for a in call.args)
        found = self._known(call, path, function)
        return found if found is not None else UNKNOWN


def _of_foreign(full: str, path: str) -> Traits | None:
    """What a call of another library builds, by its full name."""
    root, last = full.partition(".")[0], full.rpartition(".")[2]
    if root == "torchvision" and _ZOO.match(last) and "detection" not in full and "segmentation" not in full:
        return Traits(parameters=True, mode=True)
    if root == "timm" and last == "create_model":
        return Traits(parameters=True, mode=True)
    if root == "transformers" and last == "from_pretrained" and "Model" in path:
        return Traits(parameters=True, mode=True)
    if full.startswith(_GRAPH_LAYERS) and last.endswith("Conv"):
        return Traits(parameters=True, mode=None)
    if root in _NO_MODULES and not full.startswith(("torch.hub", "torch.load", "torch.jit")):
        return None if full.startswith("torch.nn.") and last[:1].isupper() else PLAIN
    return None


def _is_on(value: ast.expr, function: Function | None) -> bool | None:
    """Is a rate above zero? A parameter without a default is taken for one that is; a default tells."""
    if isinstance(value, ast.Constant):
        return bool(value.value)
    if not isinstance(value, ast.Name) or function is None:
        return None
    args = function.args
    plain = [*args.posonlyargs, *args.args]
    defaults: dict[str, ast.expr | None] = dict.fromkeys([a.arg for a in plain])
    defaults.update(zip([a.arg for a in plain[len(plain) - len(args.defaults) :]], args.defaults, strict=True))
    defaults.update(zip([a.arg for a in args.kwonlyargs], args.kw_defaults, strict=True))
    if value.id not in defaults:
        return None
    default = defaults[value.id]
    return True if default is None or (isinstance(default, ast.Constant) and default.value) else None


def _calls(function: Function) -> Iterator[tuple[ast.Call, bool]]:
    """All calls in a function, each with whether it is made under a condition only."""
    todo: list[tuple[ast.AST, bool]] = [(child, False) for child in ast.iter_child_nodes(function)]
    for node, conditional in todo:
        if isinstance(node, ast.Call):
            yield node, conditional
        if isinstance(node, ast.If | ast.IfExp):
            todo.append((node.test, conditional))
            rest = [*node.body, *node.orelse] if isinstance(node, ast.If) else [node.body, node.orelse]
            todo.extend((child, True) for child in rest)
        else:
            todo.extend((child, conditional) for child in ast.iter_child_nodes(node))
