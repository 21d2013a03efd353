"""Standard input, statistics, lists of files, report files and the progress line, from outside."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import BAD, CLEAN, environment

from loopcheck.faces import cli, run_check
from loopcheck.faces.files import write_aside


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a clean and a bad file."""
    (tmp_path / "clean.py").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "bad.py").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def piped(folder: Path, data: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "loopcheck", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), input=data, capture_output=True, timeout=60)


# ---- standard input ---------------------------------------------------------------------------------------
def test_standard_input_is_judged_and_shown(folder: Path) -> None:
    done = piped(folder, BAD.encode(), "-")
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (1, b"")
    assert "--> -:8:9\n" in text and " 8 |         loss.backward()\n" in text
    assert text.endswith("Found 1 error in 1 file (1 file checked).\n")
    clean = piped(folder, CLEAN.encode(), "check", "-")
    assert (clean.returncode, clean.stdout) == (0, b"All checks passed! (1 file checked)\n")
    empty = piped(folder, b"", "-")
    assert (empty.returncode, empty.stdout) == (0, b"All checks passed! (1 file checked)\n")


def test_the_name_of_standard_input_is_used_and_what_lies_there_is_not(folder: Path) -> None:
    done = piped(folder, ("\n" + BAD).encode(), "--stdin-filename", "clean.py", "-")
    assert b"--> clean.py:9:9\n" in done.stdout and b" 9 |         loss.backward()\n" in done.stdout
    same = piped(folder, ("\n" + BAD).encode(), "--stdin-filename=clean.py")
    assert same.stdout == done.stdout
    (one,) = json.loads(piped(folder, BAD.encode(), "--output-format=json", "--stdin-filename", "x/y.py").stdout)
    assert one["filename"] == (folder / "x" / "y.py").as_posix()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"import torch\nloss.backward(\n", b"-:2:14: LC001 "),
        (b"import torch\nloss.backward()\xff\n", b"-:2:16: LC001 "),
        (b"\xef\xbb\xbf" + BAD.encode(), b"-:8:9: LC101 "),
        (BAD.replace("\n", "\r\n").encode(), b"-:8:9: LC101 "),
        (b"torch backward(\0", b"LC001 "),
    ],
)
def test_bad_standard_input(data: bytes, message: bytes, folder: Path) -> None:
    done = piped(folder, data, "--output-format=concise", "-")
    assert (done.returncode, done.stderr) == (1, b"")
    assert message in done.stdout


def test_settings_for_standard_input(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "pyproject.toml").write_text(
        "[tool.loopcheck]\nextend-exclude = ['gen/*']\nper-file-ignores = { 'old.py' = ['LC101'] }\n", encoding="utf-8"
    )
    assert piped(folder, BAD.encode(), "-").returncode == 1
    assert piped(folder, BAD.encode(), "--stdin-filename", "sub/new.py").returncode == 1
    assert piped(folder, BAD.encode(), "--stdin-filename", "sub/old.py").returncode == 0
    assert piped(folder, BAD.encode(), "--stdin-filename", "sub/gen/a.py").returncode == 1  # named, so checked
    forced = piped(folder, BAD.encode(), "--stdin-filename", "sub/gen/a.py", "--force-exclude")
    assert (forced.returncode, forced.stdout) == (0, b"All checks passed! (0 files checked)\n")


@pytest.mark.parametrize("words", [["-"], ["--stdin-filename", "a.py"]])
def test_standard_input_that_is_closed_is_told(words: list[str], folder: Path) -> None:
    import_it = "from loopcheck.faces.cli import main; sys.exit(main(sys.argv[1:]))"
    code = f"import os, sys; os.close(0); sys.stdin = None; {import_it}"  # as `loopcheck - <&-` starts it
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=folder, capture_output=True, timeout=60)
    told = b"loopcheck: cannot read standard input: it is closed\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", told)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_standard_input_that_the_shell_has_closed(folder: Path) -> None:
    command = ["sh", "-c", f"'{sys.executable}' -m loopcheck - <&-"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"loopcheck: cannot read standard input: it is closed\n"


def test_the_name_of_standard_input_beats_other_paths(folder: Path) -> None:
    done = piped(folder, CLEAN.encode(), "--stdin-filename", "new.py", "bad.py")
    assert (done.returncode, done.stdout) == (0, b"All checks passed! (1 file checked)\n")
    assert done.stderr == b"loopcheck: warning: 'bad.py' is passed over in favour of standard input\n"
    assert piped(folder, b"", "-", "bad.py").returncode == 2


def test_standard_input_that_cannot_be_read_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unreadable(io.TextIOWrapper):
        def __init__(self) -> None:
            super().__init__(io.BufferedReader(Refusing()))

    class Refusing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readall(self) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", Unreadable())
    assert cli.main(["-"]) == 2
    assert capsys.readouterr() == ("", "loopcheck: cannot read standard input: Input/output error\n")


# ---- lists and counts -------------------------------------------------------------------------------------
def test_statistics_count_the_findings_of_each_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "more.py").write_text(BAD + "\n\n" + BAD.replace("train", "again"), encoding="utf-8")
    (folder / "broken.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    assert cli.main(["--statistics", "."]) == 1
    text = capsys.readouterr().out
    assert text.splitlines()[:2] == ["3  LC101  missing-zero-grad", "1  LC001  syntax-error"]
    assert text.splitlines()[2].startswith("Found 4 errors in 3 files (3 files checked, 1 could not be).")
    assert cli.main(["--statistics", "-q", "--exit-zero", "."]) == 0
    assert capsys.readouterr().out == "".join(f"{line}\n" for line in text.splitlines()[:2])
    assert cli.main(["--statistics", "--output-format=json", "."]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {"code": "LC101", "name": "missing-zero-grad", "count": 3},
        {"code": "LC001", "name": "syntax-error", "count": 1},
    ]
    assert cli.main(["--statistics", "clean.py"]) == 0
    assert capsys.readouterr().out == "All checks passed! (1 file checked)\n"


def test_show_files_lists_what_would_be_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "no\x1b[2J.py").write_text(CLEAN, encoding="utf-8")
    assert cli.main(["--show-files", "--extend-exclude", "clean.py"]) == 0
    assert capsys.readouterr().out == "bad.py\nno\\x1b[2J.py\n"
    assert cli.main(["--show-files", "--stdin-filename", "a.py"]) == 0
    assert capsys.readouterr().out == "a.py\n"


# ---- report files -----------------------------------------------------------------------------------------
def test_the_report_goes_into_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = folder / "report.txt"
    for form in ("full", "concise", "json"):
        words = ["--output-format", form, "bad.py"]
        assert cli.main(words) == 1
        expected = capsys.readouterr().out
        assert cli.main(["--output-file", "report.txt", *words]) == 1
        assert capsys.readouterr() == ("", "")
        assert report.read_text(encoding="utf-8") == expected
    assert cli.main(["--output-file=report.txt", "clean.py"]) == 0
    assert report.read_text(encoding="utf-8") == "All checks passed! (1 file checked)\n"
    assert sorted(path.name for path in folder.iterdir()) == ["bad.py", "clean.py", "report.txt"]


def test_a_report_file_is_never_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = folder / "report.txt"
    report.write_text("old", encoding="utf-8")

    def fail(source: str, target: str) -> None:
        assert Path(source).read_text(encoding="utf-8") == "new é"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_aside(str(report), "new é")
    assert report.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["bad.py", "clean.py", "report.txt"]


@pytest.mark.skipif(os.name == "nt", reason="links and permissions are POSIX")
def test_a_report_file_keeps_its_link_its_kind_and_its_permissions(folder: Path) -> None:
    real = folder / "real.txt"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    (folder / "link.txt").symlink_to(real)
    assert cli.main(["--output-file", "link.txt", "clean.py"]) == 0
    assert (folder / "link.txt").is_symlink()
    assert real.read_text(encoding="utf-8").startswith("All checks passed!")
    assert real.stat().st_mode & 0o777 == 0o640
    os.mkfifo(folder / "pipe")
    reading = os.open(folder / "pipe", os.O_RDWR)
    assert cli.main(["--output-file", "pipe", "clean.py"]) == 0
    assert os.read(reading, 100).startswith(b"All checks passed!")
    os.close(reading)
    assert (folder / "pipe").is_fifo()


def test_color_goes_into_a_file_only_if_it_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for words, colored in (([], False), (["--color=always"], True)):
        assert cli.main(["--output-file", "report.txt", *words, "bad.py"]) == 1
        assert ("\x1b" in (folder / "report.txt").read_text(encoding="utf-8")) is colored


# ---- progress ---------------------------------------------------------------------------------------------
class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_long_scan_shows_progress_on_a_terminal_only(
    jobs: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        (folder / f"bad{number}.py").write_text(BAD, encoding="utf-8")
    monkeypatch.setattr(run_check, "_SLOW", 0.0)
    words = ["--no-cache", "-j", jobs, "."]
    assert cli.main(words) == 1
    out, errors = capsys.readouterr()
    assert errors == ""
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert cli.main(words) == 1
    shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert capsys.readouterr().out == out
    assert "\rloopcheck: 1 of 13 files" in shown
    assert shown.endswith(" \r") and "\n" not in shown
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert cli.main(["-q", *words]) == 1
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_progress_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(run_check, "_SLOW", 0.0)
    progress = run_check._Progress(2)
    progress(1)
    stream.close()
    progress._next = 0.0
    progress(2)
    progress.erase()
