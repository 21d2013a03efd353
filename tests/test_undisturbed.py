"""A watched program is the same program: same numbers, same objects, and torch as it was when the watch is over."""

from __future__ import annotations

import copy
import gc
import io
import pickle
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn.modules import module as torch_module
from torch.optim import optimizer as torch_optimizer
from watching import watch

from loopcheck.diagnostics.dispatcher import DISPATCHER, LoopcheckFault
from loopcheck.diagnostics.seams import seams
from loopcheck.diagnostics.session import Session


def places() -> list[tuple[Any, str, Any]]:
    """Everything that a seam replaces, with what is there now."""
    found = [(owner, name) for seam in seams() for owner, name, _ in seam.patches(DISPATCHER)]
    return [(o, n, o.__dict__[n] if isinstance(o, type) else getattr(o, n)) for o, n in found]


def hooks() -> list[list[Any]]:
    registers = (
        torch_module._global_forward_hooks,
        torch_module._global_forward_pre_hooks,
        torch_optimizer._global_optimizer_pre_hooks,
        torch_optimizer._global_optimizer_post_hooks,
    )
    return [list(register.values()) for register in registers]


def same(before: list[tuple[Any, str, Any]]) -> bool:
    return all(old is new for (_, _, old), (_, _, new) in zip(before, places(), strict=True))


def net() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 2)
    )


def train(
    model: torch.nn.Module, steps: int = 12, make: Callable[..., torch.optim.Optimizer] = torch.optim.Adam
) -> torch.optim.Optimizer:
    """A loop with all that the watch looks at: modes, an evaluation, accumulation."""
    torch.manual_seed(1)
    optimizer = make(model.parameters(), lr=0.01)
    loss_fn = torch.nn.CrossEntropyLoss()
    for step in range(steps):
        model.train()
        for _ in range(2):
            loss = loss_fn(model(torch.randn(6, 4)), torch.randint(0, 2, (6,)))
            (loss / 2).backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 4 == 0:
            model.eval()
            with torch.no_grad():
                model(torch.randn(6, 4))
    return optimizer


def dumped(thing: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(thing, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("program", ["x = 1", "raise RuntimeError('the program fails')"])
def test_all_is_restored_by_identity(program: str) -> None:
    before, registered = places(), hooks()
    watch("import torch\n" + program)
    assert same(before)
    assert hooks() == registered


def test_while_it_is_open_the_seams_are_in() -> None:
    before = places()
    with Session():
        assert not any(old is new for (_, _, old), (_, _, new) in zip(before, places(), strict=True))
    assert same(before)


@pytest.mark.parametrize("first", [0, 1])
def test_two_watches_closed_in_any_order(first: int) -> None:
    before = places()
    two = [Session(), Session()]
    for session in two:
        session.open()
    two[first].close()
    assert not same(before)
    model = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(6):
        model(torch.randn(3, 2)).sum().backward()
        opt.step()
    two[1 - first].close()
    two[first].close()  # closing twice is fine
    assert same(before)
    assert [f.code for f in two[1 - first].findings] == ["LC101"]
    assert two[first].findings == []


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW])
def test_the_numbers_are_the_same_bit_by_bit(make: Callable[..., torch.optim.Optimizer]) -> None:
    plain, watched = net(), net()
    one = train(plain, make=make)
    with Session() as session:
        two = train(watched, make=make)
    assert session.findings == []
    for left, right in zip(plain.state_dict().items(), watched.state_dict().items(), strict=True):
        assert left[0] == right[0]
        assert torch.equal(left[1], right[1])
    assert dumped(one.state_dict()) == dumped(two.state_dict())
    assert dumped(plain.state_dict()) == dumped(watched.state_dict())


def test_nothing_of_ours_is_in_what_the_user_saves_and_copies() -> None:
    model = net()
    with Session():
        optimizer = train(model)
        optimizer.zero_grad()
        for thing in (model, optimizer, copy.deepcopy(model), copy.deepcopy(optimizer)):
            assert b"loopcheck" not in pickle.dumps(thing)
            assert b"loopcheck" not in dumped(thing)
        assert not any("loopcheck" in name for name in (*vars(model), *vars(optimizer)))


def test_no_object_is_left_by_ten_thousand_steps() -> None:
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    x, y = torch.randn(4, 3), torch.randn(4, 1)

    def steps(count: int) -> None:
        for _ in range(count):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()

    with Session() as session:
        steps(500)
        gc.collect()
        before = len(gc.get_objects())
        steps(10_000)
        gc.collect()
        after = len(gc.get_objects())
    assert after - before < 50
    assert session.findings == []


def test_models_and_optimizers_can_be_freed() -> None:
    import weakref

    with Session():
        model = net()
        optimizer = train(model)
        refs = [weakref.ref(model), weakref.ref(optimizer), weakref.ref(next(model.parameters()))]
        del model, optimizer
        gc.collect()
        assert [ref() for ref in refs] == [None, None, None]


def test_a_closed_watch_holds_on_to_nothing() -> None:
    import weakref

    model = net()
    with Session() as session:
        optimizer = train(model)
    refs = [weakref.ref(model), weakref.ref(optimizer)]
    del model, optimizer
    gc.collect()
    assert [ref() for ref in refs] == [None, None]
    assert session.findings == []


def test_a_fault_of_ours_ends_in_one_warning_and_a_finished_training(monkeypatch: pytest.MonkeyPatch) -> None:
    from loopcheck.diagnostics import trace

    def broken(*_: object) -> None:
        raise ZeroDivisionError("ours")

    plain, watched = net(), net()
    train(plain)
    for method in ("before_backward", "after_backward", "forward", "zero_grad", "before_step", "after_step", "meet"):
        with monkeypatch.context() as patch, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            patch.setattr(trace.Trace, method, broken)
            model = net()
            before = places()
            with Session():
                train(model)
            assert same(before)
        faults = [one for one in caught if issubclass(one.category, LoopcheckFault)]
        assert len(faults) == 1, method
        assert "ours" in str(faults[0].message)
        assert all(torch.equal(p, q) for p, q in zip(plain.parameters(), model.parameters(), strict=True))
    with Session() as session:
        train(watched)
    assert session.findings == []


def test_threads_train_side_by_side() -> None:
    """Each has a trace of its own; nobody reads gradients that another thread writes."""
    errors: list[BaseException] = []

    def run(broken: bool) -> None:
        try:
            model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
            optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
            for _ in range(150):
                if not broken:
                    optimizer.zero_grad()
                model(torch.randn(4, 8)).square().mean().backward()
                optimizer.step()
        except BaseException as error:
            errors.append(error)

    with Session() as session:
        threads = [threading.Thread(target=run, args=(number == 2,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    assert [f.code for f in session.findings] == ["LC101"]
