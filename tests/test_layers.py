"""Imports point down only. Read from the source, so that an import inside a function counts as well."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

PACKAGE = "loopcheck"
ROOT = Path(__file__).parent.parent
FOLDERS = {"": ROOT / "core", ".linter": ROOT / "linter", ".diagnostics": ROOT / "diagnostics"}
ORDER = ("errors", "events", "facts", "machine", "findings", "intents", "rules", "judge")
"""From the lowest layer up; each may import those before it. findings needs events only, rules need findings."""
DEPENDENCIES = {"linter": {"libcst"}, "diagnostics": {"torch"}}


class Import(NamedTuple):
    """One import: who imports what, in full, where, and when."""

    importer: str
    target: str
    place: str
    at_import: bool  # when the module is loaded; False: inside a function, or for the type checker only
    relative: bool


def modules() -> dict[str, Path]:
    """All modules of the tree by their dotted names."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            dotted = ".".join((PACKAGE + package, *parts)).removesuffix(".__init__")
            found[dotted] = path
    return found


MODULES = modules()


def imports() -> list[Import]:
    return [found for name, path in MODULES.items() for found in imports_of(name, path)]


def imports_of(name: str, path: Path) -> list[Import]:
    found: list[Import] = []
    package = name if path.stem == "__init__" else name.rpartition(".")[0]

    def visit(node: ast.AST, at_import: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            typing_only = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
            if isinstance(child, ast.Import):
                targets = [a.name for a in child.names]
            elif isinstance(child, ast.ImportFrom):
                base = package.rsplit(".", child.level - 1)[0] if child.level else ""
                source = ".".join(part for part in (base, child.module) if part)
                names = [f"{source}.{a.name}" for a in child.names]
                targets = [full if full in MODULES else source for full in names]
            else:
                visit(child, at_import and not inside and not typing_only)
                continue
            place = f"{path.name}:{child.lineno}"
            relative = isinstance(child, ast.ImportFrom) and child.level > 0
            found.extend(Import(name, target, place, at_import, relative) for target in dict.fromkeys(targets))

    visit(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


IMPORTS = imports()


def part(dotted: str) -> str:
    """The layer of a module of ours: `loopcheck.rules.step_twice` -> "rules", the package itself -> ""."""
    return [*dotted.split("."), ""][1]


def ours(dotted: str) -> bool:
    return dotted.split(".")[0] == PACKAGE


def told(wrong: list[Import]) -> list[str]:
    return [f"{i.importer} ({i.place}) imports {i.target}" for i in wrong]


def test_the_tree_is_read() -> None:
    """Nothing below means anything if the modules are not found."""
    assert {"loopcheck.machine", "loopcheck.rules.step_twice", "loopcheck.linter.flow"} <= set(MODULES)
    assert {"loopcheck.faces.cli", "loopcheck.diagnostics"} <= set(MODULES)
    assert any(i.importer == "loopcheck.machine" and i.target == "loopcheck.events" for i in IMPORTS)
    assert any(i.target == "libcst" for i in IMPORTS)


def test_linter_and_diagnostics_do_not_know_each_other() -> None:
    pairs = ({"linter", "diagnostics"}, {"diagnostics", "linter"})
    assert told([i for i in IMPORTS if ours(i.target) and {part(i.importer), part(i.target)} in pairs]) == []


def test_only_faces_import_the_two_halves_and_only_inside_functions() -> None:
    wrong = [
        i
        for i in IMPORTS
        if ours(i.target)
        and part(i.target) in DEPENDENCIES
        and part(i.importer) not in ("", part(i.target))
        and (part(i.importer) != "faces" or i.at_import)
    ]
    assert told(wrong) == []
    # the package itself resolves public names by name, and imports them for the type checker only
    assert told([i for i in IMPORTS if i.importer == PACKAGE and ours(i.target) and i.at_import]) == []


def test_nothing_but_the_command_imports_faces() -> None:
    wrong = [i for i in IMPORTS if ours(i.target) and part(i.target) == "faces" and part(i.importer) != "faces"]
    assert {i.importer for i in wrong} == {f"{PACKAGE}.__main__"}


def test_the_core_imports_downwards() -> None:
    wrong = [
        i
        for i in IMPORTS
        if ours(i.target)
        and part(i.importer) in ORDER
        and (part(i.target) not in ORDER or ORDER.index(part(i.target)) > ORDER.index(part(i.importer)))
    ]
    assert told(wrong) == []


def test_the_rules_do_not_know_each_other() -> None:
    """A rule is one file; it may import its folder's card, never another rule."""
    wrong = [i for i in IMPORTS if part(i.importer) == "rules" and i.target.startswith(f"{PACKAGE}.rules.")]
    assert told(wrong) == []


def test_each_half_needs_only_what_it_may() -> None:
    """The core needs the standard library alone, the linter libcst and never torch, diagnostics never libcst."""
    wrong = [
        i
        for i in IMPORTS
        if not ours(i.target)
        and (root := i.target.split(".")[0]) not in sys.stdlib_module_names
        and root not in DEPENDENCIES.get(part(i.importer), set())
        and not (root in ("pytest", "_pytest") and i.importer.startswith(f"{PACKAGE}.faces.pytest_"))
    ]
    assert told(wrong) == []


def test_our_own_modules_are_imported_relatively() -> None:
    """`import linter` from the repository root must fail at once instead of loading a second copy."""
    wrong = [i for i in IMPORTS if not i.relative and i.target.split(".")[0] in (PACKAGE, "core", *DEPENDENCIES)]
    assert told(wrong) == []


def test_no_cycle_when_modules_are_loaded() -> None:
    """Raises CycleError, which names the cycle. A package's own __init__ counts only where it is named."""
    graph: dict[str, set[str]] = {name: set() for name in MODULES}
    for found in IMPORTS:
        if found.at_import and ours(found.target) and found.target != found.importer:
            graph[found.importer].add(found.target)
    # rules/__init__ loads the rules on the first call of catalogue(), so a rule may import it
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("loopcheck.events") < order.index("loopcheck.machine") < order.index("loopcheck.judge")
