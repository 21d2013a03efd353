"""Devices, with the meta device as the second one: it needs no GPU and refuses to meet others."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from watching import watch as run

from loopcheck import watch
from loopcheck.diagnostics.facts import devices


class Net(nn.Module):
    def __init__(self, device: str) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
        self.head = nn.Linear(8, 2, device=device)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.head(self.body(x))
        return out


def test_an_argument_on_another_device_keeps_the_exception_and_adds_what_it_lacks() -> None:
    net = nn.Linear(4, 2).to("meta")
    images = torch.randn(3, 4)
    with watch(on_finding="collect") as session, pytest.raises(RuntimeError) as raised:
        net(images)
    assert [(f.code, f.subject) for f in session.findings] == [("LC301", "images")]
    assert "images (on cpu) meets weight (on meta)" in session.findings[0].message
    assert any("Linear" in note and "cpu" in note and "meta" in note for note in raised.value.__notes__)


def test_a_module_inside_is_named_by_its_path() -> None:
    net = Net("meta")
    x = torch.randn(3, 4)
    with watch(on_finding="collect") as session, pytest.raises(RuntimeError) as raised:
        net(x)
    assert [f.code for f in session.findings] == ["LC301"]
    assert any("Net.head (Linear)" in note for note in raised.value.__notes__)


def test_the_target_of_a_loss() -> None:
    output = torch.randn(3, 2, device="meta", requires_grad=True)
    labels = torch.tensor([0, 1, 1])
    criterion = nn.CrossEntropyLoss()
    with watch(on_finding="collect") as session, pytest.raises(RuntimeError):
        criterion(output, labels)
    assert [f.code for f in session.findings] == ["LC301"]
    assert "cpu" in session.findings[0].message


@pytest.mark.parametrize("wrong", [lambda net: net(torch.randn(3, 5)), lambda net: net(torch.randn(3, 4).long())])
def test_other_exceptions_are_none_of_it(wrong: object) -> None:
    net = nn.Linear(4, 2)
    with watch(on_finding="collect") as session, pytest.raises(RuntimeError) as raised:
        wrong(net)  # type: ignore[operator]
    assert session.findings == []
    assert not hasattr(raised.value, "__notes__")


class Split(nn.Module):
    """A model over two devices that moves its values itself."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 2, device="meta")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.second(self.first(x).to("meta"))
        return out


def test_a_model_split_over_devices_is_legal() -> None:
    with watch(on_finding="collect") as session:
        Split()(torch.randn(3, 4))
    assert session.findings == []


@pytest.mark.parametrize(("gpu", "large", "codes"), [(True, 1, ["LC304"]), (True, 10**6, []), (False, 1, [])])
def test_a_model_left_on_the_cpu(monkeypatch: pytest.MonkeyPatch, gpu: bool, large: int, codes: list[str]) -> None:
    monkeypatch.setattr(devices, "gpu_is_there", lambda: gpu)
    monkeypatch.setattr(devices, "_MANY", large)
    net = nn.Linear(4, 2)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    with watch(on_finding="collect") as session:
        for _ in range(5):
            opt.zero_grad()
            net(torch.randn(3, 4)).pow(2).mean().backward()
            opt.step()
    assert [f.code for f in session.findings] == codes


OUTSIDE = {
    "a functional loss": ("loss = F.cross_entropy(model(x), y)", "y (on cpu)"),
    "an operation": (
        "loss = (output - y.float()[:, None]).pow(2).mean()",
        "output (on meta) meets a tensor on another device",
    ),
    "two names": ("loss = torch.mul(output, weights)", "weights (on cpu)"),
    "a method": ("loss = output.mul(weights).mean()", "weights (on cpu)"),
}
START = """
import torch
from torch import nn
from torch.nn import functional as F

model = nn.Linear(4, 3).to("meta")
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(5, 4, device="meta"), torch.randint(0, 3, (5,))
weights = torch.randn(5, 3)
output = model(x)
"""


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_call_outside_of_modules_is_explained_where_it_ends_the_program(name: str) -> None:
    line, left = OUTSIDE[name]
    seen = run(START + line + "\n")
    assert isinstance(seen.raised, RuntimeError)
    found = [(f.code, f.site.start.row) for f in seen.findings]
    assert found == [("LC301", START.count("\n") + 1)]
    assert left in seen.findings[0].message
    assert len(seen.raised.__notes__) == 1


def test_a_shape_that_is_wrong_is_not_about_devices() -> None:
    net = Split()
    with watch(on_finding="collect") as session, pytest.raises(RuntimeError) as raised:
        net(torch.randn(3, 5))
    assert session.findings == []
    assert not hasattr(raised.value, "__notes__")
