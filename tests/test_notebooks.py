"""Notebooks: magics made harmless, places in cells, and nothing said that rests on the order of cells."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopcheck.linter.check import check_file
from loopcheck.linter.layout import with_sources
from loopcheck.linter.notebooks import read_notebook
from loopcheck.settings import Settings

LOOP = """\
for x, y in batches:
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
"""
HEAD = "import torch\nmodel = torch.nn.Linear(2, 1)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"


def notebook(*cells: str | tuple[str, str], as_list: bool = True) -> str:
    """A notebook of code cells; a pair is a cell of another kind."""
    made = []
    for cell in cells:
        kind, source = cell if isinstance(cell, tuple) else ("code", cell)
        made.append({"cell_type": kind, "source": source.splitlines(keepends=True) if as_list else source})
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


def found(path: Path) -> list[tuple[str, int | None, int]]:
    return [(f.code, f.site.cell, f.site.start.row) for f in check_file(str(path), Settings())]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "train.ipynb"


@pytest.mark.parametrize("as_list", [True, False])
def test_a_finding_says_the_cell_and_the_line_in_it(path: Path, as_list: bool) -> None:
    path.write_text(notebook(("markdown", "# Training"), HEAD, "\n" + LOOP, as_list=as_list), encoding="utf-8")
    assert found(path) == [("LC101", 3, 4)]


def test_the_command_shows_the_lines_of_the_cell(path: Path) -> None:
    path.write_text(notebook(HEAD, LOOP), encoding="utf-8")
    (path.parent / "clean.ipynb").write_text(notebook("x = 1\n"), encoding="utf-8")
    command = [sys.executable, "-m", "loopcheck", "--isolated", "."]
    full = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "train.ipynb:cell 2:3:5" in full.stdout
    assert "3 |     loss.backward()" in full.stdout
    assert "(2 files checked)" in full.stdout
    as_json = subprocess.run([*command, "--output-format", "json"], cwd=path.parent, capture_output=True, check=False)
    assert [one["cell"] for one in json.loads(as_json.stdout)] == [2]
    piped = [*command[:-1], "--stdin-filename", "n.ipynb", "--output-format", "concise", "-"]
    stdin = subprocess.run(piped, input=path.read_text(), capture_output=True, text=True, check=False)
    assert stdin.stdout.startswith("n.ipynb:cell 2:3:5: LC101")


def test_a_comment_in_a_cell_silences_it(path: Path) -> None:
    silent = LOOP.replace("backward()", "backward()  # loopcheck: ignore[LC101]")
    path.write_text(notebook(HEAD, silent), encoding="utf-8")
    assert found(path) == []


MAGICS = {
    "a line": "%matplotlib inline\nx = 1",
    "a shell line": "!pip install torch\nx = 1",
    "a shell line that goes on": "!pip install \\\n   torch \\\n   numpy\nx = 1",
    "a bound one": "files = !ls\nstate = %env HOME\nx = 1",
    "within a loop": "for i in range(3):\n    !echo {i}\n    %time x = i",
    "help": "torch.nn.Linear?\n?print\nprint??",
    "a cell that is timed": "%%time\nx = 1\ny = x",
    "a cell of the shell": "%%bash\ncd x; ls | wc\nif [ 1 ]; then echo",
    "an operator at the start of a line": "x = (5\n% 3)\n%time y = 1",
    "within a string": 'x = """\n%not magic\n!nor this\n"""\n!ls',
    "unequal": "y = a != b\n!ls",
    "a question in a comment": "x = 1  # why?\n!ls",
    "a question in a function": "def f(x):\n# what for?\n    return x\n!ls",
    "a question in a string that goes on": 's = """really?\nor not"""\n!ls',
    "a question in brackets": "y = f(x,  # ?\n  'why?'\n)\nx?",
    "an operator behind a backslash": "x = 5 \\\n% 3\n%time y = 1",
    "quotes and brackets by IPython": ",print a b\n;print a b\n/print a",
    "an indent": "  for i in x:\n      print(i)\n  !ls",
    "an indent of some lines": "\n\tx = 1\ny = 2\n\tz = 3",
    "an indent and a string": '  s = """\n  a\nb"""\n  t = 1',
    "prompts": ">>> for i in x:\n...     print(i)\n...\n>>> y = 1\nshown",
    "a cell of the shell that is timed": "%%time\n%%bash\ncd x; ls | wc\nif [ 1 ]; then echo",
    "prompts here and there": ">>> x = 1\n\n >>> y = x",
    "an indent and prompts": "    >>> x = 1\n    >>> y = x",
}


@pytest.mark.parametrize("name", MAGICS)
def test_magics_are_made_harmless(name: str) -> None:
    source = MAGICS[name]
    made = read_notebook(notebook(source, "z = 2").encode())
    assert made.broken == ()
    ast.parse(made.text)
    assert made.text.splitlines()[source.count("\n") + 1] == "z = 2"


@pytest.mark.parametrize("source", ["// no Python", "# why?\nx =", "x = '?", ">>> x =", "%%time\nx ="])
def test_what_is_no_python_stays_none(source: str) -> None:
    (told,) = read_notebook(notebook(source).encode()).broken
    assert told.why.startswith("this cell is no Python: ")
    assert 1 <= told.at.row <= source.count("\n") + 1


@given(st.lists(st.sampled_from([*MAGICS.values(), LOOP, HEAD, "", "\n", "def f(:\n", "x ="]), max_size=8))
def test_rows_are_kept_whatever_stands_in_a_cell(cells: list[str]) -> None:
    made = read_notebook(notebook(*cells, "last = 1").encode())
    ast.parse(made.text)
    last = made.cells[-1]
    assert made.text.splitlines()[last.row - 1] == "last = 1"
    assert len(made.cells) == len(cells) + 1


def test_a_timed_loop_is_judged(path: Path) -> None:
    path.write_text(notebook(HEAD, "%%time\n" + LOOP), encoding="utf-8")
    assert found(path) == [("LC101", 2, 4)]


def test_nothing_rests_on_the_order_of_cells(path: Path) -> None:
    straight = [
        "loss = loss_fn(model(x), y)",
        "optimizer.step()",
        "loss.backward()",
        "loss.backward()",
        "optimizer.step()",
    ]
    path.write_text(notebook(HEAD, *straight), encoding="utf-8")
    assert found(path) == []
    path.write_text(
        notebook(HEAD + "loss = loss_fn(model(x), y)\nloss.backward()\nloss.backward()\n"), encoding="utf-8"
    )
    assert found(path) == []


def test_a_cell_that_is_no_python_is_told_and_the_others_are_judged(path: Path) -> None:
    path.write_text(notebook(HEAD, "# TODO\nmodel = \n", LOOP), encoding="utf-8")
    assert found(path) == [("LC001", 2, 2), ("LC101", 3, 3)]
    first = check_file(str(path), Settings())[0]
    assert first.message == "not checked: this cell is no Python: invalid syntax"
    assert first.site.start.column == len("model = ") + 1


def test_of_a_notebook_with_a_broken_cell_the_others_are_counted(path: Path) -> None:
    path.write_text(notebook(HEAD, "def f(:\n", "x =", LOOP), encoding="utf-8")
    assert "in 1 file (1 file checked, 2 cells could not be)." in _fix(path).stdout
    path.write_text("{", encoding="utf-8")
    assert "(0 files checked, 1 could not be)" in _fix(path).stdout


def test_an_indent_of_the_cell_is_part_of_its_columns(path: Path) -> None:
    """IPython takes off what its first line begins with. Places are those of the source; it is left as it is."""
    indented = "".join(f"  {line}" for line in LOOP.splitlines(keepends=True))
    text = notebook(HEAD, indented)
    path.write_text(text, encoding="utf-8")
    (one,) = check_file(str(path), Settings())
    assert (one.code, one.site.start.row, one.site.start.column) == ("LC101", 3, 7)
    assert (one.site.end.row, one.site.end.column) == (3, 7 + len("loss.backward()"))
    assert all(each.site.start.column == 7 for each in one.related)
    _fix(path, "--fix")
    assert path.read_text(encoding="utf-8") == text
    path.write_text(notebook(HEAD, "    x = 1\n      y =\n"), encoding="utf-8")
    assert found(path) == [("LC001", 2, 2)]


@pytest.mark.parametrize(
    ("cell", "rows"),
    [
        ("output = model(x)\noutput.cuda()", []),
        ("output = model(x)\noutput.detach()  # a look at it; no more\n\n# end", []),
        ("output = model(x)\noutput.cuda();", [2]),
        ("output = model(x)\noutput.cuda()\nprint(output)", [2]),
        ("output = model(x)\noutput.cuda()\n%time y = 1", [2]),
        ("output = model(x)\nif x.is_cuda:\n    output.cuda()", [3]),
        ("def f(x):\n    output = model(x)\n    output.cuda()\nf(1)", [3]),
        ("output = model(x)\noutput.cpu().numpy()\noutput.detach().numpy()\nprint(1)", []),
    ],
)
def test_what_a_cell_shows_is_not_thrown_away(path: Path, cell: str, rows: list[int]) -> None:
    path.write_text(notebook(HEAD + "optimizer.step()", cell, "x = 1"), encoding="utf-8")
    assert [at for code, _, at in found(path) if code == "LC302"] == rows
    path.write_text(notebook(HEAD, cell), encoding="utf-8")
    assert [at for code, _, at in found(path) if code == "LC302"] == rows


def test_related_places_have_their_cell(path: Path) -> None:
    evaluation = "model.eval()\nfor x, y in batches:\n    loss = loss_fn(model(x), y)\n    loss.backward()\n"
    path.write_text(notebook(HEAD, "x = 1", evaluation + "    optimizer.step()\n"), encoding="utf-8")
    held = json.loads(_fix(path, "--output-format", "json").stdout)
    assert [[other["cell"] for other in one["related"]] for one in held] == [[3], [3]]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"cells": 3, "backward(": 1}', b'{"cells": [3]}', b"\xff\xfe", b'{"nbformat": 3}']
)
def test_what_is_no_notebook(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert found(path) == [("LC001", None, 1)]


def test_the_old_format(path: Path) -> None:
    cells = [{"cell_type": "code", "input": [*HEAD.splitlines(keepends=True), *LOOP.splitlines(keepends=True)]}]
    path.write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}), encoding="utf-8")
    assert found(path) == [("LC101", 1, 6)]


def test_pictures_do_not_make_it_too_large(path: Path) -> None:
    held = json.loads(notebook(HEAD, LOOP))
    held["cells"][0]["outputs"] = [{"data": {"image/png": "A" * 6_000_000}}]
    path.write_text(json.dumps(held), encoding="utf-8")
    assert found(path) == [("LC101", 2, 3)]


# ---- fixes -----------------------------------------------------------------------------------------------------------
def _fix(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loopcheck", "--isolated", "--no-cache", *more, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


CLEARED = LOOP.replace("    loss.backward()", "    optimizer.zero_grad()\n    loss.backward()")
OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["ß \u2028 caf\u00e9\n", "1e400"]}
LAYOUTS = [
    {"indent": 1, "ensure_ascii": False},
    {"indent": 4},
    {"separators": (",", ":")},
    {"indent": "\t", "ensure_ascii": False, "sort_keys": True},
]


@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tail", ["", "\n", "\n\n", "\n# Größe"])
def test_a_fix_changes_the_source_of_its_cell_and_no_other_character(
    path: Path, as_list: bool, layout: dict[str, object], tail: str
) -> None:
    held = json.loads(notebook(HEAD, "%matplotlib inline\n" + LOOP.rstrip("\n") + tail, "x = 1", as_list=as_list))
    held["cells"][1] |= {"outputs": [OUTPUT], "metadata": {"tags": ["ü"]}, "execution_count": 3}
    path.write_text(json.dumps(held, **layout) + "\n", encoding="utf-8")  # type: ignore[arg-type]
    held["cells"][1]["source"] = "%matplotlib inline\n" + CLEARED.rstrip("\n") + tail
    if as_list:
        held["cells"][1]["source"] = held["cells"][1]["source"].splitlines(keepends=True)
    assert _fix(path, "--fix").returncode == 0
    assert path.read_text(encoding="utf-8") == json.dumps(held, **layout) + "\n"  # type: ignore[arg-type]
    assert _fix(path, "--diff").stdout == ""


def test_a_line_behind_the_last_one_of_a_cell(path: Path) -> None:
    """The step is missing, and its place is the end of the cell."""
    loop = CLEARED.replace("    optimizer.step()\n", "").rstrip("\n")
    path.write_text(notebook(HEAD, loop, "print(1)"), encoding="utf-8")
    assert _fix(path, "--fix", "--unsafe-fixes").returncode == 0
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][1]["source"][-2:] == [
        "    loss.backward()\n",
        "    optimizer.step()",
    ]


def test_no_fix_leads_out_of_the_cell_of_its_finding(path: Path) -> None:
    """torch would have to be imported in another cell."""
    evaluation = (
        "def evaluate(model, loader):\n    model.eval()\n    for x in loader:\n        print(model(x).argmax())\n"
    )
    text = notebook("from torch import nn\n", "x = 1", evaluation, CLEARED)
    path.write_text(text, encoding="utf-8")
    assert "LC203" in _fix(path, "--fix").stdout
    assert path.read_text(encoding="utf-8") == text


def test_the_edits_of_a_fix_are_places_in_the_cell(path: Path) -> None:
    path.write_text(notebook(HEAD, LOOP), encoding="utf-8")
    (one,) = json.loads(_fix(path, "--show-fixes", "--output-format", "json").stdout)
    assert one["cell"] == 2
    assert one["fix"]["edits"] == [
        {
            "content": "    optimizer.zero_grad()\n",
            "location": {"row": 3, "column": 1},
            "end_location": {"row": 3, "column": 1},
        }
    ]
    shown = json.loads(_fix(path, "--show-fixes", "--output-format", "sarif").stdout)
    assert "fixes" not in shown["runs"][0]["results"][0]  # its regions would be those of the JSON


LETTERS = st.characters(codec="utf-8", exclude_characters="\r")


@given(
    st.lists(st.text(LETTERS, max_size=12), min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from(LAYOUTS),
    st.text(LETTERS, max_size=30),
)
def test_new_sources_and_nothing_else(sources: list[str], as_list: bool, layout: dict[str, object], new: str) -> None:
    text = json.dumps(json.loads(notebook(*sources, as_list=as_list)), **layout)  # type: ignore[arg-type]
    wanted = json.loads(text)
    made = json.loads(with_sources(text, {len(sources): new}))
    assert "".join(made["cells"].pop()["source"]) == new
    wanted["cells"].pop()
    assert made == wanted
    assert with_sources(text, {}) == text


@pytest.mark.parametrize("as_list", [True, False])
def test_the_ends_of_the_lines_of_a_cell_stay(path: Path, as_list: bool) -> None:
    windows = LOOP.replace("\n", "\r\n")
    path.write_text(notebook(HEAD, windows, as_list=as_list), encoding="utf-8", newline="")
    assert _fix(path, "--fix").returncode == 0
    source = json.loads(path.read_bytes())["cells"][1]["source"]
    assert "".join(source) == CLEARED.replace("\n", "\r\n")
    mixed = notebook(HEAD, LOOP.replace("\n", "\r\n", 1), as_list=as_list)
    path.write_text(mixed, encoding="utf-8", newline="")
    done = _fix(path, "--fix")
    assert "not fixed: it cannot be written as it was: its lines end in different ways" in done.stderr
    assert path.read_bytes() == mixed.encode()


def test_of_two_sources_the_one_that_is_read_is_written(path: Path) -> None:
    held = json.loads(notebook(HEAD, LOOP))
    held["cells"][1] = {"input": "print('kept')", **held["cells"][1]}
    path.write_text(json.dumps(held), encoding="utf-8")
    assert _fix(path, "--fix").returncode == 0
    cell = json.loads(path.read_bytes())["cells"][1]
    assert (cell["input"], "".join(cell["source"])) == ("print('kept')", CLEARED)
