"""How the watcher sees modules called: their forward in place of themselves, and dropout that eval() does not reach."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from watching import watch

PREAMBLE = """\
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn import Dropout

torch.manual_seed(0)
batches = [(torch.randn(4, 4), torch.randn(4, 4)) for _ in range(4)]


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.p = 0.5

    def forward(self, x):
        return self.fc(x)


def train(model, call=None, evaluates=True):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    call = call or model
    for _ in range(2):
        model.train()
        for x, y in batches:
            optimizer.zero_grad()
            F.mse_loss(call(x), y).backward()
            optimizer.step()
        if evaluates:
            model.eval()
            with torch.no_grad():
                print(sum(F.mse_loss(call(x), y) for x, y in batches))


"""
FORWARD = {
    "a model": """
        model = Base()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for x, y in batches:
            optimizer.zero_grad()
            F.mse_loss(model.forward(x), y).backward()  # LC111
            optimizer.step()
    """,
    "a sequence": """
        model = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for x, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(
                model.forward(  # LC111
                    x,
                ),
                y,
            )
            loss.backward()
            optimizer.step()
    """,
    "one of a trainer's": """
        class Trainer:
            def __init__(self):
                self.net = Base()
                self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01)

            def step(self, x, y):
                self.optimizer.zero_grad()
                F.mse_loss(self.net.forward(x), y).backward()  # LC111
                self.optimizer.step()

        trainer = Trainer()
        for x, y in batches:
            trainer.step(x, y)
    """,
}
DROPOUT = {
    "a function": """
        class Net(Base):
            def forward(self, x):
                return self.fc(F.dropout(x))  # LC205
        train(Net())
    """,
    "a function by its full name, in a part": """
        class Part(Base):
            def forward(self, x):
                x = torch.nn.functional.dropout(x, p=self.p)  # LC205
                return self.fc(x)
        train(nn.Sequential(nn.Linear(4, 4), Part()))
    """,
    "a layer that is built anew": """
        class Net(Base):
            def forward(self, x):
                return self.fc(Dropout(0.2)(x))  # LC205
        train(Net())
    """,
    "in a method that forward calls": """
        class Net(Base):
            def encode(self, x):
                return self.fc(F.dropout(x, 0.3))  # LC205
            def forward(self, x):
                return self.encode(x)
        train(Net())
    """,
}
LEGAL = {
    "forward of a base class": """
        class Net(Base):
            def forward(self, x):
                return super().forward(x) + Base.forward(self, x)
        train(Net())
    """,
    "forward by a method of its own": """
        class Net(Base):
            def predict(self, x):
                return self.forward(x)
        model = Net()
        train(model, model.predict)
    """,
    "forward of a base class from outside": """
        class Net(Base):
            def forward(self, x):
                return 2 * super().forward(x)
        model = Net()
        train(model, lambda x: Base.forward(model, x))
    """,
    "one of two directions": """
        class Net(Base):
            def inverse(self, x):
                return x
        model = Net()
        train(model, lambda x: model.forward(x))
    """,
    "what stands in for the call": """
        class Service:
            def __init__(self, model):
                self.model = model
            def __call__(self, x):
                return self.model.forward(x)
        model = Base()
        train(model, Service(model))
    """,
    "a call of one's own": """
        class Net(Base):
            def __call__(self, x):
                return self.forward(x)
        model = Net()
        train(model, lambda x: model.forward(x))
    """,
    "forward handed to a checkpoint": """
        from torch.utils.checkpoint import checkpoint
        model = Base()
        train(model, lambda x: checkpoint(model.forward, x, use_reentrant=False))
    """,
    "a look at the shape before it begins": """
        model = Base()
        print(model.forward(torch.zeros(1, 4)).shape)
        train(model)
    """,
    "dropout that is told the mode": """
        class Net(Base):
            def forward(self, x):
                return self.fc(F.dropout(x, 0.5, self.training))
        train(Net())
    """,
    "dropout by choice": """
        class Net(Base):
            def forward(self, x):
                return self.fc(F.dropout(x, 0.5, training=True))
        train(Net())
    """,
    "a rate of the mode": """
        class Net(Base):
            def forward(self, x):
                return self.fc(F.dropout(x, self.p if self.training else 0.0))
        train(Net())
    """,
    "a rate that train() sets": """
        class Net(Base):
            def train(self, mode=True):
                self.p = 0.5 if mode else 0.0
                return super().train(mode)
            def forward(self, x):
                return self.fc(F.dropout(x, self.p))
        train(Net())
    """,
    "a rate that is set from outside": """
        class Net(Base):
            def forward(self, x):
                return self.fc(F.dropout(x, self.p))
        model = Net()
        train(model, evaluates=False)
        model.p = 0.0
        model.eval()
        print(model(batches[0][0]))
    """,
    "where training is asked for": """
        class Net(Base):
            def forward(self, x):
                if not self.training:
                    return self.fc(x)
                return self.fc(nn.Dropout(0.5)(x))
        train(Net())
    """,
    "a layer of the model": """
        train(nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 4)))
    """,
    "Monte Carlo": """
        model = nn.Sequential(nn.Dropout(0.5), Base())
        train(model, evaluates=False)
        model.eval()
        model[0].train()
        with torch.no_grad():
            print(torch.stack([model(batches[0][0]) for _ in range(8)]).std(0))
    """,
    "noise that is meant": """
        class Net(Base):
            def forward(self, x):
                return self.fc(x + torch.randn_like(x))
        train(Net())
    """,
    "noise beside a dropout that rests": """
        class Net(Base):
            def __init__(self):
                super().__init__()
                self.p = 0.0
            def forward(self, x):
                return self.fc(F.dropout(x + torch.randn_like(x), self.p))
        train(Net())
    """,
}
MARK = re.compile(r"# (LC\d{3})")


@pytest.mark.parametrize("program", [pytest.param(p, id=name) for name, p in {**FORWARD, **DROPOUT, **LEGAL}.items()])
def test_what_is_found_is_exactly_what_is_marked(program: str) -> None:
    source = PREAMBLE + dedent(program)
    wanted = {(m[1], n) for n, line in enumerate(source.splitlines(), 1) for m in MARK.finditer(line)}
    found = watch(source)
    assert found.raised is None
    assert found.pairs == wanted


def test_random_numbers_are_not_disturbed() -> None:
    program = PREAMBLE + "train(nn.Sequential(nn.Dropout(0.5), Base()))\nraise ValueError(torch.rand(1).item())\n"
    plain: dict[str, object] = {}
    with pytest.raises(ValueError, match=r"0\.") as alone:
        exec(compile(program, "<plain>", "exec"), plain)
    assert str(watch(program).raised) == str(alone.value)
