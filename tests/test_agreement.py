"""Random training loops, read by the linter and run under the watch: the two must agree.

A program is a few lines of zero_grad, forward, backward and step in any order, in a loop of several batches. The
third witness is the oracle, which knows neither rules nor machine: it says from real gradients what each step used.

The models are linear in their parameters, so that torch allows every order: no backward needs a weight's old value,
and retain_graph lets a loss be propagated twice.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle import Used, steps_of
from watching import watch

from loopcheck.findings import Certainty
from loopcheck.linter import lint_source
from loopcheck.rules import catalogue
from loopcheck.settings import Settings

PREAMBLE = """\
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
other = torch.nn.Linear(2, 1)
second = torch.optim.SGD(other.parameters(), lr=0.1)
loss_fn = torch.nn.MSELoss()
batches = [(torch.randn(3, 2), torch.randn(3, 1)) for _ in range(6)]
x, y = batches[0]
"""
ONE = "\n".join(line for line in PREAMBLE.splitlines() if not line.startswith(("other", "second"))) + "\n"
LINES = {
    "z": "optimizer.zero_grad()",
    "s": "optimizer.step()",
    "f": "loss{n} = loss_fn(model(x), y)",
    "b": "loss{n}.backward(retain_graph=True)",
    # a second model and its optimizer
    "Z": "second.zero_grad()",
    "S": "second.step()",
    "F": "loss{n} = loss_fn(other(x), y)",
    "j": "loss{n} = loss_fn(model(x) + other(x), y)",
}
"""The events by their letters. A backward propagates the loss that was computed last."""
FORWARDS = "fFj"
BRANCH, CALL = "?", "!"
ORDER = Settings(
    select=("LC101", "LC102", "LC103", "LC104", "LC105", "LC109", "LC110"), min_certainty=Certainty.POSSIBLE
)
Pairs = set[tuple[str, int]]


class Item(NamedTuple):
    """An event (one letter), or a block of events: a branch, or a function that is called here."""

    letter: str
    block: tuple[Item, ...] = ()


class Writer:
    """Prints items as source. Each forward has a loss of its own name; a backward takes the latest one before it."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.functions: list[str] = []
        self.body: list[str] = []
        self._forwards = [letter for letter in flat(items) if letter in FORWARDS] or ["f"]
        self._made = 0
        self._early: set[int] = set()  # losses that may be propagated before the loop has computed them
        self._block(items, "    ", self.body)
        self.before = [LINES[letter].format(n=n) for n, letter in enumerate(self._forwards) if n in self._early]

    def _block(self, items: tuple[Item, ...], indent: str, out: list[str], branch: bool = False) -> None:
        for item in items:
            if item.letter == BRANCH:
                out.append(f"{indent}if random.random() < 0.5:")
                self._block(item.block, indent + "    ", out, branch=True)
            elif item.letter == CALL:
                out.append(f"{indent}helper{len(self.functions)}()")
                self._function(item.block)
            else:
                out.append(indent + LINES[item.letter].format(n=self._loss(item.letter, branch)))

    def _function(self, items: tuple[Item, ...]) -> None:
        number, body = len(self.functions), list[str]()
        self.functions.append("")
        self._block(items, "    ", body)
        losses = ", ".join(f"loss{n}" for n in range(len(self._forwards)))
        self.functions[number] = "\n".join((f"def helper{number}():", f"    global {losses}", *body, "", ""))

    def _loss(self, letter: str, branch: bool) -> int:
        if letter in FORWARDS:
            self._made += 1
            if branch:
                self._early.add(self._made - 1)
        elif letter == "b" and not self._made:
            self._early.add(len(self._forwards) - 1)
            return len(self._forwards) - 1
        return max(self._made - 1, 0)


def flat(items: tuple[Item, ...]) -> str:
    """All letters in order, whatever block they are in."""
    return "".join(flat(item.block) if item.block else item.letter for item in items)


def program(items: tuple[Item, ...], outside: tuple[str, str] = ("", "")) -> str:
    """The loop over these items; with `outside`, in a loop of epochs with some more events before and after it."""
    written = Writer(items)
    head = "".join((*written.functions, *(f"{line}\n" for line in written.before)))
    loop = ["for x, y in batches:", *written.body]
    if any(outside):
        first, last = ([LINES[letter] for letter in letters] for letters in outside)
        loop = ["for epoch in range(3):", *(f"    {line}" for line in (*first, *loop, *last))]
    return head + "\n".join((*loop, ""))


def letters(text: str) -> tuple[Item, ...]:
    return tuple(Item(letter) for letter in text)


def items_of(alphabet: str, *blocks: str, size: int) -> st.SearchStrategy[tuple[Item, ...]]:
    event = st.sampled_from(alphabet).map(Item)
    # a forward in a branch would leave an old loss to be propagated where the branch is not taken: that is LC107
    inside = event.filter(lambda item: BRANCH not in blocks or item.letter not in FORWARDS)
    inner = st.lists(inside, min_size=1, max_size=3).map(tuple)
    # a helper that only computes a loss, into a global variable, is not followed by the linter: it has no event
    followed = inner.filter(lambda block: any(item.letter not in FORWARDS for item in block))
    choices = [event, *(st.builds(Item, st.just(b), followed if b == CALL else inner) for b in blocks)]
    return st.lists(st.one_of(choices), min_size=1, max_size=size).map(tuple)


PHASES = ("zfbs", "fzbs", "fbsz", "zjbs", "jzbs", "jbsz", "ZFbS", "FZbS", "FbSZ", "ZjbS", "jZbS", "jbSZ")
"""Right by themselves: one optimizer clears, propagates a loss of its own model or of both, and steps."""


@st.composite
def nearly_right(draw: st.DrawFn) -> tuple[Item, ...]:
    """The phases of a training with two optimizers, as of a GAN, and at times one event too few or two exchanged."""
    text = "".join(draw(st.lists(st.sampled_from(PHASES), min_size=2, max_size=3)))
    at = draw(st.integers(0, len(text) - 2))
    fault = draw(st.sampled_from(("none", "missing", "exchanged")))
    if fault == "missing":
        text = text[:at] + text[at + 1 :]
    elif fault == "exchanged":
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return letters(text)


def own_losses(items: tuple[Item, ...]) -> bool:
    """Is each loss computed in the loop? One from before it is propagated again and again, and that is LC107."""
    return not Writer(items).before


def both(source: str) -> tuple[Pairs, Pairs, Pairs]:
    """What the linter is certain of, all it says, and what the watcher saw; of the rules about order."""
    seen = watch(source, ORDER)
    assert seen.raised is None
    found = lint_source(source, "program.py", settings=ORDER)
    certain = {(f.code, f.site.start.row) for f in found if f.certainty is Certainty.CERTAIN}
    return certain, {(f.code, f.site.start.row) for f in found}, seen.pairs


def foremost(seen: Pairs) -> Pairs:
    """Less what yields to another finding: the linter names one for a step that is wrong in two ways by turns."""
    return {(code, line) for code, line in seen if not set(catalogue()[code].card.yields_to) & set(dict(seen))}


# ---- linter and watcher -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_short_loop(length: int) -> None:
    """Not a sample but all of them: 4, 16 and 64 loops."""
    for body in product("zfbs", repeat=length):
        items = letters("".join(body))
        if own_losses(items):
            certain, _, seen = both(ONE + program(items))
            assert certain == seen, body


@given(items_of("zfbs", CALL, size=8))
def test_straight_loops_and_helpers(items: tuple[Item, ...]) -> None:
    assume(own_losses(items))
    certain, _, seen = both(ONE + program(items))
    assert certain == seen


@given(items_of("zfbs", size=5), st.text("zs", max_size=1), st.text("zs", max_size=2))
def test_loops_in_loops(items: tuple[Item, ...], before: str, after: str) -> None:
    assume(own_losses(items))
    certain, said, seen = both(ONE + program(items, (before, after)))
    assert certain <= seen
    assert foremost(seen) <= said


@settings(max_examples=60)
@given(items_of("zfbs", BRANCH, size=6))
def test_branches(items: tuple[Item, ...]) -> None:
    """What is certain does happen, and what happens has been said, if only as possible.

    Of several places where the same happens the linter names one. LC105 stands at the first backward, and which one
    that is depends on the batches. And a stronger rule, at an anchor of its own, may speak for the same step.
    """
    items = (Item("f"), *items)  # so that no loss comes from before the loop
    assume(sum(item.letter == BRANCH for item in items) < 4)  # so few that chance takes every way
    certain, said, seen = both(
        "import random\n\nrandom.seed(0)\n" + ONE.replace("range(6)", "range(80)") + program(items)
    )
    for code, line in certain:
        stronger = set(catalogue()[code].card.yields_to)
        assert (code, line) in seen or stronger & set(dict(seen)) or (code == "LC105" and code in dict(seen))
    # a clear that chance alone puts before the step is for the one who sees it happen
    assert set(dict(foremost(seen))) - {"LC102"} <= set(dict(said))


TWO = (("optimizer", "model", "fj"), ("second", "other", "Fj"))
"""Each optimizer with its model and the forwards of that."""


@given(st.one_of(items_of("zZsSfFjb", CALL, size=8), nearly_right()))
def test_two_optimizers(items: tuple[Item, ...]) -> None:
    """The watcher knows whose loss it is: it accuses an optimizer if, and only if, its real gradients are wrong."""
    assume(own_losses(items))
    source = program(items)
    found = watch(PREAMBLE + source, ORDER).findings
    for name, model, forwards in TWO:
        accused = {f.code for f in found if f.subject == name} - {"LC105"}
        real = used(PREAMBLE, source, model=model, optimizer=name)
        if accused:
            assert any(real & REALLY[code] for code in accused), (name, accused, real)
        elif each_loss_is_used_once(flat(items), "fjF") and not set(forwards).isdisjoint(flat(items)):
            assert real <= {Used.FRESH, Used.WASTED}, (name, real)


# ---- linter and oracle -------------------------------------------------------------------------------------------
REALLY = {
    "LC101": {Used.MIXED},
    "LC102": {Used.NOTHING},
    "LC103": {Used.NOTHING, Used.MIXED, Used.STALE, Used.LATE, Used.WASTED},
    "LC104": {Used.NOTHING, Used.STALE},
    "LC109": {Used.NOTHING},
    "LC110": {Used.STALE},
}
"""What the steps really use if the rule is right. LC105 is not here: where it is right there is no step."""


def used(preamble: str, source: str, **names: str) -> set[Used]:
    """What the steps use once the loop is under way; the first two rounds may differ."""
    steps = steps_of(preamble, source, **names)
    return set().union(*steps[len(steps) // 3 :])


def each_loss_is_used_once(text: str, forwards: str = "f", backwards: str = "b") -> bool:
    """Round and round, is there one backward for each forward? If not: LC106, LC107, or a loss for the log."""
    order = [letter in forwards for letter in text if letter in forwards + backwards]
    return bool(order) and all(a != b for a, b in pairwise([order[-1], *order]))


@given(items_of("zfbs", CALL, size=8))
def test_what_the_linter_says_is_what_the_gradients_say(items: tuple[Item, ...]) -> None:
    source = program(items)
    codes = {f.code for f in lint_source(ONE + source)}
    older = Writer(items).before  # a loss older than the loop: it is the first round that is wrong
    real = set().union(*steps_of(ONE, source)) if older else used(ONE, source)
    for code in codes - {"LC105", "LC113"}:
        assert real & REALLY[code]
    if "LC105" in codes:
        assert not real
    if not codes and each_loss_is_used_once(flat(items)):
        assert real <= {Used.FRESH, Used.WASTED}


@given(st.one_of(items_of("zZsSfFjb", size=10), nearly_right()))
def test_no_optimizer_is_accused_whose_steps_are_all_right(items: tuple[Item, ...]) -> None:
    """Two models, losses of the one, the other or both: the linter does not know, and must still not guess wrong."""
    source = program(items)
    assume(not Writer(items).before)
    found = lint_source(PREAMBLE + source)
    for name, model, _ in TWO:
        accused = {f.code for f in found if f.subject == name} - {"LC105"}
        if accused:
            fine = {Used.FRESH} if accused == {"LC103"} else {Used.FRESH, Used.WASTED}
            assert not used(PREAMBLE, source, model=model, optimizer=name) <= fine
