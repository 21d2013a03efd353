"""Backward passes: torch.autograd.backward, which Tensor.backward looks up when it is called, and autograd.grad."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from sys import _getframe
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ..guards import blind, is_compiling, never_compiled, tracing, transformed
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher

_TENSOR_BACKWARD = Tensor.backward.__code__


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    local = dispatcher.local
    known = dispatcher.sites.known

    def backward(original: Any) -> Any:
        @never_compiled
        def _run(trace: Any, given: tuple[Any, ...]) -> Any:
            trace.in_backward = True
            try:
                return original(*given)
            except Exception as error:
                _failed(trace, given[0], error)
                raise
            finally:
                trace.in_backward = False

        @functools.wraps(original)
        @never_compiled
        def replacement(
            tensors: Any,
            grad_tensors: Any = None,
            retain_graph: bool | None = None,
            create_graph: bool = False,
            grad_variables: Any = None,
            inputs: Any = None,
        ) -> Any:
            given = (tensors, grad_tensors, retain_graph, create_graph, grad_variables, inputs)
            if dispatcher.failed:  # never compiled, so there is no need to ask whether it is
                return original(*given)
            trace = local.trace
            if trace is None or trace.off:
                trace = dispatcher.trace()
            # within backward: a reentrant checkpoint
            if trace.in_backward or tracing() is not None or transformed() is not None:
                return original(*given)
            if trace.outbox:
                trace.deliver()
            frame: Any = _getframe(1)
            if frame.f_code is _TENSOR_BACKWARD:
                frame = frame.f_back
            mark = known.get((id(frame.f_code), frame.f_lasti))
            if mark and trace.plan[trace.at] == mark:
                recorder = trace.recorder
                try:
                    recorder.note(tensors)
                except Exception as error:
                    dispatcher.fault(error)
                if recorder.odd is None:
                    trace.at += 1
                    trace.backward_at = mark
                    return _run(trace, given)
                recorder.noted = True
            try:
                weighted = grad_tensors is not None or grad_variables is not None
                retain, creates = bool(retain_graph or create_graph), bool(create_graph)
                trace.before_backward(tensors, retain, inputs, weighted, creates)
            except Exception as error:
                dispatcher.fault(error)
            result = _run(trace, given)
            if not dispatcher.failed:
                try:
                    trace.after_backward(tensors)
                except Exception as error:
                    dispatcher.fault(error)
                if trace.outbox:
                    trace.deliver()
            return result

        return replacement

    def _failed(trace: Any, tensors: Any, error: Exception) -> None:
        try:
            trace.failed_backward(tensors, error)
        except Exception as fault:
            dispatcher.fault(fault)

    def grad(original: Any) -> Any:
        @functools.wraps(original)
        @never_compiled
        def replacement(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if not (is_compiling() or dispatcher.failed or blind()):
                try:
                    dispatcher.trace().read_gradients()
                except Exception as error:
                    dispatcher.fault(error)
            return result

        return replacement

    yield torch.autograd, "backward", backward
    yield torch.autograd, "grad", grad


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
