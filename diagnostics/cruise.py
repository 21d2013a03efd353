"""Cruising: as long as a loop repeats the cycle it has repeated before, its events are only counted.

On the full path each event of a cycle (from one step of an optimizer to its next) is noted with the machine's states
before it. When a cycle was the same twice, and has led the machine back to where it began, the next few cycles are
compared with it, one integer an event; what these integers cannot tell (has the backward reached the parameters, has
somebody cleared by hand) is looked at in each full cycle in between. The first event that is not the expected one
finds the machine set to the state that belongs there.

Why: a full event costs some 5 us in a training step, where all caches are cold, a compared one 1 us.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from ..events import Mark

if TYPE_CHECKING:
    from .models import Called
    from .optimizers import Tracked

LAPS = 47  # cycles that are only compared, behind one that is looked at in full
_LONGEST = 256  # events of a cycle
Key = int
"""What is compared: for a forward pass the id of its module, for a clear that of its optimizer, for a step ~id of it;
for zero_grad() of a module -id of it, for its eval() or train() its id plus 1 or 2; for a backward the mark of its
place. None stands for "nothing is expected"."""
NO_PLAN: tuple[Key | None, ...] = (None,)


class Deed(Enum):
    """What an event adds to."""

    CLEAR = auto()
    FORWARD = auto()
    BACKWARD = auto()
    STEP = auto()
    OTHER = auto()


class Entry(NamedTuple):
    """One event of a cycle. states: of all optimizers before it, as numbers of the memo."""

    key: Key
    states: tuple[int, ...]
    deed: Deed
    who: Tracked | Called | Mark


class Log:
    """The events of the cycle that runs on the full path, and those of the one before.

    spoiled: something in this cycle is not told by keys (a closure, a probe that waits), so that it must not be
    repeated unseen.
    """

    __slots__ = ("_before", "_now", "spoiled")

    def __init__(self) -> None:
        self._now: list[Entry] = []
        self._before: list[Entry] = []
        self.spoiled = False

    def note(self, key: Key, optimizers: list[Tracked], deed: Deed, who: Tracked | Called | Mark) -> None:
        """One more event."""
        if len(self._now) > _LONGEST:
            self.spoiled = True
            return
        self._now.append(Entry(key, tuple([one.state for one in optimizers]), deed, who))

    def spoil(self) -> None:
        """This cycle cannot be repeated unseen."""
        self.spoiled = True

    def cycle_ends(self, optimizers: Iterable[Tracked]) -> list[Entry] | None:
        """An optimizer has stepped. Returns the cycle if it is over, was as the one before, and ends as it began."""
        now, before = self._now, self._before
        if not now or len(now) > _LONGEST:  # a step within a step, or another way of training
            self.forget()
            return None
        if before and before[-1].key != now[-1].key:
            return None  # another optimizer's step, in the middle of the cycle
        ends = tuple([one.state for one in optimizers])
        same = not self.spoiled and now == before and now[0].states == ends
        self._before, self._now = now, []
        self.spoiled = False
        return now if same else None

    def forget(self) -> None:
        """Begin anew."""
        self._now, self._before = [], []
        self.spoiled = False

    def resume(self, cycle: list[Entry], at: int) -> None:
        """The cycle was left at this event; what comes now is its rest."""
        self._now, self._before = cycle[:at], cycle
        self.spoiled = at > 0
