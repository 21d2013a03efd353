"""How fast the linter is on a whole tree: cold and warm, one process and two, against ruff and TorchFix.

Run it with the Python of an environment that loopcheck is installed in, not as an editable install:

    python benchmarks/against_ruff.py TREE --ruff COMMAND [--torchfix COMMAND] [--rounds N]

Each round runs all commands one after the other; ratios are taken within a round. Prints Markdown. Needs Linux or
macOS: it asks the kernel for the CPU time and the memory of each process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Used(NamedTuple):
    """What one command took: seconds of CPU (user and system, children included), of the clock, and megabytes.

    memory: the largest resident set of any one of its processes.
    """

    cpu: float
    wall: float
    memory: float


class Command(NamedTuple):
    """A row of the table. `warm`: run once more before it is measured for the first time, to fill its cache."""

    name: str
    words: list[str]
    against: str = ""
    warm: bool = False


def used_by(words: Sequence[str], environment: dict[str, str]) -> Used:
    """Run a command to its end. Raises SystemExit if it ends with neither 0 nor 1 (a linter's "found something")."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"exit status {process.returncode}: {' '.join(words)}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Used(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / unit)


def commands(tree: Path, ruff: str | None, folder: Path) -> list[Command]:
    """Everything that is run in each round; `folder` takes ruff's cache."""
    ours = [str(Path(sys.executable).with_name("loopcheck")), "--isolated", "--exit-zero", str(tree)]
    theirs = [str(ruff), "check", "--isolated", "--quiet", "--select", "F", str(tree)]
    cache = ["--cache-dir", str(folder / "ruff")]
    rows = [
        Command("loopcheck, cold, 1 process", [*ours, "--no-cache", "-j1"], "ruff, cold"),
        Command("loopcheck, cold, 2 processes", [*ours, "--no-cache", "-j2"], "ruff, cold"),
        Command("ruff, cold", [*theirs, "--no-cache"]),
        Command("loopcheck, warm, 1 process", [*ours, "-j1"], "ruff, warm", warm=True),
        Command("loopcheck, warm, 2 processes", [*ours, "-j2"], "ruff, warm", warm=True),
        Command("ruff, warm", [*theirs, *cache], warm=True),
    ]
    return [row for row in rows if ruff or not row.name.startswith("ruff")]


def measure(rows: Sequence[Command], rounds: int, environment: dict[str, str]) -> dict[str, list[Used]]:
    """What each command took in each round; a first round is thrown away."""
    for row in rows:
        if row.warm:
            used_by(row.words, environment)
    found: dict[str, list[Used]] = {row.name: [] for row in rows}
    for number in range(rounds + 1):
        for row in rows:
            used = used_by(row.words, environment)
            if number:
                found[row.name].append(used)
    return found


def line(row: Command, found: dict[str, list[Used]]) -> str:
    """A row of the table: medians, and the ratio of CPU times with its range."""
    mine, other = found[row.name], found.get(row.against)
    cpu, wall, memory = (statistics.median(values) for values in zip(*mine, strict=True))
    ratio = ""
    if other:
        ratios = sorted(a.cpu / b.cpu for a, b in zip(mine, other, strict=True))
        ratio = f"{statistics.median(ratios):.2f} x {row.against} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    return f"| {row.name} | {cpu * 1000:.0f} ms | {wall * 1000:.0f} ms | {memory:.0f} MB | {ratio} |"


def survivors(tree: Path) -> tuple[int, float, list[str]]:
    """How many files there are, how many megabytes, and those that loopcheck judges."""
    from loopcheck.linter.discovery import discover
    from loopcheck.linter.prefilter import relevant_file

    files = discover([str(tree)])
    return len(files), sum(Path(file).stat().st_size for file in files) / 1e6, [f for f in files if relevant_file(f)]


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path, help="the folder to check")
    parser.add_argument("--rounds", type=int, default=9, help="rounds (default 9)")
    parser.add_argument("--ruff", default=shutil.which("ruff"), help="the command of ruff; left out if there is none")
    parser.add_argument("--torchfix", default=shutil.which("torchfix"), help="the command of TorchFix, likewise")
    args = parser.parse_args()
    count, size, judged = survivors(args.tree)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LOOPCHECK_CACHE_DIR": str(Path(folder, "loopcheck"))}
        rows = commands(args.tree, args.ruff, Path(folder))
        found = measure(rows, args.rounds, environment)
        if args.torchfix and judged:  # once: it takes minutes; and only what may hold a training loop
            row = Command("TorchFix, on the files that loopcheck judges", [args.torchfix, *judged], rows[0].name)
            found[row.name] = [used_by(row.words, environment)] * args.rounds
            rows.append(row)
    print(f"{args.tree.name}: {count} files, {size:.1f} MB; {len(judged)} of them may hold a training loop.\n")
    print("| | CPU time | on the clock | memory | CPU time / other |\n| --- | ---: | ---: | ---: | ---: |")
    for row in rows:
        print(line(row, found))


if __name__ == "__main__":
    main()
