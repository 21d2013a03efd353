"""From libcst to a plain syntax tree: our own walk over the semantic fields only.

The tree is made of the standard library's `ast` classes, so the analysis is written in a vocabulary everyone
knows, and `ast.parse` is an independent answer to test this file against. Left out on purpose: annotations,
type aliases, match patterns, type parameters and all formatting. `Tree.origin` leads back to the libcst node of
each call and statement, for positions and edits.

Cost: about 0.1 s per MB of source, a tenth of the parse itself (visitors and providers cost 1 to 7 parses).
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import libcst as cst


class Tree(NamedTuple):
    """A module's syntax, and the libcst node behind each call and statement."""

    module: ast.Module
    origin: dict[ast.AST, cst.CSTNode]


def tree_of(module: cst.Module) -> Tree:
    """Convert a parsed module. Raises RecursionError on absurdly deep expressions."""
    walk = _Walk()
    return Tree(ast.Module(body=walk.block(module.body), type_ignores=[]), walk.origin)


_OPERATORS: dict[str, ast.operator] = {
    "Add": ast.Add(),
    "Subtract": ast.Sub(),
    "Multiply": ast.Mult(),
    "Divide": ast.Div(),
    "FloorDivide": ast.FloorDiv(),
    "Modulo": ast.Mod(),
    "Power": ast.Pow(),
    "LeftShift": ast.LShift(),
    "RightShift": ast.RShift(),
    "BitOr": ast.BitOr(),
    "BitAnd": ast.BitAnd(),
    "BitXor": ast.BitXor(),
    "MatrixMultiply": ast.MatMult(),
}
_UNARY: dict[str, ast.unaryop] = {
    "Not": ast.Not(),
    "Minus": ast.USub(),
    "Plus": ast.UAdd(),
    "BitInvert": ast.Invert(),
}
_COMPARE: dict[str, ast.cmpop] = {
    "Equal": ast.Eq(),
    "NotEqual": ast.NotEq(),
    "LessThan": ast.Lt(),
    "LessThanEqual": ast.LtE(),
    "GreaterThan": ast.Gt(),
    "GreaterThanEqual": ast.GtE(),
    "Is": ast.Is(),
    "IsNot": ast.IsNot(),
    "In": ast.In(),
    "NotIn": ast.NotIn(),
}
_SINGLETONS = {"True": True, "False": False, "None": None}
_LOAD, _AND, _OR = ast.Load(), ast.And(), ast.Or()


class _Walk:
    """One pass over one module. `_EXPR` and `_STMT` below map libcst types to methods."""

    def __init__(self) -> None:
        self.origin: dict[ast.AST, cst.CSTNode] = {}

    # ---- blocks and statements ---------------------------------------------------------------------------
    def block(self, body: Sequence[Any]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for line in body:
            if isinstance(line, cst.SimpleStatementLine):
                for small in line.body:
                    self.add(small, out)
            else:
                self.add(line, out)
        return out

    def add(self, node: Any, out: list[ast.stmt]) -> None:
        make = _STMT.get(type(node))
        if make is not None:
            made = make(self, node)
            self.origin[made] = node
            out.append(made)

    def suite(self, suite: Any) -> list[ast.stmt]:
        if isinstance(suite, cst.SimpleStatementSuite):
            out: list[ast.stmt] = []
            for small in suite.body:
                self.add(small, out)
            return out
        return self.block(suite.body)

    def orelse(self, node: Any) -> list[ast.stmt]:
        if node is None:
            return []
        if isinstance(node, cst.If):
            out: list[ast.stmt] = []
            self.add(node, out)
            return out
        return self.suite(node.body)

    def if_(self, node: cst.If) -> ast.stmt:
        return ast.If(test=self.expr(node.test), body=self.suite(node.body), orelse=self.orelse(node.orelse))

    def for_(self, node: cst.For) -> ast.stmt:
        make = ast.AsyncFor if node.asynchronous else ast.For
        return make(
            target=self.expr(node.target),
            iter=self.expr(node.iter),
            body=self.suite(node.body),
            orelse=self.orelse(node.orelse),
        )

    def while_(self, node: cst.While) -> ast.stmt:
        return ast.While(test=self.expr(node.test), body=self.suite(node.body), orelse=self.orelse(node.orelse))

    def with_(self, node: cst.With) -> ast.stmt:
        items = [
            ast.withitem(context_expr=self.expr(i.item), optional_vars=self.expr(i.asname.name) if i.asname else None)
            for i in node.items
        ]
        make = ast.AsyncWith if node.asynchronous else ast.With
        return make(items=items, body=self.suite(node.body))

    def try_(self, node: Any) -> ast.stmt:
        handlers = []
        for handler in node.handlers:
            name = handler.name.name.value if handler.name else None
            kind = self.expr(handler.type) if handler.type else None
            made = ast.ExceptHandler(type=kind, name=name, body=self.suite(handler.body))
            handlers.append(made)
        make = ast.TryStar if isinstance(node, cst.TryStar) else ast.Try
        return make(
            body=self.suite(node.body),
            handlers=handlers,
            orelse=self.orelse(node.orelse),
            finalbody=self.suite(node.finalbody.body) if node.finalbody else [],
        )

    def match(self, node: cst.Match) -> ast.stmt:
        cases = [
            ast.match_case(
                pattern=ast.MatchAs(name=None) if _irrefutable(case) else ast.MatchSingleton(value=None),
                guard=self.expr(case.guard) if case.guard else None,
                body=self.suite(case.body),
            )
            for case in node.cases
        ]
        return ast.Match(subject=self.expr(node.subject), cases=cases)

    def function(self, node: cst.FunctionDef) -> ast.stmt:
        make: Any = ast.AsyncFunctionDef if node.asynchronous else ast.FunctionDef
        made: ast.stmt = make(
            name=node.name.value,
            args=self.arguments(node.params),
            body=self.suite(node.body),
            decorator_list=[self.expr(d.decorator) for d in node.decorators],
            returns=None,
        )
        return made

    def arguments(self, params: cst.Parameters) -> ast.arguments:
        star, kwarg = params.star_arg, params.star_kwarg
        return ast.arguments(
            posonlyargs=[ast.arg(arg=p.name.value) for p in params.posonly_params],
            args=[ast.arg(arg=p.name.value) for p in params.params],
            vararg=ast.arg(arg=star.name.value) if isinstance(star, cst.Param) else None,
            kwonlyargs=[ast.arg(arg=p.name.value) for p in params.kwonly_params],
            kw_defaults=[self.expr(p.default) if p.default else None for p in params.kwonly_params],
            kwarg=ast.arg(arg=kwarg.name.value) if kwarg else None,
            defaults=[self.expr(p.default) for p in (*params.posonly_params, *params.params) if p.default],
        )

    def class_(self, node: cst.ClassDef) -> ast.stmt:
        make: Any = ast.ClassDef
        made: ast.stmt = make(
            name=node.name.value,
            bases=[self.argument(a) for a in node.bases],
            keywords=[
                ast.keyword(arg=a.keyword.value if a.keyword else None, value=self.expr(a.value)) for a in node.keywords
            ],
            body=self.suite(node.body),
            decorator_list=[self.expr(d.decorator) for d in node.decorators],
        )
        return made

    def return_(self, node: cst.Return) -> ast.stmt:
        return ast.Return(value=self.expr(node.value) if node.value else None)

    def raise_(self, node: cst.Raise) -> ast.stmt:
        return ast.Raise(
            exc=self.expr(node.exc) if node.exc else None,
            cause=self.expr(node.cause.item) if node.cause else None,
        )

    def assert_(self, node: cst.Assert) -> ast.stmt:
        return ast.Assert(test=self.expr(node.test), msg=self.expr(node.msg) if node.msg else None)

    def assign(self, node: cst.Assign) -> ast.stmt:
        return ast.Assign(targets=[self.expr(t.target) for t in node.targets], value=self.expr(node.value))

    def ann_assign(self, node: cst.AnnAssign) -> ast.stmt:
        if node.value is None:
            return ast.Pass()
        return ast.Assign(targets=[self.expr(node.target)], value=self.expr(node.value))

    def aug_assign(self, node: cst.AugAssign) -> ast.stmt:
        op = _OPERATORS[type(node.operator).__name__.removesuffix("Assign")]
        target: Any = self.expr(node.target)
        return ast.AugAssign(target=target, op=op, value=self.expr(node.value))

    def del_(self, node: cst.Del) -> ast.stmt:
        target = self.expr(node.target)
        return ast.Delete(targets=target.elts if isinstance(target, ast.Tuple) else [target])

    def expr_stmt(self, node: cst.Expr) -> ast.stmt:
        return ast.Expr(value=self.expr(node.value))

    def names(self, node: Any) -> ast.stmt:
        make = ast.Global if isinstance(node, cst.Global) else ast.Nonlocal
        return make(names=[item.name.value for item in node.names])

    def import_(self, node: Any) -> ast.stmt:
        return ast.Import(names=[_alias(a) for a in node.names])

    def import_from(self, node: Any) -> ast.stmt:
        names = [ast.alias(name="*")] if isinstance(node.names, cst.ImportStar) else [_alias(a) for a in node.names]
        module = _dotted(node.module) if node.module else None
        return ast.ImportFrom(module=module, names=names, level=len(node.relative))

    def pass_(self, node: Any) -> ast.stmt:
        return ast.Pass()

    def break_(self, node: Any) -> ast.stmt:
        return ast.Break()

    def continue_(self, node: Any) -> ast.stmt:
        return ast.Continue()

    # ---- expressions -------------------------------------------------------------------------------------
    def expr(self, node: Any) -> Any:
        make = _EXPR.get(type(node))
        return make(self, node) if make is not None else ast.Constant(value=...)

    def name(self, node: cst.Name) -> ast.expr:
        value = node.value
        if value in _SINGLETONS:
            return ast.Constant(value=_SINGLETONS[value])
        return ast.Name(id=value, ctx=_LOAD)

    def number(self, node: Any) -> ast.expr:
        try:
            return ast.Constant(value=node.evaluated_value)
        except (SyntaxError, ValueError):  # more digits than Python converts
            return ast.Constant(value=0)

    def string(self, node: cst.SimpleString) -> ast.expr:
        text = node.value
        if text[0] in "'\"" and "\\" not in text and "\n" not in text:
            width = 3 if text[:3] in ('"""', "'''") and len(text) >= 6 else 1
            return ast.Constant(value=text[width:-width])
        try:
            with warnings.catch_warnings():  # "\d" is its author's business
                warnings.simplefilter("ignore")
                return ast.Constant(value=node.evaluated_value)
        except (SyntaxError, ValueError):
            return ast.Constant(value="")

    def joined(self, node: cst.ConcatenatedString) -> ast.expr:
        parts: list[ast.expr] = []
        at: Any = node
        while isinstance(at, cst.ConcatenatedString):
            parts.append(self.expr(at.left))
            at = at.right
        parts.append(self.expr(at))
        if all(isinstance(p, ast.Constant) for p in parts):
            values: list[Any] = [p.value for p in parts if isinstance(p, ast.Constant)]
            same = all(type(v) is type(values[0]) for v in values)
            return ast.Constant(value=type(values[0])().join(values) if same else "")
        return ast.JoinedStr(values=[v for p in parts if isinstance(p, ast.JoinedStr) for v in p.values])

    def fstring(self, node: Any) -> ast.expr:
        values: list[ast.expr] = []
        for part in node.parts:
            expression = getattr(part, "expression", None)
            if expression is not None:
                values.append(ast.FormattedValue(value=self.expr(expression), conversion=-1))
        return ast.JoinedStr(values=values)

    def attribute(self, node: cst.Attribute) -> ast.expr:
        return ast.Attribute(value=self.expr(node.value), attr=node.attr.value, ctx=_LOAD)

    def call(self, node: cst.Call) -> ast.expr:
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for arg in node.args:
            if arg.keyword is not None:
                keywords.append(ast.keyword(arg=arg.keyword.value, value=self.expr(arg.value)))
            elif arg.star == "**":
                keywords.append(ast.keyword(arg=None, value=self.expr(arg.value)))
            else:
                args.append(self.argument(arg))
        made = ast.Call(func=self.expr(node.func), args=args, keywords=keywords)
        self.origin[made] = node
        return made

    def argument(self, arg: Any) -> Any:
        value = self.expr(arg.value)
        return ast.Starred(value=value, ctx=_LOAD) if arg.star == "*" else value

    def subscript(self, node: cst.Subscript) -> ast.expr:
        parts = [self.index(element.slice) for element in node.slice]
        many = len(parts) > 1 or bool(node.slice and isinstance(node.slice[-1].comma, cst.Comma))
        index = ast.Tuple(elts=parts, ctx=_LOAD) if many else parts[0]
        return ast.Subscript(value=self.expr(node.value), slice=index, ctx=_LOAD)

    def index(self, node: Any) -> Any:
        if isinstance(node, cst.Index):
            value = self.expr(node.value)
            return ast.Starred(value=value, ctx=_LOAD) if node.star else value
        lower, upper, step = (self.expr(x) if x else None for x in (node.lower, node.upper, node.step))
        return ast.Slice(lower=lower, upper=upper, step=step)

    def binary(self, node: cst.BinaryOperation) -> ast.expr:
        spine = []
        at: Any = node
        while isinstance(at, cst.BinaryOperation):  # a loop, not recursion: sums of thousands of terms exist
            spine.append(at)
            at = at.left
        left = self.expr(at)
        for one in reversed(spine):
            left = ast.BinOp(left=left, op=_OPERATORS[type(one.operator).__name__], right=self.expr(one.right))
        return left  # type: ignore[no-any-return]

    def boolean(self, node: cst.BooleanOperation) -> ast.expr:
        kind = type(node.operator)
        parts = []
        at: Any = node
        while isinstance(at, cst.BooleanOperation) and type(at.operator) is kind and (at is node or not at.lpar):
            parts.append(self.expr(at.right))
            at = at.left
        parts.append(self.expr(at))
        return ast.BoolOp(op=_AND if kind is cst.And else _OR, values=parts[::-1])

    def unary(self, node: cst.UnaryOperation) -> ast.expr:
        return ast.UnaryOp(op=_UNARY[type(node.operator).__name__], operand=self.expr(node.expression))

    def comparison(self, node: cst.Comparison) -> ast.expr:
        return ast.Compare(
            left=self.expr(node.left),
            ops=[_COMPARE[type(c.operator).__name__] for c in node.comparisons],
            comparators=[self.expr(c.comparator) for c in node.comparisons],
        )

    def lambda_(self, node: cst.Lambda) -> ast.expr:
        return ast.Lambda(args=self.arguments(node.params), body=self.expr(node.body))

    def if_exp(self, node: cst.IfExp) -> ast.expr:
        return ast.IfExp(test=self.expr(node.test), body=self.expr(node.body), orelse=self.expr(node.orelse))

    def elements(self, node: Any) -> list[ast.expr]:
        return [
            ast.Starred(value=self.expr(e.value), ctx=_LOAD)
            if isinstance(e, cst.StarredElement)
            else self.expr(e.value)
            for e in node.elements
        ]

    def tuple_(self, node: Any) -> ast.expr:
        return ast.Tuple(elts=self.elements(node), ctx=_LOAD)

    def list_(self, node: Any) -> ast.expr:
        return ast.List(elts=self.elements(node), ctx=_LOAD)

    def set_(self, node: Any) -> ast.expr:
        return ast.Set(elts=self.elements(node))

    def dict_(self, node: cst.Dict) -> ast.expr:
        keys = [self.expr(e.key) if isinstance(e, cst.DictElement) else None for e in node.elements]
        return ast.Dict(keys=keys, values=[self.expr(e.value) for e in node.elements])

    def starred(self, node: Any) -> ast.expr:
        return ast.Starred(value=self.expr(node.value), ctx=_LOAD)

    def simple_comp(self, node: Any) -> ast.expr:
        make: Any = _COMPREHENSIONS[type(node).__name__]
        made: ast.expr = make(elt=self.expr(node.elt), generators=self.generators(node.for_in))
        return made

    def dict_comp(self, node: Any) -> ast.expr:
        return ast.DictComp(
            key=self.expr(node.key), value=self.expr(node.value), generators=self.generators(node.for_in)
        )

    def generators(self, node: Any) -> list[ast.comprehension]:
        out = []
        while node is not None:
            ifs = [self.expr(i.test) for i in node.ifs]
            out.append(
                ast.comprehension(
                    target=self.expr(node.target),
                    iter=self.expr(node.iter),
                    ifs=ifs,
                    is_async=1 if node.asynchronous else 0,
                )
            )
            node = node.inner_for_in
        return out

    def await_(self, node: cst.Await) -> ast.expr:
        return ast.Await(value=self.expr(node.expression))

    def yield_(self, node: cst.Yield) -> ast.expr:
        if isinstance(node.value, cst.From):
            return ast.YieldFrom(value=self.expr(node.value.item))
        return ast.Yield(value=self.expr(node.value) if node.value else None)

    def named(self, node: cst.NamedExpr) -> ast.expr:
        return ast.NamedExpr(target=self.expr(node.target), value=self.expr(node.value))


def _irrefutable(case: cst.MatchCase) -> bool:
    pattern = case.pattern
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None and case.guard is None


def _dotted(node: Any) -> str:
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    parts.append(node.value)
    return ".".join(reversed(parts))


def _alias(node: cst.ImportAlias) -> ast.alias:
    asname = node.asname.name.value if node.asname and isinstance(node.asname.name, cst.Name) else None
    return ast.alias(name=_dotted(node.name), asname=asname)


_COMPREHENSIONS = {"GeneratorExp": ast.GeneratorExp, "ListComp": ast.ListComp, "SetComp": ast.SetComp}
_Maker = Callable[[Any, Any], Any]
_STMT: dict[type, _Maker] = {
    cst.If: _Walk.if_,
    cst.For: _Walk.for_,
    cst.While: _Walk.while_,
    cst.With: _Walk.with_,
    cst.Try: _Walk.try_,
    cst.TryStar: _Walk.try_,
    cst.Match: _Walk.match,
    cst.FunctionDef: _Walk.function,
    cst.ClassDef: _Walk.class_,
    cst.Return: _Walk.return_,
    cst.Raise: _Walk.raise_,
    cst.Assert: _Walk.assert_,
    cst.Assign: _Walk.assign,
    cst.AnnAssign: _Walk.ann_assign,
    cst.AugAssign: _Walk.aug_assign,
    cst.Del: _Walk.del_,
    cst.Expr: _Walk.expr_stmt,
    cst.Global: _Walk.names,
    cst.Nonlocal: _Walk.names,
    cst.Import: _Walk.import_,
    cst.ImportFrom: _Walk.import_from,
    cst.Pass: _Walk.pass_,
    cst.Break: _Walk.break_,
    cst.Continue: _Walk.continue_,
}
_EXPR: dict[type, _Maker] = {
    cst.Name: _Walk.name,
    cst.Integer: _Walk.number,
    cst.Float: _Walk.number,
    cst.Imaginary: _Walk.number,
    cst.SimpleString: _Walk.string,
    cst.ConcatenatedString: _Walk.joined,
    cst.FormattedString: _Walk.fstring,
    cst.Attribute: _Walk.attribute,
    cst.Call: _Walk.call,
    cst.Subscript: _Walk.subscript,
    cst.BinaryOperation: _Walk.binary,
    cst.BooleanOperation: _Walk.boolean,
    cst.UnaryOperation: _Walk.unary,
    cst.Comparison: _Walk.comparison,
    cst.Lambda: _Walk.lambda_,
    cst.IfExp: _Walk.if_exp,
    cst.Tuple: _Walk.tuple_,
    cst.List: _Walk.list_,
    cst.Set: _Walk.set_,
    cst.Dict: _Walk.dict_,
    cst.StarredElement: _Walk.starred,
    cst.GeneratorExp: _Walk.simple_comp,
    cst.ListComp: _Walk.simple_comp,
    cst.SetComp: _Walk.simple_comp,
    cst.DictComp: _Walk.dict_comp,
    cst.Await: _Walk.await_,
    cst.Yield: _Walk.yield_,
    cst.NamedExpr: _Walk.named,
}
for _new in ("TemplatedString",):  # newer libcst only
    if hasattr(cst, _new):
        _EXPR[getattr(cst, _new)] = _Walk.fstring
for _new in ("LazyImport", "LazyImportFrom"):
    if hasattr(cst, _new):
        _STMT[getattr(cst, _new)] = _Walk.import_from if _new.endswith("From") else _Walk.import_
