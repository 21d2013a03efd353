"""How many faults `--fix` mends, and how often the text is then what it was before the fault.

    python benchmarks/fixes_on_mutants.py MUTANTS --rules RULES [--every N] [--unsafe]

MUTANTS holds `labels.jsonl`, one object a line: class (the kind of fault), file (the text with one fault in it), orig
(the one without, both relative to MUTANTS) and lines (where). RULES is JSON: the codes that name each class.
evaluate.md tells how such a folder is made. Prints Markdown: for each class the faults found, those fixed, and those
whose text then equals the original but for blank lines and spaces. A fault counts as fixed if the text parses, its
finding is gone and no other one has come.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from loopcheck.findings import Finding
from loopcheck.linter import lint_source
from loopcheck.linter.edits import applied
from loopcheck.linter.mending import fixed
from loopcheck.rules import catalogue
from loopcheck.settings import Settings

SETTINGS = Settings()
NAME = "train.py"


def outcome(label: dict[str, Any], folder: Path, codes: dict[str, list[str]], unsafe: bool) -> tuple[str, str]:
    """The class of one fault and what became of it: missed, unfixed, fixed or same."""
    kind = str(label["class"])
    text, before = (_text(folder / label[name]) for name in ("file", "orig"))
    finding = _nearest(text, codes.get(kind, []), int(label["lines"][0]))
    if finding is None:
        return kind, "missed"
    card = catalogue()[finding.code].card
    if not card.remedies or card.safe_fix == unsafe:
        return kind, "no fix"
    fix = fixed(text, finding, SETTINGS, NAME)
    if fix is None:
        return kind, "unfixed"
    made = applied(text, fix.edits)
    ast.parse(made)
    return kind, "same" if _plain(made) == _plain(before) else "fixed"


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _nearest(text: str, codes: list[str], row: int) -> Finding | None:
    found = [one for one in lint_source(text, NAME, SETTINGS) if one.code in codes]
    return min(found, key=lambda one: abs(one.site.start.row - row), default=None)


def _plain(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def table(counts: dict[str, Counter[str]]) -> str:
    """The classes for which there is a fix, and their sum."""
    lines = ["| fault | found | fixed | same text |", "| --- | ---: | ---: | ---: |"]
    total: Counter[str] = Counter()
    for kind, one in sorted(counts.items()):
        if one["unfixed"] + one["fixed"] + one["same"]:
            lines.append(_row(kind, one))
            total.update(one)
    return "\n".join([*lines, _row("all", total)])


def _row(name: str, one: Counter[str]) -> str:
    mended = one["fixed"] + one["same"]
    found = mended + one["unfixed"]
    return f"| {name} | {found} | {mended} ({_share(mended, found)}) | {one['same']} ({_share(one['same'], found)}) |"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def main() -> None:
    """Reads the command line and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mutants", type=Path)
    parser.add_argument("--rules", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument(
        "--unsafe", action="store_true", help="the rules whose fixes are not safe, instead of the others"
    )
    chosen = parser.parse_args()
    labels = [json.loads(line) for line in (chosen.mutants / "labels.jsonl").read_text().splitlines()][:: chosen.every]
    codes = json.loads(chosen.rules.read_text())
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    judge = partial(outcome, folder=chosen.mutants, codes=codes, unsafe=chosen.unsafe)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for kind, became in pool.map(judge, labels, chunksize=8):
            counts[kind][became] += 1
    print(table(counts))


if __name__ == "__main__":
    main()
