"""Bad input through the command line: a clear message, the right exit status, and all other files judged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import BAD, loopcheck

from loopcheck.faces import cli

TRAINS = "import torch\n" + BAD
FIRST, LAST = BAD.split("    for x, y", 1)


def encoded(codec: str, cookie: str = "") -> bytes:
    return f"{cookie}# é ü\n{BAD}".encode(codec)


DEEP = "x = " + "(" * 2000 + "1" + ")" * 2000 + "\n"
SUM = "x = " + " + ".join(["1"] * 10_000) + "\n"
UNREAD = {
    "syntax error": (b"import torch\nloss.backward(\n", "2:14: LC001 syntax-error not checked: '(' was never closed"),
    "bad indentation": (
        b"import torch\nif x:\nloss.backward()\n",
        "3:1: LC001 syntax-error not checked: expected an indented block",
    ),
    "binary": (b"\x7fELF\0torch\0backward(\0", "1:5: LC001 syntax-error not checked: the file contains null bytes"),
    "no utf-8": (TRAINS.encode() + b"\xff\n", ":1: LC001 syntax-error not checked: byte 0xff is not valid utf-8"),
    "utf-16": (TRAINS.encode("utf-16"), "LC001 syntax-error not checked: "),
    "unknown encoding": (encoded("utf-8", "# coding: klingon\n"), "the declared encoding 'klingon' is not known"),
    "wrong encoding": (encoded("latin-1", "# coding: utf-8\n"), "byte 0xe9 is not valid utf-8"),
    "nested brackets": ((TRAINS + DEEP).encode(), "LC001 syntax-error not checked: more than 200 nested brackets"),
    "unclosed brackets": ((TRAINS + "x = " + "[" * 100_000).encode(), "more than 200 nested brackets"),
    "deep indentation": (
        (TRAINS + "".join(f"{' ' * n}if x:\n" for n in range(150)) + " " * 150 + "x\n").encode(),
        "LC001 syntax-error not checked: too many levels of indentation",
    ),
}
READ = {
    "byte order mark": (b"\xef\xbb\xbf" + BAD.encode(), "8:9"),
    "declared encoding": (encoded("latin-1", "# -*- coding: latin-1 -*-\n"), "10:9"),
    "carriage returns": (BAD.replace("\n", "\r\n").encode(), "8:9"),
    "old line ends": (BAD.replace("\n", "\r").encode(), "8:9"),
    "form feeds": (BAD.replace("\n\n\n", "\n\x0c\n\n").encode(), "8:9"),
    "a form feed in a line": (BAD.replace("loss.backward()", "loss.backward()\x0c").encode(), "8:9"),
    "no line end": (BAD.rstrip("\n").encode(), "8:9"),
    "a line of 5 MB": ((BAD + "x = '" + "a" * 5_000_000 + "'\n").encode(), "8:9"),
    "a comment of 5 MB": ((BAD + "# noqa " + "a" * 5_000_000).encode(), "8:9"),
    "a call of 5 MB in front": (BAD.replace("loss.b", f"{'x' * 5_000_000}; loss.b").encode(), "8:5000011"),
}


def concise(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The report on a folder that also holds a bad file, which must be judged whatever else is there."""
    (folder / "zz_bad.py").write_text(BAD, encoding="utf-8")
    assert cli.main(["--output-format=concise", "--no-cache", str(folder)]) == 1
    out, errors = capsys.readouterr()
    assert "zz_bad.py:8:9: LC101 " in out
    assert "Traceback" not in out + errors
    return [line for line in out.splitlines() if "odd.py" in line]


@pytest.mark.parametrize(("data", "message"), UNREAD.values(), ids=list(UNREAD))
def test_what_cannot_be_read_is_told(
    data: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.py").write_bytes(data)
    (line,) = concise(tmp_path, capsys)
    assert message in line


@pytest.mark.parametrize(("data", "place"), READ.values(), ids=list(READ))
def test_what_is_odd_but_right_is_judged(
    data: bytes, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.py").write_bytes(data)
    (line,) = concise(tmp_path, capsys)
    assert f"odd.py:{place}: LC101 " in line


def test_an_empty_file_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.py").write_bytes(b"")
    assert concise(tmp_path, capsys) == []


def test_a_long_sum_ends_no_process_and_no_scan(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(TRAINS + SUM, encoding="utf-8")
    (tmp_path / "zz_bad.py").write_text(BAD, encoding="utf-8")
    done = loopcheck(tmp_path, "--output-format=concise", ".")
    assert (done.returncode, done.stderr) == (1, "")
    assert "zz_bad.py:8:9: LC101 " in done.stdout
    assert "odd.py" in done.stdout  # judged or not, but never passed over in silence


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_in_a_circle_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "up").symlink_to(tmp_path)
    (inner / "odd.py").symlink_to(inner / "odd.py")
    (tmp_path / "a.py").symlink_to(tmp_path / "b.py")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    assert concise(tmp_path, capsys) == []
    assert cli.main([str(inner / "odd.py")]) == 2
    assert "loopcheck: " in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="permissions are different there")
def test_an_unreadable_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.py"
    odd.write_text(BAD, encoding="utf-8")
    odd.chmod(0)
    if os.access(odd, os.R_OK):  # we are root, to whom nothing is forbidden
        whole = open

        def refuse(path: str, *rest: object, **more: object) -> object:
            if str(path).endswith("odd.py"):
                raise PermissionError(13, "Permission denied")
            return whole(path, *rest, **more)  # type: ignore[call-overload]

        monkeypatch.setattr("builtins.open", refuse)
    (line,) = concise(tmp_path, capsys)
    assert "odd.py:1:1: LC001 syntax-error not checked: cannot be read: Permission denied" in line


def test_a_file_that_vanishes_during_the_scan_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from loopcheck.linter import discovery

    (tmp_path / "odd.py").write_text(BAD, encoding="utf-8")
    whole = discovery.discover

    def vanish(*given: object, **more: object) -> list[str]:
        files = whole(*given, **more)  # type: ignore[arg-type]
        (tmp_path / "odd.py").unlink()
        return files

    monkeypatch.setattr(discovery, "discover", vanish)
    (line,) = concise(tmp_path, capsys)
    assert "odd.py:1:1: LC001 syntax-error not checked: cannot be read: No such file or directory" in line


def test_all_of_it_at_once_with_each_format(tmp_path: Path) -> None:
    for number, (data, _) in enumerate([*UNREAD.values(), *list(READ.values())[:7]]):
        (tmp_path / f"f{number:02}.py").write_bytes(data)
    for form in ("full", "concise", "json"):
        done = loopcheck(tmp_path, "--output-format", form, ".", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert (done.returncode, done.stderr) == (1, "")
        assert (done.stdout.count("LC001"), "LC101" in done.stdout) == (
            len(UNREAD) * (2 if form == "full" else 1),
            True,
        )
        assert done.stdout.isascii()


def test_a_broken_settings_file_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(BAD, encoding="utf-8")
    for text, message in (
        ("[tool.loopcheck\n", "this is no valid TOML: "),
        ("[tool.loopcheck]\nselect = ['LC99']\n", "`select`: unknown rule 'LC99'"),
    ):
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        done = loopcheck(tmp_path, "bad.py")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith(f"loopcheck: {tmp_path / 'pyproject.toml'}: {message}")


@pytest.mark.skipif(os.name == "nt", reason="closed pipes look different there")
@pytest.mark.parametrize(
    "words", [["--show-settings"], ["--statistics", "bad.py"], ["--show-files"], ["--help"], ["-"]]
)
def test_a_closed_pipe_ends_every_output_quietly(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(BAD, encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "loopcheck", *words]
    done = subprocess.run(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, timeout=60
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1 if "--statistics" in words else 0, b"")
