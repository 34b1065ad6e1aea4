"""Attacks on ByteRange and /Contents: signature wrapping and its relatives (ISO 32000-2, 12.8.1; "signature wrapping attack").

A right ByteRange is ``[0 a b c]`` with b + c = length of the file, and a to b exactly the ``<…>`` of the field's own /Contents.
"""

from collections.abc import Callable

from tests.pdf_corpus.increments import FIRST_CONTENT, SignatureIncrement, last_startxref
from tests.pdf_corpus.pdf_writer import PdfWriter, plain_document, text_page
from tests.pdf_corpus.signing_kit import GAP_DIGITS, PreparedDocument, Signer, signature_dictionary

_FIELD = 120
_BLANK = b"[" + b"0" * (_FIELD - 2) + b"]"
_OTHER_TEXT = text_page(["CONTRACT No. 2", "The price is 1,000,000,000 dong.", "Signed in Ha Noi."])

RangeOf = Callable[[int, int, int], list[int]]

#: Name -> the wrong range, from gap start, gap end and file length.
WRONG_RANGES: dict[str, RangeOf] = {
    "two_gaps": lambda a, b, size: [0, 200, 240, a - 240, b, size - b],
    "gap_larger": lambda a, b, size: [0, a - 30, b, size - b],
    "gap_larger_behind": lambda a, b, size: [0, a, b + 30, size - b - 30],
    "gap_smaller": lambda a, b, size: [0, a + 1, b - 1, size - b + 1],
    "gap_elsewhere": lambda a, b, size: [0, 300, 360, size - 360],
    "starts_late": lambda a, b, size: [9, a - 9, b, size - b],
    "ends_early": lambda a, b, size: [0, a, b, size - b - 20],
    "overlapping": lambda a, b, size: [0, a, a - 100, size - a + 100],
    "no_gap": lambda a, b, size: [0, size, size, 0],
    "negative_start": lambda a, b, size: [-5, a + 5, b, size - b],
    "negative_length": lambda a, b, size: [0, a, size, -(size - b)],
    "huge_number": lambda a, b, size: [0, a, b, 2**63 + size],
    "huge_start": lambda a, b, size: [0, a, 10**40, size - b],
    "three_numbers": lambda a, b, size: [0, a, b],
    "empty_list": lambda a, b, size: [],
    "swapped_parts": lambda a, b, size: [b, size - b, 0, a],
    "empty_third_part": lambda a, b, size: [0, a, b, size - b, size, 0],
}


def unfilled(*, field: bytes = _BLANK, contents: bytes | None = None) -> tuple[bytes, int, int, int]:
    """A prepared document whose ByteRange still holds ``field``: data, gap start, gap end, original's length."""
    increment = SignatureIncrement(plain_document().build())
    increment.signature_body = signature_dictionary(byte_range=field, contents=contents)
    writer = increment.put_objects()
    base = increment.base
    data = writer.build(prev=last_startxref(base))
    start = data.index(b"/Contents ", len(base) + len(field)) + len(b"/Contents ")
    end = start + (GAP_DIGITS + 2 if contents is None else len(contents))
    return data, start, end, len(base)


def wrong_byte_range(name: str) -> PreparedDocument:
    """The plain contract with the ByteRange that ``WRONG_RANGES[name]`` says, digest included where the range can be read.

    A check that only recomputes the digest accepts several of these; what lies outside the range can be exchanged at will.
    """
    data, start, end, original_length = unfilled()
    numbers = WRONG_RANGES[name](start, end, len(data))
    text = ("[" + " ".join(map(str, numbers)) + "]").encode()
    data = data.replace(_BLANK, text.ljust(_FIELD), 1)
    usable = [n if 0 <= n <= len(data) else 0 for n in numbers]
    return PreparedDocument(data, (start, end), tuple(usable), original_length, "Signature1", {"written": numbers})


def byte_range_written(text: bytes, name: str) -> PreparedDocument:
    """The right numbers, but ``%s`` of ``text`` in another notation than four direct integers."""
    data, start, end, original_length = unfilled()
    byte_range = (0, start, end, len(data) - end)
    data = data.replace(_BLANK, (text % byte_range).ljust(_FIELD), 1)
    return PreparedDocument(data, (start, end), byte_range, original_length, "Signature1", {"notation": name})


def byte_range_real_numbers() -> PreparedDocument:
    """ByteRange written with decimal points. Readers that round differ from readers that refuse."""
    return byte_range_written(b"[%d.0 %d.0 %d.0 %d.0]", "reals")


def byte_range_twice() -> PreparedDocument:
    """Two /ByteRange entries in one dictionary, first wrong, then right. Which one counts differs from reader to reader."""
    return byte_range_written(b"[0 10 20 30] /ByteRange [%d %d %d %d]", "twice")


def byte_range_indirect() -> PreparedDocument:
    """ByteRange is a reference to an array object behind the gap.

    A reader that scans the dictionary's text sees no range, one that resolves it can be shown another by a later revision.
    """
    base = plain_document().build()
    for _ in range(2):
        increment = SignatureIncrement(base)
        array = increment.appearance_number + 1
        increment.signature_body = signature_dictionary(byte_range=f"{array} 0 R".encode())
        increment.put_objects().put(array, f"[0 {0:010d} {0:010d} {0:010d}]")
        data = increment.writer.build(prev=last_startxref(base))
        start = data.index(b"/Contents <", len(base)) + len(b"/Contents ")
        end = start + GAP_DIGITS + 2
        byte_range = (0, start, end, len(data) - end)
    data = data.replace(b"[0 %010d %010d %010d]" % (0, 0, 0), b"[0 %010d %010d %010d]" % byte_range[1:])
    return PreparedDocument(data, (start, end), byte_range, len(base), "Signature1")


def contents_not_blank() -> PreparedDocument:
    """The gap of the prepared document already holds digits other than zero.

    Whoever asks for the signature has put something where nothing signed may stand yet.
    """
    data, start, end, original_length = unfilled()
    byte_range = (0, start, end, len(data) - end)
    data = data.replace(_BLANK, (b"[%d %d %d %d]" % byte_range).ljust(_FIELD), 1)
    data = data[: start + 4001] + b"4869206a" + data[start + 4009 :]
    return PreparedDocument(data, (start, end), byte_range, original_length, "Signature1")


def contents_literal() -> PreparedDocument:
    """/Contents is a literal string ``(…)``: any byte may stand in the gap, objects and streams among them."""
    contents = b"(" + b"0" * GAP_DIGITS + b")"
    data, start, end, original_length = unfilled(contents=contents)
    byte_range = (0, start, end, len(data) - end)
    data = data.replace(_BLANK, (b"[%d %d %d %d]" % byte_range).ljust(_FIELD), 1)
    return PreparedDocument(data, (start, end), byte_range, original_length, "Signature1")


def contents_with_spaces() -> PreparedDocument:
    """The hexadecimal /Contents holds white space and a comment-like run: legal hexadecimal, but not ``<00…0>``."""
    zeros = b"0" * (GAP_DIGITS // 2 - 8)
    data, start, end, original_length = unfilled(contents=b"<" + zeros + b" \n\t \r\n  " + b"0" * 8 + zeros + b">")
    byte_range = (0, start, end, len(data) - end)
    data = data.replace(_BLANK, (b"[%d %d %d %d]" % byte_range).ljust(_FIELD), 1)
    return PreparedDocument(data, (start, end), byte_range, original_length, "Signature1")


def contents_twice() -> PreparedDocument:
    """Two /Contents entries: the gap belongs to the first, and a reader that takes the last sees another CMS."""
    increment = SignatureIncrement(plain_document().build())
    body = signature_dictionary()
    increment.signature_body = body.removesuffix(b" >>") + b" /Contents <" + b"30" * 64 + b"> >>"
    return increment.build()


def wrap_signature(signer: Signer) -> bytes:
    """Signature wrapping: both signed parts stay unchanged, the second one is moved back, and between them stand an own
    cross-reference table, another page content and a copy of the signature dictionary whose ByteRange names the moved part.

    The signed second part still ends in the old ``startxref``, and exactly there the attacker's table is put.
    """
    increment = SignatureIncrement(plain_document().build())
    prepared = increment.build()
    signed = prepared.sign(signer)
    start, end = prepared.gap
    tail = signed[end:]
    table_at = last_startxref(signed)
    objects = {n: increment.writer.bodies[n] for n in increment.writer.bodies if n != increment.signature_number}
    moved = PdfWriter(bodies=objects)
    moved.put_stream(FIRST_CONTENT, _OTHER_TEXT)
    middle = b" >>\nendobj\n".ljust(table_at - end)
    for b_star in (0, None):
        where = len(signed[:end] + middle) if b_star is None else 0
        moved.put(
            increment.signature_number,
            signature_dictionary(
                byte_range=b"[0 %010d %010d %010d]" % (start, where, len(tail)), contents=signed[start:end]
            ),
        )
        middle = middle[: table_at - end] + wrapped_revision(moved, table_at, last_startxref(increment.base))
    return signed[:end] + middle + tail


def wrapped_revision(writer: PdfWriter, table_at: int, prev: int) -> bytes:
    """A cross-reference table for offset ``table_at`` and, behind it, the objects that it lists."""
    writer.offsets = dict.fromkeys(writer.bodies, 0)
    size = max(writer.bodies) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Prev {prev} >>\n".encode()
    room = len(writer.xref_table(free_head=False) + trailer)
    out = bytearray()
    for number, body in writer.bodies.items():
        writer.offsets[number] = table_at + room + len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return writer.xref_table(free_head=False) + trailer + bytes(out)
