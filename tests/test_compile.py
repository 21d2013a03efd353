"""torch.compile under a watch: as many graphs and breaks as without one, and nothing false is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from loopcheck import attach

dynamo = pytest.importorskip("torch._dynamo")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the compiler about itself


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.body(x)
        return out


def net() -> nn.Module:
    torch.manual_seed(0)
    return Net()


def model_compiled(options: dict[str, Any]) -> Callable[[], None]:
    model = torch.compile(net(), backend="aot_eager", **options)
    return loop(model, torch.optim.SGD(model.parameters(), lr=0.01))


def compiled_in_place(options: dict[str, Any]) -> Callable[[], None]:
    model = net()
    model.compile(backend="aot_eager", **options)
    return loop(model, torch.optim.SGD(model.parameters(), lr=0.01))


def loop(model: Any, optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    def run() -> None:
        for _ in range(6):
            optimizer.zero_grad()
            model(torch.randn(4, 4)).pow(2).mean().backward()
            optimizer.step()

    return run


def whole_step(options: dict[str, Any]) -> Callable[[], None]:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    @torch.compile(backend="aot_eager")
    def step(x: torch.Tensor) -> None:
        optimizer.zero_grad()
        model(x).pow(2).mean().backward()
        optimizer.step()

    def run() -> None:
        for _ in range(6):
            step(torch.randn(4, 4))

    return run


def compiled_step(options: dict[str, Any]) -> Callable[[], None]:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    step = torch.compile(optimizer.step, backend="aot_eager")

    def run() -> None:
        for _ in range(6):
            optimizer.zero_grad()
            model(torch.randn(4, 4)).pow(2).mean().backward()
            step()

    return run


def counted(run: Callable[[], None]) -> tuple[int, int]:
    """Graphs and graph breaks."""
    counters = dynamo.utils.counters
    graphs = counters["stats"]["unique_graphs"]
    breaks = sum(counters["graph_break"].values())
    run()
    return counters["stats"]["unique_graphs"] - graphs, sum(counters["graph_break"].values()) - breaks


@pytest.mark.parametrize("options", [{}, {"fullgraph": True}], ids=["plain", "fullgraph"])
@pytest.mark.parametrize("make", [model_compiled, compiled_in_place, whole_step, compiled_step])
def test_graphs_and_breaks_are_as_unwatched(
    make: Callable[[dict[str, Any]], Callable[[], None]], options: dict[str, Any]
) -> None:
    torch.compiler.reset()
    plain = counted(make(options))
    torch.compiler.reset()
    session = attach(on_finding="collect")
    watched = counted(make(options))
    session.close()
    torch.compiler.reset()
    assert watched == plain
    assert session.findings == []


def test_a_fault_beside_a_compiled_model_is_found() -> None:
    torch.compiler.reset()
    model = torch.compile(net(), backend="aot_eager")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    session = attach(on_finding="collect")
    for _ in range(6):
        model(torch.randn(4, 4)).pow(2).mean().backward()
        optimizer.step()
    session.close()
    torch.compiler.reset()
    assert [f.code for f in session.findings] == ["LC101"]
