"""An empty field of a certified document is signed by the server just when the phone will sign it.

Each case is a document with one empty field; what the server thinks of it is compared to what the phone thinks of the prepared
document that a server makes which signs it all the same.
"""

import dataclasses
import hashlib
import io

import pypdfium2
import pytest

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from server.errors import Unprocessable
from server.pdf import prepare
from server.pdf.document_pages import find_page
from server.pdf.empty_field import EmptySignatureField, FieldPlace
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer, PreparedDocument
from server.pdf.source_document import SourceDocument
from server.pdf.stamp import StampFonts, StampMaker
from tests.pdf_corpus.pdf_writer import PdfWriter

CATALOG, PAGES, PAGE, OTHER_PAGE, CONTENT, CERTIFIED, CERTIFICATION, EMPTY, FORM = range(1, 10)
PLACE = Placement(0, 60, 60, 260, 120)
TIME = "22/11/2025 14:05 (+07:00)"
USUAL = "/Type /Annot /Subtype /Widget /FT /Sig /T (BenB) /F 4 /Rect [300 100 500 160] /P 3 0 R"


def certified(
    empty: str = USUAL, *, first: str = "8 0 R", second: str = "", page: str = "", fields: str = "6 0 R 8 0 R", lock: str = ""
) -> bytes:
    """Two pages, certified for filling forms, with one field left empty; ``lock`` locks fields besides."""
    writer = PdfWriter()
    writer.put(CATALOG, f"<< /Type /Catalog /Pages 2 0 R /AcroForm {FORM} 0 R /Perms << /DocMDP {CERTIFICATION} 0 R >> >>")
    writer.put(PAGES, f"<< /Type /Pages /Kids [{PAGE} 0 R {OTHER_PAGE} 0 R] /Count 2 >>")
    common = "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << >>"
    writer.put(PAGE, f"<< {common} /Annots [{CERTIFIED} 0 R {first}] {page} >>")
    writer.put(OTHER_PAGE, f"<< {common} /Annots [{second}] >>")
    writer.put_stream(CONTENT, b"q Q", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    writer.put(CERTIFIED, f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (BenA) /F 132 /Rect [0 0 0 0] /P 3 0 R /V {CERTIFICATION} 0 R >>")
    locked = f" << /TransformMethod /FieldMDP /TransformParams << {lock} >> >>" if lock else ""
    writer.put(
        CERTIFICATION,
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <00> /Reference "
        f"[<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >>{locked}] >>",
    )
    writer.put(EMPTY, f"<< {empty} >>")
    writer.put(FORM, f"<< /Fields [{fields}] /SigFlags 3 >>")
    return writer.build("/Root 1 0 R")


def usual(old: str, new: str) -> bytes:
    assert old in USUAL
    return certified(USUAL.replace(old, new))


SUITING = {
    "the usual one": certified(),
    "locked by its author": usual("/F 4", "/F 132"),
    "locked and read-only": usual("/F 4", "/F 708 /Ff 1"),
    "without its page": usual("/P 3 0 R", ""),
    "without its type": usual("/Type /Annot", ""),
    "with its corners turned": usual("[300 100 500 160]", "[500 160 300 100]"),
    "over the edge by a point": usual("[300 100 500 160]", "[395.9 100 595.9 160]"),
    "with a border and an appearance": usual("/F 4", "/F 4 /MK << /BC [0] >> /BS << /W 1 >> /AP << /N 5 0 R >> /TU (Ben B) /V null"),
    "invisible": usual("[300 100 500 160]", "[0 0 0 0]"),
    "invisible without width": usual("[300 100 500 160]", "[300 100 300 160]"),
    "invisible without height": usual("[300 100 500 160]", "[300 100 500 100]"),
    "invisible and hidden": certified(USUAL.replace("[300 100 500 160]", "[0 0 0 0]").replace("/F 4", "/F 2")),
    "on half of the page": usual("[300 100 500 160]", "[0 0 595 421]"),
    "on the second page": certified(USUAL.replace("/P 3 0 R", "/P 4 0 R"), first="", second="8 0 R"),
    "on a turned page": certified(page="/Rotate 90"),
    "on a page of half inches": certified(page="/UserUnit 0.5"),
}  # fmt: skip
HELD_BACK = {
    "hidden": usual("/F 4", "/F 6"),
    "not on screens": usual("/F 4", "/F 36"),
    "on screens by turns": usual("/F 4", "/F 260"),
    "not enlarged with the page": usual("/F 4", "/F 12"),
    "not turned with the page": usual("/F 4", "/F 20"),
    "for unknown viewers": usual("/F 4", "/F 5"),
    "not printed": usual("/F 4", "/F 0"),
    "without flags": usual("/F 4", ""),
    "with flags of a fraction": usual("/F 4", "/F 4.0"),
    "with flags of another object": usual("/F 4", "/F 5 0 R"),
    "with negative flags": usual("/F 4", "/F -4"),
    "over the edge by twenty points": usual("[300 100 500 160]", "[415 100 615 160]"),
    "over the edge of what is cropped": certified(page="/CropBox [0 0 450 842]"),
    "on the whole page": usual("[300 100 500 160]", "[0 0 595 842]"),
    "of three points": usual("[300 100 500 160]", "[300 100 303 160]"),
    "without a rectangle": usual("/Rect [300 100 500 160]", ""),
    "with half a rectangle": usual("[300 100 500 160]", "[300 100]"),
    "with a rectangle of names": usual("[300 100 500 160]", "[/a /b /c /d]"),
    "with an action": usual("/F 4", "/F 4 /A << /S /GoTo /D [3 0 R /Fit] >>"),
    "with actions of events": usual("/F 4", "/F 4 /AA << /F << /S /GoTo /D [3 0 R /Fit] >> >>"),
    "on a layer": usual("/F 4", "/F 4 /OC << /Type /OCG /Name (a) >>"),
    "under a parent": usual("/F 4", "/F 4 /Parent 5 0 R"),
    "with kids": usual("/F 4", "/F 4 /Kids []"),
    "with a lock": usual("/F 4", "/F 4 /Lock << /Type /SigFieldLock /Action /All >>"),
    "with a seed value": usual("/F 4", "/F 4 /SV << /Type /SV >>"),
    "with a key that nobody knows": usual("/F 4", "/F 4 /Vendor true"),
    "that is a link": usual("/Subtype /Widget", "/Subtype /Link"),
    "that is no annotation": usual("/Type /Annot", "/Type /Font"),
    "without a name": usual("/T (BenB)", ""),
    "with a name that is none": usual("/T (BenB)", "/T /BenB"),
    "on no page": certified(first=""),
    "on another page than it says": certified(first="", second="8 0 R"),
    "on two pages": certified(second="8 0 R"),
    "on two pages, of which it names none": certified(USUAL.replace("/P 3 0 R", ""), second="8 0 R"),
    "twice on its page": certified(first="8 0 R 8 0 R"),
    "twice in the form": certified(fields="6 0 R 8 0 R 8 0 R"),
    "invisible with an appearance": usual("[300 100 500 160]", "[0 0 0 0] /AP << /N 5 0 R >>"),
}  # fmt: skip


@pytest.fixture(scope="module")
def preparer() -> DocumentPreparer:
    return DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))


def expectation(original: bytes, prepared: PreparedDocument) -> ExpectedDocument:
    return ExpectedDocument(
        original_length=len(original),
        original_sha256=hashlib.sha256(original).digest(),
        prepared_length=len(prepared.data),
        prepared_sha256=hashlib.sha256(prepared.data).digest(),
        byte_range=prepared.byte_range,
        digest_algorithm="sha256",
    )


@pytest.mark.parametrize("name", SUITING)
def test_a_field_that_suits_is_signed_and_the_phone_agrees(name: str, preparer: DocumentPreparer) -> None:
    original = SUITING[name]
    prepared = preparer.prepare(original, PLACE, TIME)
    checked = check_prepared_document(prepared.data, expectation(original, prepared))
    assert (prepared.field_name, checked.field_name) == ("BenB", "BenB")
    assert prepared.stamp_shown == (checked.signature_rect is not None) == ("invisible" not in name)
    assert checked.signature_page == 1 + ("second page" in name)


@pytest.mark.parametrize("name", HELD_BACK)
def test_another_is_not_signed_and_the_phone_would_refuse(
    name: str, preparer: DocumentPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = HELD_BACK[name]
    prepared = preparer.prepare(original, PLACE, TIME)
    assert (prepared.field_name, prepared.stamp_shown) == ("PhoneSeal1", False)
    checked = check_prepared_document(prepared.data, expectation(original, prepared))
    assert checked.signature_rect is None

    def all_the_same(
        source: SourceDocument, catalog: dict[bytes, bytes], fields: tuple[EmptySignatureField, ...]
    ) -> list[FieldPlace]:
        shown = 0.0 if "invisible" in name else 1.0
        return [FieldPlace(fields[0], 0, find_page(source, catalog, 0), (300 * shown, 100 * shown, 500 * shown, 160 * shown))]

    monkeypatch.setattr(prepare, "fields_that_suit", all_the_same)
    forced = preparer.prepare(original, PLACE, TIME)
    with pytest.raises(CheckFailed) as refused:
        check_prepared_document(forced.data, expectation(original, forced))
    assert refused.value.code in {"doc_signature_field", "doc_widget", "doc_annotations", "doc_structure_unfollowable"}


@pytest.mark.parametrize("name", ["hidden", "on no page", "with actions of events"])
def test_where_only_that_field_is_left_the_document_is_refused(name: str, preparer: DocumentPreparer) -> None:
    empty = {"hidden": USUAL.replace("/F 4", "/F 6"), "on no page": USUAL}.get(name, USUAL + " /AA << >>")
    first = "" if name == "on no page" else "8 0 R"
    original = certified(empty, first=first, lock="/Action /Exclude /Fields [(BenB)]")
    for placement in (PLACE, None):
        with pytest.raises(Unprocessable) as refused:
            preparer.prepare(original, placement, TIME)
        assert refused.value.code == "document_fields_locked"


def test_the_only_field_left_is_signed_with_its_stamp_even_if_none_was_asked_for(preparer: DocumentPreparer) -> None:
    original = certified(lock="/Action /Exclude /Fields [(BenB)]")
    prepared = preparer.prepare(original, None, TIME)
    assert (prepared.field_name, prepared.stamp_shown) == ("BenB", True)
    assert check_prepared_document(prepared.data, expectation(original, prepared)).signature_rect == (300, 100, 500, 160)


def test_an_invisible_signature_leaves_the_visible_field_to_others(preparer: DocumentPreparer) -> None:
    prepared = preparer.prepare(certified(), None, TIME)
    assert (prepared.field_name, prepared.stamp_shown) == ("PhoneSeal1", False)
    hidden = preparer.prepare(SUITING["invisible"], None, TIME)
    assert (hidden.field_name, hidden.stamp_shown) == ("BenB", False)


def two_fields(first: str, second: str, second_page: bool = False) -> bytes:
    """Two empty fields, ``One`` and ``Two``, in place of the usual one."""
    data = certified(first="8 0 R" if second_page else "8 0 R 10 0 R", second="10 0 R" if second_page else "", fields="6 0 R 8 0 R 10 0 R")
    writer = PdfWriter(base=data)
    for number, name, rectangle in ((EMPTY, "One", first), (10, "Two", second)):
        page = OTHER_PAGE if second_page and name == "Two" else PAGE
        writer.put(number, f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) /F 4 /Rect [{rectangle}] /P {page} 0 R >>")
    return writer.build("/Root 1 0 R", prev=int(data.rsplit(b"startxref", 1)[1].split()[0]))


@pytest.mark.parametrize(
    ("placement", "first", "second", "second_page", "chosen"),
    [
        (PLACE, "60 60 260 120", "60 600 260 660", False, "One"),
        (PLACE, "60 600 260 660", "60 60 260 120", False, "Two"),
        (PLACE, "300 500 500 560", "60 60 260 120", True, "One"),
        (dataclasses.replace(PLACE, page=1), "60 60 260 120", "300 500 500 560", True, "Two"),
        (PLACE, "0 0 0 0", "300 500 500 560", True, "Two"),
        (PLACE, "415 100 615 160", "300 500 500 560", False, "Two"),
        (None, "60 60 260 120", "0 0 0 0", True, "Two"),
    ],
)
def test_of_two_fields_the_nearest_is_signed(
    placement: Placement | None, first: str, second: str, second_page: bool, chosen: str, preparer: DocumentPreparer
) -> None:
    original = two_fields(first, second, second_page)
    prepared = preparer.prepare(original, placement, TIME)
    assert prepared.field_name == chosen
    assert check_prepared_document(prepared.data, expectation(original, prepared)).field_name == chosen


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_stamp_stands_upright_on_a_turned_page(degrees: int, preparer: DocumentPreparer) -> None:
    """Its bar is dark and at the left of the field as shown, over the whole height."""
    original = certified(USUAL.replace("[300 100 500 160]", "[200 300 320 420]"), page=f"/Rotate {degrees}")
    prepared = preparer.prepare(original, PLACE, TIME)
    check_prepared_document(prepared.data, expectation(original, prepared))
    with pypdfium2.PdfDocument(io.BytesIO(prepared.data)) as pdf:
        pdf.init_forms()
        picture = pdf[0].render(scale=1, grayscale=True).to_pil()
    left, top = {0: (200, 422), 90: (300, 200), 180: (275, 300), 270: (422, 275)}[degrees]
    bar = [picture.getpixel((left + 1, top + down)) for down in range(10, 110, 20)]
    rest = [picture.getpixel((left + 118, top + down)) for down in range(10, 110, 20)]
    assert max(bar) < 160
    assert min(rest) == 255


def test_keys_that_a_field_may_have_change_nothing_that_is_drawn(preparer: DocumentPreparer) -> None:
    def picture(keys: str) -> bytes:
        original = usual("/F 4", f"/F 4 {keys}")
        prepared = preparer.prepare(original, PLACE, TIME)
        check_prepared_document(prepared.data, expectation(original, prepared))
        with pypdfium2.PdfDocument(io.BytesIO(prepared.data)) as pdf:
            pdf.init_forms()
            return pdf[0].render(scale=1).to_pil().tobytes()

    many = "/MK << /BC [1 0 0] /BG [0 1 0] /R 90 /CA (a) >> /BS << /W 5 /S /B >> /Border [5 5 5] /AS /On /C [1 0 0] /H /P /DA (1 0 0 rg)"
    assert picture(many) == picture("")
