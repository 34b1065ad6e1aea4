"""The code of a module without one of its refusals, or with a probe at each.

A probe tells the run whether a condition was true or false while a test ran, and changes nothing. Edited code
keeps every line and every name, so that it fits into the functions that a process already has.
"""

import ast
from collections.abc import Iterable
from pathlib import Path
from types import CodeType

from tests.mutation.refusals import Refusal, source_of

PROBE = "__probe_of_mutation__"


def without(refusal: Refusal, root: Path) -> CodeType:
    """The module's code with ``refusal`` taken away."""
    path = root / refusal.file
    tree = ast.parse(source_of(path))
    node = list(ast.walk(tree))[refusal.node]
    if refusal.kind == "never":
        node.test = _never(node.test)  # type: ignore[attr-defined]
    elif refusal.kind == "clause":
        node.values[refusal.part] = _left_out(node.values[refusal.part], node.op)  # type: ignore[attr-defined]
    elif refusal.kind == "bound":
        _cut(node, refusal.part)
    elif refusal.kind == "handler":
        node.body = [ast.Raise()]  # type: ignore[attr-defined]
    else:
        _replace(tree, node, ast.Pass() if isinstance(node, ast.stmt) else ast.Constant(None))
    return _compiled(tree, path)


def with_probes(file: str, refusals: Iterable[Refusal], root: Path) -> CodeType:
    """The module's code with a probe at each refusal's holder: ``probe((file, holder), value)`` returns ``value``."""
    path = root / file
    tree = ast.parse(source_of(path))
    nodes = list(ast.walk(tree))
    for holder in {refusal.holder for refusal in refusals}:
        node = nodes[holder]
        if isinstance(node, ast.If):
            node.test = _probe(file, holder, node.test)
        elif isinstance(node, ast.Return):
            node.value = _probe(file, holder, node.value or ast.Constant(None))
        elif isinstance(node, ast.keyword):
            node.value = _probe(file, holder, node.value)
        elif isinstance(node, ast.ExceptHandler):
            node.body.insert(0, ast.Expr(_probe(file, holder, ast.Constant(True))))
        elif isinstance(node, ast.stmt):
            _replace(tree, node, ast.Expr(_probe(file, holder, ast.Constant(True))), node)
        else:
            seen = ast.BoolOp(ast.And(), [_probe(file, holder, ast.Constant(True)), node])  # type: ignore[list-item]
            _replace(tree, node, seen)
    return _compiled(tree, path)


def _never(test: ast.expr) -> ast.expr:
    """False; names that the condition gives are given all the same."""
    gives_names = any(isinstance(node, ast.NamedExpr) for node in ast.walk(test))
    return ast.BoolOp(ast.And(), [test, ast.Constant(False)]) if gives_names else ast.Constant(False)


def _left_out(clause: ast.expr, operator: ast.boolop) -> ast.expr:
    neutral = isinstance(operator, ast.And)
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(clause)):
        return ast.BoolOp(ast.Or() if neutral else ast.And(), [clause, ast.Constant(neutral)])
    return ast.Constant(neutral)


def _cut(chain: ast.AST, part: int) -> None:
    """Leave the first (0) or the second (1) of two comparisons out."""
    assert isinstance(chain, ast.Compare)
    if part == 0:
        chain.left = chain.comparators[0]
    del chain.ops[part], chain.comparators[part]


def _probe(file: str, holder: int, value: ast.expr) -> ast.expr:
    named = ast.Tuple([ast.Constant(file), ast.Constant(holder)], ast.Load())
    return ast.Call(ast.Name(PROBE, ast.Load()), [named, value], [])


def _replace(tree: ast.AST, old: ast.AST, *new: ast.AST) -> None:
    """Put ``new`` where ``old`` stands, be it in a list or alone."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list) and any(one is old for one in value):
                place = next(number for number, one in enumerate(value) if one is old)
                value[place : place + 1] = new
                return
            if value is old:
                setattr(parent, name, new[0])
                return
    raise LookupError("the node is not in the tree")


def _compiled(tree: ast.Module, path: Path) -> CodeType:
    return compile(ast.fix_missing_locations(tree), str(path), "exec")
