"""Random training loops, read by the linter and run under the observer: the two must agree.

A program is a few lines of zero_grad, forward, backward and step in any order, in a loop of several batches. The
third witness is the oracle, which knows neither rules nor machine: it says from real gradients what each step used.

The models are linear in their parameters, so that torch allows every order: no backward needs a weight's old value,
and retain_graph lets a loss be propagated twice.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from observer import observe
from oracle import Used, steps_of

from loopcheck.findings import Certainty
from loopcheck.linter import lint_source
from loopcheck.settings import Settings

TEMPLATE = """\
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
other = torch.nn.Linear(2, 1)
second = torch.optim.SGD(other.parameters(), lr=0.1)
loss_fn = torch.nn.MSELoss()
batches = [(torch.randn(3, 2), torch.randn(3, 1)) for _ in range({batches})]
x, y = batches[0]
"""
PREAMBLE = TEMPLATE.replace("{batches}", "6")
ONE = "\n".join(line for line in PREAMBLE.splitlines() if not line.startswith(("other", "second"))) + "\n"
LINES = {
    "z": "optimizer.zero_grad()",
    "s": "optimizer.step()",
    "f": "loss{n} = loss_fn(model(x), y)",
    "b": "loss{n}.backward(retain_graph=True)",
    # two models with an optimizer each, and one loss that reaches both
    "Z": "second.zero_grad()",
    "S": "second.step()",
    "F": "loss{n} = loss_fn(model(x) + other(x), y)",
    "B": "loss{n}.backward(retain_graph=True)",
}
ALL = Settings(min_certainty=Certainty.POSSIBLE)
Pairs = set[tuple[str, int]]


class Item(NamedTuple):
    """An event (one letter), or a block of events: a branch, or a function that is called here."""

    letter: str
    block: tuple[Item, ...] = ()


BRANCH, CALL = "?", "!"


class Writer:
    """Prints items as source. Each forward has a loss of its own name; a backward takes the latest one before it."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.functions: list[str] = []
        self.body: list[str] = []
        self.early = False  # a backward comes before the first forward of the body
        self._made = self._branches = 0
        self._forwards = flat(items).lower().count("f")
        self._block(items, "    ", self.body)

    def _block(self, items: tuple[Item, ...], indent: str, out: list[str]) -> None:
        for item in items:
            if item.letter == BRANCH:
                # each branch has a bit of the batch number, so that every way through the body is taken
                out.append(f"{indent}if i >> {self._branches} & 1:")
                self._branches += 1
                self._block(item.block, indent + "    ", out)
            elif item.letter == CALL:
                name, inner = f"helper{len(self.functions)}", list[str]()
                self.functions.append("")
                self._block(item.block, "    ", inner)
                losses = ", ".join(f"loss{n}" for n in range(max(self._forwards, 1)))
                self.functions[int(name[6:])] = "\n".join((f"def {name}():", f"    global {losses}", *inner, "", ""))
                out.append(f"{indent}{name}()")
            else:
                out.append(indent + LINES[item.letter].format(n=self._loss(item.letter)))

    def _loss(self, letter: str) -> int:
        if letter in "fF":
            self._made += 1
        elif letter in "bB" and not self._made:
            self.early = True
            return max(self._forwards - 1, 0)
        return max(self._made - 1, 0)


def flat(items: tuple[Item, ...]) -> str:
    """All letters in order, whatever block they are in."""
    return "".join(flat(item.block) if item.block else item.letter for item in items)


def program(items: tuple[Item, ...], outside: tuple[str, str] = ("", "")) -> str:
    """The loop over these items; with `outside`, in a loop of epochs with some more events before and after it."""
    both = any(letter.isupper() for letter in flat(items))
    written = Writer(items)
    functions, body = "".join(written.functions), "\n".join(written.body)
    early = ""
    if written.early:
        n = max(flat(items).lower().count("f") - 1, 0)
        early = LINES["F" if both else "f"].format(n=n) + "\n"
    head = f"{functions}{early}"
    if any(outside):
        before, after = ("".join(f"    {LINES[letter]}\n" for letter in letters) for letters in outside)
        body = body.replace("\n", "\n    ")
        return f"{head}for epoch in range(3):\n{before}    for i, (x, y) in enumerate(batches):\n    {body}\n{after}"
    return f"{head}for i, (x, y) in enumerate(batches):\n{body}\n"


def letters(text: str) -> tuple[Item, ...]:
    return tuple(Item(letter) for letter in text)


def items_of(alphabet: str, *blocks: str, size: int) -> st.SearchStrategy[tuple[Item, ...]]:
    event = st.sampled_from(alphabet).map(Item)
    inner = st.lists(event, min_size=1, max_size=3).map(tuple)
    # a helper that only computes a loss, into a global variable, is not followed by the linter: it has no event
    followed = inner.filter(lambda block: any(item.letter not in "fF" for item in block))
    choices = [event, *((followed if b == CALL else inner).map(lambda block, b=b: Item(b, block)) for b in blocks)]
    return st.lists(st.one_of(choices), min_size=1, max_size=size).map(tuple)


def both(source: str) -> tuple[Pairs, Pairs, Pairs]:
    """What the linter is certain of, all it says, and what the observer saw."""
    seen = observe(source)
    assert seen.raised is None
    found = lint_source(source, "program.py", settings=ALL)
    certain = {(f.code, f.site.start.row) for f in found if f.certainty is Certainty.CERTAIN}
    return certain, {(f.code, f.site.start.row) for f in found}, seen.pairs


@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_short_loop(length: int) -> None:
    """Not a sample but all of them: 4, 16 and 64 loops."""
    for body in product("zfbs", repeat=length):
        source = ONE + program(letters("".join(body)))
        certain, _, seen = both(source)
        assert certain == seen, source


@given(items_of("zfbs", CALL, size=8))
def test_straight_loops_and_helpers(items: tuple[Item, ...]) -> None:
    certain, _, seen = both(ONE + program(items))
    assert certain == seen


@given(items_of("zfbs", size=5), st.text("zs", max_size=1), st.text("zs", max_size=2))
def test_loops_in_loops(items: tuple[Item, ...], before: str, after: str) -> None:
    certain, _, seen = both(ONE + program(items, (before, after)))
    assert certain <= seen


@given(items_of("zfbs", BRANCH, size=6))
def test_branches(items: tuple[Item, ...]) -> None:
    """What is certain does happen, and what happens has been said, if only as possible."""
    branches = sum(item.letter == BRANCH for item in items)
    assume(branches < 4)  # 2 ** 4 batches take every way twice
    certain, said, seen = both(ONE.replace("range(6)", f"range({4 << branches})") + program(items))
    assert certain <= seen <= said


@given(items_of("zZsSFB", CALL, size=8))
def test_two_optimizers_of_one_loss(items: tuple[Item, ...]) -> None:
    # of two optimizers the linter says only of one that it sees cleared or stepped that its step is missing
    assume(not {"z", "s"}.isdisjoint(flat(items)) and not {"Z", "S"}.isdisjoint(flat(items)))
    certain, _, seen = both(PREAMBLE + program(items))
    assert certain == seen
