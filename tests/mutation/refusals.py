"""Finds the refusals in a module's source.

A refusal is a statement that raises, that calls a function which never returns (annotated ``NoReturn``), or that
notes a fault (``….faults.add(…)``, ``….breaches.add(…)``). What can be taken away of it is a ``Refusal``:

* ``never``: the condition of the ``if`` that holds the refusal becomes false;
* ``clause``: one operand of an ``and`` or ``or`` in that condition (also within ``not``, ``all(… for …)`` and
  ``any(… for …)``) is left out; in ``if … else: refuse`` too, in a refusal's ``softened=…``, and in what a
  function that answers with a ``bool`` returns, since that is a condition that got a name;
* ``bound``: one comparison of a chain such as ``0 < a < b`` is left out;
* ``gone``: a refusal that stands under no ``if`` of its own is left out;
* ``handler``: an ``except`` that refuses lets the error pass.

A bare ``raise`` and an abstract method's ``raise NotImplementedError`` refuse nothing.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NOTED_IN = ("faults", "breaches")
CONDITIONS = ("softened", "settled")  # keywords of a refusal that say when it does not count

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scoped = tuple[ast.AST, str]


@dataclass(frozen=True)
class Refusal:
    """One thing that can be taken away.

    ``node`` and ``part`` say where it is: the index in ``ast.walk`` and the operand's position. ``holder`` is the
    index of the node whose value decides (an ``if``, a ``return`` or the refusing statement). With ``fewer`` the
    condition can only turn from true to false without it, so that only a test in which it was true can tell.
    """

    file: str
    function: str
    line: int
    kind: str
    text: str
    node: int
    part: int
    holder: int
    fewer: bool
    count: int = 1

    @property
    def key(self) -> str:
        """Names it for the records, whatever line it moves to."""
        again = f" #{self.count}" if self.count > 1 else ""
        return f"{self.file}::{self.function}::{self.kind}: {self.text}{again}"


@cache
def source_of(path: Path) -> str:
    """The file's text as the run found it: who works on it meanwhile changes no mutant."""
    return path.read_text()


def refusing_names(sources: list[str]) -> set[str]:
    """The names of all functions in ``sources`` that are annotated as never returning."""
    return {
        node.name
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, Function) and node.returns is not None and ast.unparse(node.returns) == "NoReturn"
    }


def find_refusals(path: Path, root: Path, names: set[str]) -> list[Refusal]:
    """All refusals of one file in the order of its lines, keys made unique."""
    finder = _Finder(str(path.relative_to(root)), source_of(path), names)
    seen: Counter[str] = Counter()
    found = []
    for one in sorted(finder.find(), key=lambda refusal: (refusal.line, refusal.node, refusal.part)):
        seen[one.key] += 1
        found.append(Refusal(**{**one.__dict__, "count": seen[one.key]}))
    return found


class _Finder:
    def __init__(self, file: str, source: str, names: set[str]) -> None:
        self.file, self.names = file, names
        self.tree = ast.parse(source)
        self.index = {node: number for number, node in enumerate(ast.walk(self.tree))}

    def find(self) -> Iterator[Refusal]:
        for node, function in _scoped(self.tree, ""):
            if isinstance(node, ast.If):
                yield from self._of_if(node, function)
            elif isinstance(node, ast.ExceptHandler) and any(map(self.refuses, node.body)):
                named = ast.unparse(node.type) if node.type else "anything"
                yield self._refusal(node, function, "handler", f"except {named}", node)
            elif isinstance(node, ast.Return) and node.value is not None and _answers(self.tree, node):
                yield from self._clauses(node.value, function, node, fewer=True)
            elif isinstance(node, ast.Call) and self._refusing_call(node):
                for keyword in node.keywords:
                    if keyword.arg in CONDITIONS:
                        yield from self._clauses(keyword.value, function, keyword, fewer=True)
            yield from self._bare(node, function)

    def refuses(self, statement: ast.AST) -> bool:
        """Say whether this statement refuses."""
        if isinstance(statement, ast.Raise):
            return statement.exc is not None and "NotImplemented" not in ast.unparse(statement.exc)
        return isinstance(statement, ast.Expr) and self._refusing_call(statement.value)

    def _refusing_call(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        called = node.func
        if isinstance(called, ast.Attribute):
            receiver = ast.unparse(called.value).split(".")[-1].lstrip("_")
            return (called.attr.startswith("add") and receiver in NOTED_IN) or called.attr in self.names
        return isinstance(called, ast.Name) and called.id in self.names

    def _of_if(self, node: ast.If, function: str) -> Iterator[Refusal]:
        if any(map(self.refuses, node.body)):
            yield self._refusal(node, function, "never", ast.unparse(node.test), node)
            yield from self._clauses(node.test, function, node, fewer=True)
        elif any(map(self.refuses, _last_else(node))):
            yield from self._clauses(node.test, function, node, fewer=True)

    def _clauses(self, test: ast.expr, function: str, holder: ast.AST, *, fewer: bool) -> Iterator[Refusal]:
        """``fewer``: whether ``test`` turning false makes the holder's condition false."""
        if isinstance(test, ast.BoolOp):
            drops = fewer if isinstance(test.op, ast.Or) else not fewer
            for part, clause in enumerate(test.values):
                text = f"{ast.unparse(clause)} || in {ast.unparse(test)}"
                yield self._refusal(test, function, "clause", text, holder, part, fewer=drops)
                yield from self._clauses(clause, function, holder, fewer=fewer)
        elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield from self._clauses(test.operand, function, holder, fewer=not fewer)
        elif isinstance(test, ast.NamedExpr):
            yield from self._clauses(test.value, function, holder, fewer=fewer)
        elif isinstance(test, ast.Compare) and len(test.ops) == 2:
            for part in (0, 1):
                text = f"{'first' if part == 0 else 'second'} of {ast.unparse(test)}"
                yield self._refusal(test, function, "bound", text, holder, part, fewer=not fewer)
        elif isinstance(test, ast.Call) and ast.unparse(test.func) in ("all", "any") and test.args:
            inner = test.args[0]
            if isinstance(inner, ast.GeneratorExp):
                yield from self._clauses(inner.elt, function, holder, fewer=fewer)

    def _bare(self, node: ast.AST, function: str) -> Iterator[Refusal]:
        """The refusing statements directly in ``node`` that no ``if`` or ``except`` of their own holds."""
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, [])
            held = name == "body" and isinstance(node, ast.If | ast.ExceptHandler)
            for statement in statements if isinstance(statements, list) and not held else ():
                if self.refuses(statement) and function:
                    yield self._refusal(statement, function, "gone", ast.unparse(statement), statement)
        if isinstance(node, ast.IfExp | ast.BoolOp):
            for part in ast.iter_child_nodes(node):
                if self._refusing_call(part):
                    yield self._refusal(part, function, "gone", ast.unparse(part), part)

    def _refusal(
        self, node: ast.AST, function: str, kind: str, text: str, holder: ast.AST, part: int = 0, *, fewer: bool = True
    ) -> Refusal:
        if not function:
            raise ValueError(f"{self.file}:{node.lineno}: a refusal outside all functions can't be taken away")
        line = getattr(node, "lineno", 0)
        return Refusal(
            self.file, function, line, kind, text, self.index[node], part, self.index[holder], fewer
        )


def _scoped(node: ast.AST, function: str) -> Iterator[Scoped]:
    """Each node with the qualified name of the outermost function that it stands in (empty outside of all)."""
    yield from _scoped_in(node, "", function)


def _scoped_in(node: ast.AST, classes: str, function: str) -> Iterator[Scoped]:
    for child in ast.iter_child_nodes(node):
        inside, around = function, classes
        if isinstance(child, Function):
            inside = function or f"{classes}{child.name}"
        elif isinstance(child, ast.ClassDef) and not function:
            around = f"{classes}{child.name}."
        yield child, inside
        yield from _scoped_in(child, around, inside)


def _last_else(node: ast.If) -> list[ast.stmt]:
    """What a chain of ``if`` and ``elif`` does when no condition holds."""
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
    return node.orelse


def _answers(tree: ast.Module, node: ast.Return) -> bool:
    """Say whether ``node`` belongs to a function that answers with a ``bool``."""
    for function in ast.walk(tree):
        if isinstance(function, Function) and function.returns is not None:
            said = ast.unparse(function.returns)
            if (said == "bool" or said.startswith("TypeGuard")) and node in ast.walk(function):
                return True
    return False
