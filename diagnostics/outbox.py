"""Findings on their way to the user: told between two statements of the loop, never inside a hook of torch."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from ..findings import Finding


class Receiver(Protocol):
    """A watch that wants to act on what was found."""

    def act(self, finding: Finding) -> None:
        """Warn, raise, or call the user's function."""


class _Letter(NamedTuple):
    receiver: Receiver
    finding: Finding
    after_step: int | None  # not before the thread has made more steps than that


class Outbox:
    """Of one thread. Falsy while there is nothing in it, which is what the seams ask."""

    __slots__ = ("_letters",)

    def __init__(self) -> None:
        self._letters: list[_Letter] = []

    def __bool__(self) -> bool:
        return bool(self._letters)

    def put(self, receiver: Receiver, finding: Finding, *, after_step: int | None) -> None:
        """Keep a finding until deliver()."""
        self._letters.append(_Letter(receiver, finding, after_step))

    def deliver(self, steps: int) -> None:
        """Hand over what is due. steps: those of the thread so far. Raises what a receiver raises; the rest stays."""
        due = [one for one in self._letters if one.after_step is None or steps > one.after_step]
        for letter in due:
            self._letters.remove(letter)
            letter.receiver.act(letter.finding)

    def drop(self, receiver: Receiver, finding: Finding) -> None:
        """This is told in another way."""
        self._letters = [one for one in self._letters if not (one.receiver is receiver and one.finding is finding)]

    def take(self, receiver: Receiver) -> list[Finding]:
        """What is left for one receiver, which is no longer kept."""
        mine = [one.finding for one in self._letters if one.receiver is receiver]
        self._letters = [one for one in self._letters if one.receiver is not receiver]
        return mine
