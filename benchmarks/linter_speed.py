"""How fast the linter is: CPU time of whole processes, against fixed points on the same machine.

Run it with the Python of an environment that loopcheck is installed in, not as an editable install:

    python benchmarks/linter_speed.py [--rounds N] [--tree FOLDER] [--torchfix COMMAND]

Prints Markdown. Needs Linux or macOS: it asks the kernel for the CPU time of each process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

TYPICAL = Path(__file__).with_name("typical.py")


class Duel(NamedTuple):
    """Two commands to compare, each with the words that name it in the table."""

    ours: str
    command: list[str]
    other: str
    against: list[str]


class Result(NamedTuple):
    """CPU seconds of each round, pairwise: round i of both ran one right after the other."""

    ours: list[float]
    other: list[float]

    @property
    def ratios(self) -> list[float]:
        """Ours by theirs, round by round."""
        return [a / b for a, b in zip(self.ours, self.other, strict=True)]


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of one process and of the children it waited for.

    Raises SystemExit if it ends with neither 0 nor 1 (a linter's "found something"): a failed run is soon over.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"exit status {process.returncode}: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


def measure(duel: Duel, rounds: int) -> Result:
    """Rounds of one command after the other, so that both meet the same load; the first round is thrown away."""
    pairs = [(cpu_seconds(duel.command), cpu_seconds(duel.against)) for _ in range(rounds + 1)][1:]
    return Result([ours for ours, _ in pairs], [other for _, other in pairs])


def spread(values: Sequence[float], unit: str, factor: float = 1.0, digits: int = 0) -> str:
    """`184 ms (180 to 190)`: the median, the least and the largest."""
    middle, low, high = (
        f"{value * factor:.{digits}f}" for value in (statistics.median(values), min(values), max(values))
    )
    return f"{middle}{unit} ({low} to {high})"


def duels(loopcheck: list[str], folder: Path, tree: Path | None, torchfix: str | None) -> list[Duel]:
    """What is measured on this occasion; `folder` takes a file without a training loop."""
    clean = folder / "clean.py"
    clean.write_text("import torch\n\n\ndef double(x: torch.Tensor) -> torch.Tensor:\n    return 2 * x\n")
    python = sys.executable
    found = [
        Duel("a file with a loop", [*loopcheck, str(TYPICAL)], "`import libcst`", [python, "-c", "import libcst"]),
        Duel("a file without one", [*loopcheck, str(clean)], "`pass`", [python, "-c", "pass"]),
    ]
    if tree is not None:
        against = ("TorchFix", [torchfix, str(tree)]) if torchfix else ("`import libcst`", found[0].against)
        found.append(Duel(f"the folder {tree.name}", [*loopcheck, str(tree)], *against))
    return found


def size_of(tree: Path) -> tuple[int, int]:
    """How many files the linter looks at below `tree`, and their bytes."""
    from loopcheck.linter.discovery import discover

    files = discover([str(tree)])
    return len(files), sum(Path(file).stat().st_size for file in files)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="rounds per row (default 15)")
    parser.add_argument("--tree", type=Path, help="a folder of training scripts to measure as well")
    parser.add_argument("--torchfix", help="the command of an installed TorchFix, to compare on that folder")
    parser.add_argument("--module", action="store_true", help="start `python -m loopcheck` instead of the command")
    args = parser.parse_args()
    command = Path(sys.executable).with_name("loopcheck")
    loopcheck = [sys.executable, "-m", "loopcheck"] if args.module else [str(command)]

    print("| loopcheck on | CPU time | against | CPU time | loopcheck / other | other / loopcheck |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    result = Result([], [])
    with tempfile.TemporaryDirectory() as folder:
        for duel in duels(loopcheck, Path(folder), args.tree, args.torchfix):
            result = measure(duel, args.rounds)
            ours, other = spread(result.ours, " ms", 1000), spread(result.other, " ms", 1000)
            ratio, inverse = spread(result.ratios, "", digits=2), spread([1 / r for r in result.ratios], "", digits=1)
            print(f"| {duel.ours} | {ours} | {duel.other} | {other} | {ratio} | {inverse} |")
    if args.tree is not None:
        files, size = size_of(args.tree)
        rates = spread([size / 1e6 / seconds for seconds in result.ours], " MB per CPU second", digits=1)
        print(f"\n{args.tree.name}: {files} files, {size / 1e6:.2f} MB, {rates}")


if __name__ == "__main__":
    main()
