"""The words of an intent: what `{subject}` and its like stand for at a place in a text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import libcst as cst

from ..findings import TextEdit
from ..intents import Role
from .bindings import mentions
from .imports import name_of
from .losses import pending
from .roles import stepped
from .scene import Scene
from .scopes import local_name
from .syntax import Statement, dotted, method_of, receiver_of

_WORD = re.compile(r"\{(\w+)\}")
_MODULES = {"torch": "torch", "nn": "torch.nn"}
_NAMES = frozenset({"subject", "scaler", "carried", "pair"})
"""Words that are the name of something, which may have another one elsewhere."""
_HOSTS = frozenset({"accelerator", "fabric"})
_PREPARE = frozenset({"prepare", "prepare_model", "setup", "setup_module", "setup_optimizers"})


def written(text: str, scene: Scene, at: Statement) -> tuple[str, list[TextEdit]] | None:
    """The code of an intent for a place in this text, and the imports that it needs; None if a word has no meaning."""
    edits: list[TextEdit] = []
    words: dict[str, str] = {}
    for word in _WORD.findall(text):
        if word in _MODULES:
            words[word], more = name_of(_MODULES[word], scene.syntax, at)
            edits += more
        else:
            words[word] = _WORDS[word](scene)
            if word in _NAMES:
                words[word] = local_name(scene.syntax, words[word], at)
        if not words[word]:
            return None
    return _WORD.sub(lambda match: words[match[1]], text), edits


def _subject(scene: Scene) -> str:
    return scene.finding.subject or ""


def _backward(scene: Scene) -> str:
    """How this file propagates what the step waits for: through its scaler, its accelerator, or by itself."""
    waits, anchor = pending(scene), scene.anchor
    small = scene.syntax.small(anchor)
    if waits is None or anchor is None:
        return ""
    call = small.value if isinstance(small, cst.Expr) else None
    on = receiver_of(call) if isinstance(call, cst.Call) and call.args else None
    if on is not None and ("scaler" in dotted(on).lower() or "GradScaler" in scene.syntax.text):
        return f"{dotted(on)}.scale({waits.name}).backward()"
    hosts = {one for one in _hosts(scene) if one}
    if not hosts:
        return "" if any(method_of(one) in _PREPARE for one in scene.syntax.nodes) else f"{waits.name}.backward()"
    known = local_name(scene.syntax, sorted(hosts)[0], anchor) if len(hosts) == 1 else ""
    return f"{known}.backward({waits.name})" if known else ""


def _hosts(scene: Scene) -> Iterator[str]:
    """What prepares models and optimizers in this file, and so propagates its losses."""
    for node in scene.syntax.nodes:
        if isinstance(node, cst.Assign) and method_of(node.value) in ("Accelerator", "Fabric"):
            yield dotted(node.targets[0].target)
        elif isinstance(node, cst.Call) and method_of(node) in _PREPARE:
            owner = dotted(receiver_of(node))
            if owner.rpartition(".")[2] in _HOSTS:
                yield owner


def _step(scene: Scene) -> str:
    """The step, through the scaler that has scaled the loss at the anchor."""
    subject = local_name(scene.syntax, _subject(scene), scene.anchor) if scene.anchor is not None else ""
    calls = scene.syntax.calls(scene.anchor) if scene.anchor is not None else iter(())
    scaler = next((dotted(receiver_of(call)) for call in calls if method_of(call) == "scale"), "")
    if not subject:
        return ""
    return f"{scaler}.step({subject})" if scaler else f"{subject}.step()"


def _scaler(scene: Scene) -> str:
    found = stepped(scene)
    return found.scaler if found is not None and found.unscaled is None else ""


def _stepped(scene: Scene) -> str:
    found = stepped(scene)
    return found.optimizer if found is not None else ""


def _own(scene: Scene) -> str:
    """The name of the object itself in a method; none in a function that has none."""
    around = list(scene.syntax.parents(scene.anchor)) if scene.anchor is not None else []
    inner = [one for one in around if isinstance(one, cst.FunctionDef | cst.ClassDef)]
    methods = (one for one, outer in itertools.pairwise(inner) if isinstance(outer, cst.ClassDef))
    function = next((one for one in methods if isinstance(one, cst.FunctionDef)), None)
    if function is None or not function.params.params:
        return ""
    static = any(dotted(one.decorator) in ("staticmethod", "classmethod") for one in function.decorators)
    return "" if static else function.params.params[0].name.value


def _carried(scene: Scene) -> str:
    """What goes on as one tensor: only networks that give one are about."""
    text = scene.syntax.text
    return _goes_on(scene) if "LSTM" not in text and ("GRU" in text or "RNN(" in text) else ""


def _pair(scene: Scene) -> str:
    """What goes on as a pair: only LSTMs are about."""
    text = scene.syntax.text
    return _goes_on(scene) if "LSTM(" in text and not ("GRU" in text or "RNN(" in text) else ""


def _goes_on(scene: Scene) -> str:
    """The one name that the anchor both reads and assigns."""
    small = scene.syntax.small(scene.anchor)
    if not isinstance(small, cst.Assign):
        return ""
    target = small.targets[0].target
    parts = [one.value for one in target.elements] if isinstance(target, cst.Tuple) else [target]
    read = mentions(scene.syntax, small.value)
    carried = [name for part in parts if (name := dotted(part)) and name.partition(".")[0] in read]
    return carried[0] if len(carried) == 1 else ""


def _move(scene: Scene) -> str:
    """`.to(device)` or `.cuda()` as it stands at the related place, else as it stood last in the function."""
    statement = scene.at_site(Role.RELATED)
    if statement is not None:
        moves = [written for call in scene.syntax.calls(statement) if (written := _as_move(scene, call))]
        if moves:
            return moves[0]
    function = scene.syntax.function(scene.anchor) if scene.anchor is not None else None
    before = [
        node
        for node in scene.syntax.nodes
        if isinstance(node, cst.Call)
        and scene.syntax.function(node) is function
        and scene.syntax.start(node) < scene.finding.site.start
    ]
    return next((written for call in reversed(before) if (written := _as_move(scene, call))), "")


def _as_move(scene: Scene, call: cst.Call) -> str:
    if method_of(call) not in ("to", "cuda") or not isinstance(call.func, cst.Attribute):
        return ""
    return f".{call.func.attr.value}({', '.join(scene.syntax.code(one) for one in call.args)})"


def _container(scene: Scene) -> str:
    """The name, within torch.nn, of what registers the value that the anchor assigns; "" where it cannot hold that."""
    small = scene.syntax.small(scene.anchor)
    value = small.value if isinstance(small, cst.Assign | cst.AnnAssign) else None
    kind = "Parameter" if value is not None and "Parameter(" in scene.syntax.code(value) else "Module"
    if isinstance(value, cst.Dict):
        return f"{kind}Dict" if all(_is_key(one) for one in value.elements) else ""
    if isinstance(value, cst.ListComp):
        return f"{kind}List" if _is_module(value.elt) else ""
    if isinstance(value, cst.List) or (isinstance(value, cst.Tuple) and value.lpar):
        return f"{kind}List" if all(_is_module(one.value) for one in value.elements) else ""
    return ""


def _is_key(element: cst.BaseDictElement) -> bool:
    """A name that a module may have: a string without a dot, and none that nn.ModuleDict has itself."""
    key = element.key if isinstance(element, cst.DictElement) else None
    name = key.evaluated_value if isinstance(key, cst.SimpleString) else None
    return isinstance(name, str) and name.isidentifier() and name not in ("type", "training", "keys", "values", "items")


def _is_module(value: cst.BaseExpression) -> bool:
    return not isinstance(value, cst.Tuple | cst.List | cst.Lambda | cst.BaseString | cst.Integer)


_WORDS: dict[str, Callable[[Scene], str]] = {
    "subject": _subject,
    "backward": _backward,
    "step": _step,
    "scaler": _scaler,
    "stepped": _stepped,
    "self": _own,
    "carried": _carried,
    "pair": _pair,
    "move": _move,
    "container": _container,
}
