"""The command line from outside: arguments, exit status, both streams."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopcheck import __version__
from loopcheck.errors import ExitCode
from loopcheck.faces import cli, options
from loopcheck.faces.help import help_text
from loopcheck.faces.pages import explanation, fix_of, observers
from loopcheck.findings import Observer
from loopcheck.rules import Card, catalogue
from loopcheck.settings import Settings

CLEAN = "x = 1\n"
BAD = """\
import torch


def train(model, loss_fn, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
"""
BROKEN = "import torch\nloss.backward(\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one clean, one bad and one broken file."""
    for name, text in (("clean.py", CLEAN), ("bad.py", BAD), ("broken.py", BROKEN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def environment(**extra: str) -> dict[str, str]:
    hidden = {"NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8"}
    return {**{key: value for key, value in os.environ.items() if key not in hidden}, **extra}


def loopcheck(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loopcheck", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**extra),
        capture_output=True,
        encoding="utf-8",
        errors="strict",
        timeout=60,
    )


def test_clean_files_end_with_0(folder: Path) -> None:
    done = loopcheck(folder, "clean.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "All checks passed! (1 file checked)\n", "")


def test_a_finding_ends_with_1_and_shows_the_line(folder: Path) -> None:
    done = loopcheck(folder, "clean.py", "bad.py")
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.startswith("error[LC101] missing-zero-grad: ")
    assert "--> bad.py:8:9\n" in done.stdout
    assert " 8 |         loss.backward()\n   |         ^^^^^^^^^^^^^^^\n" in done.stdout
    assert done.stdout.endswith("\nFound 1 error in 1 file (2 files checked).\n")


def test_check_is_the_default_and_so_is_the_current_folder(folder: Path) -> None:
    runs = [loopcheck(folder, *words).stdout for words in ((), (".",), ("check",), ("check", "."))]
    assert "Found 2 errors in 2 files (2 files checked, 1 could not be)." in runs[0]
    assert len(set(runs)) == 1


def test_a_broken_file_is_reported_and_the_others_go_on(folder: Path) -> None:
    done = loopcheck(folder, "--output-format", "concise", "--quiet", ".")
    assert done.returncode == 1
    assert [line.split(" ")[1] for line in done.stdout.splitlines()] == ["LC101", "LC001"]


def test_what_cannot_be_read_is_never_clean(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "clean.py").write_bytes(b"import torch\nloss.backward()\n\xff\n")
    assert cli.main(["--output-format=concise", str(folder / "clean.py")]) == 1
    text = capsys.readouterr().out
    assert "clean.py:3:1: LC001 " in text and "(0 files checked, 1 could not be)" in text

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert cli.main(["--output-format=concise", str(folder)]) == 1
    assert f"{folder}:1:1: LC001 " in capsys.readouterr().out


def test_json_is_only_json(folder: Path) -> None:
    done = loopcheck(folder, "--output-format", "json", "bad.py", "clean.py")
    (one,) = json.loads(done.stdout)
    assert (one["code"], one["location"], one["observer"]) == ("LC101", {"row": 8, "column": 9}, "static")
    assert one["filename"] == (folder / "bad.py").as_posix()
    assert one["related"][0]["location"] == {"row": 9, "column": 9}
    assert (done.returncode, done.stderr) == (1, "")
    nothing = loopcheck(folder, "--output-format=json", "clean.py")
    assert (nothing.stdout, nothing.stderr, nothing.returncode) == ("[]\n", "", 0)


def test_select_and_ignore(folder: Path) -> None:
    assert loopcheck(folder, "--ignore", "LC101", "bad.py").returncode == 0
    assert loopcheck(folder, "--select", "LC102,missing-step", "bad.py").returncode == 0
    assert loopcheck(folder, "--select", "LC102", "--select=missing-zero-grad", "bad.py").returncode == 1
    assert loopcheck(folder, "--select", "LC102", "--extend-select", "LC1", "bad.py").returncode == 1


def test_fail_on_and_exit_zero_change_the_status_only(folder: Path) -> None:
    shown = loopcheck(folder, "bad.py").stdout
    for words in (("--fail-on", "never"), ("--exit-zero",)):
        done = loopcheck(folder, *words, "bad.py")
        assert (done.returncode, done.stdout) == (0, shown)
    assert loopcheck(folder, "--fail-on", "error", "bad.py").returncode == 1


def test_quiet_shows_only_findings(folder: Path) -> None:
    assert loopcheck(folder, "-q", "clean.py").stdout == ""
    assert "Found" not in loopcheck(folder, "-q", "bad.py").stdout


def test_uncertain_findings_are_hidden_counted_and_shown_on_demand(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from loopcheck.findings import Certainty, Finding
    from loopcheck.linter import check, pool

    (certain,) = check.check_files([str(folder / "bad.py")], Settings())
    mixed = [certain, certain._replace(certainty=Certainty.LIKELY), certain._replace(certainty=Certainty.POSSIBLE)]

    def found(*given: object) -> list[list[Finding]]:
        return [mixed]

    def lines(*words: str) -> list[str]:
        assert cli.main(["--output-format=concise", *words, str(folder / "bad.py")]) == 1
        return capsys.readouterr().out.splitlines()

    monkeypatch.setattr(pool, "check_all", found)
    assert len(lines()) == 4
    assert lines()[1].endswith("(likely)")
    assert lines()[-1] == "1 less certain finding hidden; show it with --min-certainty possible"
    assert len(lines("--min-certainty", "possible")) == 4
    assert lines("--min-certainty=certain")[-1].startswith("2 less certain findings hidden; show them with")


def test_advice_alone_never_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from loopcheck.findings import Finding, Severity
    from loopcheck.linter import check, pool

    (one,) = check.check_files([str(folder / "bad.py")], Settings())
    severity = Severity.ADVICE

    def found(*given: object) -> list[list[Finding]]:
        return [[one._replace(severity=severity)]]

    monkeypatch.setattr(pool, "check_all", found)
    bad = str(folder / "bad.py")
    assert cli.main([bad]) == 0
    assert "Found 1 hint in 1 file" in capsys.readouterr().out
    severity = Severity.WARNING
    assert (cli.main([bad]), cli.main(["--fail-on", "error", bad])) == (1, 0)


def test_excluding_from_the_command_line(folder: Path) -> None:
    assert "(1 file checked)" in loopcheck(folder, "--extend-exclude", "bad.py,broken.py").stdout
    assert "(1 file checked)" in loopcheck(folder, "--exclude", "b*.py").stdout
    assert loopcheck(folder, "--exclude", "bad.py", "bad.py").returncode == 1
    forced = loopcheck(folder, "--exclude", "bad.py", "--force-exclude", "bad.py")
    assert (forced.returncode, forced.stdout) == (0, "")
    assert forced.stderr == "loopcheck: warning: no Python files found under the given paths\n"
    (folder / ".gitignore").write_text("b*.py\n", encoding="utf-8")
    assert "(1 file checked)" in loopcheck(folder).stdout
    assert "could not be" in loopcheck(folder, "--no-respect-gitignore").stdout


MISTAKES = {
    "no such file or folder: 'nope.py'": ["nope.py", "bad.py"],
    "unknown option --selct (did you mean --select?); `loopcheck --help` lists them": ["--selct", "LC101", "."],
    "unknown option -x; `loopcheck --help` lists them": ["-x"],
    "unknown rule 'LC99'": ["--select", "LC99", "clean.py"],
    "unknown rule 'missing-zero-gard' (did you mean missing-zero-grad?)": ["explain", "missing-zero-gard"],
    "--min-certainty cannot be 'high': one of possible, likely, certain": ["--min-certainty", "high", "."],
    "--output-format cannot be 'xml': one of full, concise, json": ["--output-format=xml"],
    "--color needs a value: one of auto, always, never": ["--color"],
    "--jobs must be a number from 1 on, not '0'": ["-j", "0", "clean.py"],
    "unknown rule 'LC1O1' (did you mean LC101?)": ["explain", "LC1O1"],
    "unknown rule 'LC999'; `loopcheck rules`": ["explain", "LC999"],
    "--select needs a value": ["--select", ",", "."],
    "--quiet takes no value": ["--quiet=yes"],
    "--select is no option of `loopcheck rules`": ["rules", "--select", "LC101"],
    "`loopcheck explain` needs the code or name of a rule": ["explain"],
    "`loopcheck rules` takes no argument; `loopcheck explain LC101` tells all about one": ["rules", "LC101"],
    "`loopcheck run` needs a script, or -m and a module": ["run"],
}


@pytest.mark.parametrize(("message", "arguments"), MISTAKES.items(), ids=list(MISTAKES))
def test_a_mistake_is_told_in_one_line_and_ends_with_2(folder: Path, message: str, arguments: list[str]) -> None:
    done = loopcheck(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"loopcheck: {message}")
    assert done.stderr.count("\n") == 1


def test_a_mistake_never_lets_a_terminal_be_steered(folder: Path) -> None:
    assert "\\x1b[2J" in loopcheck(folder, "no\x1b[2J.py").stderr


def test_a_file_named_like_a_command_or_an_option_can_be_checked(folder: Path) -> None:
    for name in ("rules", "--help"):
        (folder / name).write_text(BAD, encoding="utf-8")
    assert loopcheck(folder, "./rules").returncode == 1
    assert loopcheck(folder, "check", "rules").returncode == 1
    assert loopcheck(folder, "--", "--help").returncode == 1
    assert loopcheck(folder, "--", "rules").returncode == 1


def test_version_and_help(folder: Path) -> None:
    assert (
        loopcheck(folder, "-V").stdout == loopcheck(folder, "rules", "--version").stdout == f"loopcheck {__version__}\n"
    )
    for words in (("--help",), ("-h",), ("check", "-h"), ("explain", "--help"), ("rules", "-h")):
        done = loopcheck(folder, *words)
        assert done.returncode == 0 and "Usage: loopcheck" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 115


@pytest.mark.parametrize("command", ["check", "explain", "rules"])
def test_the_help_names_exactly_the_options_there_are(command: str) -> None:
    import re

    text = help_text(command)
    told = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.MULTILINE))
    assert told == {*options._EVERYWHERE, *options._OF_COMMAND[command]}
    known = {*options._EVERYWHERE, *options._OF_COMMAND[command]}
    shorts = {f"{short}, {name}" for short, name in options._SHORT.items() if name in known}
    assert all(short in text for short in shorts)


def test_choices_are_those_of_the_settings() -> None:
    from loopcheck.findings import Certainty
    from loopcheck.settings import certainty_named, fail_on_named

    assert [certainty_named(word) for word in options._CHOICES["--min-certainty"]] == list(Certainty)
    assert len({fail_on_named(word) for word in options._CHOICES["--fail-on"]}) == 3


def test_the_exit_codes_are_those_of_the_enum() -> None:
    assert (cli._CLEAN, cli._FINDINGS, cli._USAGE) == (ExitCode.CLEAN, ExitCode.FINDINGS, ExitCode.USAGE)


@pytest.mark.parametrize("code", list(catalogue()))
def test_explain_tells_all_about_each_rule(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    card = catalogue()[code].card
    assert cli.main(["explain", code]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{code} {card.name} ({card.severity.value}, ")
    assert all(f"    {line}\n" in text for line in card.bad_source.splitlines() + card.good_source.splitlines() if line)
    for prose in (card.why, card.legal, card.how_to_fix, fix_of(card), *(seen for _, seen in observers(card))):
        assert " ".join(prose.split()) in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    assert cli.main(["explain", card.name.upper(), code]) == 0
    assert capsys.readouterr().out == f"{text}\n{text}"


def test_explain_says_whether_it_is_mended_and_who_cannot_see_it() -> None:
    def page(card: Card) -> str:
        return " ".join(explanation(card).split())

    card = catalogue()["LC505"].card._replace(remedies=(), safe_fix=False)
    mended = card._replace(remedies=("a remedy",))
    assert "does not fix it" in page(card)
    assert "--unsafe-fixes" in page(mended)
    assert "the fix is safe" in page(mended._replace(safe_fix=True))
    assert "By reading: The linter cannot see it" in page(card)
    assert "within 5 optimizer steps" in page(card)
    assert "when the watch ends" in page(card._replace(latency=0))
    assert "By running: The watcher cannot see it" in page(card._replace(seen_by=(Observer.STATIC,)))


def test_rules_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["code", "name", "severity", "default", "title"]
    assert [row.split()[:2] for row in rows] == [[r.card.code, r.card.name] for r in catalogue().values()]
    assert all(row.endswith(rule.card.title) for row, rule in zip(rows, catalogue().values(), strict=True))
    assert cli.main(["rules", "--output-format", "json"]) == 0
    assert [row["code"] for row in json.loads(capsys.readouterr().out)] == list(catalogue())


def test_color_flag_beats_environment_and_NO_COLOR_beats_FORCE_COLOR(folder: Path) -> None:  # noqa: N802
    def colored(*words: str, **extra: str) -> bool:
        return "\x1b[" in loopcheck(folder, *words, "bad.py", **extra).stdout

    assert not colored()
    assert colored(FORCE_COLOR="1")
    assert not colored(FORCE_COLOR="1", NO_COLOR="1")
    assert colored(FORCE_COLOR="1", NO_COLOR="")
    assert colored("--color", "always", NO_COLOR="1")
    assert not colored("--color=never", FORCE_COLOR="1")
    assert not colored("--output-format", "json", FORCE_COLOR="1")


@pytest.mark.skipif(os.name == "nt", reason="pseudo terminals are POSIX")
def test_a_terminal_gets_color(folder: Path) -> None:
    import pty

    def seen(**extra: str) -> bytes:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "loopcheck", "bad.py"]
        with subprocess.Popen(command, cwd=folder, env=environment(**extra), stdout=theirs) as process:
            os.close(theirs)
            text = b""
            try:
                while part := os.read(ours, 4096):
                    text += part
            except OSError:
                pass  # Linux says EIO when the other side closes
            process.wait(60)
        os.close(ours)
        return text

    assert b"\x1b[1;31merror[LC101]" in seen(TERM="xterm")
    assert b"\x1b" not in seen(TERM="dumb")
    assert b"\x1b" not in seen(TERM="xterm", NO_COLOR="1")


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_a_console_that_is_not_utf_8_gets_everything_spelled_out(folder: Path, form: str) -> None:
    (folder / "損失.py").write_text(BAD.replace("loss.", "損失é."), encoding="utf-8")
    done = loopcheck(folder, "--output-format", form, "損失.py", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (1, "")
    assert "\\u640d\\u5931.py" in done.stdout
    if form == "json":
        assert json.loads(done.stdout)[0]["filename"].endswith("/損失.py")


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="this file system refuses such names")
def test_a_file_name_that_is_no_text(folder: Path) -> None:
    (folder / os.fsdecode(b"\xff.py")).write_text(BAD, encoding="utf-8")
    for form in ("full", "concise", "json"):
        done = loopcheck(folder, "--output-format", form, ".", PYTHONUTF8="1")
        assert done.returncode == 1 and done.stderr == ""
        assert "\\udcff.py" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="closed pipes look different there")
def test_a_closed_pipe_is_no_tragedy(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "loopcheck", "bad.py"]
    done = subprocess.run(command, cwd=folder, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_told(folder: Path) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        command = [sys.executable, "-m", "loopcheck", "bad.py"]
        done = subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("loopcheck: cannot write the report: No space left on device\n")


def test_without_any_stdout_the_status_still_speaks(folder: Path) -> None:
    code = "import sys; sys.stdout = None; from loopcheck.faces.cli import main; sys.exit(main(['bad.py']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_ctrl_c_ends_with_130_and_no_traceback(folder: Path) -> None:
    code = (
        "import sys; from loopcheck.faces import cli\n"
        "def slow(request):\n    print('ready', flush=True)\n    import time; time.sleep(60)\n"
        "cli._check = slow\nsys.exit(cli.main(['.']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"")


def test_our_own_fault_is_shown_and_is_no_finding(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(request: options.Request) -> int:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(cli, "_check", fail)
    assert cli.main([str(folder)]) == 2
    errors = capsys.readouterr().err
    assert "ZeroDivisionError: deep inside" in errors
    assert errors.endswith("please report it with the lines above\n")


@pytest.mark.parametrize("collecting", [True, False])
def test_the_garbage_collector_is_left_as_it_was(collecting: bool) -> None:
    import gc

    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        assert cli.main(["--version"]) == 0
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


def test_a_named_file_is_parsed_even_if_it_does_not_train(folder: Path) -> None:
    (folder / "broken.py").write_text("def f(:\n    pass\n")
    (folder / "odd.py").write_text("print('\\d')\n")
    named = loopcheck(folder, "broken.py")
    assert named.returncode == ExitCode.FINDINGS
    assert "LC001" in named.stdout
    assert loopcheck(folder, "odd.py").stderr == ""
    assert loopcheck(folder, ".").returncode == ExitCode.FINDINGS  # for another file of the folder


def test_a_mistyped_command_is_told_from_a_path(folder: Path) -> None:
    done = loopcheck(folder, "explian", "LC101")
    assert done.returncode == ExitCode.USAGE
    assert "did you mean explain?" in done.stderr
