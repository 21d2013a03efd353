"""The bytes screen: what it lets through, and what it knowingly drops."""

from pathlib import Path

import pytest

from loopcheck.linter.prefilter import relevant, relevant_file
from loopcheck.rules import catalogue

KEPT = {
    "plain": "import torch\nloss.backward()\n",
    "lightning": "from lightning.fabric import Fabric\nfabric.backward (loss)\n",
    "accelerate": "from accelerate import Accelerator\naccelerator.backward(loss)\n",
    "only zero_grad": "import torch\nopt.zero_grad()\nopt.step()\n",
    "white space": "import torch\nloss.backward\t ()\n",
    "continued line": "import torch\nloss.backward \\\n    ()\n",
    "second mention": "import torch\n# backward is called below\nloss.backward  ()\n",
    "helper": "import torch\nself.manual_backward(loss)\n",
}
DROPPED = {
    "no torch": "loss.backward()\nopt.zero_grad()\n",
    "inference": "import torch\nwith torch.no_grad(): model(x)\n",
    "definition only": "import torch\n# the backward pass is elsewhere\n",
    "other name": "import torch\nback = loss.backward\nback()\n",
    "empty": "",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_keeps_what_may_train(text: str) -> None:
    assert relevant(text.encode())


@pytest.mark.parametrize("text", DROPPED.values(), ids=DROPPED)
def test_drops_what_the_docstring_says(text: str) -> None:
    assert not relevant(text.encode())


def test_every_bad_example_with_an_import_survives() -> None:
    for rule in catalogue().values():
        if rule.card.code == "LC001":  # broken syntax is only reported in a file that trains
            continue
        source = f"import torch\noptimizer = torch.optim.SGD(model.parameters())\n{rule.card.bad_source}"
        trains = "backward" in source or "zero_grad" in source
        assert relevant(source.encode()) is trains, rule.card.code


def test_utf_16_is_handed_on_to_be_reported() -> None:
    assert relevant("x = 1".encode("utf-16"))


def test_what_cannot_be_read_or_is_too_large_survives(tmp_path: Path) -> None:
    small = tmp_path / "a.py"
    small.write_text("x = 1\n", encoding="utf-8")
    assert not relevant_file(str(small))
    assert not relevant_file(str(small), max_bytes=6)
    assert relevant_file(str(small), max_bytes=5)
    assert relevant_file(str(tmp_path))
    assert relevant_file(str(tmp_path / "gone.py"))
    assert relevant_file("a\0b.py")
