"""What the comments of a file leave of its findings, and those comments that silence nothing (LC002)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from ..findings import Certainty, Finding, Observer, Site
from ..rules import catalogue
from ..suppressions import UNREAD, UNUSED, Comments, Suppression


def applied(
    findings: Sequence[Finding], comments: Comments, on: Container[str], filename: str, *, sure: bool = True
) -> list[Finding]:
    """The findings that are left, LC002 for suppressions in vain among them, in the order of the file.

    findings: of all rules, switched on or not, so that a rule that is switched off keeps its suppression in use.
    on: the codes that are switched on. sure: all of the file was judged; else nothing is said to be in vain.
    """
    if comments.skips_file:
        return [f for f in findings if f.code == UNREAD]
    left = [f for f in findings if not any(s.silences(f.code) for s in comments.at(f.site.start.row))]
    if UNUSED in on:
        used = {(s, f.code) for f in findings for s in comments.at(f.site.start.row) if s.silences(f.code)}
        vain = (_in_vain(s, used, on, filename, sure and comments.complete) for s in comments.suppressions)
        left += [f for f in vain if f and not any(s.silences(UNUSED) for s in comments.at(f.site.start.row))]
    return sorted((f for f in left if f.code in on), key=lambda f: f.sort_key)


def _in_vain(
    one: Suppression, used: Container[tuple[Suppression, str]], on: Container[str], filename: str, sure: bool
) -> Finding | None:
    reasons = list(one.unknown)
    if one.judged is None:
        if sure and not any((one, code) in used for code in catalogue()):
            reasons.append("nothing is found here")
    else:
        judged = [code for code in one.judged if code in on and code != UNUSED and _is_ours(code)]
        reasons += [f"{UNREAD} cannot be suppressed" for code in judged if code == UNREAD]
        idle = [code for code in judged if code != UNREAD and (one, code) not in used]
        if sure and idle:
            reasons.append(f"there is no {_listed(idle)} here")
    return _told(one, filename, "; ".join(reasons)) if reasons else None


def _is_ours(code: str) -> bool:
    """Whether the linter could find it: what only a watch sees is silenced for the watch."""
    return Observer.STATIC in catalogue()[code].card.seen_by


def _listed(codes: Iterable[str]) -> str:
    return " and no ".join(f"{catalogue()[code].card.name} ({code})" for code in codes)


def _told(one: Suppression, filename: str, reason: str) -> Finding:
    card = catalogue()[UNUSED].card
    return Finding(
        code=card.code,
        name=card.name,
        message=f"this suppression is in vain: {reason}",
        site=Site(filename, one.start, one.end),
        severity=card.severity,
        certainty=Certainty.CERTAIN,
        observer=Observer.STATIC,
        advice=card.how_to_fix,
    )
