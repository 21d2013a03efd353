"""--add-ignore: all that is shown is silenced, by comments alone, where they are obeyed, and nothing is ever lost."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopcheck.faces import cli, files
from loopcheck.findings import Certainty, lines_of
from loopcheck.linter import lint_source
from loopcheck.settings import Settings
from loopcheck.silencing import silenced
from loopcheck.suppressions import extended

ALL = Settings(min_certainty=Certainty.POSSIBLE)
CASES = sorted((Path(__file__).parent / "cases" / "broken").glob("*.py"))
LOOP = """\
import torch


def train(model, loss_fn, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = loss_fn(model(x), y)
        {backward}
        optimizer.step()
"""
BAD = LOOP.format(backward="loss.backward()")
OURS = "# loopcheck: ignore[LC101]"


def adopted(text: str, settings: Settings = Settings(), reason: str = "") -> str:  # noqa: B008 (immutable)
    rows: dict[int, set[str]] = {}
    for one in lint_source(text, "a.py", settings):
        if one.code not in ("LC001", "LC002"):
            rows.setdefault(one.site.start.row, set()).add(one.code)
    return silenced(text, rows, reason)


def without_comments(text: str) -> tuple[list[tuple[int, str]], list[str]]:
    """All that Python reads, and the line ends as they are written."""
    tokens = tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE)
    ends = [line[len(line.rstrip("\r\n")) :] for line in lines_of(text)]
    return [(token.type, token.string) for token in tokens if token.type not in skipped], ends


def run(folder: Path, *arguments: str, data: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loopcheck", "--isolated", *arguments]
    return subprocess.run(command, cwd=folder, input=data, capture_output=True, text=True, check=False)


# ---- where the comment goes ----------------------------------------------------------------------------------------
PLACED = {
    "loss.backward()": "loss.backward()  {}",
    "x = 1; loss.backward(); y = 2": "x = 1; loss.backward(); y = 2  {}",
    "with x: loss.backward()": "with x: loss.backward()  {}",
    "torch.autograd.backward(\n            loss,\n        )": (
        "torch.autograd.backward(  {}\n            loss,\n        )"
    ),
    "kept = [\n            1,\n            loss.backward(),\n        ]": (
        "kept = [\n            1,\n            loss.backward(),  {}\n        ]"
    ),
    "loss.backward(), \\\n            1": "loss.backward(), \\\n            1  {}",
    "x = 1, \\\n            loss.backward(), \\\n            1": (
        "x = 1, \\\n            loss.backward(), \\\n            1  {}"
    ),
    'kept = loss.backward(), """\n# no comment\n"""': 'kept = loss.backward(), """\n# no comment\n"""  {}',
    'kept = loss.backward(), f"""\n{x} # no\n""", """\n"""': (
        'kept = loss.backward(), f"""\n{x} # no\n""", """\n"""  {}'
    ),
    'kept = """\n""", loss.backward(), """\n"""': 'kept = """\n""", loss.backward(), """\n"""  {}',
    'kept = [loss.backward(), """\n""",\n            2]': 'kept = [loss.backward(), """\n""",\n            2]  {}',
    "kept = [\n            loss.backward(),  # why \\\n            1,\n        ]": (
        "kept = [\n            loss.backward(),  # why \\  {}\n            1,\n        ]"
    ),
    "loss.backward()\x0c": "loss.backward()\x0c  {}",
    "x = 1\n\x0c        loss.backward()": "x = 1\n\x0c        loss.backward()  {}",
    "loss.backward()   ": "loss.backward()     {}",
    "損失 = '#', loss.backward()": "損失 = '#', loss.backward()  {}",
    "loss.backward()  # why": "loss.backward()  # why  {}",
    "loss.backward()  # noqa: E501": "loss.backward()  # noqa: E501  {}",
    "loss.backward()  # type: ignore": "loss.backward()  # type: ignore  {}",
    "loss.backward()  # type: ignore[attr]  # x \\": "loss.backward()  # type: ignore[attr]  # x \\  {}",
    "loss.backward()  #": "loss.backward()  #  {}",
    "loss.backward()  # loopcheck: ignore[LC105] why": "loss.backward()  # loopcheck: ignore[LC101, LC105] why",
    "loss.backward()  #loopcheck:IGNORE [ missing-step LC001 ]x": (
        "loss.backward()  #loopcheck:IGNORE [LC001, LC101, missing-step]x"
    ),
    "loss.backward()  # noqa # loopcheck: ignore[] # z": "loss.backward()  # noqa # loopcheck: ignore[] # z",
    "loss.backward()  # a # loopcheck: ignore[] # z": "loss.backward()  # a # loopcheck: ignore[LC101] # z",
    "loss.backward()  # loopcheck: ignore[LC105": "loss.backward()  # loopcheck: ignore[LC105  {}",
    "loss.backward()  # loopcheck: ignore LC101": "loss.backward()  # loopcheck: ignore LC101  {}",
}


@pytest.mark.parametrize(("before", "after"), PLACED.items(), ids=list(PLACED))
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_where_the_comment_goes(before: str, after: str, newline: str) -> None:
    text = LOOP.format(backward=before).replace("\n", newline)
    made = adopted(text)
    assert made == LOOP.format(backward=after.replace("{}", OURS)).replace("\n", newline)
    assert {one.code for one in lint_source(made, "a.py")} <= {"LC002"}
    assert adopted(made) == made


def test_a_text_without_an_end_of_line() -> None:
    text = "for x in d:\n    optimizer.step(); loss.backward()"
    assert lint_source(text, "a.py")
    assert adopted(text) == f"{text}  # loopcheck: ignore[LC101]"


def test_decorators_and_several_codes_on_a_line() -> None:
    text = LOOP.format(backward="optimizer.step(); optimizer.step(); loss.backward()")
    codes = sorted({one.code for one in lint_source(text, "a.py")})
    assert len(codes) > 1
    assert f"loss.backward()  # loopcheck: ignore[{', '.join(codes)}]\n" in adopted(text)
    assert lint_source(adopted(text), "a.py") == []


def test_a_code_is_named_once() -> None:
    for comment in ("# loopcheck: ignore[LC101] why", "# loopcheck: ignore[missing-zero-grad]"):
        assert extended(comment, ["LC101"]) == comment
    assert extended("# why", ["LC101"]) is None


def test_a_reason_stands_behind_a_new_comment() -> None:
    assert f"loss.backward()  {OURS} old code\n" in adopted(BAD, reason="old code")


# ---- what others read ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("comment", ["# type: ignore", "# type: ignore[attr-defined]", "# type: ignore # x"])
def test_a_type_comment_still_works(comment: str) -> None:
    text = LOOP.format(backward=f"loss.backward()  {comment}")
    ignores = [ast.parse(one, type_comments=True).type_ignores for one in (text, adopted(text))]
    assert [[one.lineno for one in some] for some in ignores] == [[8], [8]]


def test_comments_of_ruff_still_work(tmp_path: Path) -> None:
    pytest.importorskip("ruff")
    long = f"kept = loss.backward(), '{'x' * 200}'  # noqa: E501"
    kept = "x = [1,2]; loss.backward()  # fmt: skip"
    file = tmp_path / "a.py"
    file.write_text(adopted(LOOP.format(backward=f"{long}\n        {kept}")), encoding="utf-8")
    assert file.read_text(encoding="utf-8").count("loopcheck: ignore") == 2
    ruff = [sys.executable, "-m", "ruff"]
    check = [*ruff, "check", "--isolated", "--select", "E501", file]
    assert subprocess.run([*check, "--ignore-noqa"], capture_output=True, check=False).returncode == 1
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    subprocess.run([*ruff, "format", "--isolated", file], capture_output=True, check=True)
    assert kept in file.read_text(encoding="utf-8")
    assert lint_source(file.read_text(encoding="utf-8"), "a.py") == []


# ---- laws ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_nothing_but_comments_changes_and_nothing_is_left(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    settings = ALL._replace(extend_select=("LC303",))
    made = adopted(text, settings)
    assert made != text
    assert without_comments(made) == without_comments(text)
    assert {one.code for one in lint_source(made, "a.py", settings)} <= {"LC002"}
    assert adopted(made, settings) == made


STATEMENTS = st.lists(
    st.sampled_from([line for line in PLACED if "loopcheck" not in line and "noqa" not in line] + ["optimizer.step()"]),
    min_size=1,
    max_size=4,
)


@given(STATEMENTS, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "since 2019"]))
def test_any_statements(statements: list[str], newline: str, reason: str) -> None:
    text = LOOP.format(backward="\n        ".join(statements)).replace("\n", newline)
    made = adopted(text, ALL, reason)
    assert without_comments(made) == without_comments(text)
    assert lint_source(made, "a.py", ALL) == []
    assert adopted(made, ALL, reason) == made


@given(st.text("#loopckignrequ: []LC1029,-\n\"'(x\\\r\x0c{}f", max_size=60), st.sets(st.integers(1, 4)))
def test_any_text_is_changed_at_ends_of_lines_only_or_refused(text: str, rows: set[int]) -> None:
    text += "\n\n\n\n"
    try:
        ast.parse(text)
        made = silenced(text, {row: ["LC101"] for row in rows})
    except (SyntaxError, ValueError, tokenize.TokenError):
        return
    assert without_comments(made) == without_comments(text)


# ---- from outside --------------------------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bad.py").write_text(BAD, encoding="utf-8")
    (tmp_path / "worse.py").write_text(BAD + BAD, encoding="utf-8")
    (tmp_path / "clean.py").write_text("x = 1\n", encoding="utf-8")
    return tmp_path


def test_the_command(folder: Path) -> None:
    assert run(folder, ".").returncode == 1
    done = run(folder, "--add-ignore", ".")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "loopcheck: added 3 suppressions in 2 files\n")
    assert run(folder, ".").stdout == "All checks passed! (3 files checked)\n"
    texts = {path: path.read_bytes() for path in folder.iterdir()}
    again = run(folder, "--add-ignore", ".")
    assert (again.returncode, again.stderr) == (0, "loopcheck: nothing to suppress\n")
    assert {path: path.read_bytes() for path in folder.iterdir()} == texts
    assert run(folder, "--add-ignore", "clean.py").stdout == "All checks passed! (1 file checked)\n"


def test_only_what_is_shown(folder: Path) -> None:
    maybe = LOOP.format(backward="if x:\n            optimizer.zero_grad()\n        loss.backward()")
    (folder / "maybe.py").write_text(maybe, encoding="utf-8")
    assert run(folder, "-q", "--add-ignore", "maybe.py").stderr == ""
    assert (folder / "maybe.py").read_text(encoding="utf-8") == maybe
    (folder / "both.py").write_text(maybe + BAD, encoding="utf-8")
    both = run(folder, "--add-ignore=unused", "--add-ignore", "both.py")
    assert both.stderr == "loopcheck: added 1 suppression in 1 file\n"
    assert (folder / "both.py").read_text(encoding="utf-8") == maybe + BAD.replace("backward()", f"backward()  {OURS}")
    assert run(folder, "-q", "--add-ignore", "--ignore=LC101", "bad.py").returncode == 0
    assert (folder / "bad.py").read_text(encoding="utf-8") == BAD
    done = run(folder, "--add-ignore=known since March", "--min-certainty=possible", "maybe.py", "bad.py")
    assert done.stderr == "loopcheck: added 2 suppressions in 2 files\n"
    assert f"{OURS} known since March\n" in (folder / "maybe.py").read_text(encoding="utf-8")


def test_what_no_comment_is_written_for(folder: Path) -> None:
    (folder / "broken.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    vain = LOOP.format(backward="optimizer.zero_grad(); loss.backward()  # loopcheck: ignore[LC101]")
    (folder / "vain.py").write_text(vain, encoding="utf-8")
    done = run(folder, "--add-ignore", "broken.py", "vain.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "loopcheck: no comment is written for 1 LC001 and 1 LC002\nloopcheck: nothing to suppress\n"
    assert (folder / "vain.py").read_text(encoding="utf-8") == vain


def test_notebooks_are_left_alone(folder: Path) -> None:
    cell = {"cell_type": "code", "source": BAD}
    text = json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    (folder / "train.ipynb").write_text(text, encoding="utf-8")
    done = run(folder, "--add-ignore", "train.ipynb", "bad.py")
    assert done.returncode == 0
    assert "1 finding in 1 notebook left alone: write the comments into the cells yourself" in done.stderr
    assert "added 1 suppression in 1 file\n" in done.stderr
    assert (folder / "train.ipynb").read_text(encoding="utf-8") == text
    by_hand = text.replace("loss.backward()", f"loss.backward()  {OURS}")
    (folder / "train.ipynb").write_text(by_hand, encoding="utf-8")
    assert run(folder, "train.ipynb").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-"], "cannot be used with standard input"),
        (["--stdin-filename", "x.py"], "cannot be used with standard input"),
        (["--fix", "bad.py"], "--add-ignore and --fix exclude each other"),
        (["--diff", "bad.py"], "--add-ignore and --diff exclude each other"),
        (["--baseline", "known.json", "bad.py"], "--add-ignore and --baseline exclude each other"),
        (["--statistics", "clean.py"], "--add-ignore and --statistics exclude each other"),
        (["--output-file", "out.txt", "bad.py"], "--add-ignore and --output-file exclude each other"),
        (["--add-ignore=a\nb", "bad.py"], "must be one line of text"),
        (["--add-ignore=a # noqa", "bad.py"], "must be one line of text without '#'"),
        (["--add-ignore=", "bad.py"], "--add-ignore needs a value"),
    ],
)
def test_what_does_not_go_with_it(folder: Path, arguments: list[str], message: str) -> None:
    done = run(folder, "--add-ignore", *arguments, data=BAD)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert (folder / "bad.py").read_text(encoding="utf-8") == BAD


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + BAD.encode(),
        BAD.replace("\n", "\r\n").encode(),
        f"# coding: latin-1\n{BAD}# \xfc\n".encode("latin-1"),
        f"# -*- coding: cp1252 -*-\r\n{BAD}name = '\u20ac'\n".encode("cp1252"),
        f"# coding: utf-7\n{BAD}# +AOk-\n".encode("ascii"),
    ],
    ids=["mark", "crlf", "latin-1", "cp1252", "utf-7"],
)
def test_bytes_stay_as_they_are(folder: Path, data: bytes) -> None:
    file = folder / "a.py"
    file.write_bytes(data)
    file.chmod(0o751)
    done = run(folder, "--add-ignore", "a.py")
    if b"utf-7" in data:  # there are several ways to write a letter
        assert (done.returncode, file.read_bytes()) == (2, data)
        assert "as utf-7 its bytes cannot be written again as they were" in done.stderr
        return
    assert done.returncode == 0
    assert file.read_bytes().replace(f"  {OURS}".encode(), b"") == data
    assert file.stat().st_mode & 0o777 == 0o751
    assert run(folder, "a.py").returncode == 0


def test_a_reason_that_the_file_cannot_hold(folder: Path) -> None:
    (folder / "a.py").write_bytes(f"# coding: latin-1\n{BAD}".encode("latin-1"))
    done = run(folder, "--add-ignore=\u5b57", "a.py", "bad.py")
    assert done.returncode == 2
    assert "a.py: left alone: the reason cannot be written as latin-1" in done.stderr
    assert "added 1 suppression in 1 file\n" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="links need rights")
def test_links(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "far.py"
    outside.write_text(BAD, encoding="utf-8")
    (folder / "link.py").symlink_to(outside)
    (folder / "twin.py").symlink_to("bad.py")
    done = run(folder, "--add-ignore", ".")
    assert done.returncode == 0
    assert "link.py: left alone: a link that leads out of what was named" in done.stderr
    assert "added 3 suppressions in 2 files" in done.stderr
    assert outside.read_text(encoding="utf-8") == BAD
    assert (folder / "twin.py").is_symlink()
    assert (folder / "bad.py").read_text(encoding="utf-8").count(OURS) == 1


def test_a_file_that_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = files.write_bytes_aside

    def write(filename: str, data: bytes) -> None:
        if filename.endswith("bad.py"):
            raise PermissionError(13, "Permission denied")
        real(filename, data)

    monkeypatch.chdir(folder)
    monkeypatch.setattr(files, "write_bytes_aside", write)
    assert cli.main(["--isolated", "--add-ignore", "."]) == 2
    told = capsys.readouterr().err
    assert "bad.py: left alone: cannot be read and written: Permission denied" in told
    assert "added 2 suppressions in 1 file\n" in told
    assert (folder / "bad.py").read_text(encoding="utf-8") == BAD
    assert sorted(path.name for path in folder.iterdir()) == ["bad.py", "clean.py", "worse.py"]


@pytest.mark.parametrize("string", ['f"{x + "#"}"', 'f"{\n            x  # why\n        }"'])
def test_syntax_of_python_312(folder: Path, string: str) -> None:
    """Older versions cannot say where a comment begins in it."""
    text = LOOP.format(backward=f"kept = loss.backward(), {string}")
    (folder / "a.py").write_text(text, encoding="utf-8")
    done = run(folder, "--add-ignore", "a.py", "bad.py")
    if sys.version_info < (3, 12):
        assert done.returncode == 2
        assert "a.py: left alone: its syntax is newer than this Python" in done.stderr
        assert "added 1 suppression in 1 file" in done.stderr
        assert (folder / "a.py").read_text(encoding="utf-8") == text
    else:
        assert done.stderr == "loopcheck: added 2 suppressions in 2 files\n"
        assert (folder / "a.py").read_text(encoding="utf-8") == text.replace(string, f"{string}  {OURS}")
        assert run(folder, "a.py").returncode == 0


def test_a_file_that_changes_meanwhile(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from loopcheck import silencing

    def late(text: str, *rest: object) -> str:
        (folder / "bad.py").write_text("x = 2\n", encoding="utf-8")
        return silenced(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(silencing, "silenced", late)
    assert cli.main(["--isolated", "--add-ignore", str(folder / "bad.py")]) == 2
    assert "it was changed meanwhile" in capsys.readouterr().err
    assert (folder / "bad.py").read_text(encoding="utf-8") == "x = 2\n"


def test_what_the_comments_would_break_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from loopcheck import silencing

    for wrong in (lambda text, *rest: text, lambda text, *rest: text.replace("loss.backward()", "loss.backward")):
        monkeypatch.setattr(silencing, "silenced", wrong)
        assert cli.main(["--isolated", "--add-ignore", str(folder / "bad.py")]) == 2
        assert "the comments would not silence all of it" in capsys.readouterr().err
        assert (folder / "bad.py").read_text(encoding="utf-8") == BAD
