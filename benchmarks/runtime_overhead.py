"""What a watch costs per training step, beside other ways of looking at a run.

    python benchmarks/runtime_overhead.py [--rounds 15] [--device cpu]

Three loops: a tiny MLP, and *twins* of a ResNet and of a GPT: as many modules and parameters as the real ones, but so
narrow that a step takes few milliseconds. What a watch costs depends on those numbers and hardly on the width, so the
twins resolve what is lost in the noise of a full-size step; it is the same number of microseconds there.

All ways run in turn within each round, in one process; each step is timed, and the figures are differences to the
unwatched loop of the same round: of the median, the mean and the 99th percentile of its steps, each the median over the
rounds. A watch is opened anew in each round. Its first 50 steps, in which it measures more, are billed apart, and it
is measured once it knows the loop. The longer a chunk, the surer the 99th percentile.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from loopcheck.diagnostics.session import Session

FIRST = 50
SETTLED = 150


class Loop(NamedTuple):
    """A training step, how many make one measurement, and what it consists of."""

    name: str
    step: Callable[[], None]
    chunk: int
    modules: int
    parameters: int


class Times(NamedTuple):
    """Of the steps of one chunk, in microseconds."""

    median: float
    mean: float
    p99: float


class PassThrough(TorchFunctionMode):
    """The cheapest function mode there is."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


class Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(2))
        self.norm1, self.norm2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, width, H, W) to the same shape."""
        out = self.relu(self.norm1(self.first(x)))
        result: torch.Tensor = self.relu(x + self.norm2(self.second(out)))
        return result


class Layer(nn.Module):
    """A transformer layer, before normalisation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.drop, self.gelu = nn.Dropout(0.1), nn.GELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, length, width) to the same shape."""
        q, k, v = self.qkv(self.norm1(x)).chunk(3, dim=-1)
        x = x + self.drop(self.out(nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)))
        result: torch.Tensor = x + self.drop(self.down(self.gelu(self.up(self.norm2(x)))))
        return result


def loops(device: str) -> list[Loop]:
    """The three loops; each call builds new ones."""
    tiny = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))
    resnet = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        *(Block(4) for _ in range(8)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 10),
    )
    gpt = nn.Sequential(nn.Embedding(50, 16), *(Layer(16) for _ in range(6)), nn.LayerNorm(16), nn.Linear(16, 50))
    digits = torch.randint(0, 10, (8,), device=device)
    text = torch.randint(0, 50, (2, 16), device=device)
    return [
        _loop("tiny MLP", tiny, torch.randn(8, 32, device=device), digits, 480, device),
        _loop("ResNet twin", resnet, torch.randn(8, 3, 8, 8, device=device), digits, 96, device),
        _loop("GPT twin", gpt, text, text, 96, device),
    ]


def _loop(name: str, model: nn.Module, x: torch.Tensor, y: torch.Tensor, chunk: int, device: str) -> Loop:
    model.to(device)
    optimizer = (
        torch.optim.AdamW(model.parameters(), lr=1e-4) if chunk < 200 else torch.optim.SGD(model.parameters(), 1e-4)
    )
    criterion = nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad()
        loss = criterion(model(x).flatten(0, -2), y.flatten())
        loss.backward()
        optimizer.step()

    return Loop(name, step, chunk, sum(1 for _ in model.modules()), sum(1 for _ in model.parameters()))


def timed(loop: Loop, device: str) -> list[float]:
    """Microseconds of each step of one chunk, sorted. Some before it are not counted: the caches are cold."""
    for _ in range(loop.chunk // 8):
        loop.step()
    times = []
    for _ in range(loop.chunk):
        if device != "cpu":
            torch.cuda.synchronize()
        start = time.perf_counter()
        loop.step()
        if device != "cpu":
            torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1e6)
    return sorted(times)


@contextlib.contextmanager
def watched(loop: Loop, billed: list[float]) -> Iterator[None]:
    """A watch that knows the loop already. billed: gets what its first steps cost."""
    with Session() as session:
        start = time.perf_counter()
        for _ in range(FIRST):
            loop.step()
        billed.append((time.perf_counter() - start) * 1e6)
        for _ in range(SETTLED):
            loop.step()
        yield
    if session.findings:
        print("   found:", [f.code for f in session.findings])


@contextlib.contextmanager
def module_hooks() -> Iterator[None]:
    """A watcher as they are often written: a hook before and after each module, and around each step."""
    seen: list[int] = [0]

    def look(*_: Any) -> None:
        seen[0] += 1

    handles = [
        nn.modules.module.register_module_forward_pre_hook(look),
        nn.modules.module.register_module_forward_hook(look),
        register_optimizer_step_pre_hook(look),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def ways(loop: Loop, billed: list[float]) -> dict[str, Callable[[], contextlib.AbstractContextManager[Any]]]:
    """Each way of looking, as a context manager."""
    return {
        "unwatched": contextlib.nullcontext,
        "unwatched again": contextlib.nullcontext,
        "loopcheck": lambda: watched(loop, billed),
        "hooks on all modules": module_hooks,
        "TorchFunctionMode": PassThrough,
        "detect_anomaly": lambda: torch.autograd.set_detect_anomaly(True),
    }


def measure(number: int, rounds: int, device: str) -> None:
    """Measure one loop and print its table."""
    loop = loops(device)[number]
    for _ in range(50):
        loop.step()
    billed: list[float] = []
    found: dict[str, list[Times]] = {name: [] for name in ways(loop, billed)}
    for _ in range(rounds):
        for name, way in ways(loop, billed).items():
            with way():
                times = timed(loop, device)
            found[name].append(Times(statistics.median(times), statistics.fmean(times), times[int(len(times) * 0.99)]))
    _print(loop, found, statistics.median(billed))


def _print(loop: Loop, found: dict[str, list[Times]], billed: float) -> None:
    plain = found.pop("unwatched")
    base = statistics.median(one.median for one in plain)
    print(f"\n{loop.name}: {loop.modules} modules, {loop.parameters} parameters, {base:.0f} us a step unwatched")
    print(f"   {'':22}{'median':>10}{'mean':>10}{'p99':>10}   of a step")
    for name, rows in found.items():
        more = [statistics.median(one[i] - other[i] for one, other in zip(rows, plain, strict=True)) for i in range(3)]
        print(f"   {name:22}" + "".join(f"{value:>7.1f} us" for value in more) + f"{more[0] / base:>10.1%}")
    once = (billed - FIRST * base) / 1000
    print(f"   the first {FIRST} steps under loopcheck cost {once:.1f} ms more, once")


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--device", default="cpu")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    gc.disable()
    print(f"torch {torch.__version__}, {chosen.device}, {chosen.rounds} rounds")
    for number in range(3):
        torch.manual_seed(0)
        measure(number, chosen.rounds, chosen.device)


if __name__ == "__main__":
    main()
