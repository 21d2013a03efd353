"""Which parameters belong to which optimizer, and which of them the losses reach."""

from __future__ import annotations

from typing import NamedTuple

from ..events import Mark


class Ownership(NamedTuple):
    """About one model. built_at: where the optimizer was built.

    orphans: names of trainable parameters that get gradients and that no optimizer holds. gone: the optimizer holds
    parameters that no model has any more, and none that has. idle: names of parameters that no loss has reached.
    """

    model: str
    built_at: Mark = 0
    orphans: tuple[str, ...] = ()
    gone: bool = False
    idle: tuple[str, ...] = ()


class Changed(NamedTuple):
    """Names of parameters that changed since the last step, though no optimizer stepped."""

    names: tuple[str, ...]


def listed(names: tuple[str, ...], most: int = 4) -> str:
    """`a, b and 3 more`"""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
