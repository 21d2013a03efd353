"""Comments that silence findings, of both observers. Those that silence nothing are judged in linter/vain.py.

    loss.backward()  # loopcheck: ignore[LC101] the reason, for people
    loss.backward()  # loopcheck: ignore[LC101, missing-step]
    loss.backward()  # loopcheck: ignore
    loss.backward()  # noqa: LC101
    loss.backward()  # noqa
    # loopcheck: skip-file

A comment holds for findings on its own line. In a statement of several lines it also holds for all of the statement
if it stands on the first or the last line. `skip-file` holds wherever it stands in the file.

`noqa` is read as ruff reads it: in any case, codes by their full name, separated by commas or blanks; a colon without
a code behind it makes the comment void, and so does a word that goes on (`noqa-this`). It is judged as ruff judges it:
a bare one never, codes of other tools never, and an existing code of ours by itself, whatever stands beside it.

Two things no comment can hide: LC001, for what was not read is not clean, and LC002 unless it is named, for a comment
must not vouch for itself.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .errors import LoopcheckError, did_you_mean
from .findings import Location
from .rules import catalogue, rule_named

UNREAD, UNUSED = "LC001", "LC002"
_MENTION = re.compile(r"#[^\n\r]*?(?:loopcheck:|noqa)", re.IGNORECASE)
_OURS = re.compile(
    r"#\s*loopcheck:\s*(?P<verb>[a-z][a-z-]*)"
    r"(?:\s*\[(?P<words>[^\]#]*)(?P<closed>\])?|(?P<loose>[\s:=(]*LC[0-9]+\b(?:[\s,]*LC[0-9]+\b)*))?",
    re.IGNORECASE,
)
_NOQA = re.compile(
    r"#\s*noqa(?:\s*:[\s,]*(?P<codes>[a-z]+[0-9]+(?:[\s,]*[a-z]+[0-9]+)*)(?=[\s,#]|$)|(?=[\s#]|$)(?!\s*:))",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]+[0-9]+")


class Suppression(NamedTuple):
    """One comment that asks for silence.

    codes: the rules that it silences; None means all of them. unknown: what is wrong with the words that name none.
    judged: of `codes`, those that are looked at to see whether it is needed; of a bare one of ours, None.
    """

    start: Location
    end: Location
    codes: frozenset[str] | None
    judged: tuple[str, ...] | None
    unknown: tuple[str, ...] = ()

    @property
    def may_be_in_vain(self) -> bool:
        """Whether somebody must look if it is needed."""
        return self.judged is None or bool(self.judged or self.unknown)

    def silences(self, code: str) -> bool:
        """Whether it holds for this rule, on the right line."""
        if self.codes is None:
            return code not in (UNREAD, UNUSED)
        return code in self.codes and code != UNREAD


class Comments(NamedTuple):
    """What the comments of one file say.

    spans: for each line of a statement that has several, the first and the last of them. complete: all was read.
    """

    suppressions: tuple[Suppression, ...] = ()
    spans: dict[int, tuple[int, int]] = {}  # noqa: RUF012 (never changed)
    skips_file: bool = False
    complete: bool = True

    @property
    def may_be_in_vain(self) -> bool:
        """Whether there may be something to say about them even where nothing is found."""
        return any(one.may_be_in_vain for one in self.suppressions)

    def at(self, row: int) -> Iterator[Suppression]:
        """The suppressions that hold for a finding on this line."""
        rows = {row, *self.spans.get(row, ())}
        return (one for one in self.suppressions if one.start.row in rows)


NONE = Comments()
_NOWHERE = Location(0, 0)


def read(text: str) -> Comments:
    """The suppressions of a module. Cost: some searches; only if they all find something, one run of the tokenizer."""
    lower = text.lower()
    if not ("noqa" in lower or "loopcheck:" in lower) or _MENTION.search(text) is None:
        return NONE
    suppressions: list[Suppression] = []
    statements = Statements()
    skips = False
    try:
        for token in tokens_of(text):
            statements.take(token)
            if token.type == tokenize.COMMENT:
                skips = skips or _skips_file(token.string)
                suppressions += _suppressions(token.string, *token.start)
    except (tokenize.TokenError, SyntaxError):  # newer syntax than this Python knows: what was read so far holds
        return Comments(tuple(suppressions), statements.spans, skips, complete=False)
    return Comments(tuple(suppressions), statements.spans, skips)


def tokens_of(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a module. Raises TokenError or SyntaxError where this Python does not know the syntax."""
    return tokenize.generate_tokens(io.StringIO(text, newline=None).readline)


_LAYOUT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
)


class Statements:
    """The lines of statements that have several, from the tokens of a module."""

    def __init__(self) -> None:
        self.spans: dict[int, tuple[int, int]] = {}  # for each such line, the statement's first and last
        self._first = 0

    def take(self, token: tokenize.TokenInfo) -> None:
        """The next token."""
        if token.type == tokenize.NEWLINE:
            last = token.start[0]
            if self._first and last > self._first:
                self.spans.update(dict.fromkeys(range(self._first, last + 1), (self._first, last)))
            self._first = 0
        elif not self._first and token.type not in _LAYOUT:
            self._first = token.start[0]


def _skips_file(comment: str) -> bool:
    return any(match["verb"].lower() == "skip-file" for match in _OURS.finditer(comment))


def _suppressions(comment: str, row: int, column: int) -> Iterator[Suppression]:
    """What one comment silences; it may speak to several tools, each behind a `#` of its own."""
    for match in _OURS.finditer(comment):
        start, end = _place(match, row, column)
        made = _ours(match)
        if made is not None:
            yield made._replace(start=start, end=end)
    for match in _NOQA.finditer(comment):
        start, end = _place(match, row, column)
        if match["codes"] is None:
            yield Suppression(start, end, None, ())
            continue
        codes = dict.fromkeys(_CODE.findall(match["codes"].upper()))
        known = tuple(code for code in codes if code in catalogue())
        if known:
            yield Suppression(start, end, frozenset(known), known)


def _place(match: re.Match[str], row: int, column: int) -> tuple[Location, Location]:
    return Location(row, column + match.start() + 1), Location(row, column + match.end() + 1)


def extended(comment: str, codes: Iterable[str]) -> str | None:
    """A comment whose `# loopcheck: ignore[...]` names these codes too, in order; None if it holds none that is sound.

    What else stands in it, the reason above all, stays as it is.
    """
    for match in _OURS.finditer(comment):
        if match["verb"].lower() == "ignore" and match["closed"] is not None:
            words = [word for word in re.split(r"[\s,]+", match["words"]) if word]
            there = {_code(word) for word in words}
            words += [code for code in codes if code not in there]
            start, end = match.span("words")
            return f"{comment[:start]}{', '.join(sorted(words, key=_code))}{comment[end:]}"
    return None


def _code(word: str) -> str:
    try:
        return rule_named(word).card.code
    except LoopcheckError:
        return word


def _ours(match: re.Match[str]) -> Suppression | None:
    """What `# loopcheck: ...` silences, its place left open; None if it is no suppression but skip-file, or prose."""
    verb, words = match["verb"].lower(), match["words"]
    if verb == "skip-file" or (verb != "ignore" and words is None):
        return None
    if verb != "ignore":
        return _wrong(f"there is no '{verb}[...]'{did_you_mean(verb, ['ignore'])}: write ignore[...]")
    if match["loose"] is not None:
        codes_meant = ", ".join(_CODE.findall(match["loose"].upper()))
        return _wrong(f"a rule stands in brackets: write ignore[{codes_meant}]")
    if words is None:
        return Suppression(_NOWHERE, _NOWHERE, None, None)
    if match["closed"] is None:
        return _wrong("its bracket is never closed")
    codes: dict[str, None] = {}
    unknown = []
    for word in filter(None, re.split(r"[\s,]+", words)):
        try:
            codes[rule_named(word).card.code] = None
        except LoopcheckError as error:
            unknown.append(error.message.partition(";")[0])
    if not codes and not unknown:
        return _wrong("it names no rule")
    return Suppression(_NOWHERE, _NOWHERE, frozenset(codes), tuple(codes), tuple(unknown))


def _wrong(reason: str) -> Suppression:
    return Suppression(_NOWHERE, _NOWHERE, frozenset(), (), (reason,))
