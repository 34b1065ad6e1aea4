"""Too much of something is refused with a word at once, whatever drawing it would have cost; the limit itself is taken."""

import time
import zlib

import pytest

from mobile_app.device.document_checks import limits
from mobile_app.device.document_checks.page_content import page_walk, totals
from tests.unit.device_checks.document_forge import CONTENT, stream
from tests.unit.device_checks.page_content.content_forge import CELL, EXTRA, FONT, FORM, checked, page_forge, refused

BOX = b"0 0 9 9 re f"
DRAWS = b"/XObject<</X 6 0 R>>"


def nested(depth: int, times: int = 1, last: bytes = BOX) -> list[bytes]:
    """Forms of which each draws the next one so many times."""
    forms = []
    for level in range(depth):
        inner = b"/X Do " * times if level + 1 < depth else last
        drawn = b"/Resources<</XObject<</X %d 0 R>>>>" % (EXTRA + level + 1) if level + 1 < depth else b""
        forms.append(stream(inner, FORM + drawn))
    return forms


def test_forms_lie_so_deep_and_no_deeper() -> None:
    checked(page_forge(b"/X Do", DRAWS, nested(limits.MAX_FORM_DEPTH)))
    assert refused(page_forge(b"/X Do", DRAWS, nested(limits.MAX_FORM_DEPTH + 1))) == ("doc_limits", "form_depth")
    assert refused(page_forge(b"/X Do", DRAWS, nested(limits.MAX_FORM_DEPTH + 300))) == ("doc_limits", "form_depth")


def test_a_form_that_many_draw_is_as_deep_as_its_deepest_place() -> None:
    forms = nested(limits.MAX_FORM_DEPTH)
    above = stream(b"/X Do", FORM + b"/Resources<</XObject<</X 6 0 R>>>>")
    resources = b"/XObject<</X 6 0 R/Y %d 0 R>>" % (EXTRA + len(forms))
    assert refused(page_forge(b"/X Do /Y Do", resources, [*forms, above])) == ("doc_limits", "form_depth")


def test_a_small_file_that_draws_without_end_costs_nothing() -> None:
    forge = page_forge(b"/X Do " * 50, DRAWS, nested(12, 50))
    data, _ = forge.build()
    assert len(data) < 10_500
    before = time.process_time()
    assert refused(forge) == ("doc_limits", "operators")
    assert time.process_time() - before < 0.5


def test_forms_count_as_often_as_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1 + 3 of the page's own, 3 × (1 + 4 × 2) of the forms.
    forge = page_forge(b"q " + b"/X Do " * 3, DRAWS, [
        stream(b"q " + b"/X Do " * 4, FORM + b"/Resources<</XObject<</X 7 0 R>>>>"), stream(BOX, FORM)
    ])  # fmt: skip
    own, of_forms = 4, 3 * (5 + 4 * 2)
    limit(monkeypatch, "operators", own + of_forms)
    checked(forge)
    limit(monkeypatch, "operators", own + of_forms - 1)
    assert refused(forge) == ("doc_limits", "operators")


def test_nothing_draws_itself() -> None:
    form = FORM + b"/Resources<</XObject<</X 6 0 R>>>>"
    checked(page_forge(b"/X Do", DRAWS, [stream(b"", form)]))
    assert refused(page_forge(b"/X Do", DRAWS, [stream(b"/X Do", form)])) == ("doc_limits", "form_depth")


def limit(monkeypatch: pytest.MonkeyPatch, what: str, most: int) -> None:
    others = tuple((name, most if name == what else number, word) for name, number, word in totals._LIMITS)
    monkeypatch.setattr(totals, "_LIMITS", others)


def test_the_limits_are_those_of_the_list() -> None:
    assert {name: most for name, most, _ in totals._LIMITS} == {
        "depth": limits.MAX_FORM_DEPTH,
        "saved_states": limits.MAX_SAVED_STATES,
        "operators": limits.MAX_PAGE_OPERATORS,
        "images": limits.MAX_PAGE_IMAGES,
        "pixels": limits.MAX_PAGE_PIXELS,
        "patterns": limits.MAX_PAGE_PATTERNS,
    }


@pytest.mark.parametrize("comment", [b"", b"% the reader's way\n"])
def test_saved_states_are_counted_through_forms(comment: bytes) -> None:
    most = limits.MAX_SAVED_STATES
    checked(page_forge(comment + b"q " * most + b"Q " * most, FONT))
    assert refused(page_forge(comment + b"q " * (most + 1), FONT)) == ("doc_limits", "saved_states")
    inside = [stream(comment + b"q " * 10, FORM)]
    checked(page_forge(comment + b"q " * (most - 11) + b"/X Do", DRAWS, inside))
    assert refused(page_forge(comment + b"q " * (most - 10) + b"/X Do", DRAWS, inside)) == ("doc_limits", "saved_states")


def picture(width: int, height: int, entries: bytes = b"") -> bytes:
    size = b"/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray" % (width, height)
    return stream(zlib.compress(bytes((width + 7) // 8 * height)), size + b"/Filter/FlateDecode" + entries)


def test_images_and_pixels_are_counted() -> None:
    many = limits.MAX_PAGE_IMAGES
    checked(page_forge(b"/X Do " * many, DRAWS, [picture(1, 1)]))
    assert refused(page_forge(b"/X Do " * (many + 1), DRAWS, [picture(1, 1)])) == ("doc_limits", "images")
    most = limits.MAX_IMAGE_PIXELS
    checked(page_forge(b"/X Do " * 2, DRAWS, [picture(most, 1)]))
    assert refused(page_forge(b"/X Do " * 3, DRAWS, [picture(most, 1)])) == ("doc_limits", "page_pixels")
    assert refused(page_forge(b"/X Do", DRAWS, [picture(most + 1, 1)])) == ("doc_limits", "image_pixels")
    masked = [picture(most, 1, b"/SMask 7 0 R"), picture(most, 1)]
    checked(page_forge(b"/X Do", DRAWS, masked))
    assert refused(page_forge(b"/X Do /X Do", DRAWS, masked)) == ("doc_limits", "page_pixels")
    assert refused(page_forge(b"/X Do", DRAWS, [masked[0], picture(most, 2)])) == ("doc_limits", "image_pixels")


def test_inline_images_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    one = b"BI /W 4 /H 2 /IM true ID ab EI "
    limit(monkeypatch, "pixels", 16)
    checked(page_forge(one * 2))
    assert refused(page_forge(one * 3)) == ("doc_limits", "page_pixels")
    limit(monkeypatch, "images", 1)
    assert refused(page_forge(one * 2)) == ("doc_limits", "images")


def test_patterns_and_their_cells_are_counted() -> None:
    resources, cell = b"/Pattern<</P 6 0 R>>", [stream(b"", CELL)]
    most = limits.MAX_PAGE_PATTERNS
    checked(page_forge(b"/Pattern cs " + b"/P scn " * most, resources, cell))
    assert refused(page_forge(b"/Pattern cs " + b"/P scn " * (most + 1), resources, cell)) == ("doc_limits", "patterns")
    # A page of 595 × 842 points holds 100,000 cells of 2.24 × 2.24.
    for step, word in ((b"2.3", ("", "")), (b"2.2", ("doc_limits", "pattern_cells")), (b"-2.2", ("doc_limits", "pattern_cells"))):
        tiny = [stream(b"", CELL.replace(b"Step 9", b"Step " + step))]
        assert refused(page_forge(b"/Pattern cs /P scn", resources, tiny)) == word
    scaled = [stream(b"", CELL + b"/Matrix[.1 0 0 .1 0 0]")]
    assert refused(page_forge(b"/Pattern cs /P scn", resources, scaled)) == ("doc_limits", "pattern_cells")


def test_a_cell_and_a_mask_count_as_often_as_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = page_forge(b"/Pattern cs " + b"/P scn " * 3, b"/Pattern<</P 6 0 R>>", [stream(BOX, CELL)])
    mask = page_forge(
        b"/G gs " * 3,
        b"/ExtGState<</G<</SMask<</S/Alpha/G 6 0 R>>>>>>",
        [stream(BOX, FORM + b"/Group<</S/Transparency>>")],
    )
    for forge, own in ((cell, 4), (mask, 3)):
        limit(monkeypatch, "operators", own + 3 * 2)
        checked(forge)
        limit(monkeypatch, "operators", own + 3 * 2 - 1)
        assert refused(forge) == ("doc_limits", "operators")


def test_glyphs_count_as_often_as_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<</a 7 0 R>>"
        b"/Encoding<</Differences[97/a]>>/Resources<<>>>>"
    )
    forge = page_forge(
        b"BT /T 9 Tf (aab) Tj [(a)-5(b)] TJ ET", b"/Font<</T 6 0 R>>", [font, stream(b"9 0 d0 " + BOX)]
    )
    limit(monkeypatch, "operators", 5 + 3 * 3)
    checked(forge)
    limit(monkeypatch, "operators", 5 + 3 * 3 - 1)
    assert refused(forge) == ("doc_limits", "operators")


def test_decoded_bytes_are_bounded_while_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (page_walk,):
        monkeypatch.setattr(module, "MAX_PAGE_CONTENT_BYTES", 1000)
    own = [b"q Q ".ljust(400), b"q Q ".ljust(400)]
    checked(page_forge([own[0], own[1][:-50] + b"q Q"]))
    assert refused(page_forge([*own, b"q Q".ljust(300)])) == ("doc_limits", "content_bytes")
    form = [stream(b" " * 300, FORM)]
    assert refused(page_forge(b"/X Do".ljust(750), DRAWS, form)) == ("doc_limits", "content_bytes")


def test_a_bomb_is_not_inflated() -> None:
    forge = page_forge(b"")
    bomb = zlib.compress(zlib.compress(bytes(200 << 20), 9), 9)
    forge.original[CONTENT] = stream(bomb, b"/Filter[/FlateDecode/FlateDecode]")
    assert refused(forge) == ("doc_limits", "content_bytes")
