"""Valid training scripts with their bytes damaged at random: findings, LC001 or nothing, never anything else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loopcheck import Settings, lint_paths
from loopcheck.findings import Certainty
from loopcheck.rules import catalogue

HERE = Path(__file__).parent
SEEDS = [p.read_bytes() for p in sorted([*HERE.glob("cases/*/*.py"), *HERE.parent.glob("examples/*.py")])]
RELEVANT = b"import torch  # backward(\n"  # else the prefilter drops what has lost these words
ALL = Settings(min_certainty=Certainty.POSSIBLE, select=("ALL",))
PIECES = [
    *(b"( ) [ ] { } : ; , . = == := @ # \\ ' \" ''' \"\"\" f' {x} -> * ** ...".split()),
    *(b"if elif else: for in while with as async await def class lambda match case yield from return del".split()),
    *(b"break continue global nonlocal pass raise try: except: except* finally: import not and or is None".split()),
    *(b"opt loss model .step() .zero_grad() .backward() .grad .train() .eval() .item() scheduler.step()".split()),
    *(b"\0|\r|\n|\t|\f|\v|\xff|\xfe\xff|\xef\xbb\xbf|\xc3\xa9|\xe2\x80\xa8|\x1a|    |# coding: utf-16\n".split(b"|")),
    *(b"# loopcheck: ignore|# noqa: LC101|# loopcheck: skip-file|9" + b"9" * 5000).split(b"|"),
    b"(" * 300, b"-" * 3000, b" + 1" * 3000, b"a.b" * 2000, b"{'a': " * 150, b"\nif x:\n" * 3,
    b"1e999", b"0x", b"\\N{x}",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The bytes of a valid script after one to six injuries."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        hurt = draw(st.sampled_from(INJURIES))
        data = hurt(draw, data)
    return RELEVANT + data


def cut(draw: st.DrawFn, data: bytes, most: int = 60) -> tuple[int, int]:
    """A stretch of the bytes, often at the ends of lines."""
    start = draw(st.integers(0, len(data)))
    if draw(st.booleans()):
        start = data.rfind(b"\n", 0, start) + 1
        end = data.find(b"\n", start) + 1 or len(data)
        return start, end
    return start, min(len(data), start + draw(st.integers(0, most)))


def flip(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, max(0, len(data) - 1)))
    return data[:at] + bytes([draw(st.integers(0, 255))]) + data[at + 1 :]


def delete(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = cut(draw, data)
    return data[:start] + data[end:]


def duplicate(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = cut(draw, data)
    return data[:end] + data[start:end] * draw(st.sampled_from((1, 1, 2, 50))) + data[end:]


def splice(draw: st.DrawFn, data: bytes) -> bytes:
    other = draw(st.sampled_from(SEEDS))
    start, end = cut(draw, other, 300)
    at, _ = cut(draw, data)
    return data[:at] + other[start:end] + data[at:]


def insert(draw: st.DrawFn, data: bytes) -> bytes:
    at, _ = cut(draw, data)
    return data[:at] + draw(st.sampled_from(PIECES)) + data[at:]


def truncate(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))]


def exchange(draw: st.DrawFn, data: bytes) -> bytes:
    """Two lines change places: mostly valid still, and odd in what it does."""
    lines = data.splitlines(keepends=True) or [b""]
    i, j = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    lines[i], lines[j] = lines[j], lines[i]
    return b"".join(lines)


INJURIES: list[Callable[[st.DrawFn, bytes], bytes]] = [
    flip, delete, duplicate, splice, insert, truncate, exchange, exchange, duplicate,
]  # fmt: skip


@settings(max_examples=max(300, settings.default.max_examples if settings.default else 0))
@given(damaged())
def test_damaged_bytes_are_judged_or_reported(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "damaged.py")
        path.write_bytes(data)
        found = lint_paths([path], ALL)
    rows = data.count(b"\n") + data.count(b"\r") + data.count(b"\f") + 1
    for finding in found:
        assert finding.code in catalogue()
        assert "loopcheck itself failed" not in finding.message
        assert 1 <= finding.site.start.row <= finding.site.end.row <= rows + 1
    if "LC001" in {f.code for f in found}:
        assert len(found) == 1
