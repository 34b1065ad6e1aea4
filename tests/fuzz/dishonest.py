"""Prepares a mutant for signing as a dishonest server would: with the product's own increment where its readers can follow
the file, else with one by hand that fits what the phone itself reads.
"""

import hashlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from mobile_app.device.document_checks import ExpectedDocument
from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.syntax import Ref, Value
from mobile_app.errors import CheckFailed
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


PREPARE_SECONDS = 10.0


class NotPrepared(Exception):
    """Neither the server nor the phone can follow the file; carries the phone's word for it."""


@cache
def _preparer() -> DocumentPreparer:
    return DocumentPreparer("An", StampMaker(StampFonts()), contents_bytes=64)


@contextmanager
def _given(seconds: float) -> Iterator[None]:
    """Raises ``TimeoutError`` inside when it takes longer: pyHanko reads on for ever in a comment that nothing ends."""

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError

    left, _ = signal.getitimer(signal.ITIMER_REAL)  # of the test that this is a part of
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, left)


def prepared(original: bytes, *, stamp: bool = False) -> Prepared:
    """Prepare ``original``, without a stamp unless asked. Raises ``NotPrepared``."""
    try:
        with _given(PREPARE_SECONDS):
            made = _preparer().prepare(original, PLACE if stamp else None, TIME)
    except Exception:  # noqa: BLE001 - pyHanko on hostile bytes; whether upload takes such a file is asked elsewhere
        return _by_hand(original)
    return Prepared(made.data, len(original), made.byte_range, by_hand=False)


def _by_hand(original: bytes) -> Prepared:
    try:
        whole = ExpectedDocument(len(original), b"", len(original), b"", (0, 0, 0, 0), "sha256")
        document = PreparedDocument(original, whole)
        seen = document.original
        root = seen.trailer.get("Root")
        catalog = seen.value(root)
        page = document.pages[0] if document.pages else None
        value = seen.value(page)
    except CheckFailed as refused:
        raise NotPrepared(refused.code) from refused
    if not isinstance(root, Ref) or not isinstance(catalog, dict) or not isinstance(page, Ref) or not isinstance(value, dict):
        raise NotPrepared("doc_page_tree")
    number = max([seen.size, *(one + 1 for one in seen.entries)])
    field = Ref(number + 1, 0)
    annotations = seen.value(value.get("Annots"))
    widget = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(PhoneSeal7)/V %d 0 R/Rect[0 0 0 0]/F 4/P %d %d R>>" % (number, *page)
    objects: dict[Ref, bytes] = {
        Ref(number, 0): signature_dictionary(extra="/Name (An)"),
        field: widget,
        page: _written({**value, "Annots": [*(annotations if isinstance(annotations, list) else []), field]}),
        **_form(seen, root, catalog, field),
    }
    return _appended(original, seen, objects, max(seen.size, *(one.number + 1 for one in objects)))


def _form(seen: OriginalFile, root: Ref, catalog: dict[str, Value], field: Ref) -> dict[Ref, bytes]:
    """The form with the new field, where it stood: in an object, in the catalog, or nowhere."""
    place = catalog.get("AcroForm")
    form = seen.value(place)
    entries = form if isinstance(form, dict) else {}
    fields = seen.value(entries.get("Fields"))
    after = {**entries, "Fields": [*(fields if isinstance(fields, list) else []), field], "SigFlags": 3}
    if isinstance(place, Ref):
        return {place: _written(after)}
    if isinstance(place, dict):
        return {root: _written({**catalog, "AcroForm": after})}
    new = Ref(field.number + 1, 0)
    return {new: _written(after), root: _written({**catalog, "AcroForm": new})}


def _appended(original: bytes, seen: OriginalFile, objects: dict[Ref, bytes], size: int) -> Prepared:
    out = bytearray(original)
    if not original.endswith((b"\n", b"\r")):
        out += b"\n"
    places: dict[Ref, int] = {}
    for reference, body in sorted(objects.items()):
        places[reference] = len(out)
        out += b"%d %d obj\n%b\nendobj\n" % (*reference, body)
    start = len(out)
    kept = {key: seen.trailer[key] for key in ("Root", "Info", "Encrypt", "ID") if key in seen.trailer}
    trailer = {**kept, "Size": size, "Prev": seen.start_of_cross_reference}
    packed = any(seen.entries.get(one.number, (0, 0, 0))[0] == 2 for one in objects)
    out += _stream_section(places, trailer, start) if packed else _table_section(places, trailer)
    out += b"\nstartxref\n%d\n%%%%EOF\n" % start
    made = complete_byte_range(bytes(out), after=len(original), original_length=len(original), field_name="PhoneSeal7")
    return Prepared(made.data, len(original), made.four_numbers, by_hand=True)


def _table_section(places: dict[Ref, int], trailer: dict[str, Value]) -> bytes:
    rows = b"".join(b"%d 1\n%010d %05d n \n" % (one.number, place, one.generation) for one, place in places.items())
    return b"xref\n" + rows + b"trailer\n" + _written(trailer)


def _stream_section(places: dict[Ref, int], trailer: dict[str, Value], start: int) -> bytes:
    """A cross-reference stream, since no table may redefine what stood in an object stream."""
    number = trailer["Size"]
    assert isinstance(number, int)
    rows = {**places, Ref(number, 0): start}
    data = b"".join(b"\1" + place.to_bytes(4, "big") + one.generation.to_bytes(2, "big") for one, place in rows.items())
    index: list[Value] = [part for one in rows for part in (one.number, 1)]
    said = {**trailer, "Size": number + 1, "Type": "XRef", "W": [1, 4, 2], "Index": index, "Length": len(data)}
    return b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj" % (number, _written(said), data)


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
