"""Kinds of crafted files that are the cases of the checks, too (tests/pdf_corpus): fonts, glyphs, groups, fax data."""

from collections.abc import Iterator

from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.pdf_corpus.content_case import ContentCase
from tests.pdf_corpus.content_cases_fax import FAX_CASES
from tests.pdf_corpus.content_cases_fonts import FONT_CASES
from tests.pdf_corpus.content_cases_glyphs import GLYPH_CASES


def _parts(cases: tuple[ContentCase, ...], *beginnings: str) -> Iterator[Part]:
    for case in cases:
        if case.name.startswith(beginnings):
            is_harmless = case.name.endswith(("_quiet", "_harmless"))
            yield harmless(case.name, case.build()) if is_harmless else hostile(case.name, case.build())


@kind
def font_programs() -> Iterator[Part]:
    """Programs that are cut, of another kind than their key says, or behind filters that do not decode them."""
    return _parts(FONT_CASES, "font_", "type_1_", "compact_", "truetype_")


@kind
def named_glyphs() -> Iterator[Part]:
    """Names that lead to a glyph in every viewer, in some, or in none."""
    return _parts(FONT_CASES, "glyph_name_")


@kind
def composite_maps() -> Iterator[Part]:
    """Composite fonts by identity, by CMaps of their own and by maps to glyphs."""
    return _parts(FONT_CASES, "composite_", "cmap_")


@kind
def drawn_glyphs() -> Iterator[Part]:
    """Type 3 fonts: encodings, widths, and boxes that are too small."""
    return _parts(GLYPH_CASES, "type_3_", "glyph_")


@kind
def knockout_groups() -> Iterator[Part]:
    """Groups that knock out what blends in them, and such in which nothing does."""
    return _parts(GLYPH_CASES, "knockout_")


@kind
def fax_data() -> Iterator[Part]:
    """Fax data that are cut, damaged, of another kind than the dictionary says, or whole."""
    return _parts(FAX_CASES, "fax_")
