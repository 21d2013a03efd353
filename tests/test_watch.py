"""The way in, as users write it: decorator, with block, attach; and what happens with a finding."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from loopcheck import LoopcheckFinding, LoopcheckWarning, attach, watch
from loopcheck.diagnostics.dispatcher import DISPATCHER
from loopcheck.errors import LoopcheckError
from loopcheck.findings import Finding
from loopcheck.settings import Settings


def parts() -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    net = nn.Linear(2, 1)
    return net, torch.optim.SGD(net.parameters(), lr=0.01)


def train(net: nn.Module, opt: torch.optim.Optimizer, steps: int = 5, done: list[int] | None = None) -> str:
    """Never clears its gradients."""
    for step in range(steps):
        net(torch.randn(4, 2)).pow(2).mean().backward()  # here
        opt.step()
        if done is not None:
            done.append(step)
    return "done"


LINE = next(
    i for i, line in enumerate(Path(__file__).read_text().splitlines(), 1) if line.endswith("mean().backward()  # here")
)


def test_with_block() -> None:
    net, opt = parts()
    with watch(on_finding="collect") as session:
        train(net, opt)
    assert [(f.code, f.site.start.row, f.subject) for f in session.findings] == [("LC101", LINE, "opt")]
    assert torch.optim.Optimizer.zero_grad.__module__ == "torch.optim.optimizer"


def test_decorator_without_brackets() -> None:
    net, opt = parts()
    watched = watch(train)
    with pytest.warns(LoopcheckWarning, match="LC101 missing-zero-grad") as told:
        assert watched(net, opt) == "done"
    assert [(one.filename, one.lineno) for one in told] == [(__file__, LINE)]
    assert watched.__name__ == "train"
    assert [f.code for f in watched.session.findings] == ["LC101"]


def test_decorator_opens_one_watch_for_a_function_that_calls_itself() -> None:
    open_watches = []

    @watch(on_finding="collect")
    def down(n: int) -> None:
        open_watches.append(len(DISPATCHER._watches))
        if n:
            down(n - 1)

    down(2)
    assert open_watches == [1, 1, 1]


def test_decorated_generator_coroutine_and_async_generator() -> None:
    net, opt = parts()

    @watch(on_finding="collect")
    def losses() -> Iterator[int]:
        for step in range(4):
            train(net, opt, steps=1)
            yield step

    @watch(on_finding="collect")
    async def later() -> str:
        await asyncio.sleep(0)
        return train(net, opt)

    @watch(on_finding="collect")
    async def stream() -> AsyncIterator[int]:
        for step in range(4):
            train(net, opt, steps=1)
            yield step

    async def collected() -> list[int]:
        return [step async for step in stream()]

    assert list(losses()) == [0, 1, 2, 3]
    assert asyncio.run(later()) == "done"
    assert asyncio.run(collected()) == [0, 1, 2, 3]
    assert [[f.code for f in one.session.findings] for one in (losses, later, stream)] == [["LC101"]] * 3
    assert DISPATCHER._watches == []


def test_attach_and_close() -> None:
    net, opt = parts()
    session = attach(net, opt, on_finding="collect")
    train(net, opt)
    session.close()
    session.close()
    assert [f.code for f in session.findings] == ["LC101"]


def test_raise_comes_between_two_statements() -> None:
    net, opt = parts()
    done: list[int] = []
    with pytest.raises(LoopcheckFinding, match="LC101") as raised, watch(on_finding="raise"):
        train(net, opt, steps=50, done=done)
    assert isinstance(raised.value, AssertionError)
    assert raised.value.finding.code == "LC101"
    assert 2 <= len(done) < 8
    assert not any("torch/optim" in str(entry.path) for entry in raised.traceback)


def test_raise_does_not_hide_the_exception_of_the_user() -> None:
    net, opt = parts()
    with pytest.raises(KeyError, match="mine") as raised, watch(on_finding="raise") as session:
        train(net, opt, steps=4)
        raise KeyError("mine")
    assert [f.code for f in session.findings] == ["LC101"]
    assert "LC101" in raised.value.__notes__[0]


def test_stop_ends_the_loop_after_a_step_and_the_program_goes_on() -> None:
    net, opt = parts()
    done: list[int] = []
    with pytest.warns(LoopcheckWarning, match="stopped here"), watch(on_finding="stop") as session:
        train(net, opt, steps=50, done=done)
    assert 2 <= len(done) < 8
    assert [f.code for f in session.findings] == ["LC101"]
    with pytest.warns(LoopcheckWarning, match="stopped here"):
        assert watch(on_finding="stop")(train)(net, opt, 50) is None


def test_a_function_is_called_once_for_each_finding() -> None:
    net, opt = parts()
    heard: list[Finding] = []
    with watch(on_finding=heard.append) as session:
        train(net, opt, steps=9)
    assert heard == session.findings
    assert len(heard) == 1


def test_an_error_filter_turns_the_warning_into_an_exception() -> None:
    net, opt = parts()
    with warnings.catch_warnings(), pytest.raises(LoopcheckWarning), watch():
        warnings.simplefilter("error", LoopcheckWarning)
        train(net, opt)


def test_given_names_are_used() -> None:
    first, second = parts()
    with watch(model={"generator": first}, optimizer={"of the generator": second}, on_finding="collect") as session:
        train(first, second)
    assert [f.subject for f in session.findings] == ["of the generator"]
    assert [one.name for one in session.report().models] == ["generator"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": 3}, "model must be a torch.nn.Module, or several of them, not int"),
        ({"optimizer": [parts()[0]]}, "optimizer must be a torch.optim.Optimizer, or several of them, not Linear"),
        ({"scheduler": 1}, "scheduler has no method step"),
        ({"scaler": "x"}, "scaler has no method scale"),
        ({"on_finding": "shout"}, "unknown on_finding 'shout'"),
        ({"settings": Settings(select=("LC999",))}, "unknown rule 'LC999'"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(LoopcheckError, match=message.replace("(", r"\(")):
        watch(**arguments)


def test_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPCHECK", "off")
    net, opt = parts()
    with watch(on_finding="raise") as session:
        train(net, opt)
        assert DISPATCHER._watches == []
    assert session.findings == []


def run_file(tmp_path: Path, source: str, settings: Settings | None = None) -> list[Finding]:
    path = tmp_path / "loop.py"
    path.write_text(source)
    names: dict[str, Any] = {}
    exec(compile(source, str(path), "exec"), names)
    with watch(on_finding="collect", settings=settings or Settings()) as session:
        names["main"]()
    return session.findings  # type: ignore[no-any-return]


BROKEN = """
import torch
def main():
    net = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.01)
    for _ in range(5):
        loss = net(torch.randn(4, 2)).mean()
        loss.backward(){comment}
        opt.step()
"""


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("", ["LC101"]),
        ("  # loopcheck: ignore[LC101] on purpose", []),
        ("  # loopcheck: ignore[missing-zero-grad]", []),
        ("  # loopcheck: ignore", []),
        ("  # noqa", []),
        ("  # noqa: LC101", []),
        ("  # loopcheck: ignore[LC102]", ["LC101"]),
        ("\n# loopcheck: skip-file", []),
    ],
)
def test_comments_silence_the_run_as_well(tmp_path: Path, comment: str, codes: list[str]) -> None:
    assert [f.code for f in run_file(tmp_path, BROKEN.format(comment=comment))] == codes


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(ignore=("LC101",)), []),
        (Settings(select=("LC2",)), []),
        (Settings(per_file_ignores=(("loop.py", ("LC1",)),)), []),
        (Settings(per_file_ignores=(("other.py", ("LC1",)),)), ["LC101"]),
    ],
)
def test_settings_hold(tmp_path: Path, settings: Settings, codes: list[str]) -> None:
    assert [f.code for f in run_file(tmp_path, BROKEN.format(comment=""), settings)] == codes


def test_the_settings_file_of_the_caller_holds(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.loopcheck]\nignore = ["LC101"]\n')
    source = "import loopcheck\n" + BROKEN.format(comment="").replace(
        "def main", "@loopcheck.watch(on_finding='raise')\ndef main"
    )
    path = tmp_path / "loop.py"
    path.write_text(source)
    names: dict[str, Any] = {}
    exec(compile(source, str(path), "exec"), names)
    names["main"]()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_watches_closed_in_any_order(order: tuple[int, int]) -> None:
    net, opt = parts()
    before = torch.optim.Optimizer.__dict__["zero_grad"], torch.autograd.backward, nn.Module.__dict__["__call__"]
    sessions = [attach(on_finding="collect"), attach(on_finding="collect")]
    train(net, opt)
    for i in order:
        sessions[i].close()
    assert [[f.code for f in one.findings] for one in sessions] == [["LC101"], ["LC101"]]
    after = torch.optim.Optimizer.__dict__["zero_grad"], torch.autograd.backward, nn.Module.__dict__["__call__"]
    assert all(old is new for old, new in zip(before, after, strict=True))


class Told:
    """The report of a small training that accumulates over two batches."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.net = nn.Linear(2, 1)
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=0.1)
        self.loss_fn = nn.MSELoss()
        data = torch.utils.data.TensorDataset(torch.randn(32, 2), torch.randn(32, 1))
        self.loader = torch.utils.data.DataLoader(data, batch_size=4)

    def train(self) -> None:
        for _ in range(3):
            for i, (x, y) in enumerate(self.loader):
                (self.loss_fn(self.net(x), y) / 2).backward()
                if i % 2:
                    self.opt.step()
                    self.opt.zero_grad()


def test_the_report_tells_what_ran() -> None:
    told = Told()
    with watch(on_finding="collect") as session:
        told.train()
    report = session.report()
    text = str(report)
    assert "self.net: Linear, 3 parameters, 24 calls" in text
    assert "self.opt: AdamW, 12 steps, a step every 2 backward passes" in text
    assert "MSELoss" in text
    assert "self.loader: 8 batches, 3 epochs" in text
    assert len(report.losses) == 24
    assert "No findings" in text
    assert "<pre>" in report._repr_html_()
    assert report.as_dict()["steps"] == 12


def test_the_report_escapes_html() -> None:
    net, opt = parts()
    with watch(model={"<script>": net}, on_finding="collect") as session:
        train(net, opt)
    assert "<script>" not in session.report()._repr_html_()
    assert "LC101" in session.report()._repr_html_()


Call = Callable[[], object]


@pytest.mark.parametrize("wrong", [lambda: watch()(3), lambda: watch()(type("C", (), {}))])
def test_only_functions_are_decorated(wrong: Call) -> None:
    with pytest.raises(LoopcheckError, match="decorates a function"):
        wrong()


def test_a_step_that_is_decorated_by_itself_is_told_that_the_loop_should_be() -> None:
    net, opt = parts()

    @watch
    def step() -> None:
        opt.zero_grad()
        net(torch.randn(4, 2)).pow(2).mean().backward()
        opt.step()

    step()
    step()
    with pytest.warns(LoopcheckWarning, match="decorate the function that holds the loop"):
        step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step()


def test_a_name_of_its_own_goes_before_that_of_a_part() -> None:
    def fit(optimizer: torch.optim.Optimizer) -> None:
        plan = torch.optim.lr_scheduler.StepLR(optimizer, 2)
        for _ in range(6):
            optimizer.step()
            plan.step()

    class Holder:
        def __init__(self) -> None:
            self.optimizer = parts()[1]

    holder = Holder()
    optimizer = holder.optimizer
    with watch(on_finding="collect") as session:
        fit(optimizer)
    assert [one.name for one in session.report().optimizers] == ["optimizer"]


def test_public_names_can_be_completed() -> None:
    import loopcheck

    assert {"watch", "attach", "lint_paths", "Settings"} <= set(dir(loopcheck))
