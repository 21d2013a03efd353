"""A cheap look at a file's bytes: can the linter have anything to say about it?

Everything that this screen drops is never parsed, so what it misses is missed for good. It drops, knowingly:

* files that never spell torch, accelerate, lightning or fabric, even if a star import brings them in;
* loops whose backward() and zero_grad() calls both stand in other files (the linter could not follow them there);
* calls through another name (`back = loss.backward; back()`, `getattr(loss, name)()`) in a file without zero_grad;
* a name with the call's parenthesis behind a comment, or spelled in look-alike letters that Python folds together;
* broken syntax in a file that does not train: it is none of our business, unless the file was named.

On the start-up path: imports nothing but `os`; `re` is loaded for the odd file that needs it.
"""

from __future__ import annotations

import os

from ..defaults import MAX_FILE_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings import Settings

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def relevant(data: bytes, names: Iterable[bytes] = ()) -> bool:
    """Whether this source may hold a training loop: it mentions torch or a wrapper, and calls what trains.

    names: of the user's settings; who spells one of them is relevant.
    Cost: some passes of `in` over the bytes (about 1 ms per MB); a regular expression only if `backward` is there
    without a parenthesis directly behind it.
    """
    for name in names:
        if name in data:
            return True
    if not (b"torch" in data or b"accelerat" in data or b"lightning" in data or b"fabric" in data):
        return data.startswith(_UTF_16)  # not Python source, but a person may think so: let it be reported
    if b"backward(" in data or b"zero_grad" in data:
        return True
    return b"backward" in data and _calls_backward(data)


def _calls_backward(data: bytes) -> bool:
    import re

    return re.search(rb"backward[\s\\]+\(", data) is not None


def names_in(settings: Settings | None) -> list[bytes]:
    """The names that a user's settings add to those that make a file relevant."""
    if settings is None:
        return []
    names = [*settings.optimizers, *settings.models, *(wrapper.method for wrapper in settings.wrappers)]
    return [name.encode() for name in names]


def relevant_file(path: str, names: Iterable[bytes] = (), max_bytes: int = MAX_FILE_BYTES) -> bool:
    """Whether this file is worth parsing. Raises nothing. Cost: reads the file once.

    True also for what cannot be read or is larger than max_bytes, so that whoever reads it next reports it.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            return os.fstat(file.fileno()).st_size > max_bytes or relevant(file.read(), names)
    except (OSError, ValueError, MemoryError):
        return True


def parses(path: str) -> bool:
    """Whether a file that the screen drops is Python source at all. Raises nothing. Cost: 1 ms for each 50 KB."""
    try:
        with open(path, "rb", buffering=0) as file:
            data = file.read()
        if b"\\" not in data:
            compile(data, path, "exec", _ONLY_AST, dont_inherit=True)
            return True
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes: not our affair
            compile(data, path, "exec", _ONLY_AST, dont_inherit=True)
    except (OSError, ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
