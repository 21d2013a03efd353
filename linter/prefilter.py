"""A cheap look at a file's bytes: can the linter have anything to say about it?

Everything that this screen drops is never parsed, so what it misses is missed for good. It drops, knowingly:

* files that never spell torch, accelerate, lightning or fabric, even if a star import brings them in;
* loops whose backward() and zero_grad() calls both stand in other files (the linter could not follow them there);
* calls through another name (`back = loss.backward; back()`, `getattr(loss, name)()`) in a file without zero_grad;
* a name with the call's parenthesis behind a comment, or spelled in look-alike letters that Python folds together;
* broken syntax in a file that does not train: it is none of our business.

On the start-up path: imports nothing but `os`; `re` is loaded for the odd file that needs it.
"""

from __future__ import annotations

import os

from ..defaults import MAX_FILE_BYTES

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def relevant(data: bytes) -> bool:
    """Whether this source may hold a training loop: it mentions torch or a wrapper, and calls what trains.

    Cost: some passes of `in` over the bytes (about 1 ms per MB); a regular expression only if `backward` is there
    without a parenthesis directly behind it.
    """
    if not (b"torch" in data or b"accelerat" in data or b"lightning" in data or b"fabric" in data):
        return data.startswith(_UTF_16)  # not Python source, but a person may think so: let it be reported
    if b"backward(" in data or b"zero_grad" in data:
        return True
    return b"backward" in data and _calls_backward(data)


def _calls_backward(data: bytes) -> bool:
    import re

    return re.search(rb"backward[\s\\]+\(", data) is not None


def relevant_file(path: str, max_bytes: int = MAX_FILE_BYTES) -> bool:
    """Whether this file is worth parsing. Raises nothing. Cost: reads the file once.

    True also for what cannot be read or is larger than max_bytes, so that whoever reads it next reports it.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            return os.fstat(file.fileno()).st_size > max_bytes or relevant(file.read())
    except (OSError, ValueError, MemoryError):
        return True
