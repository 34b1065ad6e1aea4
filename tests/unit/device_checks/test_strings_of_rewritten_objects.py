"""An update writes the catalog, a page and the form anew: their strings keep the bytes that they had, however the document is read.

The phone compares decrypted bytes. A text that was written in another encoding is the same word to a reader, and a change to the phone.
"""

import io
from pathlib import Path

import pikepdf
import pytest

from mobile_app.device.document_checks import check_prepared_document
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer, PreparedDocument
from server.pdf.stamp import StampFonts, StampMaker
from tests.unit.device_checks.test_documents_of_the_corpus import expectation

TIME = "22/11/2025 14:05 (+07:00)"
PLACE = Placement(0, 20, 20, 200, 80)
STRINGS = {
    "utf_16_of_ascii": b"\xfe\xff\x00v\x00i",
    "utf_16_of_vietnamese": b"\xfe\xff" + "Hợp đồng".encode("utf-16-be"),
    "utf_16_half_a_character": b"\xfe\xff\xd8\x00\x00A",
    "utf_16_odd": b"\xfe\xff\x00A\x00",
    "utf_16_little_end": b"\xff\xfe" + "Hợp".encode("utf-16-le"),
    "utf_8": b"\xef\xbb\xbf" + "Hợp đồng".encode(),
    "utf_8_broken": b"\xef\xbb\xbf\xff\xfe",
    "pdf_doc": b"vi-VN \x92\xa0\xe9",
    "pdf_doc_undefined": b"\x7f\x9f\xad",
    "with_a_language": b"\xfe\xff\x00\x1b\x00v\x00i\x00\x1b\x00A",
    "bytes": bytes(range(256)),
    "line_ends": b"a\rb\r\nc\nd\\(e)",
    "empty": b"",
}
ENCRYPTIONS = {
    "none": None,
    "rc4_40": pikepdf.Encryption(owner="o", user="", R=2, aes=False, metadata=False),
    "rc4_128": pikepdf.Encryption(owner="o", user="", R=3, aes=False, metadata=False),
    "aes_128": pikepdf.Encryption(owner="o", user="", R=4, aes=True),
    "aes_256": pikepdf.Encryption(owner="o", user="", R=6),
}


@pytest.fixture(scope="module")
def preparer() -> DocumentPreparer:
    return DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))


def a_document(encryption: pikepdf.Encryption | None, packed: bool) -> bytes:
    """One page; every string in the catalog, in the page, in the form and in an annotation that stands in the page itself."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        strings = pikepdf.Dictionary({f"/{name}": pikepdf.String(value) for name, value in STRINGS.items()})
        pdf.Root.PieceInfo = pikepdf.Dictionary(Test=pikepdf.Dictionary(Private=strings))
        pdf.Root.Lang = pikepdf.String(STRINGS["utf_16_of_ascii"])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), DA=pikepdf.String(STRINGS["pdf_doc"]))
        pdf.pages[0].PieceInfo = pikepdf.Dictionary(Test=pikepdf.Dictionary(Private=strings))
        link, text = pikepdf.Name.Link, pikepdf.String(STRINGS["utf_8"])
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=link, Rect=[0, 0, 9, 9], Contents=text)
        pdf.pages[0].Annots = pikepdf.Array([note])
        out = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        pdf.save(out, object_stream_mode=mode, encryption=encryption if encryption is not None else False)
    return out.getvalue()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("encryption", ENCRYPTIONS)
def test_the_phone_finds_them_unchanged(preparer: DocumentPreparer, encryption: str, packed: bool) -> None:
    original = a_document(ENCRYPTIONS[encryption], packed)
    prepared = preparer.prepare(original, PLACE, TIME)
    check_prepared_document(prepared.data, expectation(original, prepared))


def test_those_of_a_large_file_too(preparer: DocumentPreparer, tmp_path: Path) -> None:
    """Which is read from disk, by the other reader."""
    original = a_document(None, False)
    source, target = tmp_path / "source.pdf", tmp_path / "target.pdf"
    source.write_bytes(original)
    made = preparer.prepare_file(source, target, PLACE, TIME)
    data = target.read_bytes()
    prepared = PreparedDocument(
        made.byte_range, made.document_digest, made.field_name, made.source_size, made.stamp_shown, made.signed_before, data
    )
    check_prepared_document(data, expectation(original, prepared))
