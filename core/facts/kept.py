"""A tensor that is stored with its graph."""

from __future__ import annotations

from typing import NamedTuple


class Kept(NamedTuple):
    """What is kept over iterations, and in what; grows: each iteration adds one more graph."""

    what: str
    into: str
    grows: bool = True
