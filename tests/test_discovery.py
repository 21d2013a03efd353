"""Which files are found. Where git has an opinion, git itself is asked."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from loopcheck.errors import LoopcheckError
from loopcheck.linter.discovery import discover

NAMES = ("a", "b", "ab", "c d")
PIECES = (
    "a",
    "b",
    "ab",
    "c d",
    "*",
    "?",
    "**",
    "a*",
    "*b",
    "[ab]",
    "[!a]",
    "[a-",
    "\\*",
    "*.py",
    "a.py",
    "b.py",
    "[[:alpha:]]",
)


def tree(root: Path, *files: str, text: str = "") -> Path:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def found(root: Path, *paths: str, **options: object) -> list[str]:
    """What is found under `root`, relative to it, with `/`."""
    files = discover([str(root / p) for p in paths] or [str(root)], **options)  # type: ignore[arg-type]
    return [Path(file).relative_to(root).as_posix() for file in files]


def git(root: Path, *arguments: str) -> str:
    clean = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"], "HOME": str(root)}
    return subprocess.run(["git", *arguments], cwd=root, env=clean, check=True, capture_output=True, text=True).stdout


def test_a_folder_gives_its_python_files_in_a_fixed_order(tmp_path: Path) -> None:
    tree(tmp_path, "z.py", "a/n.py", "a/m.py", "b.txt", "c.pyi", "d.PY", "a.py", "noext")
    assert found(tmp_path) == ["a.py", "z.py", "a/m.py", "a/n.py"]


def test_usual_folders_are_skipped_and_exclude_replaces_the_list(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", ".venv/b.py", "x/node_modules/c.py", "build/d.py", "old/e.py")
    assert found(tmp_path) == ["a.py", "old/e.py"]
    assert found(tmp_path, exclude=["old"]) == ["a.py", ".venv/b.py", "build/d.py", "x/node_modules/c.py"]


def test_exclude_understands_names_paths_and_globs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.py", "tests/data/b.py", "tests/c.py", "tests/c_gen.py", "deep/tests/data/d.py")
    monkeypatch.chdir(tmp_path)
    assert discover(["."], exclude=["tests/data/"]) == ["a.py", "deep/tests/data/d.py", "tests/c.py", "tests/c_gen.py"]
    assert discover(["."], exclude=["*_gen.py", "deep"]) == ["a.py", "tests/c.py", "tests/data/b.py"]
    assert discover(["."], exclude=["**/data/**"]) == ["a.py", "tests/c.py", "tests/c_gen.py"]
    assert discover(["."], exclude=[str(tmp_path / "tests")]) == ["a.py", "deep/tests/data/d.py"]


def test_what_is_named_is_checked_unless_forced_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, ".git/x", "build/a.py", "build/script", "kept.py")
    (tmp_path / ".gitignore").write_text("secret.py\nhidden/\n", encoding="utf-8")
    tree(tmp_path, "secret.py", "hidden/b.py")
    named = ["build/a.py", "build/script", "build", "secret.py", "hidden", "kept.py"]
    monkeypatch.chdir(tmp_path)
    assert discover(named) == ["build/a.py", "build/script", "secret.py", "hidden/b.py", "kept.py"]
    assert discover(named, force_exclude=True) == ["kept.py"]
    monkeypatch.chdir(tmp_path / "hidden")
    assert discover(["../build/a.py", "../kept.py", "b.py"], force_exclude=True) == ["../kept.py"]


def test_a_folder_above_the_current_one_never_excludes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "build/project/a.py")
    monkeypatch.chdir(tmp_path / "build" / "project")
    assert discover(["a.py", "."], force_exclude=True) == ["a.py"]


def test_each_file_comes_once_spelled_as_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "p/a.py", "p/b.py")
    monkeypatch.chdir(tmp_path)
    assert discover(["p/b.py", "./p", "p", str(tmp_path / "p" / "a.py")]) == ["p/b.py", "./p/a.py"]


def test_a_missing_path_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(LoopcheckError, match=r"no such file or folder: '.*nope\.py'"):
        discover([str(tmp_path / "nope.py")])
    with pytest.raises(LoopcheckError, match="null"):
        discover(["a\0b"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's file system")
def test_a_pipe_is_refused_when_named_and_passed_over_when_met(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert found(tmp_path) == []
    with pytest.raises(LoopcheckError, match="neither a file nor a folder"):
        discover([str(tmp_path / "pipe.py")])


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    tree(tmp_path, "p/a.py")
    (tmp_path / "p" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "p" / "self.py").symlink_to("self.py")
    (tmp_path / "p" / "dead.py").symlink_to("nowhere.py")
    (tmp_path / "p" / "other.py").symlink_to("a.py")
    assert found(tmp_path) == ["p/a.py"]
    assert found(tmp_path, "p/loop/p/other.py", "p") == ["p/loop/p/other.py"]


def test_very_deep_folders_are_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    depth = 1200  # more than Python's recursion limit
    monkeypatch.chdir(tmp_path)
    for _ in range(depth):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    Path("a.py").touch()
    try:
        assert len(discover([str(tmp_path)])) == 1
    finally:
        Path("a.py").unlink()
        for _ in range(depth):  # pytest's own cleaning up recurses
            os.chdir("..")
            os.rmdir("d")  # noqa: PTH106


def test_an_unreadable_folder_comes_in_place_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a/x.py", "b/y.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(tmp_path) == ["a", "b/y.py"]


def test_gitignore_files_hold_from_the_repository_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tree(tmp_path / "r", ".git/x", "a/b/kept.py", "a/b/gen.py", "a/b/out/x.py", "a/b/back.py", "top.py")
    (tmp_path / ".gitignore").write_text("*", encoding="utf-8")  # outside the repository: does not count
    (repository / ".gitignore").write_text("gen.py\n/a/b/out/\nback.py\n/kept.py\n", encoding="utf-8")
    (repository / "a" / "b" / ".gitignore").write_text("!back.py\n", encoding="utf-8")
    assert found(repository) == ["top.py", "a/b/back.py", "a/b/kept.py"]
    assert found(repository, "a/b") == ["a/b/back.py", "a/b/kept.py"]
    assert found(repository, "a/b", respect_gitignore=False) == [
        f"a/b/{name}" for name in ("back.py", "gen.py", "kept.py", "out/x.py")
    ]


def test_without_a_repository_the_named_folder_is_the_top(tmp_path: Path) -> None:
    tree(tmp_path, "p/a.py", "p/q/b.py")
    (tmp_path / ".gitignore").write_text("*.py\n", encoding="utf-8")
    (tmp_path / "p" / ".gitignore").write_text("b.py\n", encoding="utf-8")
    assert found(tmp_path, "p") == ["p/a.py"]


def test_a_repository_inside_starts_afresh(tmp_path: Path) -> None:
    tree(tmp_path, ".git/x", "a.py", "inner/.git/x", "inner/b.py", "plain/b.py")
    (tmp_path / ".gitignore").write_text("b.py\n", encoding="utf-8")
    assert found(tmp_path) == ["a.py", "inner/b.py"]


def test_a_white_list_keeps_what_it_names(tmp_path: Path) -> None:
    tree(tmp_path, ".git/x", "a.py", "d/e/b.py", "d/c.py")
    (tmp_path / ".gitignore").write_text("*\n!*/\n!b.py\n", encoding="utf-8")
    assert found(tmp_path) == ["d/e/b.py"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge here")
@pytest.mark.parametrize("seed", range(8))
def test_git_agrees_on_random_patterns(tmp_path: Path, seed: int) -> None:
    folders = ["", *(f"{x}/" for x in NAMES), *(f"{x}/{y}/" for x in NAMES for y in NAMES[:2])]
    tree(tmp_path, *(f"{folder}{name}.py" for folder in folders for name in NAMES))
    git(tmp_path, "init", "-q")
    dice = random.Random(seed)
    for _ in range(12):
        patterns = {place: _patterns(dice) for place in (".gitignore", "a/.gitignore")}
        for place, lines in patterns.items():
            (tmp_path / place).write_text(lines, encoding="utf-8")
        listed = git(tmp_path, "ls-files", "-z", "--others", "--exclude-standard")
        expected = sorted(name for name in listed.split("\0") if name.endswith(".py"))
        assert sorted(found(tmp_path, exclude=())) == [n for n in expected if n], patterns


def _patterns(dice: random.Random) -> str:
    """One to five lines with anchors, negations, folders, trailing spaces and comments."""
    lines = []
    for _ in range(dice.randint(1, 5)):
        body = "/".join("".join(dice.choices(PIECES, k=dice.choice((1, 1, 2)))) for _ in range(dice.randint(1, 3)))
        before = dice.choice(("", "", "", "!", "/", "!/", "#", "\\"))
        lines.append(before + body + dice.choice(("", "", "", "/", " ", "\\ ", "\r")))
    return "\n".join(lines) + dice.choice(("", "\n"))
