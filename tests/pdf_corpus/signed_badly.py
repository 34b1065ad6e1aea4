"""Files that somebody signed with pyHanko, well or badly, and what was done to them afterwards: as people bring them.

``KINDS`` names them; ``kind_of`` makes one. Written with pyHanko, and where that will not, by hand.
"""

import io
import re
from collections.abc import Callable
from functools import cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.pdf_corpus.increments import SignatureIncrement
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import Signer


@cache
def _signer() -> signers.SimpleSigner:
    made = Signer.create("Người ký trước")
    private = made.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(made.certificate_der),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )


def well(document: bytes, **metadata: object) -> bytes:
    """By a visible field of its own, in an update."""
    about = signers.PdfSignatureMetadata(field_name="Earlier", md_algorithm="sha256", **metadata)  # type: ignore[arg-type]
    spec = fields.SigFieldSpec("Earlier", on_page=0, box=(300, 60, 400, 100))
    signer = signers.PdfSigner(about, _signer(), new_field_spec=spec)
    return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(document))).getvalue()


def certified_with_fields(document: bytes, *boxes: tuple[float, float, float, float]) -> bytes:
    """Certified (level 2) after an empty signature field was put at each of the boxes on the first page."""
    specs = [fields.SigFieldSpec(f"Ben{number}", on_page=0, box=box) for number, box in enumerate(boxes)]

    def add(writer: IncrementalPdfFileWriter) -> None:
        for spec in specs:
            fields.append_signature_field(writer, spec)

    return well(_updated(document, add) if boxes else document, certify=True)


def _updated(signed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_a_note_afterwards(signed: bytes) -> bytes:
    """A comment, which neither a signature nor a certification of level 2 allows."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Text"),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 700, 120, 720))),
                pdf_name("/Contents"): generic.pdf_string("Xem lại"),
            }
        )
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])

    return _updated(signed, add)


def _noted(document: bytes) -> bytes:
    return with_a_note_afterwards(well(document))


def _certified_and_noted(document: bytes) -> bytes:
    """Comments are allowed here (level 3)."""
    return with_a_note_afterwards(well(document, certify=True, docmdp_permissions=fields.MDPPerm.ANNOTATE))


def _contents(signed: bytes) -> tuple[int, int]:
    """Where the digits of the signature's hexadecimal string begin and end."""
    found = re.search(rb"/Contents <([0-9a-fA-F]{100,})>", signed)
    assert found is not None
    return found.span(1)


def _never_completed(document: bytes) -> bytes:
    """The place was made, and nobody put the signature in."""
    signed = well(document)
    start, end = _contents(signed)
    return signed[:start] + b"0" * (end - start) + signed[end:]


def _without_byte_range(document: bytes) -> bytes:
    return well(document).replace(b"/ByteRange", b"/ByteRanges"[:9] + b"x", 1)


def _spaced_contents(document: bytes) -> bytes:
    """White space in the hexadecimal string, in the place of zeros that fill it."""
    signed = well(document)
    _, end = _contents(signed)
    return signed[: end - 40] + b"\n" * 40 + signed[end:]


def _broken(document: bytes) -> bytes:
    """A digit on the page was changed afterwards."""
    signed = bytearray(well(document))
    at = signed.index(b"/MediaBox")
    at = next(n for n in range(at, at + 60) if signed[n : n + 1].isdigit() and signed[n : n + 1] != b"0")
    signed[at] ^= 1
    return bytes(signed)


def _by_hand(flags: str) -> Callable[[bytes], bytes]:
    """By a form whose /SigFlags are others than pyHanko would write."""

    def make(_document: bytes) -> bytes:
        increment = SignatureIncrement(plain_document().build(), field_name="Earlier")
        writer = increment.put_objects()
        writer.put(increment.form_number, f"<< /Fields [{increment.field_number} 0 R] {flags} >>")
        return increment.finish().sign(Signer.create("Người ký trước"))

    return make


def _reference_to_nothing(_document: bytes) -> bytes:
    """The trailer names the first number that the file does not have, as LibreOffice's hybrid files do."""
    increment = SignatureIncrement(plain_document().build(), field_name="Earlier")
    increment.put_objects()
    increment.trailer_extra = f"/AdditionalStreams [/application#2Fodt {increment.writer.next_number()} 0 R]"
    return increment.finish().sign(Signer.create("Người ký trước"))


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "well": well,
    "certified": lambda document: well(document, certify=True),
    "noted": _noted,
    "certified_and_noted": _certified_and_noted,
    "never_completed": _never_completed,
    "without_byte_range": _without_byte_range,
    "spaced_contents": _spaced_contents,
    "broken": _broken,
    "no_flags": _by_hand(""),
    "flags_0": _by_hand("/SigFlags 0"),
    "flags_1": _by_hand("/SigFlags 1"),
    "flags_3": _by_hand("/SigFlags 3"),
    "reference_to_nothing": _reference_to_nothing,
}
