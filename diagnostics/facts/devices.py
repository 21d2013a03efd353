"""Tensors and modules of different devices: torch's exception, with the names it lacks."""

from __future__ import annotations

import ast
from types import TracebackType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ...events import Event, Kind, Mark
from ...facts.devices import Devices, LeftOnHost
from ..graph import tensors_in
from ..models import Role
from ..naming import attributes_of, local_names, name_of
from ..statements import body_of, node_at, site_of

if TYPE_CHECKING:
    from ..models import Called
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC301", "LC304")
_NOTE = "loopcheck:"
_WORDS = ("device", "meta tensor", "should be the same")  # one of them is in each message of torch about this
_MANY = 1_000_000  # parameters, below which a CPU may well be faster


class DeviceFacts:
    """Hears of forward passes that raised; looks once where a trained model lies."""

    def __init__(self) -> None:
        self._looked = False

    def failed_forward(
        self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, error: Exception, mark: Mark
    ) -> None:
        """A module has raised: do tensors of two devices meet in it?"""
        if not _is_about_devices(error):
            return
        path, inner, given = _innermost(module, error.__traceback__)
        if one.role is Role.LOSS or inner is None:
            path, inner, given = "", module, _named(args, kwargs)
        found = _clash(inner, given)
        if found is None:
            return
        argument, its, other, theirs = found
        where = f"{type(module).__name__}{f'.{path}' if path else ''} ({type(inner).__name__})"
        error.add_note(f"{_NOTE} in {where}, {argument} is on {its} and {other} on {theirs}")
        kind = Kind.LOSS_CALL if one.role is Role.LOSS else Kind.MODULE_CALL
        named = name_of(next(tensors_in([args, kwargs]), None), argument) if inner is module else argument
        facts = Devices(f"{named} (on {its})", f"{other} (on {theirs})", met=True)
        trace.court.at_once(named, Event(kind, mark, facts=facts))

    def failed(self, trace: Trace, error: BaseException) -> None:
        """The program was broken off: did tensors of two devices meet in a call that no module makes?"""
        if not _is_about_devices(error) or any(note.startswith(_NOTE) for note in getattr(error, "__notes__", ())):
            return
        place = _users_place(trace, error.__traceback__)
        body = body_of(place.tb_frame.f_code) if place is not None else None
        node = node_at(place.tb_frame.f_code, place.tb_lasti, body) if place is not None and body is not None else None
        if place is None or node is None:
            return
        met = [one for one in _operands(place, node) if one[1].dim()]
        left = next((one for one in met if _is_host(one[1])), met[0] if met else None)
        if left is None:
            return
        other = next((f"{name} (on {t.device})" for name, t in met if t.device != left[1].device), None)
        other = other or "a tensor on another device"
        error.add_note(f"{_NOTE} {left[0]} (on {left[1].device}) meets {other}")
        facts = Devices(f"{left[0]} (on {left[1].device})", other, met=True)
        mark = trace.sites.at(site_of(place.tb_frame.f_code, node))
        trace.court.at_once(left[0], Event(Kind.LOSS_CALL, mark, facts=facts))

    def before_step(self, trace: Trace, tracked: Tracked) -> None:
        """Once: does a large model train on the CPU of a machine with a GPU?"""
        if self._looked or trace.steps < 2 or not gpu_is_there():
            return
        self._looked = True
        for one in trace.called.values():
            module = one.ref()
            if not one.model or not one.optimizers or module is None or one.size < _MANY:
                continue
            if all(p.is_cpu for p in module.parameters()):
                facts = LeftOnHost(one.size)
                trace.court.at_once(one.name, Event(Kind.MODULE_CALL, one.last_at, facts=facts))


def _is_about_devices(error: BaseException) -> bool:
    text = str(error).lower() if isinstance(error, RuntimeError | NotImplementedError | ValueError) else ""
    return not isinstance(error, torch.OutOfMemoryError) and any(word in text for word in _WORDS)


def _users_place(trace: Trace, traceback: TracebackType | None) -> TracebackType | None:
    """The innermost frame of the user's code through which an exception came."""
    found = None
    while traceback is not None:
        if not trace.sites.is_foreign(traceback.tb_frame.f_code.co_filename):
            found = traceback
        traceback = traceback.tb_next
    return found


def _operands(place: TracebackType, node: ast.AST) -> list[tuple[str, Tensor]]:
    """The tensors that meet in an expression, as far as they stand there by name."""
    parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    parts += [keyword.value for keyword in ast.iter_child_nodes(node) if isinstance(keyword, ast.keyword)]
    parts += [part.value for part in parts if isinstance(part, ast.Attribute)]  # what a method is called on
    named = [(ast.unparse(part), _value(place, part)) for part in parts]
    return [(name, value) for name, value in named if isinstance(value, Tensor)]


def _value(place: TracebackType, part: ast.expr) -> Any:
    frame = place.tb_frame
    if isinstance(part, ast.Name):
        return local_names(frame).get(part.id, frame.f_globals.get(part.id))
    if isinstance(part, ast.Attribute):
        owner = _value(place, part.value)
        return attributes_of(owner).get(part.attr)
    return None


def gpu_is_there() -> bool:
    """Whether torch can use a GPU. Asks without starting it up."""
    return bool(torch.cuda.is_available())


def _named(args: Any, kwargs: Any) -> dict[str, Any]:
    return {**{f"argument {i + 1}": value for i, value in enumerate(args)}, **kwargs}


def _innermost(root: nn.Module, trace: TracebackType | None) -> tuple[str, nn.Module | None, dict[str, Any]]:
    """The module in whose forward it was raised, its path in the root, and what it was given."""
    found: tuple[nn.Module, dict[str, Any]] | None = None
    while trace is not None:
        frame = trace.tb_frame
        held = local_names(frame) if frame.f_code.co_name == "forward" else {}
        own = held.get("self")
        if isinstance(own, nn.Module):
            names = frame.f_code.co_varnames[1 : frame.f_code.co_argcount]
            found = own, {name: held[name] for name in names if name in held}
        trace = trace.tb_next
    if found is None:
        return "", None, {}
    path = next((name for name, module in root.named_modules() if module is found[0]), "")
    return path, found[0], found[1]


def _clash(module: nn.Module, given: dict[str, Any]) -> tuple[str, torch.device, str, torch.device] | None:
    """An argument and a parameter (or another argument) that lie on different devices."""
    tensors = [(name, tensor) for name, value in given.items() for tensor in tensors_in(value) if tensor.dim()]
    own = [(name, p) for name, p in (*module.named_parameters(), *module.named_buffers()) if p.dim()]
    for name, tensor in tensors:
        for other, p in (*own, *tensors):
            if p.device != tensor.device:
                first, second = (name, tensor), (other, p)
                if _is_host(p) and not _is_host(tensor) and (other, p) not in own:
                    first, second = second, first
                return first[0], first[1].device, second[0], second[1].device
    return None


def _is_host(tensor: Tensor) -> bool:
    return tensor.device.type == "cpu"


PROBE = DeviceFacts
