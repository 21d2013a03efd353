"""Fixes: what is offered holds, what is written is what was shown, and nothing is ever lost."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import PREAMBLE

from loopcheck.findings import Location, TextEdit
from loopcheck.linter import lint_source
from loopcheck.linter.edits import applied
from loopcheck.linter.mending import fixed
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_what_cannot_be_written_stays(folder: Path) -> None:
    folder.chmod(0o500)
    done = run(folder, "--fix", "--no-cache", "bad.py")
    folder.chmod(0o700)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


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


@settings(max_examples=40)
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
