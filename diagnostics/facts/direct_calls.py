"""forward() called in the place of its module."""

from __future__ import annotations

import ast
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

from torch import nn

from ...events import Event, Kind
from ...facts.module_call import ModuleCall
from ..naming import local_names, ours
from ..statements import body_of, node_at

if TYPE_CHECKING:
    from ..models import Called
    from ..trace import Trace

CODES = ("LC111",)
_INVERSES = ("inverse", "reverse", "backward")


class DirectCalls:
    """Looks who calls: a module that is met outside any other one, but in the forward of the one it is a part of."""

    def forward(self, trace: Trace, one: Called, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """A module has returned; in a training loop that goes round."""
        if not (trace.attentive and trace.steps) or trace.in_backward:
            return
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and ours(frame):
            frame = frame.f_back
        if frame is None or frame.f_code.co_name != "forward":
            return
        owner, caller = local_names(frame).get("self"), frame.f_back
        if not isinstance(owner, nn.Module) or all(part is not module for part in owner.modules()):
            return
        if caller is None or local_names(caller).get("self") is owner or _is_called_so(owner, caller):
            return
        mark = trace.sites.of(caller)
        body = body_of(caller.f_code) if mark else None
        call = node_at(caller.f_code, caller.f_lasti, body) if body is not None else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "forward":
            return
        subject = ast.unparse(call.func.value)
        if not subject.startswith("super(") and not isinstance(_found(caller, subject), type):
            trace.court.at_once(subject, Event(Kind.MODULE_CALL, mark, facts=ModuleCall(direct=True)))


def _is_called_so(owner: nn.Module, caller: FrameType) -> bool:
    """Whether forward is rightly called by its name: by what stands in for the call, or as one of two directions."""
    call = type(owner).__call__
    own = not str(getattr(call, "__module__", "")).startswith("torch.")
    return own or caller.f_code.co_name == "__call__" or any(hasattr(type(owner), name) for name in _INVERSES)


def _found(frame: FrameType, name: str) -> Any:
    return local_names(frame).get(name, frame.f_globals.get(name))


PROBE = DirectCalls
