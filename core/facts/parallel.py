"""What happens beside DistributedDataParallel."""

from __future__ import annotations

from typing import NamedTuple


class DdpBypassed(NamedTuple):
    """A training forward pass of the module inside a DDP wrapper, and not of the wrapper."""

    model: str


class NeverSynchronized(NamedTuple):
    """Steps whose backward passes all ran inside no_sync()."""

    steps: int
