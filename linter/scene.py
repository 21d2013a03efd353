"""A finding in its text: what it points to, and what stands around that."""

from __future__ import annotations

import libcst as cst

from ..findings import Finding, Location, Site
from ..intents import Role
from .syntax import Statement, Syntax, method_of

_SITES = {Role.ANCHOR: 0, Role.RELATED: 1, Role.SECOND: 2}


class Scene:
    """What the repairs of one finding look at."""

    def __init__(self, syntax: Syntax, finding: Finding) -> None:
        self.syntax, self.finding = syntax, finding
        self.anchor = syntax.statement(finding.site.start)
        self.loops = syntax.loops(self.anchor) if self.anchor is not None else []

    def site(self, role: Role) -> Site | None:
        """The stretch that the finding itself names for a role."""
        sites = [self.finding.site, *(one.site for one in self.finding.related)]
        number = _SITES.get(role, len(sites))
        return sites[number] if number < len(sites) else None

    def site_start(self, role: Role) -> Location:
        """Where that stretch begins; a place that is in no file if there is none."""
        site = self.site(role)
        return site.start if site is not None else Location(0, 0)

    def at_site(self, role: Role) -> Statement | None:
        """The statement there; none if it is only the body of `if x: y` on one line."""
        site = self.site(role)
        found = self.syntax.statement(site.start) if site is not None else None
        if site is None or not isinstance(found, cst.BaseCompoundStatement):
            return found
        inside = (one for one in self.syntax.descend(found) if isinstance(one, cst.SimpleStatementSuite))
        held = any(self.syntax.start(one) <= site.start <= self.syntax.end(one) for one in inside)
        return None if held else found

    @property
    def scope(self) -> cst.CSTNode | None:
        """What the anchor's round is part of: its function, else the outermost loop."""
        function = self.syntax.function(self.anchor) if self.anchor is not None else None
        return function or (self.loops[-1] if self.loops else None)

    def before(self, statement: Statement) -> list[Statement]:
        """The statements before it in its block, the nearest first."""
        block = self.syntax.block(statement)
        earlier = block[: block.index(statement)] if statement in block else block[:0]
        return [one for one in reversed(earlier) if isinstance(one, Statement)]

    def behind(self, statement: Statement) -> list[Statement]:
        """The statements behind it in its block, the nearest first."""
        block = self.syntax.block(statement)
        later = block[block.index(statement) + 1 :] if statement in block else block[:0]
        return [one for one in later if isinstance(one, Statement)]

    def calls(self, node: cst.CSTNode, *names: str) -> bool:
        """Whether a piece of code calls something of one of these names."""
        return any(method_of(call) in names for call in self.syntax.calls(node))
