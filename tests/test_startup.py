"""What starting up loads. A module too many here costs every user of every run, so the lists are exact."""

import subprocess
import sys
from pathlib import Path

START = {
    "__future__",
    "gc",
    "loopcheck",
    "loopcheck.defaults",
    "loopcheck.faces",
    "loopcheck.faces.cli",
    "loopcheck.faces.options",
    "loopcheck.faces.wishes",
    "loopcheck.faces.terminal",
    "loopcheck.linter",
    "loopcheck.linter.discovery",
    "loopcheck.linter.prefilter",
    "loopcheck.project",
}
CLI = "from loopcheck.faces.cli import main; main({})"


def loaded(folder: Path, code: str) -> set[str]:
    """The modules that `code` loads besides those of a bare interpreter in the same environment.

    An editable install has a finder that itself imports pathlib and more: it is there in a bare interpreter, too.
    `__future__` counts always, or it would depend on whether such a finder has loaded it.
    """
    before = "import sys\nbefore = set(sys.modules) - {'__future__'}\n"
    script = f"{before}{code}\nprint('\\n' + ' '.join(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_a_clean_file_loads_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("import torch\nprint(torch.ones(1))\n", encoding="utf-8")
    assert loaded(tmp_path, CLI.format("['clean.py']")) == START
    options = "['check', '-q', '--color=never', '--output-format', 'json', '--no-cache', '--exit-zero', 'clean.py']"
    assert loaded(tmp_path, CLI.format(options)) == START


def test_a_clean_folder_too(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "clean.py").write_text("x = 1\n", encoding="utf-8")
    assert loaded(tmp_path, CLI.format("['.']")) == START


def test_a_gitignore_costs_re_and_no_more(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n", encoding="utf-8")
    more = loaded(tmp_path, CLI.format("['.']"))
    assert "loopcheck.linter.gitignore" in more
    only_re = loaded(tmp_path, "import re")
    assert more - START - {"loopcheck.linter.gitignore"} <= only_re


def test_importing_loopcheck_loads_only_loopcheck(tmp_path: Path) -> None:
    assert loaded(tmp_path, "import loopcheck") == {"loopcheck", "__future__"}


def test_the_public_names_of_a_bare_import_load_neither_libcst_nor_torch(tmp_path: Path) -> None:
    more = loaded(tmp_path, "import loopcheck; loopcheck.Finding; loopcheck.Settings; loopcheck.lint_paths")
    assert not {"libcst", "torch"} & more


def test_a_finding_loads_libcst_but_never_torch(tmp_path: Path) -> None:
    source = "import torch\nfor x in d:\n    loss = f(x)\n    loss.backward()\n    optimizer.step()\n"
    (tmp_path / "bad.py").write_text(source, encoding="utf-8")
    more = loaded(tmp_path, CLI.format("['bad.py']"))
    assert "libcst" in more
    assert "torch" not in more
