"""The linter: reads a training loop before it runs. Needs libcst, never torch.

Light on purpose: libcst is loaded by the first text that is really judged.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from ..findings import Finding
    from ..settings import Settings


def lint_source(text: str, filename: str = "<source>", settings: Settings | None = None) -> list[Finding]:
    """The findings of one Python text that are sure enough to be shown, in the order of the text.

    A text that cannot be parsed gives one LC001. Raises LoopcheckError if the settings name an unknown rule.
    Cost: about 1.5 s per MB, and 0.15 s once to load libcst.
    """
    from ..settings import Settings as Chosen
    from .check import check_source

    chosen = settings or Chosen()
    return [f for f in check_source(text, filename, chosen) if chosen.shows(f)]


def lint_paths(paths: Sequence[str | os.PathLike[str]], settings: Settings | None = None) -> list[Finding]:
    """The findings of all Python files in these files and folders that are sure enough to be shown.

    Files that do not mention a training loop are not parsed. A file that cannot be read gives one LC001.
    Raises LoopcheckError if a path does not exist or the settings name an unknown rule.
    """
    import os

    from ..settings import Settings as Chosen
    from .check import check_files
    from .discovery import discover
    from .prefilter import names_in, relevant_file

    chosen = settings or Chosen()
    found = discover(
        [os.fspath(p) for p in paths],
        exclude=chosen.exclude,
        respect_gitignore=chosen.respect_gitignore,
        force_exclude=chosen.force_exclude,
    )
    names = names_in(chosen)
    survivors = [f for f in found if relevant_file(f, names, chosen.max_file_bytes)]
    return [f for f in check_files(survivors, chosen) if chosen.shows(f)]
