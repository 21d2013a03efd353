"""Where the things that meet in one call lie."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class Devices(NamedTuple):
    """A call that is given tensors of two devices.

    left: the user's name of the one that was left on the host. moved: the name of what was moved, at moved_at.
    loaded_at: the loop over the loader it comes from. met: torch has refused the call; the names say the devices.
    """

    left: str
    moved: str
    moved_at: Mark = 0
    loaded_at: Mark = 0
    met: bool = False


class Discarded(NamedTuple):
    """A moved or detached copy of a tensor that nobody takes: how ("to", "cuda", "detach"...)."""

    how: str


class LeftOnHost(NamedTuple):
    """A model all of whose parameters are on the CPU of a machine with a GPU; how many they are."""

    parameters: int
