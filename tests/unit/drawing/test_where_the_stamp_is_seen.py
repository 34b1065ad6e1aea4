"""The stamp's place on the shown page, and the annotations over it, as the phone's check tells them: against PDFium's own picture."""

import dataclasses
import hashlib
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from mobile_app.device.document_checks import CheckedDocument, ExpectedDocument, check_prepared_document
from mobile_app.device.document_checks.drawn_annotations import PageAnnotations
from mobile_app.ui.page_picture import CheckedPdf
from mobile_app.ui.pdf_pages import PdfPages
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.unit.drawing.drawn_documents import PLACE, TIME, lines, with_fields_and_annotations

GOOD = Path(__file__).parents[2] / "pdf_corpus" / "good"
TURNED = ["rotated_90", "rotated_180", "rotated_270", "cropped", "crop_box_too_large", "inherited", "media_box_turned"]


def check(original: bytes, place: Placement | None) -> tuple[bytes, CheckedDocument]:
    prepared = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts())).prepare(original, place, TIME)
    expected = ExpectedDocument(
        original_length=len(original),
        original_sha256=hashlib.sha256(original).digest(),
        prepared_length=len(prepared.data),
        prepared_sha256=hashlib.sha256(prepared.data).digest(),
        byte_range=prepared.byte_range,
        digest_algorithm="sha256",
    )
    return prepared.data, check_prepared_document(prepared.data, expected)


@pytest.mark.parametrize("name", TURNED)
def test_the_place_is_where_the_stamp_is_drawn(name: str) -> None:
    """The smallest box around what the signature changed in the page's picture lies in the place, and nearly fills it."""
    original = (GOOD / f"handmade_{name}.pdf").read_bytes()
    data, checked = check(original, Placement(0, 120, 120, 300, 180))
    pages = PdfPages(lambda _position: CheckedPdf(data, checked.page_count, len(original)))
    images = [
        Image.frombytes("RGBX", (one.width, one.height), one.pixels).convert("RGB")
        for one in (pages.before_signing(0, 0, 800), pages.picture(0, 0, 800))
    ]
    pages.close()
    box = ImageChops.difference(*images).getbbox()
    stamp = checked.stamp
    assert box is not None
    assert stamp is not None
    width, height = images[0].size
    left, top, right, bottom = stamp.left * width, stamp.top * height, stamp.right * width, stamp.bottom * height
    assert left - 2 <= box[0] and box[2] <= right + 2 and top - 2 <= box[1] and box[3] <= bottom + 2
    assert box[2] - box[0] > (right - left) / 2 or box[3] - box[1] > (bottom - top) / 2


def test_the_page_of_the_stamp_is_told() -> None:
    _, checked = check(lines("text", page_count=3), dataclasses.replace(PLACE, page=2))
    assert checked.stamp is not None
    assert checked.stamp.page == 2
    assert (checked.stamp.left, checked.stamp.bottom) == (pytest.approx(0.45), pytest.approx(0.9))


def test_an_invisible_signature_has_no_place() -> None:
    assert check(lines("text"), None)[1].stamp is None


def test_annotations_are_counted_by_page_and_kind() -> None:
    _, checked = check(with_fields_and_annotations(), PLACE)
    assert checked.annotations == (PageAnnotations(0, (("Highlight", 1), ("Square", 1), ("Widget", 2))),)
    assert check(lines("text"), PLACE)[1].annotations == (), "the stamp itself is shown otherwise"


@pytest.mark.parametrize("flags", [2, 32])
def test_what_is_hidden_is_not_counted(flags: int) -> None:
    assert check(with_fields_and_annotations(flags), PLACE)[1].annotations == ()


def test_a_link_or_field_without_an_appearance_draws_nothing() -> None:
    assert check((GOOD / "handmade_link.pdf").read_bytes(), PLACE)[1].annotations == ()
