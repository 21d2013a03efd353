"""Where a finding is, in words: paths as seen from where the user is, and cells of notebooks."""

from __future__ import annotations

import os
from pathlib import Path

from ..findings import Finding, Site


def near_path(filename: str, folder: Path) -> str:
    """A path with forward slashes, as seen from a folder if it lies in it."""
    path = Path(os.path.abspath(filename))
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def near(finding: Finding, folder: Path) -> Finding:
    """A finding with its paths as seen from a folder, if they lie in it."""
    related = tuple(one._replace(site=_near_site(one.site, folder)) for one in finding.related)
    return finding._replace(site=_near_site(finding.site, folder), related=related)


def _near_site(site: Site, folder: Path) -> Site:
    path = Path(site.filename)  # "<string>" is none, and stays
    return site._replace(filename=near_path(site.filename, folder)) if path.is_relative_to(folder) else site


def cell(site: Site, space: str = "") -> str:
    """`cell 3:` before what is said of a place in a notebook, and a space behind it if wanted; "" in a script."""
    return f"cell {site.cell}:{space}" if site.cell else ""


def place(site: Site) -> str:
    """`train.py:12:5`, with `cell 3:` before the row in a notebook; not escaped."""
    return f"{site.filename}:{cell(site)}{site.start.row}:{site.start.column}"
