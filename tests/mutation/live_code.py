"""Gives the functions of this process other code, wherever they have been imported to.

Why not an import hook: the tests and what they import are loaded once, which takes seconds; a fork that only
exchanges the code of functions costs milliseconds. A function object stays the same, so every module that
holds it runs the new code.
"""

import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

Place = tuple[str, str, int]


def functions_of(files: set[str]) -> dict[Place, list[FunctionType]]:
    """All functions of this process that come from ``files`` (absolute), by file, qualified name
    and first line."""
    found: dict[Place, list[FunctionType]] = {}
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename in files:
            found.setdefault(_place(one.__code__), []).append(one)
    return found


def exchange(functions: dict[Place, list[FunctionType]], module: CodeType) -> int:
    """Give each function its code from ``module``; return how many got other code than they had."""
    changed = 0
    for code in _codes(module):
        for function in functions.get(_place(code), ()):
            if function.__code__ != code:
                function.__code__ = code
                changed += 1
    return changed


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(module: CodeType) -> Iterator[CodeType]:
    """The code of the module's functions and of its classes' methods; not what stands inside functions, which
    is made anew from the code around it."""
    for constant in module.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            if not constant.co_flags & 0x2:  # a class body has no fast locals (CO_NEWLOCALS)
                yield from _codes(constant)
