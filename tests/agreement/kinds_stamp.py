"""Kinds of crafted files: what a dishonest server prepares. The stamp, its appearance, and what reaches into the gap.

Everything here is a prepared document whose original is the honest contract; only the phone can stop it. The honest form is the
product's own: ``honest()`` takes the contract through the server's preparer, and ``changed`` rewrites one object of the increment
and the cross-reference behind it.
"""

import functools
import re
from collections.abc import Callable, Iterator

from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.agreement.contract import HEIGHT, OTHER_PRICE, WIDTH, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.pdf_corpus.increments import last_startxref
from tests.pdf_corpus.pdf_writer import PdfWriter
from tests.pdf_corpus.signing_kit import PreparedDocument

_TIME = "22/11/2026 14:05 (+07:00)"
_OBJECT = re.compile(rb"(?:^|(?<=\n))(\d+) (\d+) obj\b[ \r\n]*(.*?)\s*endobj", re.DOTALL)

Change = Callable[[dict[int, bytes]], object]


@functools.cache
def honest() -> tuple[bytes, bytes]:
    """The contract, and what the server prepares for it."""
    original = contract().build()
    preparer = DocumentPreparer("Nguyen Van A", StampMaker(StampFonts()))
    place = Placement(0, WIDTH * 0.5, HEIGHT * 0.06, WIDTH * 0.9, HEIGHT * 0.22)
    return original, preparer.prepare(original, place, _TIME).data


def changed(change: Change | None = None) -> PreparedDocument:
    """The honest increment with its objects after ``change``, written anew behind the original."""
    original, prepared = honest()
    objects = {int(found[1]): found[3] for found in _OBJECT.finditer(prepared, len(original))}
    if change is not None:
        change(objects)
    writer = PdfWriter(base=original)
    for number, body in sorted(objects.items()):
        writer.put(number, re.sub(rb"/ByteRange ?\[[^]]*\]", b"/ByteRange [" + b" " * 40 + b"]", body))
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", prepared[len(original) :], re.DOTALL)
    entries = "/Root 1 0 R" if trailer is None else _without(trailer[1].decode("latin-1"))
    data = writer.build(entries, prev=last_startxref(original), size=max([*objects, 7]) + 1)
    return _with_byte_range(data, len(original))


def _without(trailer: str) -> str:
    return re.sub(r"/(Size|Prev) \d+", "", trailer)


def _with_byte_range(data: bytes, original: int) -> PreparedDocument:
    start = data.index(b"/Contents <0", original) + len(b"/Contents ")
    end = data.index(b">", start) + 1
    numbers = 0, start, end, len(data) - end
    text = " ".join(map(str, numbers)).encode().ljust(40)
    data = data.replace(b"/ByteRange [" + b" " * 40 + b"]", b"/ByteRange [" + text + b"]", 1)
    return PreparedDocument(data, (start, end), numbers, original, "Signature1")


def _widget(objects: dict[int, bytes]) -> int:
    return next(number for number, body in objects.items() if b"/Widget" in body)


def _appearance(objects: dict[int, bytes]) -> int:
    found = re.search(rb"/N (\d+) 0 R", objects[_widget(objects)])
    assert found is not None
    return int(found[1])


def _in_widget(old: str, new: str) -> PreparedDocument:
    return _replaced(_widget, old, new)


def _in_appearance(old: str, new: str) -> PreparedDocument:
    return _replaced(_appearance, old, new)


def _replaced(which: Callable[[dict[int, bytes]], int], old: str, new: str) -> PreparedDocument:
    def change(objects: dict[int, bytes]) -> None:
        number = which(objects)
        objects[number], times = re.subn(old.encode(), new.encode(), objects[number], count=1)
        assert times == 1, objects[number]

    return changed(change)


def _add_to_widget(entries: str) -> PreparedDocument:
    return _in_widget(r"^<<", f"<< {entries}")


def _add_to_appearance(entries: str) -> PreparedDocument:
    def change(objects: dict[int, bytes]) -> None:
        number = _appearance(objects)
        objects[number] = objects[number].replace(b"<<", f"<< {entries} ".encode(), 1)

    return changed(change)


def _appearance_of(content: bytes, entries: str) -> PreparedDocument:
    def change(objects: dict[int, bytes]) -> None:
        writer = PdfWriter()
        form = "/Type /XObject /Subtype /Form /FormType 1 /BBox [0 0 168.000 48.000] /Matrix [1 0 0 1 0.000 0.000]"
        writer.put_stream(1, content, f"{form} {entries}")
        objects[_appearance(objects)] = writer.bodies[1]

    return changed(change)


@kind
def stamp_widgets() -> Iterator[Part]:
    """Flags, boxes and looks of the stamp's widget."""
    yield harmless("honest", changed())
    for name, flags in (
        ("hidden", 2),
        ("no_view", 32),
        ("none", 0),
        ("invisible", 1),
        ("toggle", 260),
        ("no_rotate", 20),
    ):
        yield hostile(f"flags_{name}", _in_widget(r"/F \d+", f"/F {flags}"))
    for name, entries in (
        ("layer", "/OC << /Type /OCG /Name (x) >>"),
        ("characteristics", "/MK << /BG [1 1 1] /BC [1 0 0] /CA (9,000,000) >>"),
        ("border", "/Border [0 0 20] /C [1 1 1]"),
        ("border_style", "/BS << /W 20 /S /S >> /C [1 1 1]"),
        ("state", "/AS /Off"),
        ("action", "/A << /S /URI /URI (https://example.org) >>"),
        ("default_appearance", "/DA (/F1 40 Tf 1 g)"),
        ("highlight", "/H /P"),
    ):
        yield hostile(name, _add_to_widget(entries))


@kind
def stamp_places() -> Iterator[Part]:
    """Where the stamp lies."""
    yield harmless("honest", changed())
    for name, rect in (
        ("over_page", "0 0 420 300"),
        ("outside", "500 500 600 560"),
        ("over_price", "60 215 228 263"),
        ("half_outside", "380 10 560 70"),
    ):
        yield hostile(name, _in_widget(r"/Rect ?\[[^]]*\]", f"/Rect [{rect}]"))


@kind
def stamp_appearances() -> Iterator[Part]:
    """What the appearance stream has beside its content."""
    yield harmless("honest", changed())
    for name, entries in (
        ("group", "/Group << /S /Transparency /K true >>"),
        ("layer", "/OC << /Type /OCG /Name (x) >>"),
        ("reference", "/Ref << /F (other.pdf) /Page 0 >>"),
        ("alternate", "/Alternates []"),
        ("piece", "/PieceInfo << >>"),
    ):
        yield hostile(name, _add_to_appearance(entries))
    yield hostile("matrix", _in_appearance(r"/Matrix ?\[[^]]*\]", "/Matrix [3 0 0 3 0 0]"))
    yield hostile("box", _in_appearance(r"/BBox ?\[[^]]*\]", "/BBox [0 0 40 300]"))
    white = b"1 g 0 0 168 48 re f 0 g BT /F1 12 Tf 2 12 Td (9,000,000 dong) Tj ET"
    yield hostile("fonts_of_the_original", _appearance_of(white, "/Resources << /Font << /F1 3 0 R >> >>"))
    yield hostile("no_resources", _appearance_of(white, ""))
    blend = b"/G gs 1 g 0 0 168 48 re f"
    yield hostile("blending", _appearance_of(blend, "/Resources << /ExtGState << /G << /BM /Difference >> >> >>"))
    yield hostile("pale", _appearance_of(blend, "/Resources << /ExtGState << /G << /ca 0.1 >> >> >>"))
    yield hostile(
        "marked_layer",
        _appearance_of(
            b"/OC /L BDC 0 0 168 48 re f EMC", "/Resources << /Properties << /L << /Type /OCG /Name (x) >> >> >>"
        ),
    )
    yield hostile("unknown_operator", _appearance_of(b"0 0 foo 0 0 168 48 re f", "/Resources << >>"))
    yield hostile(
        "picture_of_the_page", _appearance_of(b"q 9 0 0 9 0 0 cm /X Do Q", "/Resources << /XObject << /X 5 0 R >> >>")
    )


@kind
def increments_with_more() -> Iterator[Part]:
    """More in the increment than the signature needs."""
    yield harmless("honest", changed())

    def content(objects: dict[int, bytes]) -> None:
        writer = PdfWriter()
        writer.put_stream(1, OTHER_PRICE)
        objects[5] = writer.bodies[1]

    def page_entry(entry: bytes) -> Change:
        def change(objects: dict[int, bytes]) -> None:
            objects[4] = objects[4].replace(b"<<", b"<< " + entry + b" ", 1)

        return change

    def catalog_entry(entry: bytes) -> Change:
        def change(objects: dict[int, bytes]) -> None:
            objects[1] = objects[1].replace(b"<<", b"<< " + entry + b" ", 1)

        return change

    yield hostile("content", changed(content))
    for name, entry in (
        ("rotate", b"/Rotate 90"),
        ("crop", b"/CropBox [0 0 420 200]"),
        ("unit", b"/UserUnit 2"),
        ("group", b"/Group << /S /Transparency >>"),
    ):
        yield hostile(f"page_{name}", changed(page_entry(entry)))
    for name, entry in (
        ("layers", b"/OCProperties << /OCGs [] /D << >> >>"),
        ("version", b"/Version /2.0"),
        ("needs", b"/NeedsRendering true"),
    ):
        yield hostile(f"catalog_{name}", changed(catalog_entry(entry)))

    def needs(objects: dict[int, bytes]) -> None:
        for number, body in objects.items():
            if b"/SigFlags" in body:
                objects[number] = body.replace(b"/SigFlags", b"/NeedAppearances true /SigFlags", 1)

    yield hostile("need_appearances", changed(needs))


@kind
def gap_reached() -> Iterator[Part]:
    """Something of the document lies in the gap: it changes with the CMS, and every signature stays valid."""
    yield harmless("honest", changed())

    def stream(objects: dict[int, bytes]) -> None:
        number = _appearance(objects)
        objects[number] = re.sub(rb"/Length \d+", b"/Length 30000", objects[number], count=1)

    yield hostile("appearance_over_the_gap", changed(stream))

    def odd_gap(objects: dict[int, bytes]) -> None:
        number = next(number for number, body in objects.items() if b"/ByteRange" in body)
        objects[number] = objects[number].replace(b"/Contents <", b"/Contents (x) /Contents <", 1)

    yield hostile("contents_twice", changed(odd_gap))
