"""The collector: numbers the places of one file and keeps what the judge finds there, for all analyses of it."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from ..events import Event, Mark
from ..findings import Certainty
from ..judge import Judge, Verdict, settle
from ..machine import State


class Found(NamedTuple):
    """A verdict with what the analysis knows about its circumstances.

    subject: in the user's own words. sure: no name had to be guessed. looped: it happens in a loop, or needs none.
    """

    verdict: Verdict
    subject: str
    sure: bool
    looped: bool

    @property
    def certainty(self) -> Certainty:
        """How sure the linter is of it."""
        if not (self.verdict.certain and self.looped):
            return Certainty.POSSIBLE
        return Certainty.CERTAIN if self.sure else Certainty.LIKELY


class Collector:
    """What the analyses of one file share: the judge, the numbering of places, and the findings so far."""

    def __init__(self, module: ast.Module, judge: Judge) -> None:
        self.judge = judge
        self.marks: list[ast.AST] = [module]  # mark 0 is nowhere
        self.found: dict[tuple[object, ...], Found] = {}
        self.gave_up = False  # not all of the file was judged
        self._mark_of: dict[ast.AST, int] = {}
        self._aliases: dict[tuple[ast.AST, str], int] = {}

    def mark(self, node: ast.AST) -> int:
        """The number that stands for this node in events and states."""
        if node not in self._mark_of:
            self._mark_of[node] = len(self.marks)
            self.marks.append(node)
        return self._mark_of[node]

    def alias(self, node: ast.AST, name: str) -> int:
        """Another number for a node: one for each name that it is about."""
        if (node, name) not in self._aliases:
            self._aliases[node, name] = len(self.marks)
            self.marks.append(node)
        return self._aliases[node, name]

    def ask(
        self,
        key: str,
        event: Event,
        states: Iterable[State] = (State(),),
        *,
        subject: str = "",
        sure: bool = True,
        looped: bool = True,
        elsewhere: bool = False,
    ) -> None:
        """Ask the judge about these states just before the event, and keep what it finds.

        key: tells subjects apart. subject: its name for people, the key if there is none. elsewhere: it happens in
        a function that nothing in this file calls: the loop around it may be in another one.
        """
        for verdict in self.judge.judge(key, states, event):
            at = (verdict.rule.card.code, key, verdict.told.anchor, verdict.at, verdict.certain)
            shown = looped or (elsewhere and verdict.rule.at_once)
            self.found.setdefault(at, Found(verdict, subject or key, sure and looped, shown))

    def confused(self, key: str, subject: str, cleared: Mapping[str, Mark], among: Container[str]) -> bool:
        """Is this cleared and never stepped optimizer taken for one that is stepped and never cleared?

        Then one mistake has two effects: what was found of the stepped one is told, and names this one.
        cleared: where each optimizer that is cleared by its name is cleared. among: the optimizers of this place.
        """
        codes: dict[str, set[str]] = {}
        for one in self.found.values():
            codes.setdefault(one.verdict.subject, set()).add(one.verdict.rule.card.code)
        for at, one in self.found.items():
            about, rule, told = one.verdict.subject, one.verdict.rule, one.verdict.told
            if about in cleared or about not in among or not one.verdict.certain:
                continue
            if rule.card.code == "LC101" and codes[about].isdisjoint(rule.card.yields_to):
                related = (*told.related, (f"zero_grad() is called on another optimizer here: {subject}", cleared[key]))
                self.found[at] = one._replace(verdict=one.verdict._replace(told=told._replace(related=related)))
                return True
        return False

    def settled(self) -> list[Found]:
        """What is left when one finding speaks per cause."""
        by_verdict = {}
        for one in self.found.values():
            by_verdict[one.verdict._replace(certain=one.verdict.certain and one.looped)] = one
        return [by_verdict[v]._replace(verdict=v) for v in settle(by_verdict)]
