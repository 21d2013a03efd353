"""Paths as seen from where the user is."""

from __future__ import annotations

from pathlib import Path

from ..findings import Finding, Site


def near(finding: Finding, folder: Path) -> Finding:
    """A finding with its paths as seen from a folder, if they lie in it."""
    related = tuple(one._replace(site=_near_site(one.site, folder)) for one in finding.related)
    return finding._replace(site=_near_site(finding.site, folder), related=related)


def _near_site(site: Site, folder: Path) -> Site:
    path = Path(site.filename)
    return site._replace(filename=str(path.relative_to(folder))) if path.is_relative_to(folder) else site
