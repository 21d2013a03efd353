"""Settings files: found, read, refused with the place and the reason, overruled by the command line, and obeyed."""

from __future__ import annotations

import pickle
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopcheck.defaults import MAX_FILE_BYTES
from loopcheck.errors import LoopcheckError
from loopcheck.events import Kind
from loopcheck.faces import cli
from loopcheck.findings import Certainty, Severity
from loopcheck.linter import lint_paths, lint_source
from loopcheck.project import find
from loopcheck.rules import catalogue
from loopcheck.settings import Settings, Wrapper, matches
from loopcheck.settings_file import as_toml, read

BAD = """\
import torch


def train(model, loss_fn, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one bad file in it and one below."""
    (tmp_path / "sub").mkdir()
    for name in ("bad.py", "sub/deep.py"):
        (tmp_path / name).write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_text(f"[project]\nname = 'x'\n\n[tool.loopcheck]\n{text}\n", encoding="utf-8")
    return file


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """`file:line code` of each finding."""
    status = cli.main(["--output-format=concise", "-q", *arguments])
    lines = capsys.readouterr().out.splitlines()
    assert status == bool(lines)
    return [f"{line.split(':')[0]}:{line.split(':')[1]} {line.split(' ')[1]}" for line in lines]


def test_every_key_is_read(folder: Path) -> None:
    file = configure(
        folder,
        """
        select = ["LC1", "missing-step"]
        extend-select = ["ALL"]
        ignore = ["step-twice"]
        exclude = ["old"]
        extend-exclude = ["gen/*.py", "a*.py"]
        respect-gitignore = false
        force-exclude = true
        min-certainty = "possible"
        fail-on = "never"
        optimizers = ["mylib.Fancy"]
        models = ["Net"]
        per-file-ignores = { "tests/*" = ["LC101"], "x.py" = ["ALL"] }
        wrappers = { back = { event = "backward" }, go = { event = "step", argument = -1, keyword = "opt" } }
        """,
    )
    root = folder.resolve().as_posix()
    assert read(str(file)) == Settings(
        select=("LC1", "missing-step"),
        extend_select=("ALL",),
        ignore=("step-twice",),
        min_certainty=Certainty.POSSIBLE,
        fail_on=None,
        exclude=("old", f"{root}/gen/*.py", "a*.py"),
        respect_gitignore=False,
        force_exclude=True,
        per_file_ignores=((f"{root}/tests/*", ("LC101",)), ("x.py", ("ALL",))),
        optimizers=("Fancy",),
        models=("Net",),
        wrappers=(Wrapper("back", Kind.BACKWARD, 0), Wrapper("go", Kind.STEP, None, "opt")),
    )


MISTAKES = {
    "selct = []": "[tool.loopcheck] has no key 'selct' (did you mean select?)",
    "zzzz = 1": "[tool.loopcheck] has no key 'zzzz'; it may have select, ignore",
    "per_file_ignores = {}": "[tool.loopcheck] has no key 'per_file_ignores' (did you mean per-file-ignores?)",
    "select = 'LC101'": "`select` must be a list of strings, not a string",
    "ignore = [101]": "each member of `ignore` must be a string, not a number",
    "exclude = ['']": "each member of `exclude` must not be empty",
    "select = ['LC99']": "`select`: unknown rule 'LC99'",
    "ignore = ['missing-zero-gard']": "`ignore`: unknown rule 'missing-zero-gard' (did you mean missing-zero-grad?)",
    "respect-gitignore = 'yes'": "`respect-gitignore` must be true or false, not a string",
    "force-exclude = 1": "`force-exclude` must be true or false, not a number",
    "min-certainty = 'high'": "`min-certainty`: unknown certainty 'high': one of possible, likely, certain",
    "min-certainty = true": "`min-certainty` must be a string, not true or false",
    "fail-on = 'all'": "`fail-on`: unknown --fail-on 'all'",
    "optimizers = ['my opt']": "each member of `optimizers` must be a name of Python, not 'my opt'",
    "models = 'Net'": "`models` must be a list of strings, not a string",
    "per-file-ignores = ['a.py']": "`per-file-ignores` must be a table of a pattern and a list of rules each, not a",
    "per-file-ignores = {'a.py' = 'LC101'}": "`per-file-ignores` for 'a.py' must be a list of strings, not a string",
    "per-file-ignores = {'a.py' = ['LC99']}": "`per-file-ignores` for 'a.py': unknown rule 'LC99'",
    "wrappers = {go = 'step'}": "`wrappers.go` must be a table such as",
    "wrappers = {go = {}}": "`wrappers.go` must say its event: one of backward, step, zero-grad",
    "wrappers = {go = {event = 'zero_grad'}}": "event of `wrappers.go` cannot be 'zero_grad' (did you mean zero-grad?)",
    "wrappers = {go = {event = 'step', argumnt = 1}}": "`wrappers.go` has no key 'argumnt' (did you mean argument?)",
    "wrappers = {go = {event = 'step', argument = '0'}}": "argument of `wrappers.go` must be a number, not a string",
    "wrappers = {go = {event = 'step', argument = -2}}": "argument of `wrappers.go` must be 0 or more, or -1",
    "wrappers = {'a.b' = {event = 'step', keyword = '1'}}": "keyword of `wrappers.a.b` must be a name of Python",
    "select = [": "this is no valid TOML: ",
    "select = []\nselect = []": "this is no valid TOML: ",
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.items(), ids=list(MISTAKES))
def test_a_mistake_names_the_file_and_the_key_and_ends_with_2(
    text: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = configure(folder, text)
    assert cli.main(["bad.py"]) == 2
    out, errors = capsys.readouterr()
    assert (out, errors.count("\n")) == ("", 1)
    assert errors.startswith(f"loopcheck: {file}: {message}")
    with pytest.raises(LoopcheckError) as told:
        read(str(file))
    assert told.value.filename == str(file)
    assert cli.main(["--isolated", "--exit-zero", "bad.py"]) == 0


def test_a_table_that_is_none_is_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text("[tool]\nloopcheck = 3\n", encoding="utf-8")
    assert cli.main(["bad.py"]) == 2
    assert "there is no table [tool.loopcheck]" in capsys.readouterr().err


def test_bytes_that_are_no_text_are_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_bytes(b"[tool.loopcheck]\nselect = ['\xff']\n")
    assert cli.main(["bad.py"]) == 2
    assert "this is no valid UTF-8" in capsys.readouterr().err


def test_a_byte_order_mark_and_carriage_returns_do_no_harm(folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.loopcheck]\r\nselect = ['LC101']\r\n")
    assert read("pyproject.toml").select == ("LC101",)


def test_the_nearest_file_that_has_our_table_is_taken(folder: Path) -> None:
    outer = configure(folder, "")
    (folder / "sub" / "pyproject.toml").write_text("[tool.other]\nloopcheck = 1\n", encoding="utf-8")
    assert find("sub") == find("sub/deep.py") == find("sub/none.py") == find(".") == str(outer)
    inner = configure(folder / "sub", "")
    assert (find("sub/deep.py"), find("bad.py")) == (str(inner), str(outer))
    (folder / "sub" / "pyproject.toml").write_text("broken = [and none of our business", encoding="utf-8")
    assert find("sub/deep.py") == str(outer)


def test_the_first_path_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(folder / "sub", "ignore = ['LC101']")
    assert found(capsys, "sub/deep.py", "bad.py") == []
    assert found(capsys, "bad.py", "sub/deep.py") == ["bad.py:8 LC101", "sub/deep.py:8 LC101"]


def test_config_names_a_file_and_isolated_forbids_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(folder, "ignore = ['LC101']")
    (folder / "sub" / "other.toml").write_text("[tool.loopcheck]\nexclude = ['sub/*']\n", encoding="utf-8")
    assert found(capsys, ".") == []
    assert found(capsys, "--isolated", ".") == ["bad.py:8 LC101", "sub/deep.py:8 LC101"]
    assert found(capsys, "--config", "sub/other.toml", ".") == ["bad.py:8 LC101"]  # seen from the current folder
    (folder / "empty.toml").write_text("[tool.ruff]\n", encoding="utf-8")
    assert cli.main(["--config", "empty.toml", "bad.py"]) == 2
    assert "empty.toml: there is no table [tool.loopcheck] in this file" in capsys.readouterr().err


def test_patterns_are_seen_from_the_folder_of_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(folder, "extend-exclude = ['sub/deep.py']\nper-file-ignores = { 'bad.py' = ['LC101'] }")
    assert found(capsys, ".") == []
    monkeypatch.chdir(folder / "sub")
    assert found(capsys, ".") == []
    assert found(capsys, "deep.py", "../bad.py") == ["deep.py:8 LC101"]
    configure(folder, "per-file-ignores = { 'sub/' = ['ALL'] }")
    assert found(capsys, "deep.py", "../bad.py") == ["../bad.py:8 LC101"]


def test_a_folder_whose_name_is_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "[a]*"
    (odd / "sub").mkdir(parents=True)
    (odd / "sub" / "bad.py").write_text(BAD, encoding="utf-8")
    file = configure(odd, "exclude = ['sub/bad.py']")
    monkeypatch.chdir(tmp_path)
    assert lint_paths([odd], read(str(file))) == []
    assert len(lint_paths([odd], read(str(file))._replace(exclude=()))) == 1


def test_per_file_ignores_keep_what_was_not_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    configure(folder, "per-file-ignores = { '*.py' = ['ALL'] }")
    assert [line.split()[1] for line in found(capsys, ".")] == ["LC001"]
    configure(folder, "per-file-ignores = { '*.py' = ['LC001'] }")
    assert {line.split()[1] for line in found(capsys, ".")} == {"LC101"}


def test_the_command_line_beats_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(folder, "select = ['LC102']\nexclude = ['sub']\nrespect-gitignore = false\nforce-exclude = true")
    (folder / ".gitignore").write_text("bad.py\n", encoding="utf-8")
    assert found(capsys, ".") == []
    assert found(capsys, "--extend-select", "LC1", ".") == ["bad.py:8 LC101"]
    assert found(capsys, "--select", "missing-zero-grad", "--exclude", "x", ".") == [
        "bad.py:8 LC101",
        "sub/deep.py:8 LC101",
    ]
    assert found(capsys, "--select=ALL", "--respect-gitignore", ".") == []
    assert found(capsys, "--select=ALL", "--no-force-exclude", "sub/deep.py") == ["sub/deep.py:8 LC101"]
    assert found(capsys, "--select=ALL", "--no-force-exclude", "--force-exclude", "sub/deep.py") == []
    assert len(found(capsys, "--select=ALL", "--force-exclude", "--no-force-exclude", "sub/deep.py")) == 1
    assert found(capsys, "--ignore", "LC103", "bad.py") == []  # what the file has selected stays selected
    configure(folder, "ignore = ['LC101']\nfail-on = 'never'")
    assert found(capsys, "--select", "LC101", "--fail-on=error", "sub") == ["sub/deep.py:8 LC101"]
    assert cli.main(["--select", "LC101", "sub"]) == 0
    capsys.readouterr()
    configure(folder, "select = ['missing-zero-grad']")
    assert found(capsys, "--ignore", "LC1", "sub") == []  # a shorter word, but a later one


def test_ignoring_LC001_in_the_file_survives_other_wishes(  # noqa: N802
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    configure(folder, "ignore = ['LC001']")
    assert found(capsys, "--ignore", "LC102", "broken.py") == []
    assert found(capsys, "--select", "ALL", "broken.py") == ["broken.py:2 LC001"]


def test_settings_are_one_plain_value() -> None:
    rich = Settings(select=("LC1",), per_file_ignores=(("a", ("LC1",)),), wrappers=(Wrapper("go", Kind.STEP, 0),))
    assert pickle.loads(pickle.dumps(rich)) == rich
    assert len({rich, rich._replace(), Settings()}) == 2


def test_show_settings_shows_what_holds_and_can_be_read_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = configure(folder, "select = ['LC102']\nwrappers = { go = { event = 'step' } }")
    assert cli.main(["--show-settings", "--min-certainty=certain", "--extend-exclude", "a/b", "bad.py"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"# {file}\n[tool.loopcheck]\n")
    (folder / "again.toml").write_text(text, encoding="utf-8")
    base = read(str(file))
    shown = base._replace(
        min_certainty=Certainty.CERTAIN, exclude=(*base.exclude, f"{folder.resolve().as_posix()}/a/b")
    )
    assert read("again.toml") == shown
    assert cli.main(["--show-settings", "--isolated", "bad.py"]) == 0
    assert capsys.readouterr().out == "# no settings file\n" + as_toml(Settings())


WORDS = st.text(min_size=1, max_size=8).filter(lambda w: w.strip() and "\0" not in w)
PATTERNS = st.text(string.ascii_letters + "*?[]. é\t\x7f\u2028\U0001f600\"'\\", min_size=1, max_size=8).filter(
    lambda p: p.strip() and "/" not in p and not p.startswith("./")
)
NAMES = st.from_regex(r"\A[A-Za-z_é][A-Za-z_0-9é]{0,6}\Z")
RULES = st.sampled_from([*catalogue(), *(r.card.name for r in catalogue().values()), "LC1", "ALL"])
LISTS = st.lists(RULES, max_size=3).map(tuple)


def unique(members: st.SearchStrategy[tuple[str, object]]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(members, max_size=3, unique_by=lambda member: member[0]).map(tuple)


SETTINGS = st.builds(
    Settings,
    select=st.none() | LISTS,
    extend_select=LISTS,
    ignore=LISTS,
    min_certainty=st.sampled_from(Certainty),
    fail_on=st.sampled_from([None, Severity.ERROR, Severity.WARNING]),
    exclude=st.lists(PATTERNS, max_size=3).map(tuple),
    respect_gitignore=st.booleans(),
    force_exclude=st.booleans(),
    max_file_bytes=st.just(MAX_FILE_BYTES),
    per_file_ignores=unique(st.tuples(PATTERNS, LISTS)),
    optimizers=st.lists(NAMES, max_size=2).map(tuple),
    models=st.lists(NAMES, max_size=2).map(tuple),
    wrappers=unique(
        st.builds(
            Wrapper,
            NAMES,
            st.sampled_from([Kind.BACKWARD, Kind.STEP, Kind.ZERO_GRAD]),
            st.none() | st.integers(0, 5),
            st.none() | NAMES,
        )
    ),
)


@given(SETTINGS)
def test_all_settings_survive_the_way_to_toml_and_back(
    tmp_path_factory: pytest.TempPathFactory, chosen: Settings
) -> None:
    file = tmp_path_factory.getbasetemp() / "round.toml"
    file.write_text(as_toml(chosen), encoding="utf-8")
    assert read(str(file)) == chosen


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: f"[tool.loopcheck]\n{t}".encode()))
def test_whatever_is_in_the_file_there_is_a_sentence_about_it(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(data)
    try:
        assert isinstance(read(str(file)), Settings)
    except LoopcheckError as error:
        assert error.filename == str(file) and error.message


def test_a_folder_above_is_excluded_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "sub" / "inner").mkdir()
    (folder / "sub" / "inner" / "bad.py").write_text(BAD, encoding="utf-8")
    configure(folder, "exclude = ['sub/inner']\nforce-exclude = true")
    monkeypatch.chdir(folder / "sub" / "inner")
    assert found(capsys, "bad.py") == []
    assert found(capsys, "--no-force-exclude", "bad.py") == ["bad.py:8 LC101"]
    assert found(capsys, "../deep.py") == ["../deep.py:8 LC101"]


def test_matching_files(folder: Path) -> None:
    for pattern in ("deep.py", "d*.py", "sub/deep.py", "./sub/deep.py", "sub/", "s*/deep.py", "*"):
        assert matches("sub/deep.py", pattern), pattern
    for pattern in ("eep.py", "deep", "sub", "su/", "s*.py", "bad.py", "sub/bad.py", "DEEP.PY"):
        assert not matches("sub/deep.py", pattern), pattern
    assert matches("sub/../bad.py", "bad.py") and not matches("sub/../bad.py", "sub/*")


# ---- names of the user ------------------------------------------------------------------------------------
LOOP = """\
import torch
{imports}

def train(model, loss_fn, batches, thing):
    {build}
    for x, y in batches:
        {zero}
        loss = loss_fn(model(x), y)
        {backward}
        {step}
"""
RIGHT = {
    "imports": "",
    "build": "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
    "zero": "optimizer.zero_grad()",
    "backward": "loss.backward()",
    "step": "optimizer.step()",
}


def codes(settings: Settings, **parts: str) -> list[str]:
    return [f.code for f in lint_source(LOOP.format(**{**RIGHT, **parts}), "a.py", settings)]


def with_wrapper(kind: Kind, argument: int | None, keyword: str | None = None) -> Settings:
    return Settings(wrappers=(Wrapper("propagate", kind, argument, keyword),))


@pytest.mark.parametrize("call", ["propagate(loss)", "engine.propagate(loss)", "self.tools.propagate(value=loss)"])
def test_a_wrapper_of_the_user_is_a_backward(call: str) -> None:
    back = with_wrapper(Kind.BACKWARD, 0, "value")
    assert codes(back, backward=call) == []
    assert codes(back, backward=call, zero="pass") == ["LC101"]
    assert codes(back, backward="pass", step=f"optimizer.step(); {call}") == ["LC103"]
    assert codes(Settings(), backward="pass", step="optimizer.step()") == ["LC104"]


def test_a_wrapper_of_the_user_is_a_step() -> None:
    step = with_wrapper(Kind.STEP, 1)
    assert codes(step, step="propagate(model, optimizer)") == []
    assert codes(step, step="propagate(model, optimizer)", zero="pass") == ["LC101"]
    assert codes(step, step="pass") == ["LC105"]


def test_a_wrapper_of_the_user_clears() -> None:
    assert codes(with_wrapper(Kind.ZERO_GRAD, None), zero="optimizer.propagate()") == []
    assert codes(with_wrapper(Kind.ZERO_GRAD, 0), zero="propagate(optimizer)") == []
    early = codes(with_wrapper(Kind.ZERO_GRAD, 0), zero="pass", step="propagate(optimizer); optimizer.step()")
    assert early == ["LC102"]


def test_the_finding_stands_where_the_call_of_the_wrapper_stands() -> None:
    text = LOOP.format(**{**RIGHT, "zero": "pass", "backward": "tools.propagate(loss, retain_graph=True)"})
    (one,) = lint_source(text, "a.py", with_wrapper(Kind.BACKWARD, 0))
    lines = text.splitlines()
    assert lines[one.site.start.row - 1][one.site.start.column - 1 :] == "tools.propagate(loss, retain_graph=True)"


def test_what_the_file_itself_defines_under_that_name_is_followed() -> None:
    own = "\ndef propagate(loss):\n    print(loss)\n"
    assert codes(with_wrapper(Kind.BACKWARD, 0), imports=own, backward="propagate(loss)") == ["LC104"]


def test_a_call_that_does_not_fit_the_table_means_nothing() -> None:
    back = with_wrapper(Kind.BACKWARD, 3)
    assert codes(back, backward="propagate(loss); loss.backward()") == []


def test_an_optimizer_class_of_the_user_is_one() -> None:
    build = "thing = Fancy(model.parameters())"
    parts = {"build": build, "zero": "pass", "step": "thing.step()"}
    (one,) = lint_source(LOOP.format(**{**RIGHT, **parts}), "a.py", Settings(optimizers=("Fancy",)))
    assert (one.code, one.subject, one.certainty) == ("LC101", "thing", Certainty.CERTAIN)
    assert codes(Settings(), **parts) == []
    assert codes(Settings(optimizers=("Fancy",)), **{**parts, "zero": "thing.zero_grad()"}) == []


BASED = """\
import torch
from torch import nn
from mine import Base


class Net(Base):
    def __init__(self):
        super().__init__()
        self.blocks = [nn.Linear(2, 2), nn.Linear(2, 2)]

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in batches:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
"""


def test_a_module_class_of_the_user_is_one() -> None:
    """What is built on it keeps its layers as a module does."""
    assert lint_source(BASED, "a.py") == []
    assert [f.code for f in lint_source(BASED, "a.py", Settings(models=("Base",)))] == ["LC508"]


def test_names_of_the_user_make_a_file_relevant(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = LOOP.format(**{**RIGHT, "zero": "pass", "backward": "propagate(loss)"}).replace("torch", "mine")
    (folder / "sub" / "own.py").write_text(text, encoding="utf-8")
    configure(folder / "sub", "wrappers = { propagate = { event = 'backward' } }\noptimizers = ['SGD']")
    assert "sub/own.py:9 LC101" in found(capsys, "sub")
    assert "own.py" not in "".join(found(capsys, "--isolated", "sub"))
    chosen = read("sub/pyproject.toml")
    assert [f.code for f in lint_paths(["sub/own.py"], chosen)] == ["LC101"]
