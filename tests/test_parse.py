"""Bad input is one LC001 at the right place, never a traceback or a dead process."""

import subprocess
import sys
from pathlib import Path

import pytest

from loopcheck import lint_paths, lint_source
from loopcheck.linter.decode import NotParsed, decode
from loopcheck.settings import Settings

LOOP = "import torch\nfor x in y:\n    loss = f(x)\n    loss.backward()\n    opt.step()\n"


def only_finding(data: bytes, folder: Path) -> tuple[str, int, int, str]:
    path = folder / "bad.py"
    path.write_bytes(data)
    (finding,) = lint_paths([path])
    return finding.code, *finding.site.start, finding.message


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (LOOP.encode() + b"def f(:\n", (6, 7), "invalid syntax"),
        (LOOP.encode() + b"x = 'abc\n", (6, 5), "unterminated string"),
        (LOOP.encode() + b"\0\n", (6, 1), "null bytes"),
        (LOOP.encode() + b"# \xff\n", (6, 3), "0xff is not valid utf-8"),
        (b"# coding: klingon\n" + LOOP.encode(), (1, 1), "'klingon' is not known"),
        (LOOP.encode() + b"  x = 1\n", (6, 4), "indent"),
    ],
    ids=["syntax", "string", "null", "encoding", "unknown encoding", "indentation"],
)
def test_unreadable_files_name_the_place(data: bytes, place: tuple[int, int], words: str, tmp_path: Path) -> None:
    code, row, column, message = only_finding(data, tmp_path)
    assert (code, row) == ("LC001", place[0])
    assert abs(column - place[1]) <= 4  # CPython's columns differ a little between versions
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        LOOP + "x = " + "(" * 2000 + ")" * 2000 + "\n",
        LOOP + "x = " + " + ".join(["1"] * 10_000) + "\n",
        LOOP + "x = (\n" + " +\n".join(["1"] * 10_000) + "\n)\n",
        LOOP + "x = " + "not " * 20_000 + "1\n",
        LOOP + "x = a" + ".b" * 10_000 + "\n",
        LOOP + "x = a" + "(1)" * 10_000 + "\n",
        LOOP + "x = " + "-" * 20_000 + "1\n",
        LOOP + "x = " + "lambda: " * 5_000 + "1\n",
        LOOP + "x = " + "a if b else " * 5_000 + "c\n",
        LOOP + "".join("    " * i + "if a:\n" for i in range(1000)) + "    " * 1000 + "b\n",
        LOOP + "if a:\n    b\n" + "elif c:\n    d\n" * 5_000,
        LOOP + 'x = """' + "(" * 5000 + '"""\n',
    ],
    ids="brackets sum lines not attribute calls minus lambda ternary indent elif string".split(),
)
def test_deep_code_does_not_kill_the_process(text: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.py"
    path.write_text(text)
    program = "import sys, loopcheck; print([f.code for f in loopcheck.lint_paths([sys.argv[1]])])"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.strip() in ("['LC001']", "['LC101']", "[]")


def test_declared_and_marked_encodings_are_understood() -> None:
    assert decode(b"\xef\xbb\xbfx = 1") == "x = 1"
    assert decode(b"#!/bin/python\n# -*- coding: latin-1 -*-\nx = '\xe9'").endswith("'\u00e9'")
    assert decode(b"x = '\xc3\xa9'") == "x = '\u00e9'"
    with pytest.raises(NotParsed):
        decode(b"x = '\xe9'")


def test_line_ends_and_form_feeds_do_not_move_findings() -> None:
    unix = [f.site.start for f in lint_source(LOOP)]
    assert unix == [f.site.start for f in lint_source(LOOP.replace("\n", "\r\n"))]
    assert [(row + 1, column) for row, column in unix] == [f.site.start for f in lint_source("\f\n" + LOOP)]
    assert unix


def test_an_empty_text_is_clean() -> None:
    assert lint_source("") == lint_source("\n") == lint_source("# nothing\n") == []


def test_a_file_over_the_size_limit_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "large.py"
    path.write_text(LOOP)
    (finding,) = lint_paths([path], Settings(max_file_bytes=10))
    assert finding.code == "LC001"
    assert "too large" in finding.message


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (LOOP + "match 0:\n    case _:\n        pass\n", ["LC101"]),
        (LOOP + "x = " + "9" * 5000 + "\n", ["LC101"]),
        (LOOP + "x = 'a' b'b'\n", ["LC001"]),
        ("# coding: undefined\n" + LOOP, ["LC001"]),
        (LOOP + "x = " + "not \\\n" * 12_000 + "1\n", ["LC001"]),
        (LOOP + "s = ''' \"\"\" " + "(" * 300 + " '''\n", ["LC101"]),
        (LOOP + 's = """ \\""" ' + "(" * 300 + ' """\n', ["LC101"]),
    ],
    ids="match digits mixed undefined continued quotes escaped".split(),
)
def test_valid_or_not_it_is_judged_or_reported(text: str, codes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_text(text)
    assert [f.code for f in lint_paths([path])] == codes


def test_a_fault_of_ours_costs_one_file_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from loopcheck.linter import report

    judge = report.judged

    def broken(parsed: object, filename: str, *rest: object) -> object:
        if filename.endswith("a.py"):
            raise AssertionError("ours")
        return judge(parsed, filename, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(report, "judged", broken)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(LOOP)
    first, second = lint_paths([tmp_path])
    assert (first.code, second.code) == ("LC001", "LC101")
    assert "failed on this file (AssertionError)" in first.message


def test_a_file_with_too_many_paths_is_not_guessed_at(caplog: pytest.LogCaptureFixture) -> None:
    calls = "".join(
        f"def f{i}(opt, model):\n    for a in x:\n        for b in x:\n            f{i + 1}(opt, model)\n" * 1
        for i in range(11)
    )
    text = "import torch\n" + calls + "def f11(opt, model):\n    model(1).sum().backward()\n    opt.step()\n"
    assert [f for f in lint_source(text) if f.code != "LC101"] == []
    assert "more paths than can be followed" in caplog.text
