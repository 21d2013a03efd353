"""Comments that silence findings: `# loopcheck: ignore[LC101] reason`, `# loopcheck: skip-file` and `# noqa`.

Read with the standard tokenizer, so that a string is no comment; only for a text that mentions one of the words.
A comment holds for its own line, and from the first or last line of a statement for all of it. What of ours silences
nothing, or names no rule, is reported as LC002; noqa comments and other tools' codes are never judged.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import LoopcheckError
from ..findings import Certainty, Finding, Location, Observer, Site
from ..rules import catalogue, rule_named

_OURS = re.compile(r"#\s*loopcheck:\s*(ignore|skip-file)\b\s*(?:\[([^\]]*)\])?", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa\b(?:\s*:\s*([A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_ALL = "*"


class Comment(NamedTuple):
    """One suppression: where it stands, the lines of its statement, the words it names (none: all rules)."""

    row: int
    column: int
    end: int
    first: int
    last: int
    words: tuple[str, ...]
    ours: bool

    def covers(self, row: int) -> bool:
        """Does it hold for a finding on this line?"""
        return row == self.row or (self.first <= row <= self.last and self.row in (self.first, self.last))


def mentioned(text: str) -> bool:
    """Might there be a suppression in this text? Cost: two searches."""
    return "loopcheck:" in text or "noqa" in text or "NOQA" in text


def applied(text: str, findings: list[Finding], filename: str, codes: frozenset[str]) -> list[Finding]:
    """The findings that no comment silences, and LC002 for comments of ours that silence none.

    codes: the rules that are on; a rule that is off makes no comment unused. LC001 cannot be silenced.
    """
    comments = list(_comments(text))
    if any(c.words == ("skip-file",) and c.ours for c in comments):
        return [f for f in findings if f.code == "LC001"]
    used: set[tuple[Comment, str]] = set()
    kept = []
    for finding in findings:
        hit = [(c, w) for c in comments if c.covers(finding.site.start.row) for w in c.words if _names(w, finding)]
        used.update(hit)
        if not hit or finding.code == "LC001":
            kept.append(finding)
    if "LC002" in codes:
        kept += [_told(c, w, filename, why) for c in comments if c.ours for w, why in _idle(c, used, codes)]
    return sorted(kept, key=lambda f: f.sort_key)


def _names(word: str, finding: Finding) -> bool:
    return word == _ALL or word.upper() == finding.code or word.lower() == finding.name


def _idle(comment: Comment, used: set[tuple[Comment, str]], codes: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The words of a comment that do nothing, each with the reason."""
    for word in comment.words:
        if (comment, word) in used:
            continue
        if word == _ALL:
            yield word, "nothing on this line is found by loopcheck"
            continue
        try:
            code = rule_named(word).card.code
        except LoopcheckError as error:
            yield word, error.message.partition(";")[0]
            continue
        if code in codes:
            yield word, f"{code} finds nothing here"


def _told(comment: Comment, word: str, filename: str, why: str) -> Finding:
    card = catalogue()["LC002"].card
    return Finding(
        code=card.code,
        name=card.name,
        message=f"this comment silences nothing: {why}",
        site=Site(filename, Location(comment.row, comment.column), Location(comment.row, comment.end)),
        severity=card.severity,
        certainty=Certainty.CERTAIN,
        observer=Observer.STATIC,
        subject=None if word == _ALL else word,
        advice=card.how_to_fix,
    )


def _comments(text: str) -> Iterator[Comment]:
    """All suppressions of a text. One that the tokenizer refuses has none: it is reported as LC001 anyway."""
    found: list[tuple[int, int, str]] = []
    first = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found.append((*token.start, token.string))
            elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
                yield from _of_statement(found, first, token.start[0])
                found, first = [], 0
            elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT) and not first:
                yield from _of_statement(found, 0, 0)  # comments on lines of their own
                found, first = [], token.start[0]
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return


def _of_statement(found: list[tuple[int, int, str]], first: int, last: int) -> Iterator[Comment]:
    for row, column, text in found:
        for match in _OURS.finditer(text):
            words = tuple(dict.fromkeys(w for w in re.split(r"[\s,]+", match[2] or "") if w))
            if match[1].lower() == "skip-file":
                words = ("skip-file",)
            yield Comment(
                row, column + match.start() + 1, column + match.end() + 1, first, last, words or (_ALL,), True
            )
        for match in _NOQA.finditer(text):
            words = tuple(re.split(r"[\s,]+", match[1].strip())) if match[1] else (_ALL,)
            yield Comment(row, column + match.start() + 1, column + match.end() + 1, first, last, words, False)
