"""What the linter knows of the module classes of a file."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from loopcheck.judge import Judge
from loopcheck.linter.collector import Collector
from loopcheck.linter.index import Index
from loopcheck.linter.modules import (
    ModuleInfo,
    is_module_class,
    known_layer,
    mode_matters_of_call,
    modules_of,
)
from loopcheck.linter.parse import parse
from loopcheck.linter.tensors.interpreter import Interpreter as TensorFlow
from loopcheck.linter.tensors.values import Tensor
from loopcheck.linter.tree import tree_of

IMPORTS = """
import torch, timm
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import Linear
from torchvision import models
from transformers import AutoModel, AutoTokenizer
from elsewhere import Base, make
"""


def index_of(source: str) -> Index:
    return Index(tree_of(parse(IMPORTS + dedent(source)).module).module)


def module(
    init: str, forward: str = "return self.fc(x)", parameters: str = "self, width=4", more: str = ""
) -> ModuleInfo:
    """The only class of a file: __init__ and forward with these bodies, written on one line each."""
    source = f"{dedent(more)}\nclass Net(nn.Module):\n    def __init__({parameters}):\n        super().__init__()\n"
    source += "".join(f"        {line}\n" for line in dedent(init).strip().splitlines())
    source += "    def forward(self, x):\n"
    source += "".join(f"        {line}\n" for line in dedent(forward).strip().splitlines())
    source += "    def decide(self, x):\n        return x.sigmoid()\n"
    return modules_of(index_of(source))["Net"]


def test_which_classes_are_modules() -> None:
    index = index_of(
        """
        class A(nn.Module): pass
        class B(A): pass
        class C(Linear): pass
        class D(Base): pass
        class E: pass
        class F2(F2): pass
        """
    )
    assert set(modules_of(index)) == {"A", "B", "C"}
    assert is_module_class("B", index) and is_module_class("nn.Conv2d", index) and is_module_class("Linear", index)
    assert not is_module_class("D", index) and not is_module_class("make", index)
    assert known_layer("Linear") and not known_layer("Lineal")


def test_nn_of_another_framework_is_not_torchs() -> None:
    source = "import flax.linen as nn\nclass Net(nn.Module):\n    pass\n"
    assert modules_of(Index(tree_of(parse(source).module).module)) == {}


def test_layers() -> None:
    info = module("self.fc = nn.Linear(1, 2).to('cpu')\nself.net = nn.Sequential(nn.ReLU())\nself.width = width")
    assert info.layers == {"fc": "Linear", "net": "Sequential"}


MODES = {
    "self.fc = nn.Linear(4, 4)": False,
    "self.fc = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5))": True,
    "self.fc = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.0))": False,
    "self.fc = nn.Dropout(width)": None,  # its rate is a parameter with a default that is no rate
    "self.fc = nn.ModuleList([nn.BatchNorm2d(4) for _ in range(3)])": True,
    "self.fc = nn.InstanceNorm2d(4)": False,
    "self.fc = nn.InstanceNorm2d(4, track_running_stats=True)": True,
    "self.fc = nn.LSTM(4, 4)": False,
    "self.fc = nn.LSTM(4, 4, dropout=0.1)": True,
    "self.fc = nn.TransformerEncoderLayer(4, 2)": True,
    "self.fc = make(4)": None,
    "self.fc = Base()": None,
    "self.fc = width": None,
    "self.fc = F.relu": False,
    "self.fc = models.resnet18()": True,
    "if width:\n    self.fc = nn.Dropout()": None,
    "self.fc = block(width)": True,
    "self.fc = Inner()": True,
}


@pytest.mark.parametrize(("init", "expected"), MODES.items(), ids=MODES)
def test_mode_matters(init: str, expected: bool | None) -> None:
    more = """
        def block(n):
            return nn.Sequential(nn.Linear(n, n), nn.BatchNorm1d(n))
        class Inner(nn.Module):
            def __init__(self):
                self.drop = nn.Dropout(0.1)
    """
    if init.endswith("Dropout(width)"):
        assert module(init, parameters="self, width=0.0").mode_matters is None
        assert module(init, parameters="self, width=0.1").mode_matters is True
        assert module(init, parameters="self, width").mode_matters is True
    else:
        assert module(init, more=more).mode_matters is expected


def test_functional_dropout_that_follows_the_mode_matters() -> None:
    follows = "return F.dropout(self.fc(x), training=self.training)"
    assert module("self.fc = nn.Linear(1, 1)", follows).mode_matters is True


def test_classes_of_one_name_must_agree() -> None:
    source = """
        class Net(nn.Module):
            def __init__(self):
                self.fc = nn.Linear(1, 1)
        class Net(nn.Module):
            def __init__(self):
                self.fc = nn.BatchNorm1d(1)
    """
    assert modules_of(index_of(source))["Net"].mode_matters is None


CALLS = {
    "models.resnet50(weights=None)": True,
    "models.vgg16()": True,
    "models.vit_b_16()": None,
    "AutoModel.from_pretrained('x')": True,
    "AutoTokenizer.from_pretrained('x')": None,
    "timm.create_model('x').to('cpu')": True,
    "nn.Sequential(nn.Linear(1, 1), nn.ReLU())": False,
    "nn.Sequential(nn.Linear(1, 1), nn.Dropout())": True,
    "nn.Sequential(*layers)": None,
    "make()": None,
}


@pytest.mark.parametrize(("call", "expected"), CALLS.items(), ids=CALLS)
def test_mode_matters_of_a_call(call: str, expected: bool | None) -> None:
    index = index_of(f"model = {call}")
    made = index.module.body[-1]
    assert isinstance(made, ast.Assign) and isinstance(made.value, ast.Call)
    assert mode_matters_of_call(made.value, index) is expected


OUTPUTS = {
    "return self.fc(x)": None,
    "return F.softmax(self.fc(x), dim=1)": "softmax",
    "return torch.softmax(self.fc(x), dim=1)": "softmax",
    "return self.fc(x).softmax(-1)": "softmax",
    "return F.log_softmax(self.fc(x), dim=1)": "log_softmax",
    "x = self.fc(x)\nx = torch.sigmoid(x)\nreturn x.squeeze(1)": "sigmoid",
    "x = F.softmax(x, 1)\nreturn self.fc(x)": None,
    "x = F.softmax(x, 1)\nx = self.fc(x)\nreturn x": None,
    "x = F.softmax(x, 1)\nx += 1\nreturn x": None,
    "return self.act(x)": "softmax",
    "return self.net(x).view(-1)": "sigmoid",
    "return nn.LogSoftmax(dim=1)(x)": "log_softmax",
    "return F.softmax(x, 1), x": None,
    "return 1 - torch.sigmoid(x)": None,
    "if self.training:\n    return x\nreturn F.softmax(x, 1)": None,
    "if x.ndim > 1:\n    x = F.softmax(x, 1)\nelse:\n    x = x.softmax(0)\nreturn x": "softmax",
    "if x.ndim > 1:\n    x = F.softmax(x, 1)\nreturn x": None,
    "x = F.softmax(x, 1)\nfor _ in range(3):\n    x = self.fc(x)\nreturn x": None,
    "with torch.no_grad():\n    y = self.fc(x).softmax(1)\nreturn y": "softmax",
    "return self.decide(x)": "sigmoid",
}


@pytest.mark.parametrize(("forward", "expected"), OUTPUTS.items(), ids=OUTPUTS)
def test_output(forward: str, expected: str | None) -> None:
    init = """
        self.fc = nn.Linear(4, 4)
        self.act = nn.Softmax(dim=1)
        self.net = nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())
    """
    info = module(init, forward)
    output = TensorFlow(info.index, Collector(info.index.module, Judge([]))).output_of(info.cls)
    activation = output.activation if isinstance(output, Tensor) else None
    assert (activation.name if activation else None) == expected
