"""What people read about rules: the page of one, and the table of all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill, indent

from ..findings import Severity
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
    yield "How to fix", _prose(card.how_to_fix)


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
    """The same as a JSON list of objects: code, name, severity, default, title, why, legal and how_to_fix."""
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
        }
        for card in cards
    ]
    return json.dumps(rows, indent=2) + "\n"
