"""Fixes: what is offered holds, what is written is what was shown, and nothing is ever lost."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import PREAMBLE

from loopcheck.faces.cli import main
from loopcheck.findings import Location, TextEdit
from loopcheck.intents import Action, Role
from loopcheck.linter import edits, lint_source, roles
from loopcheck.linter.edits import applied
from loopcheck.linter.mending import fixed, mended
from loopcheck.rules import catalogue
from loopcheck.settings import Settings

BAD = """\
import torch


def train(model, loss_fn, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    total = 0
    for x, y in batches:
        loss = loss_fn(model(x), y)  # the loss
        loss.backward()
        optimizer.step()
        total += loss
"""
MENDED = BAD.replace("        loss.back", "        optimizer.zero_grad()\n        loss.back").replace(
    "total += loss", "total += loss.item()"
)
NO_STEP = MENDED.replace("        optimizer.step()\n", "")
CHOSEN = Settings()
FIXED = sorted(code for code, rule in catalogue().items() if rule.card.remedies)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loopcheck", "--isolated", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", FIXED)
def test_the_bad_example_of_a_rule_is_mended(code: str) -> None:
    """The finding goes, nothing else comes, and a second time changes nothing."""
    text = PREAMBLE + catalogue()[code].card.bad_source
    chosen = Settings(extend_select=(code,))
    found = next(one for one in lint_source(text, "a.py", chosen) if one.code == code)
    fix = fixed(text, found, chosen, "a.py")
    assert fix is not None
    assert fix.safe == catalogue()[code].card.safe_fix
    mended = applied(text, fix.edits)
    ast.parse(mended)
    assert code not in {one.code for one in lint_source(mended, "a.py", chosen)}


def _trained(source: str) -> dict[str, list[Any]]:
    """The parameters of the modules of a program, after it has run."""
    torch = pytest.importorskip("torch")
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "<example>", "exec"), space)
    modules = {name: one for name, one in space.items() if isinstance(one, torch.nn.Module)}
    return {name: [p.detach() for p in one.parameters()] for name, one in modules.items()}


@pytest.mark.parametrize("code", FIXED)
def test_the_mended_bad_example_learns_what_the_good_one_learns(code: str) -> None:
    card, chosen = catalogue()[code].card, Settings(extend_select=(code,))
    text = PREAMBLE + card.bad_source
    found = next(one for one in lint_source(text, "a.py", chosen) if one.code == code)
    fix = fixed(text, found, chosen, "a.py")
    assert fix is not None
    left, right = _trained(applied(text, fix.edits)), _trained(PREAMBLE + card.good_source)
    assert left.keys() == right.keys()
    for name, parameters in left.items():
        for mine, theirs in zip(parameters, right[name], strict=True):
            assert bool((mine == theirs).all()), name


def test_every_action_and_role_has_a_meaning() -> None:
    assert set(edits._ACTIONS) == set(Action)
    assert set(roles._FINDERS) | {Role.ANCHOR, Role.RELATED, Role.SECOND, Role.ANNOUNCED} == set(Role)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bad.py").write_text(BAD, encoding="utf-8")
    return tmp_path


def test_fix_diff_and_what_is_left(folder: Path) -> None:
    shown = run(folder, "--diff", "bad.py")
    assert shown.returncode == 1
    assert "+        optimizer.zero_grad()\n" in shown.stdout
    assert "would fix 2 findings" in shown.stderr
    assert (folder / "bad.py").read_text(encoding="utf-8") == BAD
    done = run(folder, "--fix", "--show-fixes", "bad.py")
    assert done.returncode == 0
    assert "fixed LC101" in done.stderr
    assert "fixed 2 findings in 1 file" in done.stderr
    assert (folder / "bad.py").read_text(encoding="utf-8") == MENDED
    again = run(folder, "--fix", "bad.py")
    assert (again.returncode, again.stderr) == (0, "")
    assert (folder / "bad.py").read_text(encoding="utf-8") == MENDED


def test_unsafe_ones_are_applied_on_request(folder: Path) -> None:
    (folder / "bad.py").write_text(NO_STEP, encoding="utf-8")
    assert run(folder, "--fix", "bad.py").returncode == 1
    assert (folder / "bad.py").read_text(encoding="utf-8") == NO_STEP
    assert run(folder, "--fix", "--unsafe-fixes", "bad.py").returncode == 0
    assert (folder / "bad.py").read_text(encoding="utf-8") == MENDED


def test_a_comment_that_silences_is_no_business_of_ours(folder: Path) -> None:
    silent = BAD.replace("loss.backward()", "loss.backward()  # loopcheck: ignore[LC101]").replace(
        "total += loss", "total += loss  # noqa"
    )
    (folder / "bad.py").write_text(silent, encoding="utf-8")
    assert run(folder, "--fix", "bad.py").returncode == 0
    assert (folder / "bad.py").read_text(encoding="utf-8") == silent


@pytest.mark.parametrize("odd", ["\f\n", '"""a\u2028b\x85"""\n', "\f# part two\x1c\n"])
def test_rows_are_those_of_python(folder: Path, odd: str) -> None:
    (folder / "bad.py").write_bytes((odd + BAD).encode())
    assert run(folder, "--fix", "bad.py").returncode == 0
    assert (folder / "bad.py").read_bytes() == (odd + MENDED).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_that_are_not_mended_stay(folder: Path, end: str, mark: bytes) -> None:
    for encoding, cookie in (("utf-8", ""), ("latin-1", "# -*- coding: latin-1 -*-\n")):
        if mark and cookie:
            continue
        text, wanted = (f"{cookie}# Größe\n{one}".replace("\n", end) for one in (BAD, MENDED))
        path = folder / "bad.py"
        path.write_bytes(mark + text.encode(encoding))
        path.chmod(0o640)
        assert run(folder, "--fix", "bad.py").returncode == 0
        assert path.read_bytes() == mark + wanted.encode(encoding)
        assert path.stat().st_mode & 0o777 == 0o640


def test_links(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "theirs.py"
    outside.write_text(BAD, encoding="utf-8")
    (folder / "out.py").symlink_to(outside)
    (folder / "in.py").symlink_to(folder / "bad.py")
    done = run(folder, "--fix", ".")
    assert "out.py: not fixed: a link that leads out of what was named" in done.stderr
    assert outside.read_text(encoding="utf-8") == BAD
    assert (folder / "in.py").is_symlink()
    assert (folder / "bad.py").read_text(encoding="utf-8") == MENDED


def test_one_that_cannot_be_written_does_not_stop_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a_full_disk.py").write_text(BAD, encoding="utf-8")
    real = os.replace

    def replace(source: str, target: str) -> None:
        if "a_full_disk" in target:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.chdir(folder)
    assert main(["--isolated", "--no-cache", "--fix", "."]) == 2
    told = capsys.readouterr()
    assert "a_full_disk.py: cannot be written: No space left on device" in told.err
    assert "LC101" in told.out
    assert (folder / "a_full_disk.py").read_text(encoding="utf-8") == BAD
    assert (folder / "bad.py").read_text(encoding="utf-8") == MENDED
    assert sorted(one.name for one in folder.iterdir()) == ["a_full_disk.py", "bad.py"]


def test_a_file_that_is_read_only_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    monkeypatch.chdir(folder)
    assert main(["--isolated", "--no-cache", "--fix", "--exit-zero", "bad.py"]) == 2
    assert "bad.py: not fixed: it is read-only" in capsys.readouterr().err
    assert (folder / "bad.py").read_text(encoding="utf-8") == BAD


def test_a_clean_file_is_never_touched(folder: Path) -> None:
    path = folder / "clean.py"
    path.write_text(MENDED + "x   =  [1 ,2]\n", encoding="utf-8")
    before = path.stat().st_mtime_ns
    assert run(folder, "--fix", "clean.py").returncode == 0
    assert path.stat().st_mtime_ns == before


def test_edits_in_json_and_sarif(folder: Path) -> None:
    found = json.loads(run(folder, "--show-fixes", "--output-format", "json", "bad.py").stdout)
    assert [one["fix"]["applicability"] for one in found] == ["safe", "safe"]
    text = BAD
    for one in sorted(found, key=lambda one: -one["location"]["row"]):
        for edit in reversed(one["fix"]["edits"]):
            places = [Location(edit[name]["row"], edit[name]["column"]) for name in ("location", "end_location")]
            text = applied(text, [TextEdit(*places, edit["content"])])
    assert text == MENDED
    sarif = json.loads(run(folder, "--show-fixes", "--output-format", "sarif", "bad.py").stdout)
    assert all("fixes" in one for one in sarif["runs"][0]["results"])
    plain = json.loads(run(folder, "--output-format", "json", "bad.py").stdout)
    assert [one["fix"] for one in plain] == [None, None]


def _standard_input(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "loopcheck", "--isolated", *arguments, "-"]
    return subprocess.run(command, cwd=folder, input=text.encode(), capture_output=True, check=False)


def test_standard_input_comes_back_mended(folder: Path) -> None:
    done = _standard_input(folder, BAD, "--fix")
    assert (done.returncode, done.stdout.decode()) == (0, MENDED)
    assert b"fixed 2 findings" in done.stderr
    left = _standard_input(folder, NO_STEP, "--fix")
    assert (left.returncode, left.stdout.decode()) == (1, NO_STEP)
    assert b"LC105" in left.stderr
    shown = _standard_input(folder, BAD, "--diff")
    assert shown.returncode == 1
    assert b"+        optimizer.zero_grad()" in shown.stdout


def _mended(text: str, *, unsafe: bool = False) -> str:
    made = mended(text, "a.py", CHOSEN, unsafe=unsafe).content
    assert isinstance(made, str)
    assert mended(made, "a.py", CHOSEN, unsafe=unsafe).content == made
    return made


OTHER_NAMES = """\
import torch


def run(network, opt, loss_fn, batches):
    for x, y in batches:
        loss = loss_fn(network(x), y)
        loss.backward()
        opt.step()


def main(loss_fn, batches):
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout())
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(3):
        run(net, sgd, loss_fn, batches)
        net.eval()
        with torch.no_grad():
            print(net(batches[0][0]))
"""


def test_a_fix_speaks_the_language_of_the_function_it_stands_in() -> None:
    made = _mended(OTHER_NAMES)
    assert "    network.train()\n    for x, y in batches:\n        loss = loss_fn" in made
    assert "        opt.zero_grad()\n        loss.backward()\n" in made
    assert made.count("\n") == OTHER_NAMES.count("\n") + 2


def test_what_is_used_is_imported_once() -> None:
    text = '''\
"""Two evaluations."""
from torch import nn


def one(model, loader):
    model.eval()
    for x in loader:
        print(model(x).argmax())


def two(model, loader):
    model.eval()
    for x in loader:
        print(model(x).argmax())
'''
    made = _mended(text)
    assert made.count("import torch\n") == 1
    assert "from torch import nn\nimport torch\n" in made
    assert made.count("    with torch.no_grad():\n        for x in loader:\n            print(") == 2
    aliased = text.replace("from torch import nn", "import torch as th")
    assert _mended(aliased).count("with th.no_grad():") == 2


def test_a_block_goes_deeper_but_not_the_text_within_its_strings() -> None:
    text = '''\
import torch


def evaluate(model, loader):
\tmodel.eval()
\tfor x in loader:
\t\tprint("""first
second""", model(x).argmax())
'''
    assert _mended(text).endswith(
        '\twith torch.no_grad():\n\t\tfor x in loader:\n\t\t\tprint("""first\nsecond""", model(x).argmax())\n'
    )


def test_an_evaluation_is_never_put_in_train_mode() -> None:
    """The eval() of a validation stays; only one that stands where the training begins was meant to be train()."""
    text = OTHER_NAMES.replace("opt.step()", "opt.step()\n        opt.zero_grad()")
    assert "net.eval()\n        with torch.no_grad()" in _mended(text)
    meant = text.replace("    for x, y in batches", "    network.eval()\n    for x, y in batches")
    assert "    network.train()\n    for x, y in batches" in _mended(meant)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("        total += (loss)\n", "        total += (loss).item()\n"),
        ("        total += loss * 2  # twice\n", "        total += loss.item() * 2  # twice\n"),
        ("        total = total + loss\n", "        total = total + loss.item()\n"),
        ("        total += loss; n = 1\n", "        total += loss.item(); n = 1\n"),
    ],
)
def test_expressions(before: str, after: str) -> None:
    assert _mended(MENDED.replace("        total += loss.item()\n", before)) == MENDED.replace(
        "        total += loss.item()\n", after
    )


def test_a_comment_that_announces_the_clear_gets_it() -> None:
    text = BAD.replace(
        "        loss.backward()", "        # clear the gradients\n\n        # go back\n        loss.backward()"
    )
    assert "        # clear the gradients\n        optimizer.zero_grad()\n\n        # go back\n" in _mended(text)


def test_only_the_idle_half_of_a_suppression_goes() -> None:
    text = BAD.replace("loss.backward()", "loss.backward()  # loopcheck: ignore[LC101, LC102] reason").replace(
        "+= loss", "+= loss.item()"
    )
    assert "loss.backward()  # loopcheck: ignore[LC101] reason\n" in _mended(text)
    noqa = MENDED.replace("loss.backward()", "loss.backward()  # noqa: E501, LC101  # kept")
    assert "loss.backward()  # noqa: E501  # kept\n" in _mended(noqa)
    own_line = MENDED.replace("        loss.back", "        # loopcheck: ignore[LC101]\n        loss.back")
    assert _mended(own_line) == MENDED


LINES = [
    "optimizer.zero_grad()",
    "loss = loss_fn(model(x), y)",
    "loss.backward()",
    "optimizer.step()",
    "total += loss",
    "print(loss.item())",
    "torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
    "loss = loss.detach()",
]


@settings(max_examples=20)
@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=7))
def test_whatever_the_loop_each_fix_holds_and_the_last_text_has_none_left(lines: list[str]) -> None:
    text = (
        "import torch\n\n\ndef train(model, loss_fn, batches):\n"
        "    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n    total = 0\n    for x, y in batches:\n"
        + "".join(f"        {line}\n" for line in lines)
    )
    for _ in range(12):
        found = lint_source(text, "a.py", CHOSEN)
        fixes = [fix for one in found if (fix := fixed(text, one, CHOSEN, "a.py")) is not None]
        if not fixes:
            break
        mended = applied(text, fixes[0].edits)
        ast.parse(mended)
        assert len(lint_source(mended, "a.py", CHOSEN)) < len(found)
        text = mended
    else:
        pytest.fail("it never ends")


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from([*LINES, "loss.backward()", "loss.backward(retain_graph=True)"]), min_size=2, max_size=7)
)
def test_all_at_once_is_the_same_as_one_by_one_in_what_it_leaves(lines: list[str]) -> None:
    text = (
        "import torch\n\n\ndef train(model, loss_fn, batches):\n"
        "    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n    total = 0\n    for x, y in batches:\n"
        + "".join(f"        {line}\n" for line in lines)
    )
    before = lint_source(text, "a.py", CHOSEN)
    made = mended(text, "a.py", CHOSEN, unsafe=True)
    assert isinstance(made.content, str)
    ast.parse(made.content)
    left = lint_source(made.content, "a.py", CHOSEN)
    assert len(left) <= len(before) - len(made.done) or not made.done
    assert not any(fixed(made.content, one, CHOSEN, "a.py") for one in left)
    assert bool(made.done) == (made.content != text)
