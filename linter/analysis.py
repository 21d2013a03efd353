"""Everything that is found in one module, whatever front end made its tree."""

from __future__ import annotations

import ast
import logging

from ..judge import Judge
from ..rules import catalogue
from ..settings import Settings
from .collector import Collector
from .flow import Interpreter
from .index import Index
from .structure import find_structural
from .tensors.interpreter import Interpreter as TensorFlow
from .vocabulary import adapted

_OTHER_FRAMEWORKS = frozenset({"mxnet", "tensorflow", "jax", "paddle", "mindspore", "flax"})
_LOG = logging.getLogger("loopcheck")


def analysed(module: ast.Module, filename: str, settings: Settings) -> Collector:
    """Everything that is found in a module, whatever rules are switched on: one may speak in place of another."""
    adapted(module, settings)
    judge = Judge(rule for rule in catalogue().values() if rule.judged_at)
    index, collector = Index(module), Collector(module, judge)
    if index.imports & _OTHER_FRAMEWORKS and "torch" not in index.imports:
        return collector  # optimizers of other libraries keep other promises
    interpreter = Interpreter(index, collector)
    interpreter.run()
    find_structural(index, collector)
    tensors = TensorFlow(index, collector)
    tensors.run()
    collector.gave_up = interpreter.gave_up or tensors.gave_up
    if collector.gave_up:
        _LOG.warning("%r has more paths than can be followed: not all of it was judged", filename)
    return collector
