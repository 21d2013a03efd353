"""The comments in the user's source that silence findings, and what the settings switch off in a file."""

from __future__ import annotations

import linecache

from ..findings import Finding
from ..rules import without
from ..settings import Settings
from ..suppressions import NONE, Comments, read


class Silence:
    """Reads each file once, when something was found in it. Cost: one run of the tokenizer over that file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._comments: dict[str, Comments] = {}

    def holds(self, finding: Finding) -> bool:
        """Whether somebody has asked not to hear this finding."""
        name = finding.site.filename
        if name not in self._comments:
            self._comments[name] = _comments(name)
        comments = self._comments[name]
        if comments.skips_file or self._off(name, finding.code):
            return True
        return any(one.silences(finding.code) for one in comments.at(finding.site.start.row))

    def _off(self, name: str, code: str) -> bool:
        words = self._settings.ignored_in(name)
        return bool(words) and not without(frozenset((code,)), words)


def _comments(filename: str) -> Comments:
    text = "".join(linecache.getlines(filename))
    return read(text) if text else NONE
