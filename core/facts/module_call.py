"""How a module was called."""

from __future__ import annotations

from typing import NamedTuple


class ModuleCall(NamedTuple):
    """One call of a module.

    direct: its forward was called instead of the module itself, so that its hooks did not run.
    """

    direct: bool | None = None
