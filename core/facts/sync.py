"""The host waits for the device."""

from __future__ import annotations

from typing import NamedTuple


class Sync(NamedTuple):
    """A value is fetched from the device in each iteration of a training loop; how: "item", "print" ..."""

    how: str
