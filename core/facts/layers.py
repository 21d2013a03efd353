"""Where a module keeps its layers."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class Layers(NamedTuple):
    """Layers or parameters that one attribute of a module holds.

    owner: the module's class. holder: "list", "dict" or "tuple". registered: the module knows them as its own.
    used: its forward or another method uses them. parameters: some of them are trained. mode: train() and eval()
    matter to some. built_at: where they are built, if that is another place than where they are stored.
    """

    owner: str
    holder: str
    registered: bool | None = None
    used: bool | None = None
    parameters: bool | None = None
    mode: bool | None = None
    built_at: Mark = 0
