"""Settings from pyproject.toml: what they change, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopcheck.errors import LoopcheckError
from loopcheck.faces import cli
from loopcheck.findings import Certainty, Severity
from loopcheck.linter import lint_source
from loopcheck.settings import Settings
from loopcheck.settings_file import read, settings_of

LOOP = """\
import torch
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in batches:
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "train.py").write_text(LOOP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pyproject(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text("[tool.loopcheck]\n" + text, encoding="utf-8")
    return path


def test_the_nearest_file_holds_and_the_command_line_beats_it(folder: Path) -> None:
    assert cli.main(["train.py"]) == 1
    pyproject(folder, 'ignore = ["LC101"]')
    assert cli.main(["train.py"]) == 0
    assert cli.main(["--isolated", "train.py"]) == 1
    assert cli.main(["--ignore", "LC105", "train.py"]) == 1
    (folder / "inner").mkdir()
    pyproject(folder / "inner", 'fail-on = "never"').rename(folder / "other.toml")
    assert cli.main(["--config", "other.toml", "train.py"]) == 0


def test_rules_can_be_off_for_some_files(folder: Path) -> None:
    for pattern, status in {"train.py": 0, "*.py": 0, "./other.py": 1, "tests/*": 1}.items():
        pyproject(folder, f'per-file-ignores = {{ "{pattern}" = ["missing-zero-grad"] }}')
        assert cli.main(["train.py"]) == status, pattern


@pytest.mark.parametrize(
    ("text", "told"),
    {
        "ignroe = []": "unknown setting 'ignroe' (did you mean ignore?)",
        "select = 'LC1'": "select: must be a list of words",
        "select = ['LC999']": "unknown rule 'LC999'",
        "per-file-ignores = { 'a' = ['LC9999'] }": "unknown rule 'LC9999'",
        "respect-gitignore = 1": "respect-gitignore: must be true or false",
        "fail-on = 'sometimes'": "fail-on: unknown --fail-on 'sometimes'",
        "min-certainty = 'sure'": "min-certainty: unknown certainty 'sure'",
        "wrappers = { f = { event = 'jump' } }": "f.event must be one of backward, step, zero-grad",
        "wrappers = { f = { event = 'step', argument = -2 } }": "f.argument must be 0, 1",
        "wrappers = { f = { what = 1 } }": "f takes the keys event, argument and keyword",
        "select = [": "is no valid TOML",
    }.items(),
)
def test_a_mistake_is_told_with_its_file(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    path = pyproject(folder, text)
    assert cli.main(["train.py"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"loopcheck: {path}: ")
    assert told in error and error.count("\n") == 1


def test_a_settings_file_that_does_not_exist(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", "none.toml", "train.py"]) == 2
    assert "none.toml: cannot be read" in capsys.readouterr().err


def test_a_pyproject_of_others_is_none_of_our_business(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.other\n", encoding="utf-8")
    assert cli.main(["train.py"]) == 1


def test_every_key_reaches_its_field(tmp_path: Path) -> None:
    path = pyproject(
        tmp_path,
        """
select = ["LC1"]
extend-select = ["LC205"]
ignore = ["LC110"]
exclude = ["a"]
extend-exclude = ["b"]
respect-gitignore = false
force-exclude = true
min-certainty = "possible"
fail-on = "error"
optimizers = ["Mine"]
models = ["Net"]
[tool.loopcheck.per-file-ignores]
"tests/*" = ["LC2"]
[tool.loopcheck.wrappers]
go = { event = "step", argument = -1, keyword = "o" }
""",
    )
    got = read(str(path))
    assert got.exclude == ("a", "b") and got.root == str(tmp_path)
    assert (got.select, got.extend_select, got.ignore) == (("LC1",), ("LC205",), ("LC110",))
    assert (got.min_certainty, got.fail_on) == (Certainty.POSSIBLE, Severity.ERROR)
    assert (got.respect_gitignore, got.force_exclude) == (False, True)
    assert (got.optimizers, got.models) == (("Mine",), ("Net",))
    assert got.per_file_ignores == (("tests/*", ("LC2",)),)
    assert tuple(got.wrappers[0]) == ("go", "step", -1, "o")
    assert hash(got) == hash(read(str(path)))


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.lists(st.integers()) | st.floats()))
def test_any_table_gives_settings_or_one_clear_mistake(table: dict[str, object]) -> None:
    try:
        assert isinstance(settings_of(table, "pyproject.toml"), Settings)
    except LoopcheckError as error:
        assert str(error).startswith("pyproject.toml: ")


OWN = """\
import torch
from mine import Net, Sgdish, engine
net = Net()
thing = Sgdish(net.parameters())
for x, y in batches:
    loss = (net(x) - y).pow(2).mean()
    engine.run_backward(loss)
    engine.run_step(target=thing)
"""


def test_wrappers_and_optimizers_of_the_user_are_understood() -> None:
    table = {
        "optimizers": ["Sgdish"],
        "models": ["Net"],
        "wrappers": {
            "run_backward": {"event": "backward"},
            "run_step": {"event": "step", "argument": 0, "keyword": "target"},
        },
    }
    found = lint_source(OWN, "train.py", settings_of(table, "pyproject.toml"))
    assert [(f.code, f.site.start.row) for f in found] == [("LC101", 7)]
    assert lint_source(OWN, "train.py") == []
