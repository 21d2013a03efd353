"""The rules: one file each. This module holds the card they all carry and finds them in this folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from textwrap import dedent
from typing import NamedTuple

from ..errors import LoopcheckError, did_you_mean
from ..events import Event, Kind, Mark
from ..findings import Certainty, Observer, Severity
from ..intents import Remedy
from ..machine import State


class Card(NamedTuple):
    """Everything people read about a rule. Codes, names and anchors are those of the catalogue.

    bad, good: programs that run once `model`, `optimizer`, `loss_fn` and `batches` exist; a bad one may raise, where
        torch itself notices in the end. anchor: the line of the bad one that is reported, the last of equal ones.
    latency: optimizer steps after which a watcher must have spoken; 0: when the watch ends.
    seen_by: the observers that can see it. most: the most that is claimed of it, whatever is seen.
    yields_to: codes that speak instead when both have the same cause.
    by_reading, by_running: how the linter and the watcher see it, and where they abstain; "" for who cannot.
    remedies: what to try, one after the other, to mend it; none if loopcheck has no fix for it.
    safe_fix: the repaired bad example, run, equals the good one; else a fix is only applied on request.
    """

    code: str
    name: str
    title: str
    why: str
    bad: str
    good: str
    legal: str
    how_to_fix: str
    severity: Severity
    by_reading: str = ""
    by_running: str = ""
    anchor: str = ""
    default: bool = True
    latency: int = 5
    seen_by: tuple[Observer, ...] = (Observer.STATIC, Observer.RUNTIME)
    most: Certainty = Certainty.CERTAIN
    yields_to: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    safe_fix: bool = False

    @property
    def bad_source(self) -> str:
        """The bad example as a program of its own."""
        return dedent(self.bad).strip("\n") + "\n"

    @property
    def good_source(self) -> str:
        """The good example as a program of its own."""
        return dedent(self.good).strip("\n") + "\n"


class Told(NamedTuple):
    """What a broken rule says: the message, its anchor, and the related marks with their messages.

    `{subject}` in a message stands for the optimizer, in the user's own words.
    """

    message: str
    anchor: Mark
    related: tuple[tuple[str, Mark], ...] = ()


class Rule(NamedTuple):
    """A card and, for rules about the protocol, its judgement.

    judged_at: the kinds of event at which `broken` is asked.
    broken(state before the event, event): True or False, or None for "this path cannot tell".
    told(state, event): what to say; called only where broken is True.
    at_once: one pass through the code shows all of the fault; it needs no loop around it.
    """

    card: Card
    judged_at: tuple[Kind, ...] = ()
    broken: Callable[[State, Event], bool | None] | None = None
    told: Callable[[State, Event], Told] | None = None
    at_once: bool = False


@cache
def catalogue() -> Mapping[str, Rule]:
    """All rules by code, in the order of their codes; found by walking this folder."""
    found: dict[str, Rule] = {}
    for entry in pkgutil.iter_modules(__path__):
        rule: Rule = import_module(f"{__name__}.{entry.name}").RULE
        found[rule.card.code] = rule
    return dict(sorted(found.items()))


def rule_named(word: str) -> Rule:
    """The rule of that code or name. Raises LoopcheckError naming the nearest one if there is none."""
    for rule in catalogue().values():
        if word.upper() == rule.card.code or word.lower() == rule.card.name:
            return rule
    raise LoopcheckError(f"unknown rule '{word}'{_nearest(word)}; `loopcheck rules` lists them")


def selected(
    select: tuple[str, ...] | None,
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    start: frozenset[str] | None = None,
) -> frozenset[str]:
    """The codes that are switched on. A longer word beats a shorter one, ignore beats select in a tie.

    start: what is on before, if nothing is selected; None means the rules that are on by default.
    Words are codes, prefixes of codes, names, or ALL, in any case. LC001 stays on unless it is ignored itself: a
    file that was not read must not count as clean. Raises LoopcheckError on a word that fits no rule.
    """
    if start is None:
        start = frozenset(code for code, rule in catalogue().items() if rule.card.default)
    chosen = set(start) if select is None else set()
    rank = dict.fromkeys(chosen, -1)
    for words, on in ((select or (), True), (extend_select, True), (ignore, False)):
        for word in words:
            for code, weight in _fitting(word).items():
                if weight < rank.get(code, -1) or (not on and code not in chosen):
                    continue
                rank[code] = weight
                (chosen.add if on else chosen.discard)(code)
    if not _names_unread(ignore) and (select is not None or "LC001" in start):
        chosen.add("LC001")
    return frozenset(chosen)


def without(codes: frozenset[str], words: tuple[str, ...]) -> frozenset[str]:
    """These codes less those that the words name. LC001 goes only if it is named itself. Raises LoopcheckError."""
    gone = {code for word in words for code in _fitting(word)}
    return codes - (gone if _names_unread(words) else gone - {"LC001"})


def _names_unread(words: tuple[str, ...]) -> bool:
    return any(word.lower() in ("lc001", "syntax-error") for word in words)


def _fitting(word: str) -> dict[str, int]:
    """The codes that a selector names, each with how specific it is."""
    if word.upper() == "ALL":
        return dict.fromkeys(catalogue(), 0)
    for code, rule in catalogue().items():
        if word.lower() == rule.card.name:
            return {code: len(code)}
    codes = [code for code in catalogue() if word and code.startswith(word.upper())]
    if not codes:
        raise LoopcheckError(f"unknown rule '{word}'{_nearest(word)}; `loopcheck rules` lists them")
    return dict.fromkeys(codes, len(word))


def _nearest(word: str) -> str:
    digits = word.upper().removeprefix("LC").translate(str.maketrans("OIL", "011"))
    if word.upper().startswith("LC") and digits.isdecimal():  # a code: mistyped in letters, or none is near
        return f" (did you mean LC{digits}?)" if f"LC{digits}" in catalogue() else ""
    return did_you_mean(word, (known for code, rule in catalogue().items() for known in (code, rule.card.name)))
