"""The wheel holds what the tree holds, so that no subpackage is forgotten."""

from __future__ import annotations

import shutil
import subprocess
import sys
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = {"core": "loopcheck", "linter": "loopcheck/linter", "diagnostics": "loopcheck/diagnostics"}


def enough_setuptools() -> bool:
    """Is the backend that pyproject.toml asks for installed? Then no network is needed."""
    try:
        return int(version("setuptools").split(".")[0]) >= 77
    except PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """A wheel built from a copy, since setuptools leaves build/ and *.egg-info beside its sources."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tree)
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tree / "dist"), str(tree)]
    if enough_setuptools():
        command.insert(3, "--no-isolation")
    built = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = (tree / "dist").glob("*.whl")
    return ZipFile(path)


def test_the_wheel_holds_every_module_and_nothing_else(wheel: ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    kept = {
        f"{package}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, package in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.suffix == ".py" or path.name == "py.typed"
    }
    assert "loopcheck/py.typed" in kept
    assert packed == kept


def test_the_wheel_does_not_need_torch(wheel: ZipFile) -> None:
    """torch is for the watcher only, and an extra: installing the linter must not pull it in."""
    (name,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(wheel.read(name).decode())
    requirements = metadata.get_all("Requires-Dist") or []
    needed = [r for r in requirements if "extra ==" not in r]
    assert [r for r in needed if r.startswith("libcst")]
    assert not [r for r in needed if "torch" in r]
    assert [r for r in requirements if r.startswith("torch") and 'extra == "torch"' in r]


def test_the_wheel_installs_the_command(wheel: ZipFile) -> None:
    (name,) = (n for n in wheel.namelist() if n.endswith(".dist-info/entry_points.txt"))
    assert "loopcheck = loopcheck.faces.cli:main" in wheel.read(name).decode()
