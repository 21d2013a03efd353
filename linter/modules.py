"""The module classes of a file."""

from __future__ import annotations

import ast
from typing import NamedTuple

from .index import ClassInfo, Index


class ModuleInfo(NamedTuple):
    """stub."""

    name: str
    node: ast.ClassDef
    layers: dict[str, str]
    mode_matters: bool | None
    output: str | None
    output_at: ast.AST | None


def modules_of(index: Index) -> dict[str, ModuleInfo]:
    """stub."""
    found = {}

    def known(info: ClassInfo, seen: frozenset[str]) -> bool:
        for base in info.bases:
            last = base.rsplit(".", 1)[-1]
            if last in ("Module", "LightningModule", "PreTrainedModel"):
                return True
            inner = index.classes.get(last)
            if inner is not None and last not in seen and known(inner, seen | {last}):
                return True
        return False

    for name, info in index.classes.items():
        if known(info, frozenset()):
            found[name] = ModuleInfo(name, info.node, {}, None, None, None)
    return found
