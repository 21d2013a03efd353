"""Comments that silence findings: which they silence, where, and when they are said to be in vain (LC002)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_startup import CLI, loaded

from loopcheck.faces import cli
from loopcheck.findings import Certainty, Finding, Observer
from loopcheck.linter import lint_source
from loopcheck.rules import catalogue
from loopcheck.settings import Settings
from loopcheck.suppressions import read

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


def found(backward: str, settings: Settings = Settings()) -> list[str]:  # noqa: B008 (immutable)
    return [f.code for f in lint_source(LOOP.format(backward=backward), "a.py", settings)]


@pytest.mark.parametrize(
    "comment",
    [
        "# loopcheck: ignore[LC101]",
        "#loopcheck:ignore[lc101]",
        "# loopcheck: IGNORE[LC101 LC002]",
        "# loopcheck: ignore [ missing-zero-grad ] gradients are summed on purpose",
        "# loopcheck: ignore[LC101] and # of other things",
        "# type: ignore # loopcheck: ignore[LC101]",
        "# loopcheck: ignore",
        "# loopcheck: ignore, for it is on purpose",
        "# noqa",
        "#NoQA",
        "# NOQA because",
        "# noqa: LC101",
        "# noqa:lc101,E501",
        "# noqa: E501 LC101 on purpose",
        "# noqa : LC101",
        "# noqa:E501LC101",
        "# noqa: LC101,because",
        "# noqa:,LC101",
        "# noqa (on purpose)",
        "# noqa#x",
        "##noqa",
        "# fmt: skip # noqa: LC101",
        "# loopcheck: ignore[LC101]  # noqa: E501",
        "# loopcheck: skip-file",
    ],
)
def test_a_comment_that_silences(comment: str) -> None:
    assert found("loss.backward()") == ["LC101"]
    assert found(f"loss.backward()  {comment}") == []


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501",
        "# noqa:",
        "# noqa: the reason",
        "# noqa-this",
        "# noqa_this",
        "# noqa2",
        "# noqa, LC101",
        "# noqa; x",
        "# noqa. x",
        "# noqa: because LC101",
        "# noqa:E501,because,LC101",
        "# noqa: LC101x",
        "# noqa: LC101-x",
        "# noqa: LC101:x",
        "# noqa::LC101",
        "# xnoqa",
        "# flake8: noqa",
        "# ruff: noqa",
        "# see noqa: LC101",
        "# nolint",
        "# loopcheck ignore[LC101]",
        "# loopcheck: is right about this one",
        "# pylint: disable=LC101",
    ],
)
def test_a_comment_that_does_not_silence_and_is_none_of_our_business(comment: str) -> None:
    """Those of noqa as ruff 0.17 has it."""
    assert found(f"loss.backward()  {comment}") == ["LC101"]


IN_VAIN = {
    "# loopcheck: ignore[LC102]": "there is no zero-grad-before-step (LC102) here",
    "# loopcheck: ignore[LC102, missing-step]": "no zero-grad-before-step (LC102) and no missing-step (LC105) here",
    "# loopcheck: ignore[LC999]": "unknown rule 'LC999'",
    "# loopcheck: ignore[missing-zero-gard]": "unknown rule 'missing-zero-gard' (did you mean missing-zero-grad?)",
    "# loopcheck: ignore[LC1]": "unknown rule 'LC1'",
    "# loopcheck: ignore[]": "it names no rule",
    "# loopcheck: ignore[LC101": "its bracket is never closed",
    "# loopcheck: ignore LC101": "a rule stands in brackets: write ignore[LC101]",
    "# loopcheck: ignore: lc101, LC102": "a rule stands in brackets: write ignore[LC101, LC102]",
    "# loopcheck: ingore[LC101]": "there is no 'ingore[...]' (did you mean ignore?): write ignore[...]",
    "# loopcheck: noqa[LC101]": "there is no 'noqa[...]': write ignore[...]",
    "# loopcheck: ignore[LC001]": "LC001 cannot be suppressed",
    "# noqa: LC102": "there is no zero-grad-before-step (LC102) here",
    "# noqa: E501, LC102": "there is no zero-grad-before-step (LC102) here",
}


@pytest.mark.parametrize(("comment", "reason"), IN_VAIN.items(), ids=list(IN_VAIN))
def test_a_comment_in_vain_is_told_where_it_stands(comment: str, reason: str) -> None:
    text = LOOP.format(backward=f"loss.backward()  {comment}")
    vain = next(f for f in lint_source(text, "a.py") if f.code == "LC002")
    real = [f.code for f in lint_source(text, "a.py") if f.code != "LC002"]
    assert real == ["LC101"]
    assert reason in vain.message
    line = text.splitlines()[vain.site.start.row - 1]
    assert line[vain.site.start.column - 1 : vain.site.end.column - 1] == comment
    assert vain.severity is catalogue()["LC002"].card.severity


def test_what_is_never_said_to_be_in_vain() -> None:
    right = "optimizer.zero_grad(); loss.backward()"
    for comment in ("# noqa", "# noqa: E501", "# noqa: LC999", "# loopcheck: skip-file", "# loopcheck: off"):
        assert found(f"{right}  {comment}") == [], comment
    for comment in ("# noqa: LC101", "# loopcheck: ignore", "# loopcheck: ignore[LC101]"):
        assert found(f"{right}  {comment}") == ["LC002"], comment
        assert found(f"{right}  {comment}", Settings(ignore=("LC002",))) == []


def test_a_rule_that_is_switched_off_keeps_its_suppression() -> None:
    right = "optimizer.zero_grad(); loss.backward()  # loopcheck: ignore[LC101]"
    assert found(right, Settings(ignore=("LC101",))) == []
    assert found(right, Settings(select=("LC002", "LC105"))) == []
    assert found(right, Settings(select=("LC002", "LC101"))) == ["LC002"]
    assert found("loss.backward()  # loopcheck: ignore", Settings(select=("LC002", "LC105"))) == []


def test_a_hidden_finding_keeps_its_suppression() -> None:
    """Whoever silenced it may have looked at the possible ones."""
    text = LOOP.format(backward="if x:\n            optimizer.zero_grad()\n        loss.backward()")
    (possible,) = lint_source(text, "a.py", ALL)
    assert (possible.code, possible.certainty, lint_source(text, "a.py")) == ("LC101", Certainty.POSSIBLE, [])
    assert lint_source(with_comments(text, [possible]), "a.py") == []


def test_lc002_is_hidden_only_by_its_own_name() -> None:
    right = "optimizer.zero_grad(); loss.backward()  # loopcheck: ignore[LC101{}]{}"
    assert found(right.format("", "")) == ["LC002"]
    assert found(right.format("", "  # noqa")) == ["LC002"]
    assert found(right.format("", "  # noqa: LC002")) == []
    assert found(right.format(", LC002", "")) == []
    assert found(right.format(", unused-suppression", "")) == []
    assert found("loss.backward()  # loopcheck: ignore[LC101, LC002]") == []


STATEMENTS = {
    "the first line": ("torch.autograd.backward(  # loopcheck: ignore[LC101]\n            loss,\n        )", []),
    "the last line": ("torch.autograd.backward(\n            loss,\n        )  # loopcheck: ignore[LC101]", []),
    "the middle": ("torch.autograd.backward(\n            loss,  # loopcheck: ignore[LC101]\n        )", None),
    "a line before": ("# loopcheck: ignore[LC101]\n        loss.backward()", None),
    "a line after": ("loss.backward()\n        # loopcheck: ignore[LC101]", None),
    "with a backslash": ("losses = \\\n            loss.backward()  # loopcheck: ignore[LC101]", []),
    "the first line, for a call below": (
        "kept = [  # noqa: LC101\n            1,\n            loss.backward(),\n        ]",
        [],
    ),
    "the last line, for a call above": ("kept = [\n            loss.backward(),\n        ]  # noqa: LC101", []),
    "its own line, in brackets": (
        "kept = [\n            loss.backward(),  # noqa: LC101\n            1,\n        ]",
        [],
    ),
    "behind a string": ('kept = loss.backward(), """\n   # noqa: E501\n"""  # loopcheck: ignore[LC101]', []),
    "in a string": ('kept = loss.backward(), "# loopcheck: ignore[LC101] # noqa"', ["LC101"]),
    "in a long string": ('kept = loss.backward(), """\n   # loopcheck: ignore[LC101]\n"""', ["LC101"]),
    "in an f-string": ("kept = loss.backward(), f'{x} # noqa'", ["LC101"]),
    "after a form feed": ("loss.backward()\x0c  # loopcheck: ignore[LC101]", []),
    "beside wide letters": ("損失 = loss.backward()  # loopcheck: ignore[LC101]", []),
}


@pytest.mark.parametrize(("text", "left"), STATEMENTS.values(), ids=list(STATEMENTS))
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_where_a_comment_holds(text: str, left: list[str] | None, newline: str) -> None:
    source = LOOP.format(backward=text).replace("\n", newline)
    expected = ["LC101", "LC002"] if left is None else left
    assert sorted(f.code for f in lint_source(source, "a.py")) == sorted(expected)


def test_skip_file_silences_all_but_what_was_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "# loopcheck: skip-file\n"
    text = LOOP.format(backward="loss.backward()  # loopcheck: ignore[LC105]")
    assert lint_source(text, "a.py") != []
    assert lint_source(head + text, "a.py") == lint_source(text + head, "a.py") == []
    assert lint_source(f"x = '''\n{head}'''\n{text}", "a.py") != []
    (unread,) = lint_source(head + "loss.backward(\n", "a.py")
    assert unread.code == "LC001"
    file = tmp_path / "a.py"
    file.write_text(head + text, encoding="utf-8")
    assert cli.main([str(file)]) == 0
    assert capsys.readouterr().out == "All checks passed! (1 file checked)\n"


@pytest.mark.parametrize("comment", ["# noqa", "# loopcheck: ignore", "# loopcheck: ignore[LC001]", "# noqa: LC001"])
def test_lc001_cannot_hide(comment: str) -> None:
    for text in (f"loss.backward(  {comment}\n", f"def f(:  {comment}\n    loss.backward()\n"):
        assert [f.code for f in lint_source(text, "a.py")] == ["LC001"]


def test_a_file_that_does_not_train_is_not_searched_for_comments(tmp_path: Path) -> None:
    """The prefilter drops it unread, so there is no LC002 in it, as its card says."""
    file = tmp_path / "a.py"
    file.write_text("x = 1  # loopcheck: ignore[LC101]\n", encoding="utf-8")
    assert cli.main(["-q", str(file)]) == 0
    assert [f.code for f in lint_source(file.read_text(encoding="utf-8"), "a.py")] == ["LC002"]


def test_a_file_that_was_given_up_is_not_said_to_have_comments_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    from loopcheck.linter import flow

    text = "optimizer.zero_grad(); loss.backward()  # loopcheck: ignore[LC101]"
    assert found(text) == ["LC002"]
    monkeypatch.setattr(flow, "_BUDGET", 1)
    assert found(text) == []


def test_words_that_are_no_comment_cost_no_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    import tokenize

    monkeypatch.setattr(tokenize, "generate_tokens", None)
    assert read("loopcheck = 'noqa'  # a comment\n").suppressions == ()


def test_the_cards_examples_say_what_they_promise() -> None:
    card = catalogue()["LC002"].card
    (one,) = lint_source(card.bad_source, "a.py")
    assert (one.code, card.bad_source.splitlines()[one.site.start.row - 1].strip()) == ("LC002", card.anchor)
    assert lint_source(card.good_source, "a.py", ALL) == []


# ---- laws -------------------------------------------------------------------------------------------------
def with_comments(text: str, findings: list[Finding], form: str = "  # loopcheck: ignore[{}]") -> str:
    """The text with a suppression at the end of the first line of each of these findings."""
    lines = text.split("\n")
    for row in {f.site.start.row for f in findings}:
        codes = sorted({f.code for f in findings if f.site.start.row == row})
        lines[row - 1] += form.format(", ".join(codes))
    return "\n".join(lines)


def places(findings: list[Finding]) -> set[tuple[str, int]]:
    return {(f.code, f.site.start.row) for f in findings}


@pytest.mark.parametrize("form", ["  # loopcheck: ignore[{}]", "  # noqa: {}"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_comment_silences_its_finding_and_nothing_else(path: Path, form: str) -> None:
    """Of each set of findings with a comment, exactly those are gone, and no comment is said to be in vain."""
    text = path.read_text(encoding="utf-8")
    findings = lint_source(text, "a.py", ALL)
    for chosen in [findings, *([f] for f in findings)]:
        gone = places(chosen)
        left = lint_source(with_comments(text, chosen, form), "a.py", ALL)
        assert places(left) == places(findings) - gone


PREAMBLE = """\
import torch
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = torch.nn.MSELoss()
batches = []
"""


@pytest.mark.parametrize(
    "rule",
    [r for r in catalogue().values() if r.broken and Observer.STATIC in r.card.seen_by],
    ids=lambda rule: rule.card.code,
)
def test_naming_each_finding_where_it_stands_silences_all_of_a_bad_example(rule: object) -> None:
    """A law: a comment for each finding, at the end of its statement's first line, leaves nothing."""
    card = rule.card  # type: ignore[attr-defined]
    preamble = PREAMBLE
    lines = (preamble + card.bad_source).splitlines()
    settings = Settings(extend_select=(card.code,))
    found = lint_source("\n".join(lines), "train.py", settings)
    assert found
    for row in {f.site.start.row for f in found}:
        codes = ", ".join(sorted({f.code for f in found if f.site.start.row == row}))
        lines[row - 1] += f"  # loopcheck: ignore[{codes}]"
    assert lint_source("\n".join(lines), "train.py", settings) == []


TEXTS = [path.read_text(encoding="utf-8") for path in CASES[:12]]


@given(st.sampled_from(TEXTS), st.sets(st.integers(1, 60)), st.sampled_from([*catalogue(), "missing-step"]))
def test_a_comment_anywhere_never_adds_anything_but_lc002(text: str, rows: set[int], word: str) -> None:
    """Wherever comments are put: each finding is either there as before or silenced by its own line's comment."""
    lines = text.split("\n")
    before = places(lint_source(text, "a.py", ALL))
    marked = [f"{line}  # loopcheck: ignore[{word}]" if n in rows and line else line for n, line in enumerate(lines, 1)]
    after = places(lint_source("\n".join(marked), "a.py", ALL))
    real = {one for one in after if one[0] != "LC002"}
    assert real <= before
    code = next(c for c, rule in catalogue().items() if word in (c, rule.card.name))
    assert {one[0] for one in before - real} <= {code}
    if code != "LC002":
        assert {row for c, row in after if c == "LC002"}.isdisjoint({row for c, row in before if c == code})


@given(st.text("#loopckignrequ: []LC1029,-\n\"'(x\\\r\x0c", max_size=60))
def test_comments_of_any_shape_are_read_without_a_fault(text: str) -> None:
    for one in read(text + "# loopcheck: ignore[LC101]").suppressions:
        assert one.start < one.end


# ---- through the command line -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("comment", "codes"),
    {
        "# noqa: because": ["LC101"],
        "#NoQA": [],
        "# noqa: LC101": [],
        "# loopcheck: ignore[LC101, LC002]": [],
        "# loopcheck: ingore[LC101]": ["LC101", "LC002"],
    }.items(),
)
@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_the_command_obeys(
    comment: str, codes: list[str], newline: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = LOOP.format(backward=f"loss.backward()  {comment}").replace("\n", newline)
    (tmp_path / "a.py").write_bytes(text.encode())
    assert cli.main(["-q", "--output-format=concise", str(tmp_path / "a.py")]) == bool(codes)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == codes
    assert all(":8:" in line for line in lines)


def test_comments_that_ask_for_nothing_do_not_load_libcst(tmp_path: Path) -> None:
    right = LOOP.format(backward="optimizer.zero_grad(); loss.backward()  {}")
    for comment, needed in {"# noqa": False, "# noqa: E501": False, "# loopcheck: ignore": True}.items():
        (tmp_path / "a.py").write_text(right.format(comment), encoding="utf-8")
        assert ("libcst" in loaded(tmp_path, CLI.format("['--no-cache', 'a.py']"))) is needed, comment
    wrong = "# loopcheck: skip-file\n" + LOOP.format(backward="loss.backward()")
    (tmp_path / "a.py").write_text(wrong, encoding="utf-8")
    assert "libcst" not in loaded(tmp_path, CLI.format("['--no-cache', 'a.py']"))
