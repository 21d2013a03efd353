"""DistributedDataParallel: which module lies inside which wrapper; and what the user's code itself sums over processes.

The latter is seen where torch.distributed hands over to C++, since many import its functions by name. DDP's own
averaging is C++ altogether.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from ..graph import tensors_in
from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


_REDUCES = (
    "allreduce",
    "allreduce_coalesced",
    "reduce",
    "reduce_scatter",
    "_reduce_scatter_base",
    "reduce_scatter_single",
    "allgather",
    "_allgather_base",
    "all_gather_single",
)


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def init(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, module: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, module, *args, **kwargs)
            if not dispatcher.failed:
                try:
                    dispatcher.wrappers[self] = id(module)
                except Exception as error:
                    dispatcher.fault(error)
            return result

        return replacement

    def reduces(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not (is_compiling() or dispatcher.failed):
                try:
                    dispatcher.trace().around.reduces([t for given in args for t in tensors_in(given)])
                except Exception as error:
                    dispatcher.fault(error)
            return original(self, *args, **kwargs)

        return replacement

    if _missing() is None:
        yield torch.nn.parallel.DistributedDataParallel, "__init__", init
        group = torch.distributed.ProcessGroup
        for name in _REDUCES:
            if name in group.__dict__:
                yield group, name, reduces


def _missing() -> str | None:
    return None if torch.distributed.is_available() else "DistributedDataParallel: this torch was built without it"


SEAM = Seam(_missing, _patches)
