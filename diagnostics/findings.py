"""Turns verdicts of a running program into findings."""

from __future__ import annotations

from ..events import Mark
from ..findings import Certainty, Finding, Location, Observer, Related, Site
from ..judge import Verdict
from .naming import name_of
from .sites import Sites
from .trace import Trace

_NOWHERE = Site("<unknown>", Location(1, 1), Location(1, 1))


def finding_of(verdict: Verdict, trace: Trace) -> Finding:
    """The finding a verdict stands for, in the user's words. Called in the thread where it happened."""
    card, told = verdict.rule.card, verdict.told
    subject = _subject(verdict.subject, trace)
    sites = trace.sites
    return Finding(
        code=card.code,
        name=card.name,
        message=told.message.format(subject=subject),
        site=_site(sites, told.anchor, verdict.at),
        severity=card.severity,
        certainty=min(Certainty.CERTAIN, card.most),
        observer=Observer.RUNTIME,
        related=tuple(
            Related(text.format(subject=subject), site)
            for text, mark in told.related
            if (site := sites.site(mark)) is not None
        ),
        subject=subject,
        advice=card.how_to_fix,
    )


def _site(sites: Sites, *marks: Mark) -> Site:
    return next((site for mark in marks if (site := sites.site(mark)) is not None), _NOWHERE)


def _subject(key: str, trace: Trace) -> str:
    for one in (*trace.optimizers, *trace.ended):
        if one.key == key:
            optimizer = one.ref()
            if not one.name and optimizer is not None:
                one.name = name_of(optimizer, "")
            return one.name or "optimizer"
    return key
