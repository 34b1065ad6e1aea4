"""Prepares a mutant for signing as a dishonest server would: with the product's own increment where its readers can follow
the file, else with one by hand that fits what the phone itself reads.
"""

import hashlib
from dataclasses import dataclass
from functools import cache

from mobile_app.device.document_checks import ExpectedDocument
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.page_tree import pages_of
from mobile_app.device.document_checks.syntax import Ref
from mobile_app.errors import CheckFailed
from server.errors import PhoneSealError
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.pdf_corpus.signing_kit import complete_byte_range, signature_dictionary

TIME = "22/11/2025 14:05 (+07:00)"
PLACE = Placement(0, 10, 10, 90, 40)


@dataclass(frozen=True)
class Prepared:
    """A prepared mutant; ``by_hand``: no reader of the server could follow it."""

    data: bytes
    original_length: int
    byte_range: tuple[int, int, int, int]
    by_hand: bool

    @property
    def expected(self) -> ExpectedDocument:
        """What the manifest says of it: all true."""
        return ExpectedDocument(
            original_length=self.original_length,
            original_sha256=hashlib.sha256(self.data[: self.original_length]).digest(),
            prepared_length=len(self.data),
            prepared_sha256=hashlib.sha256(self.data).digest(),
            byte_range=self.byte_range,
            digest_algorithm="sha256",
        )


class NotPrepared(Exception):
    """Neither the server nor the phone can follow the file; carries the phone's word for it."""


@cache
def _preparer() -> DocumentPreparer:
    return DocumentPreparer("An", StampMaker(StampFonts()), contents_bytes=64)


def prepared(original: bytes, *, stamp: bool = False) -> Prepared:
    """Prepare ``original``, without a stamp unless asked. Raises ``NotPrepared``."""
    try:
        made = _preparer().prepare(original, PLACE if stamp else None, TIME)
    except PhoneSealError:
        return _by_hand(original)
    return Prepared(made.data, len(original), made.byte_range, by_hand=False)


def _by_hand(original: bytes) -> Prepared:
    try:
        seen = OriginalFile(original, len(original))
        root = seen.trailer.get("Root")
        catalog = seen.value(root)
        pages = pages_of(seen)
        page = pages[0] if pages else None
        value = seen.value(page)
    except CheckFailed as refused:
        raise NotPrepared(refused.code) from refused
    if not isinstance(root, Ref) or not isinstance(catalog, dict) or not isinstance(page, Ref) or not isinstance(value, dict):
        raise NotPrepared("doc_page_tree")
    annotations, form = seen.value(value.get("Annots")), seen.value(catalog.get("AcroForm"))
    if isinstance(value.get("Annots"), Ref) or isinstance(catalog.get("AcroForm"), Ref):
        raise NotPrepared("by hand only what stands inside can be changed")
    number = max([seen.size, *(one + 1 for one in seen.entries)])
    field = Ref(number + 1, 0)
    fields = form.get("Fields") if isinstance(form, dict) else []
    widget = f"<</Type/Annot/Subtype/Widget/FT/Sig/T(PhoneSeal7)/V {number} 0 R/Rect[0 0 0 0]/F 132/P {page.number} {page.generation} R>>"
    objects: dict[Ref, bytes] = {
        Ref(number, 0): signature_dictionary(),
        field: widget.encode(),
        page: _written({**value, "Annots": [*(annotations if isinstance(annotations, list) else []), field]}),
        root: _written(
            {**catalog, "AcroForm": {**(form if isinstance(form, dict) else {}), "Fields": [*(fields or []), field],
                "SigFlags": 3}}  # type: ignore[misc]
        ),
    }
    return _appended(original, seen, objects, number + 2)


def _appended(original: bytes, seen: OriginalFile, objects: dict[Ref, bytes], size: int) -> Prepared:
    out = bytearray(original)
    if not original.endswith((b"\n", b"\r")):
        out += b"\n"
    table = b""
    for reference, body in sorted(objects.items()):
        table += b"%d 1\n%010d %05d n \n" % (reference.number, len(out), reference.generation)
        out += b"%d %d obj\n%b\nendobj\n" % (*reference, body)
    start = len(out)
    kept = {key: seen.trailer[key] for key in ("Root", "Info", "Encrypt", "ID") if key in seen.trailer}
    trailer = _written({**kept, "Size": size, "Prev": seen.start_of_cross_reference})
    out += b"xref\n" + table + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start
    made = complete_byte_range(bytes(out), after=len(original), original_length=len(original), field_name="PhoneSeal7")
    return Prepared(made.data, len(original), made.four_numbers, by_hand=True)


def _written(value: object) -> bytes:
    """``value`` of the phone's reader as PDF syntax."""
    if isinstance(value, Ref):
        return b"%d %d R" % value
    if isinstance(value, dict):
        return b"<<" + b"".join(_name(key) + b" " + _written(one) + b" " for key, one in value.items()) + b">>"
    if isinstance(value, list):
        return b"[" + b" ".join(map(_written, value)) + b"]"
    if isinstance(value, bytes):
        return b"<" + value.hex().encode() + b">"
    if isinstance(value, str):
        return _name(value)
    if value is None or isinstance(value, bool):
        return {None: b"null", True: b"true", False: b"false"}[value]
    return b"%.6f" % value if isinstance(value, float) else b"%d" % value  # type: ignore[str-bytes-safe]


def _name(name: str) -> bytes:
    return b"/" + b"".join(bytes((c,)) if chr(c).isalnum() and c < 128 else b"#%02x" % c for c in name.encode("latin-1"))
