"""New sources for the cells of a notebook, with every other character of the file left as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from ..findings import lines_of

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(strict=False)


def with_sources(text: str, sources: Mapping[int, str]) -> str:
    """The JSON of a notebook in which the cells of these numbers, from 1, hold these sources.

    Lines that stay keep their spelling, new ones are written like those beside them. Cost: one run of the decoder.
    Raises ValueError if a cell has no source to replace.
    """
    parts, done, ascii_only = [], 0, text.isascii() and "\\u" in text
    missing = set(sources)
    for number, start in _sources(text):
        if number not in sources:
            continue
        end = _end(text, start)
        parts += [text[done:start], _replaced(text[start:end], sources[number], ascii_only)]
        done = end
        missing.discard(number)
    if missing:
        raise ValueError(f"no source in cell {min(missing)}")
    return "".join([*parts, text[done:]])


def _sources(text: str) -> Iterator[tuple[int, int]]:
    """The number of each cell and the place where its source begins. Old notebooks hold cells in worksheets."""
    number = 0
    for cells in _cell_lists(text):
        for cell in _items(text, cells):
            number += 1
            places = dict(_members(text, cell))  # of a key that comes twice, JSON takes the last
            if "source" in places or "input" in places:
                yield number, places.get("source", places.get("input", 0))


def _cell_lists(text: str) -> Iterator[int]:
    for key, start in _members(text, _skip(text, 0)):
        if key == "cells":
            yield start
        elif key == "worksheets":
            for sheet in _items(text, start):
                yield from (at for name, at in _members(text, sheet) if name == "cells")


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the object that begins here, and where their values begin."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        yield key, at
        at = _skip(text, _end(text, at))
        at = _skip(text, at + 1) if text[at] == "," else at


def _items(text: str, at: int) -> Iterator[int]:
    """Where the items of the list that begins here begin."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        yield at
        at = _skip(text, _end(text, at))
        at = _skip(text, at + 1) if text[at] == "," else at


def _end(text: str, at: int) -> int:
    return int(_DECODER.raw_decode(text, at)[1])


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at


def _replaced(old: str, source: str, ascii_only: bool) -> str:
    """A string or a list of lines, written the way the old one is."""
    held = json.loads(old, strict=False)
    ends = set(re.findall(r"\r\n|\r|\n", "".join(held) if isinstance(held, list) else str(held)))
    if ends == {"\r\n"}:
        source = source.replace("\n", "\r\n")
    elif ends - {"\n"}:
        raise ValueError("its lines end in different ways")
    starts = list(_items(old, 0)) if old.startswith("[") else []
    if not starts:
        return _string(source, ascii_only)
    spans = [(start, _end(old, start)) for start in starts]
    spelled = {json.loads(old[start:end], strict=False): old[start:end] for start, end in spans}
    lines = lines_of(source) if len(spans) > 1 else _like(old, spans[0], source)
    between = old[spans[0][1] : spans[1][0]] if len(spans) > 1 else "," + old[1 : spans[0][0]]
    written = between.join(spelled.get(line) or _string(line, ascii_only) for line in lines)
    return old[: spans[0][0]] + written + old[spans[-1][1] :]


def _like(old: str, span: tuple[int, int], source: str) -> list[str]:
    """A list of one string may be one line or all of them."""
    several = "\n" in json.loads(old[span[0] : span[1]], strict=False).rstrip("\n")
    return [source] if several else lines_of(source)


def _string(text: str, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)
