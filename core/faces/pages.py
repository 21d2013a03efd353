"""What people read about rules: the page of one, and the table of all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill, indent

from ..findings import Observer, Severity
from ..rules import Card
from .terminal import Paint

_WIDTH = 92
_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "blue"}


def explanation(card: Card, *, color: bool = False) -> str:
    """Everything about one rule: what is wrong, why, a bad and a good example, what is legal, how to fix it."""
    paint = Paint(color)
    state = "on by default" if card.default else f"off by default; --extend-select {card.code} sets it on"
    head = f"{paint('bold', f'{card.code} {card.name}')} ({paint(_STYLE[card.severity], card.severity.value)}, {state})"
    parts = [f"{head}\n{fill(_sentence(card.title), _WIDTH)}\n"]
    parts += [f"{paint('bold', title)}\n{body}\n" for title, body in _sections(card) if body.strip()]
    return "\n".join(parts)


def _sections(card: Card) -> Iterator[tuple[str, str]]:
    yield "Why", _prose(card.why)
    yield "Bad", _code(card.bad_source)
    yield "Good", _code(card.good_source)
    yield "Legal", _prose(card.legal)
    yield "How to fix", f"{_prose(card.how_to_fix)}\n{_prose(fix_of(card))}"
    yield "How it is seen", "\n".join(_prose(f"{who}: {text}") for who, text in observers(card))


def fix_of(card: Card) -> str:
    """What `--fix` does about it, in one or two sentences."""
    if not card.remedies:
        return "loopcheck does not fix it by itself."
    if card.safe_fix:
        return "`loopcheck --fix` does it: the fix is safe, it changes nothing but the fault."
    return "`loopcheck --fix --unsafe-fixes` does it; the fix may change more than the fault, so look at it."


def observers(card: Card) -> tuple[tuple[str, str], tuple[str, str]]:
    """How each observer sees it, or that it cannot: by reading (`loopcheck PATH`), by running (`run`, `watch`)."""
    reading = card.by_reading if Observer.STATIC in card.seen_by else "The linter cannot see it; the watcher does."
    running = f"{card.by_running} {_latency(card)}" if Observer.RUNTIME in card.seen_by else _NOT_RUNNING
    return ("By reading", reading), ("By running", running)


_NOT_RUNNING = "The watcher cannot see it; the linter does."


def _latency(card: Card) -> str:
    if not card.latency:
        return "It speaks at the latest when the watch ends."
    return f"It speaks within {card.latency} optimizer steps, if the fault is there from the start."


def _prose(text: str) -> str:
    return fill(text, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _code(source: str) -> str:
    return indent(source.rstrip("\n"), "    ")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def table(cards: Sequence[Card], *, color: bool = False) -> str:
    """One line per rule: code, name, severity, whether it is on by default, title; under a line of headings."""
    paint = Paint(color)
    rows = [("code", "name", "severity", "default", "title")]
    rows += [(c.code, c.name, c.severity.value, "on" if c.default else "off", c.title) for c in cards]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(cell.ljust(size) for cell, size in zip(row, widths, strict=False)), row[4]]) for row in rows]
    return "\n".join([paint("bold", lines[0]), *lines[1:]]) + "\n"


def table_json(cards: Iterable[Card]) -> str:
    """The same as a JSON list of objects, with the prose of each page."""
    rows = [
        {
            "code": card.code,
            "name": card.name,
            "severity": card.severity.value,
            "default": card.default,
            "title": card.title,
            "why": card.why,
            "legal": card.legal,
            "how_to_fix": card.how_to_fix,
            "by_reading": card.by_reading,
            "by_running": card.by_running,
            "fix": ("safe" if card.safe_fix else "unsafe") if card.remedies else None,
        }
        for card in cards
    ]
    return json.dumps(rows, indent=2) + "\n"
