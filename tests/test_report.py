"""The reports, format by format: what they show, and what they must never do to a terminal."""

import json
from pathlib import Path

import jsonschema
import pytest

from loopcheck.faces.report import concise, full, json_format, summary
from loopcheck.faces.terminal import escape, width
from loopcheck.findings import (
    Certainty,
    Finding,
    Fix,
    Location,
    Observer,
    Related,
    Severity,
    Site,
    TextEdit,
)

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "findings.schema.json").read_text(encoding="utf-8"))


def site(filename: object, row: int, first: int, end: int, *, end_row: int = 0, cell: int | None = None) -> Site:
    return Site(str(filename), Location(row, first), Location(end_row or row, end), cell)


def finding(at: Site, *related: Related, severity: Severity = Severity.ERROR, **more: object) -> Finding:
    base = Finding("LC101", "missing-zero-grad", "it went wrong", at, severity, Certainty.CERTAIN, Observer.STATIC)
    return base._replace(related=related, advice="Do it right.", **more)


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of ten lines, named relative to the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text("".join(f"line_{n} = {n}\n" for n in range(1, 11)), encoding="utf-8")
    return "train.py"


def test_full_shows_source_carets_help_and_where_to_read_more(train: str) -> None:
    one = finding(site(train, 5, 1, 7), Related("used here", site(train, 6, 10, 11)))
    assert full.render([one]) == (
        "error[LC101] missing-zero-grad: it went wrong\n"
        " --> train.py:5:1\n"
        "  |\n"
        "3 | line_3 = 3\n"
        "4 | line_4 = 4\n"
        "5 | line_5 = 5\n"
        "  | ^^^^^^\n"
        "6 | line_6 = 6\n"
        "  |          - used here\n"
        "7 | line_7 = 7\n"
        "8 | line_8 = 8\n"
        "  |\n"
        "help: Do it right.\n"
        "more: loopcheck explain LC101; loopcheck --diff may show a fix\n"
        "\n"
    )


def test_full_joins_stretches_and_tells_the_gap(train: str) -> None:
    one = finding(site(train, 1, 1, 7), Related("there", site(train, 10, 1, 8)))
    lines = full.render([one]).splitlines()
    assert lines[1:14] == [
        "  --> train.py:1:1",
        "   |",
        " 1 | line_1 = 1",
        "   | ^^^^^^",
        " 2 | line_2 = 2",
        " 3 | line_3 = 3",
        "...",
        " 8 | line_8 = 8",
        " 9 | line_9 = 9",
        "10 | line_10 = 10",
        "   | ------- there",
        "   |",
        "help: Do it right.",
    ]


def test_a_line_with_several_marks_is_shown_once(train: str) -> None:
    text = full.render([finding(site(train, 5, 1, 7), Related("there", site(train, 5, 10, 11)))])
    assert "5 | line_5 = 5\n  | ^^^^^^\n  |          - there\n6 |" in text


def test_full_shows_places_in_other_files_below(train: str) -> None:
    Path("other.py").write_text("model.eval()\n", encoding="utf-8")
    text = full.render([finding(site(train, 2, 1, 7), Related("eval() here", site("other.py", 1, 1, 13)))])
    assert " ::: other.py:1:1\n  |\n1 | model.eval()\n  | ------------ eval() here\n  |\nhelp:" in text


def test_full_without_the_source_still_tells_all() -> None:
    text = full.render([finding(site("gone.py", 3, 1, 2), Related("used here", site("gone.py", 9, 5, 6)))])
    assert text == (
        "error[LC101] missing-zero-grad: it went wrong\n"
        "  --> gone.py:3:1\n"
        "   = gone.py:9:5: used here\n"
        "help: Do it right.\n"
        "more: loopcheck explain LC101; loopcheck --diff may show a fix\n"
        "\n"
    )


def caret_line(source: str, first: int, end: int, tmp_path: Path, *, end_row: int = 0) -> tuple[str, str]:
    """The source line and the line of carets below it, without the gutter."""
    file = tmp_path / "x.py"
    file.write_bytes(source.encode())
    lines = full.render([finding(site(file, 1, first, end, end_row=end_row))]).splitlines()
    return lines[3].removeprefix("1 | "), lines[4].removeprefix("  | ")


def test_carets_stand_right_behind_tabs_wide_and_combining_characters(tmp_path: Path) -> None:
    assert caret_line("\tx.step()\n", 2, 10, tmp_path) == ("    x.step()", "    ^^^^^^^^")
    assert caret_line("a\tx\n", 3, 4, tmp_path) == ("a   x", "    ^")
    assert caret_line("s = '損失'; x()\n", 11, 14, tmp_path) == ("s = '損失'; x()", "            ^^^")
    assert caret_line("損失()\n", 1, 3, tmp_path)[1] == "^^^^"
    assert caret_line("e\u0301 = 1\n", 4, 5, tmp_path)[1] == "  ^"
    assert caret_line("\ufeffx = 1\n", 1, 2, tmp_path) == ("x = 1", "^")


def test_carets_of_odd_places_stay_inside_the_line(tmp_path: Path) -> None:
    assert caret_line("f(a,\n  b)\n", 1, 5, tmp_path, end_row=2)[1] == "^^^^"
    assert caret_line("ab\n", 40, 50, tmp_path)[1] == "  ^"
    assert caret_line("ab\n", 1, 1, tmp_path)[1] == "^"


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"a = '\x0c\xe2\x80\xa8'\r\nb = 2\rc = 3\n")
    assert "3 | c = 3\n  | ^" in full.render([finding(site(file, 3, 1, 2))])


@pytest.mark.parametrize("before", [0, 60, 500, 5000])
def test_long_lines_are_cut_around_the_caret(before: int, tmp_path: Path) -> None:
    source = "損" * (before // 2) + "#HERE#" + "x" * 4000
    at = before // 2
    line, carets = caret_line(source + "\n", at + 1, at + 7, tmp_path)
    assert width(line) <= 100
    start = carets.index("^")
    kept = "".join(char * width(char) if width(char) > 1 else char for char in line)
    assert kept[start : start + 6] == "#HERE#"
    assert carets.strip() == "^" * 6
    assert line.endswith("...") and line.startswith("...") == (before > 60)


def test_a_cookie_is_obeyed_and_bytes_that_do_not_fit_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes("# coding: latin-1\nname = 'é'\n".encode("latin-1"))
    assert "name = 'é'" in full.render([finding(site(file, 2, 1, 5))])
    file.write_bytes(b"# coding: nonsense\nname = '\xff'\n")
    assert "name = '\ufffd'" in full.render([finding(site(file, 2, 1, 5))])


HOSTILE = "\x1b[2J\x9b1m\u202e\u2066\x07\u2028\udcff"


@pytest.mark.parametrize("form", [full, concise])
def test_nothing_scanned_can_steer_the_terminal(form: object, tmp_path: Path) -> None:
    file = tmp_path / "evil\x1b]0;title\x07.py"
    file.write_text("x = '\x1b[2J\u202e'\n", encoding="utf-8")
    at = site(file, 1, 1, 2)
    text = form.render([finding(at, Related(HOSTILE, at), message=HOSTILE + "\n::error::")])  # type: ignore[attr-defined]
    assert "\\x1b[2J" in text and "\\u202e" in text and "\\udcff" in text and "\\x0a::error::" in text
    assert escape(text.replace("\n", "")) == text.replace("\n", "")
    text.encode("utf-8")


def test_escape_leaves_ordinary_text_of_any_language_alone() -> None:
    ordinary = "loss = 損失 + ü  # \N{FACE WITH TEARS OF JOY}"
    assert escape(ordinary) == ordinary
    assert escape("\U000e0041") == "\\U000e0041"


def test_color_only_adds_codes(train: str) -> None:
    import re

    for severity in Severity:
        one = finding(site(train, 5, 1, 7), Related("here", site(train, 6, 1, 2)), severity=severity)
        for form in (full, concise):
            plain, colored = form.render([one]), form.render([one], color=True)
            assert colored != plain
            assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_concise_is_one_line_and_tells_cell_and_doubt() -> None:
    at = site("a.ipynb", 3, 5, 6, cell=2)
    likely = finding(at, certainty=Certainty.LIKELY)
    assert concise.render([finding(site("a.py", 3, 5, 6)), likely]) == (
        "a.py:3:5: LC101 missing-zero-grad it went wrong\n"
        "a.ipynb:cell 2:3:5: LC101 missing-zero-grad it went wrong (likely)\n"
    )


def test_json_fits_its_schema_and_holds_every_field(tmp_path: Path) -> None:
    fix = Fix(True, "insert it", (TextEdit(Location(1, 1), Location(1, 1), "optimizer.zero_grad()\n"),))
    at = site(tmp_path / "x\udcff.py", 1, 1, 2)
    everything = finding(at, Related("there", at), subject="optimizer", fix=fix)
    objects = json.loads(json_format.render([everything, finding(site("a.py", 1, 1, 2, cell=1))]))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(objects, SCHEMA)
    assert set(objects[0]) == set(SCHEMA["$defs"]["finding"]["properties"])
    assert objects[0]["fix"]["edits"][0]["content"] == "optimizer.zero_grad()\n"
    assert objects[0]["filename"] == (tmp_path / "x\udcff.py").as_posix()
    assert objects[1]["cell"] == 1 and objects[1]["fix"] is None and objects[1]["related"] == []


def test_the_schema_refuses_what_it_should() -> None:
    good = json_format.as_object(finding(site("a.py", 1, 1, 2)))
    for wrong in ({"severity": "fatal"}, {"filename": "a.py"}, {"location": {"row": 0, "column": 1}}, {"code": "X1"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([{**good, **wrong}], SCHEMA)


def test_json_is_ascii_and_nothing_is_an_empty_list() -> None:
    assert json_format.render([finding(site("損.py", 1, 1, 2), message=HOSTILE)]).isascii()
    assert json.loads(json_format.render([])) == []


def test_summary_counts_in_words() -> None:
    a, b = site("a.py", 1, 1, 2), site("b.py", 1, 1, 2)
    assert summary.render([finding(a)], hidden=0, files=1) == "Found 1 error in 1 file (1 file checked).\n"
    mixed = [finding(a), finding(b), finding(b, severity=Severity.WARNING), finding(a, severity=Severity.ADVICE)]
    assert summary.render(mixed, hidden=2, files=12) == (
        "Found 2 errors, 1 warning and 1 hint in 2 files (12 files checked).\n"
        "2 less certain findings hidden; show them with --min-certainty possible\n"
    )
    assert summary.render([], hidden=1, files=3).startswith("All checks passed! (3 files checked)\n1 less certain")
    unread = [finding(a, code="LC001")]
    assert "(2 files checked, 1 could not be)" in summary.render(unread, hidden=0, files=3)
