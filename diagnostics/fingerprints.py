"""Fingerprints of parameters: whether somebody has changed one, by whatever means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from .guards import capturing, is_plain


class Fingerprint(NamedTuple):
    """A parameter's version and the sum of its values, None where it cannot be taken.

    The version is moved by most optimizers and the sum by all; `p.data.add_()` and fused steps move only the sum.
    """

    version: int
    total: Tensor | None

    def differs(self, other: Fingerprint) -> bool:
        """Whether the parameter was changed in between. Reads a value, so a device has to wait."""
        if self.version != other.version:
            return True
        if self.total is None or other.total is None:
            return self.total is not other.total
        return not torch.equal(self.total, other.total)


def fingerprints(parameters: Mapping[str, Tensor]) -> dict[str, Fingerprint]:
    """A fingerprint of each. Cost: one pass over the values, on their device; nothing waits for it."""
    with torch.no_grad():
        return {name: Fingerprint(p._version, _total(p)) for name, p in parameters.items()}


def _total(p: Tensor) -> Tensor | None:
    """Not of a distributed tensor, whose sum would talk to other processes, nor of one without values yet."""
    return torch.sum(p.detach(), dtype=_wide(p)) if is_plain(p) and not capturing() else None


def _wide(p: Tensor) -> torch.dtype:
    if p.is_complex():
        return torch.complex128
    return torch.float32 if p.device.type == "mps" else torch.float64
