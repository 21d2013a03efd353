"""The syntax tree made from libcst equals the one that CPython makes: an independent answer."""

import ast
import sysconfig
import warnings
from pathlib import Path

import libcst
import pytest

from loopcheck.linter.tree import tree_of

REPOSITORY = Path(__file__).parent.parent
STANDARD = Path(sysconfig.get_paths()["stdlib"])
SOURCES = sorted(
    [*REPOSITORY.glob("core/**/*.py"), *REPOSITORY.glob("linter/*.py")]
    + [STANDARD / name for name in ("argparse.py", "dataclasses.py", "inspect.py", "typing.py", "asyncio/tasks.py")]
    + [STANDARD / name for name in ("contextlib.py", "difflib.py", "json/decoder.py", "tokenize.py", "textwrap.py")]
)

SNIPPETS = """
async def f(a, /, b=1, *c, d, e=2, **g): return [x async for x in a if x]
async def g():
    async with a as b, c: await d
    async for x in y: pass
    else: pass
@dec(1)
class A(B, *C, metaclass=M, **kw):
    x: int = 3
    y: str
lambda *a, b=1: (yield)
def h(): x = yield from y; z = yield; return
del a, b.c, d[0]
x = y = (a, *b) = c
x[1:2, ::3], x[...], x[(1, 2)], x[1,]
print(*a, k=1, **kw)
f"{a!r:>{w}} {b=}" "c" f"{d}"
b"x" b"y", r"\\d", "\\n", '''a
b'''
0x1f, 1_000, 1.5e3, 2j, True, None
not a, -b, +c, ~d, a and b or (c and d) and e, (a and b) and c
a < b <= c is not d not in e
a if b else c
{**a, 'b': 1}, {1, *c}, {k: v for k, v in z if k for q in v}
if (n := 10) > 5: pass
elif a: pass
else: pass
while a:
    break
else: continue_ = 1
try: pass
except* ValueError as e: raise X from e
try: pass
except (A, B): raise
except C as c: pass
else: pass
finally: pass
with (a as b, c as (d, e)): pass
global q
from . import a as b, c
from ..x.y import *
import os.path as p, sys
assert a, b
x += 1; y @= 2; z //= 3; w >>= 4
match a:
    case 1 if b: pass
    case _: x
"""


def comparable(module: ast.Module) -> str:
    """A dump without what the tree leaves out on purpose."""
    for node in ast.walk(module):
        for field in ("returns", "annotation", "type_comment", "type_params", "kind"):
            if field in node.__dict__:
                delattr(node, field)
        if hasattr(node, "ctx"):
            node.ctx = ast.Load()
    return ast.dump(Simplify().visit(module))


class Simplify(ast.NodeTransformer):
    """Annotated assignments become plain ones; formats of f-strings and match patterns are left out."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Pass() if node.value is None else ast.Assign(targets=[node.target], value=node.value)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        self.generic_visit(node)
        return ast.FormattedValue(value=node.value, conversion=-1)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        return ast.JoinedStr(values=[v for v in node.values if not isinstance(v, ast.Constant)])

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """Python 3.12's `type X = ...` builds nothing that runs."""

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        self.generic_visit(node)
        return ast.match_case(pattern=ast.MatchAs(), guard=node.guard, body=node.body)


def parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(text)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_equals_cpython_on_real_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert comparable(tree_of(libcst.parse_module(text)).module) == comparable(parsed(text))


def test_equals_cpython_on_every_construct() -> None:
    assert comparable(tree_of(libcst.parse_module(SNIPPETS)).module) == comparable(parsed(SNIPPETS))


def test_leads_back_to_libcst() -> None:
    tree = tree_of(libcst.parse_module("for a in b:\n    c(d(e))\n"))
    calls = [node for node in ast.walk(tree.module) if isinstance(node, ast.Call)]
    assert [libcst.Module([]).code_for_node(tree.origin[call]) for call in calls] == ["c(d(e))", "d(e)"]
