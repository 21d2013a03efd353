"""The screen and the engine see the same: what is found on the standard library's tree and on libcst's is equal."""

from __future__ import annotations

import ast
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from loopcheck.linter.analysis import analysed
from loopcheck.linter.parse import parse
from loopcheck.linter.tree import tree_of
from loopcheck.rules import catalogue
from loopcheck.settings import Settings

HERE = Path(__file__).parent
FILES = sorted([*HERE.glob("cases/*/*.py"), *HERE.parent.glob("examples/*.py")])


def found(module: ast.Module) -> list[tuple[object, ...]]:
    collector = analysed(module, "file.py", Settings())
    return sorted(
        (one.verdict.rule.card.code, one.subject, int(one.certainty), len(one.verdict.told.related), one.sure)
        for one in collector.found.values()
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_both_front_ends_find_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        screen = ast.parse(text)
    assert found(screen) == found(tree_of(parse(text).module).module)


@pytest.mark.parametrize("rule", [r for r in catalogue().values() if r.broken], ids=lambda rule: rule.card.code)
def test_they_do_on_the_examples_of_a_rule(rule: object) -> None:
    for text in (rule.card.bad_source, rule.card.good_source):  # type: ignore[attr-defined]
        assert found(ast.parse(text)) == found(tree_of(parse(text).module).module)


def test_a_clean_training_file_is_judged_without_libcst(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text((HERE.parent / "examples" / "missing_zero_grad_fixed.py").read_text(encoding="utf-8"))
    code = f"import sys; from loopcheck.faces.cli import main; s = main([{str(file)!r}, '--no-cache', '-q']); "
    done = subprocess.run(
        [sys.executable, "-c", code + "print(s, 'libcst' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "False"]
