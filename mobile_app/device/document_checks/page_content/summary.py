"""What a content stream does, as far as the checks of a page need it: a function of its bytes alone, so that it is
remembered and found again when the same bytes stand in another document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InlineImage:
    """An inline image (8.9.7): its size in samples, and the resource that its colour space names."""

    width: int
    height: int
    space: bytes | None


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour as ``sc`` or ``scn`` sets it: in which space, with how many components and which pattern.

    ``space`` is the name that ``cs`` was given; ``None`` is the space of whoever draws the stream.
    """

    space: bytes | None
    components: int
    pattern: bytes | None
    is_scn: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """Names are as they stand, escapes undecoded. Counts are of operators in the stream itself, not in what it
    draws."""

    length: int
    operators: int
    saved_states: int
    drawn: tuple[tuple[bytes, int], ...] = ()
    fonts: frozenset[bytes] = frozenset()
    graphics_states: tuple[tuple[bytes, int], ...] = ()
    spaces: frozenset[bytes] = frozenset()
    shadings: frozenset[bytes] = frozenset()
    paints: tuple[tuple[Paint, int], ...] = ()
    images: tuple[InlineImage, ...] = ()
    glyph_kind: bytes = b""
    sets_colours: bool = False
    has_optional_content: bool = False
    has_dots: bool = False
