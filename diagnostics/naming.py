"""What the user calls an object: the name it goes by in the frames that are running."""

from __future__ import annotations

import inspect
import os
import sys
from types import FrameType, ModuleType
from typing import Any

_FAR = 24  # frames that are searched
_INSTALLED = f"{os.sep}site-packages{os.sep}"
_HELD_BY_THE_FRAME = 3  # references: the frame's, our variable, and the argument of getrefcount
_WRAPPED = frozenset({"base_dataloader", "base_scheduler"})
"""Attributes in which wrappers keep what the user gave them."""


def local_names(frame: FrameType) -> dict[str, Any]:
    """A copy of the local names of a frame. Leaves nothing behind.

    Before Python 3.13 reading f_locals of a function makes a dict that stays in its frame, and would keep alive what
    the user deletes later. It is emptied, unless somebody else has it (the user, who called locals()).
    """
    made = frame.f_locals
    names = dict(made)
    mine = sys.version_info < (3, 13) and frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if mine and sys.getrefcount(made) <= _HELD_BY_THE_FRAME:
        made.clear()
    return names


def attributes_of(value: object) -> dict[str, Any]:
    """What an object holds, without running code of its class; empty for classes, modules and what has no dict."""
    if issubclass(type(value), type | ModuleType):  # isinstance would ask a proxy for its __class__
        return {}
    try:
        held = object.__getattribute__(value, "__dict__")
    except Exception:  # a proxy: whatever it raises, we only looked
        return {}
    return held if type(held) is dict else {}


def name_of(wanted: object, otherwise: str) -> str:
    """The variable or attribute that holds an object, as `net`, `self.net` or `trainer.net`; else a plain word.

    Searches local and global names of the running frames from the inside out, and one level of their attributes: first
    in code that is not installed, then anywhere. A wrapper that holds the object goes by its own name. Cost: some
    20 us; called once for an object.
    """
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(frames) < _FAR:
        if not ours_or_torch(frame):
            frames.append(frame)
        frame = frame.f_back
    for one in sorted(frames, key=lambda one: _INSTALLED in one.f_code.co_filename):
        found = _in_frame(one, wanted)
        if found is not None:
            return found
    return otherwise


def _in_frame(frame: FrameType, wanted: object) -> str | None:
    inside, outside = local_names(frame), frame.f_globals
    return (
        _direct(inside, wanted) or _direct(outside, wanted) or _attribute(inside, wanted) or _attribute(outside, wanted)
    )


def ours_or_torch(frame: FrameType) -> bool:
    """Whether a frame runs our own code or torch's."""
    name = frame.f_globals.get("__name__", "")
    return isinstance(name, str) and name.partition(".")[0] in ("loopcheck", "torch")


def ours(frame: FrameType) -> bool:
    """Whether a frame runs our own code."""
    name = frame.f_globals.get("__name__", "")
    return isinstance(name, str) and name.partition(".")[0] == "loopcheck"


def _direct(names: dict[str, Any], wanted: object) -> str | None:
    direct = [name for name, value in list(names.items()) if value is wanted and not name.startswith("__")]
    return min(direct, key=lambda name: (name.startswith("_"), len(name)), default=None)


def _attribute(names: dict[str, Any], wanted: object) -> str | None:
    for name, value in list(names.items()):
        if name.startswith("__"):
            continue
        for attribute, inner in list(attributes_of(value).items()):
            if inner is wanted and isinstance(attribute, str):
                return name if attribute in _WRAPPED else f"{name}.{attribute}"
    return None
