"""How a module drops values at random."""

from __future__ import annotations

from typing import NamedTuple


class Dropout(NamedTuple):
    """One dropout within the forward of a module.

    call: what is called, as it is written. follows_mode: train() and eval() of the module switch it on and off.
    built: a dropout layer is built anew in each forward; False: a function is called.
    """

    call: str
    follows_mode: bool | None = None
    built: bool = False
