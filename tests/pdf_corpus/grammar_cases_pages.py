"""Cases of the page tree, of annotations arrays that pages share, and of boxes (ISO 32000-2, 7.7.3 and 14.11.2)."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, differ
from tests.pdf_corpus.grammar_writer import base, build


def cases() -> Iterator[GrammarCase]:
    yield from _trees()
    yield from _boxes()


def _changed(signed: bool, number: int, old: bytes, new: bytes, more: dict[int, bytes] | None = None) -> bytes:
    return build(signed, {number: base(signed)[number].replace(old, new), **(more or {})})


def _second_page(
    signed: bool,
    entries: bytes = b"",
    count: bytes = b"2",
    kids: bytes = b"3 0 R 7 0 R",
    more: dict[int, bytes] | None = None,
) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> " + entries + b" >>"
    return build(signed, {2: b"<< /Type /Pages /Count %b /Kids [%b] >>" % (count, kids), 7: page, **(more or {})})


def _trees() -> Iterator[GrammarCase]:
    yield from both("pages_two", None, _second_page)
    yield from both("pages_nested", None, _nested)
    yield from both("pages_count_small", "page_count", lambda s: _second_page(s, count=b"1"))
    yield from both("pages_count_large", "page_count", lambda s: _second_page(s, count=b"3"))
    yield from both("pages_count_real", "page_count", lambda s: _second_page(s, count=b"2.0"))
    yield from both("pages_count_missing", "page_count", lambda s: _changed(s, 2, b"/Count 1 ", b""))
    yield from both(
        "pages_kid_twice",
        "page_repeated",
        lambda s: _changed(s, 2, b"/Count 1 /Kids [3 0 R]", b"/Count 2 /Kids [3 0 R 3 0 R]"),
    )
    yield from both("pages_parent_missing", "page_parent", lambda s: _changed(s, 3, b"/Parent 2 0 R ", b""))
    yield from both("pages_parent_other", "page_parent", lambda s: _changed(s, 3, b"/Parent 2 0 R", b"/Parent 1 0 R"))
    yield from both(
        "pages_root_parent", "page_parent", lambda s: _changed(s, 2, b"/Count 1", b"/Count 1 /Parent 1 0 R")
    )
    yield from both("page_without_type", "page_type", lambda s: _changed(s, 3, b"/Type /Page ", b""))
    yield from both("page_of_another_type", "page_type", lambda s: _changed(s, 3, b"/Type /Page ", b"/Type /Template "))
    yield from both("pages_without_type", "page_type", lambda s: _changed(s, 2, b"/Type /Pages ", b""))
    yield from both(
        "catalog_of_another_type", "page_type", lambda s: _changed(s, 1, b"/Type /Catalog", b"/Type /Page"), "root"
    )
    yield from both(
        "page_is_a_stream", "page_type", lambda s: build(s, {3: base(s)[3][:-2] + b"/Length 0 >>\nstream\n\nendstream"})
    )
    yield from both(
        "pages_kid_direct",
        "page_type",
        lambda s: _second_page(s, kids=b"3 0 R << /Type /Page /Parent 2 0 R /X 7 0 R >>"),
    )
    yield from both(
        "pages_kids_no_array", "page_type", lambda s: _changed(s, 2, b"/Kids [3 0 R]", b"/Kids 3 0 R"), "page_count"
    )
    yield from both(
        "page_with_kids", "page_type", lambda s: _changed(s, 3, b"/Type /Page ", b"/Type /Page /Kids [] "), "page_count"
    )
    yield from both("pages_kids_indirect", None, lambda s: _changed(s, 2, b"[3 0 R]", b"7 0 R", {7: b"[3 0 R]"}))
    shared = {3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> /Annots 8 0 R >>", 8: b"[9 0 R]",
              9: b"<< /Type /Annot /Subtype /Square /Rect [10 10 90 90] >>"}  # fmt: skip
    signed_shared = shared | {8: b"[5 0 R 9 0 R]"}
    yield from differ(
        "annotations_shared",
        "annots_shared",
        None,
        lambda s: _second_page(s, b"/Annots 8 0 R", more=signed_shared if s else shared),
    )


def _nested(signed: bool) -> bytes:
    return build(
        signed,
        {
            2: b"<< /Type /Pages /Count 2 /Kids [8 0 R 7 0 R] /MediaBox [0 0 595 842] >>",
            3: base(signed)[3].replace(b"/Parent 2 0 R", b"/Parent 8 0 R"),
            7: b"<< /Type /Page /Parent 2 0 R /Resources << >> >>",
            8: b"<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [3 0 R] >>",
        },
    )


def _boxes() -> Iterator[GrammarCase]:
    box = b"/MediaBox [0 0 595 842]"
    yield from both("box_missing", "page_box", lambda s: _changed(s, 3, box, b""))
    yield from both("box_of_three", "page_box", lambda s: _changed(s, 3, box, b"/MediaBox [0 0 595]"))
    yield from both("box_of_names", "page_box", lambda s: _changed(s, 3, box, b"/MediaBox [0 0 /595 842]"))
    yield from both("box_empty", "page_box", lambda s: _changed(s, 3, box, b"/MediaBox [0 0 595 0]"))
    yield from both("box_of_two_units", "page_box", lambda s: _changed(s, 3, box, b"/MediaBox [0 0 595 2.9]"))
    yield from both("box_of_three_units", None, lambda s: _changed(s, 3, box, b"/MediaBox [0 0 3 842]"))
    yield from both("crop_box_of_two_units", "page_box", lambda s: _changed(s, 3, box, box + b" /CropBox [10 10 12.9 832]"))
    yield from both("box_of_reals", None, lambda s: _changed(s, 3, box, b"/MediaBox [0. -.5 595.28 841.89]"))
    yield from both("box_indirect", None, lambda s: _changed(s, 3, box, b"/MediaBox 7 0 R", {7: b"[0 0 595 842]"}))
    yield from both("crop_box", None, lambda s: _changed(s, 3, box, box + b" /CropBox [10 10 585 832]"))
    yield from both("crop_box_outside", "page_box", lambda s: _changed(s, 3, box, box + b" /CropBox [-10 10 585 832]"))
    for side, crop in (("below", b"10 -10 585 832"), ("right", b"10 10 605 832"), ("above", b"10 10 585 852")):
        yield from both(f"crop_box_{side}", "page_box", lambda s, c=crop: _changed(s, 3, box, box + b" /CropBox [%b]" % c))
    yield from both("crop_box_of_names", "page_box", lambda s: _changed(s, 3, box, box + b" /CropBox /All"))
    for key in (b"CropBox", b"Rotate", b"Resources"):
        name = key.decode().lower()
        yield from both(
            f"{name}_null",
            "page_box",
            lambda s, k=key: _changed(s, 3, b"/Resources << >>", b"/%b null" % k),
        )
        yield from both(
            f"{name}_null_in_node", "page_box", lambda s, k=key: _changed(s, 2, b"/Count", b"/%b null /Count" % k)
        )
    yield from both("media_box_null_in_node", "page_box", lambda s: _changed(s, 2, b"/Count", b"/MediaBox null /Count"))
    yield from both(
        "rotate_null_indirect", "page_box", lambda s: _changed(s, 3, box, box + b" /Rotate 7 0 R", {7: b"null"})
    )
    yield from both("rotate", None, lambda s: _changed(s, 3, box, box + b" /Rotate 90"))
    yield from both("rotate_45", "page_box", lambda s: _changed(s, 3, box, box + b" /Rotate 45"))
    yield from both("user_unit", None, lambda s: _changed(s, 3, box, box + b" /UserUnit 2.5"))
    yield from both("user_unit_0", "page_box", lambda s: _changed(s, 3, box, box + b" /UserUnit 0"))
