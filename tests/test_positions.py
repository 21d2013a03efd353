"""The places we compute for a few nodes equal those of libcst's own PositionProvider for all."""

from pathlib import Path

import libcst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from loopcheck.findings import Location
from loopcheck.linter.positions import locate

SOURCES = sorted((Path(__file__).parent.parent / "linter").glob("*.py"))
ODD = {
    "windows line ends": "if a:\r\n    b(\r\n        c)\r\nd()\r\n",
    "tabs": "if a:\n\tb(c)\n\tif d:\n\t\te()\n",
    "brackets and comments": "x = (  # why\n    f(1)\n)\n((g))(h  (2) )  # end\n",
    "several on a line": "a(); b(c); d\n",
    "no newline at the end": "for a in b: c(d)",
    "wide characters": 'print("\u65e5\u672c", f("\U0001f600"), g())\n',
    "decorators": "@d(1)\nclass A:\n    @e\n    def f(self): return g(self)\n",
}


def calls(module: libcst.Module) -> list[libcst.CSTNode]:
    found: list[libcst.CSTNode] = []

    class Collect(libcst.CSTVisitor):
        def on_visit(self, node: libcst.CSTNode) -> bool:
            if isinstance(node, libcst.Call | libcst.BaseSmallStatement | libcst.If | libcst.For | libcst.FunctionDef):
                found.append(node)
            return True

    module.visit(Collect())
    return found


def check(text: str) -> int:
    wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
    expected = wrapper.resolve(PositionProvider)
    wanted = calls(wrapper.module)
    for node, place in locate(wrapper.module, wanted).items():
        theirs = expected[node]
        assert place.start == Location(theirs.start.line, theirs.start.column + 1)
        assert place.end == Location(theirs.end.line, theirs.end.column + 1)
    return len(wanted)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_equal_on_our_own_files(path: Path) -> None:
    assert check(path.read_text(encoding="utf-8")) > 0


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_equal_on_odd_layout(text: str) -> None:
    assert check(text) > 0
