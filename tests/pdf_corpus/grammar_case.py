"""One case of the grammar, and the three ways to write it down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Make = Callable[[bool], bytes]


@dataclass(frozen=True)
class GrammarCase:
    """``rule``: the word of the rule that ``data`` breaks, None where it complies. ``signed``: a signature field has a value."""

    name: str
    data: bytes
    rule: str | None
    signed: bool
    rule_may: tuple[str, ...] = ()


def both(name: str, rule: str | None, make: Make, *may: str) -> Iterator[GrammarCase]:
    """The same verdict for an unsigned and a signed file."""
    yield from differ(name, rule, rule, make, *may)


def differ(name: str, unsigned: str | None, signed: str | None, make: Make, *may: str) -> Iterator[GrammarCase]:
    """A verdict for the unsigned file and one for the signed file."""
    yield GrammarCase(f"{name}/unsigned", make(False), unsigned, False, may)
    yield GrammarCase(f"{name}/signed", make(True), signed, True, may)


def signed_only(name: str, rule: str | None, data: bytes, *may: str) -> Iterator[GrammarCase]:
    """What only a signed file can show."""
    yield GrammarCase(f"{name}/signed", data, rule, True, may)
