"""Files that already carry signatures: good ones made by pyHanko, and refused ones.

The keys are thrown away. The root that the good signatures lead to is kept as ``signers/root.pem``, so that tests can show that
earlier signatures stay valid: in integrity always, in trust with that root.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from tests.pdf_corpus.attack_byte_ranges import wrap_signature
from tests.pdf_corpus.good_rewritten import rewritten
from tests.pdf_corpus.increments import SignatureIncrement
from tests.pdf_corpus.odd_files import hybrid_document
from tests.pdf_corpus.pdf_writer import plain_document, text_page
from tests.pdf_corpus.sample import Sample
from tests.pdf_corpus.signing_kit import Signer
from tests.pdf_corpus.source_material import draw_form, need, reportlab_document, write_contract

ROOT_FILE = Path(__file__).parent / "signers" / "root.pem"


def hanko_signer(signer: Signer) -> Any:
    """``signer`` for pyHanko."""
    x509, keys, store = need("asn1crypto.x509"), need("asn1crypto.keys"), need("pyhanko_certvalidator.registry")
    private = signer.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    registry = store.SimpleCertificateStore()
    if signer.issuer:
        registry.register(x509.Certificate.load(signer.issuer.certificate_der))
    return need("pyhanko.sign.signers").SimpleSigner(
        signing_cert=x509.Certificate.load(signer.certificate_der),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=registry,
    )


def hanko_sign(
    data: bytes,
    signer: Signer,
    field: str,
    *,
    box: tuple[int, int, int, int] | None = None,
    lock: Any = None,
    lock_all: bool = False,
    password: str | None = None,
    **settings: Any,
) -> bytes:
    """``data`` signed by pyHanko as PAdES B-B in a new field; ``settings`` go into its metadata.

    ``lock`` is the DocMDP permission of the field's lock dictionary (12.8.2.4), ``lock_all`` locks all form fields.
    """
    fields, signers = need("pyhanko.sign.fields"), need("pyhanko.sign.signers")
    writer = need("pyhanko.pdf_utils.incremental_writer").IncrementalPdfFileWriter(io.BytesIO(data))
    if password is not None:
        writer.encrypt(password)
    metadata = signers.PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, name=None, **settings
    )
    scope = None
    if lock is not None or lock_all:
        scope = fields.FieldMDPSpec(
            fields.FieldMDPAction.ALL if lock_all else fields.FieldMDPAction.INCLUDE, [] if lock_all else [field]
        )
    spec = fields.SigFieldSpec(field, on_page=0, box=box, field_mdp_spec=scope, doc_mdp_update_value=lock)
    out = io.BytesIO()
    signers.PdfSigner(metadata, hanko_signer(signer), new_field_spec=spec).sign_pdf(writer, output=out)
    return out.getvalue()


def signed_good(
    name: str, kind: str, data: bytes, signatures: int, *findings: str, pages: int = 2, may: tuple[str, ...] = ()
) -> Sample:
    """A good file of pyHanko's."""
    file = f"good/pyhanko_{name}.pdf"
    return Sample(
        file, "pyhanko", kind, data, findings=findings, findings_may=may, pages=pages, earlier_signatures=signatures
    )


def from_pyhanko() -> Iterator[Sample]:
    """One, two, visible, ECDSA and certifying signatures; empty signature fields; signed encrypted and packed files."""
    root = Signer.create("PhoneSeal test root")
    first, second = Signer.create("Nguyễn Văn An", issuer=root), Signer.create("Trần Thị Bình", issuer=root, kind="ec")
    ROOT_FILE.parent.mkdir(exist_ok=True)
    ROOT_FILE.write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    fields = need("pyhanko.sign.fields")
    permissions = fields.MDPPerm
    contract = reportlab_document(write_contract)
    once = hanko_sign(contract, first, "ChuKy1", reason="Bên A ký")
    yield signed_good("signed_once", "one PAdES B-B signature, RSA", once, 1)
    yield signed_good("signed_twice", "two PAdES B-B signatures, RSA and ECDSA", hanko_sign(once, second, "ChuKy2"), 2)
    data = hanko_sign(contract, second, "ChuKy1", box=(300, 60, 520, 120))
    yield signed_good("signed_visible", "visible stamp in Courier, not embedded", data, 1, "unembedded_fonts")
    packed = rewritten(object_stream_mode=need("pikepdf").ObjectStreamMode.generate)
    yield signed_good("signed_packed", "signature on a file of object streams", hanko_sign(packed, first, "ChuKy1"), 1)
    locked = rewritten(encryption=need("pikepdf").Encryption(owner="chu so huu", user="", R=6))
    data = hanko_sign(locked, first, "ChuKy1", password="")
    yield signed_good(
        "signed_owner_password", "signature on a file encrypted for the owner", data, 1, may=("encrypted",)
    )
    for name, permission in (("form_filling", permissions.FILL_FORMS), ("annotating", permissions.ANNOTATE)):
        data = hanko_sign(contract, first, "ChungNhan", certify=True, docmdp_permissions=permission)
        yield signed_good(f"certified_{name}", f"certified, {name.replace('_', ' ')} permitted (DocMDP)", data, 1)
    certified = hanko_sign(contract, first, "ChungNhan", certify=True, docmdp_permissions=permissions.FILL_FORMS)
    data = hanko_sign(certified, second, "ChuKy2")
    yield signed_good("certified_and_signed", "certified for form filling, then signed", data, 2)
    data = hanko_sign(contract, first, "ChuKy1", lock=permissions.FILL_FORMS)
    yield signed_good("field_lock_form_filling", "an approval signature whose lock permits further signatures", data, 1)
    form = hanko_sign(reportlab_document(draw_form), first, "ChuKy1")
    yield signed_good(
        "signed_form", "signature on a form that stays open", form, 1, "unlocked_fields", "unembedded_fonts", pages=1
    )
    unsigned = ("empty_signature_fields",)
    yield signed_good("empty_field", "an empty signature field", with_empty_fields(contract, "BenA"), 0, may=unsigned)
    data = hanko_sign(with_empty_fields(contract, "BenA", "BenB"), first, "BenA")
    yield signed_good(
        "empty_field_and_signature",
        "two signature fields, the first one signed with a stamp in Courier",
        data,
        1,
        "unembedded_fonts",
        may=unsigned,
    )


def with_empty_fields(data: bytes, *names: str) -> bytes:
    """``data`` with visible empty signature fields."""
    fields = need("pyhanko.sign.fields")
    writer = need("pyhanko.pdf_utils.incremental_writer").IncrementalPdfFileWriter(io.BytesIO(data))
    for place, name in enumerate(names):
        left = 60 + 250 * place
        fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=0, box=(left, 60, left + 220, 120)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refused_signed(name: str, kind: str, code: str, data: bytes, *may: str, maker: str = "handmade") -> Sample:
    """A refused file that carries a signature."""
    return Sample(f"refused/{name}.pdf", maker, kind, data, "refuse", code, may, pages=None, earlier_signatures=None)


def signed_over(base: bytes, signer: Signer) -> bytes:
    """A correct signature of our own over whatever ``base`` holds."""
    return SignatureIncrement(base).build().sign(signer)


def from_signed_refused() -> Iterator[Sample]:
    """Signed files whose structure is off, or whose certification forbids another signature."""
    signer = Signer.create("Nguyễn Văn An", issuer=Signer.create("PhoneSeal test root"))
    permissions = need("pyhanko.sign.fields").MDPPerm
    writer = plain_document()
    plain = writer.build()
    at = plain.index(b"xref\n")
    twin = b"5 0 obj\n<< /Length 44 >>\nstream\nBT /F1 12 Tf 72 700 Td (Second text) Tj ET    \nendstream\nendobj\n"
    doubled = plain[:at] + twin + plain[at:].replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + len(twin)))
    structure = "pdf_signed_bad_structure"
    yield refused_signed(
        "signed_duplicate_object",
        "object 5 stands twice in the signed revision",
        structure,
        signed_over(doubled, signer),
    )
    shadow = plain.replace(b"4 0 obj", b"1 0 obj\n<< /Type /Catalog /Pages 9 0 R >>\nendobj\n4 0 obj", 1)
    yield refused_signed(
        "signed_duplicate_catalog",
        "the catalog stands twice in the signed revision",
        structure,
        signed_over(rebuilt_table(shadow), signer),
    )
    for name, wrong in (("long", 30), ("short", -30)):
        content = text_page(["CONTRACT No. 2", "The price is 1,000 dong."])
        off = plain_document()
        off.put_stream(5, content, length=len(content) + wrong)
        yield refused_signed(
            f"signed_length_{name}",
            f"/Length of the page content too {name}",
            structure,
            signed_over(off.build(), signer),
        )
    yield refused_signed(
        "signed_hybrid_xref",
        "hybrid cross-reference under a signature",
        structure,
        signed_over(hybrid_document(), signer),
    )
    yield refused_signed(
        "signed_wrapped",
        "signature wrapping: the second signed part was moved",
        structure,
        wrap_signature(signer),
    )
    signed = signed_over(plain, signer)
    offset = writer.offsets[5]
    shifted = plain.replace(b"%010d" % offset, b"%010d" % (offset + 3), 1)
    yield refused_signed(
        "signed_wrong_offset",
        "the page content's offset is three too high in the signed revision",
        structure,
        signed_over(shifted, signer),
        "pdf_broken",
    )
    yield refused_signed(
        "signed_then_damaged",
        "bytes cut out of the signed page content",
        structure,
        signed.replace(b"1,000 dong", b"1 dong", 1),
        "pdf_broken",
    )
    contract = reportlab_document(write_contract)
    certified = hanko_sign(contract, signer, "ChungNhan", certify=True, docmdp_permissions=permissions.NO_CHANGES)
    forbidden = "pdf_certified_no_changes"
    yield refused_signed(
        "certified_no_changes", "certified, no changes permitted (DocMDP 1)", forbidden, certified, maker="pyhanko"
    )
    locked = hanko_sign(contract, signer, "ChuKyCuoi", lock=permissions.NO_CHANGES)
    yield refused_signed(
        "field_lock_no_changes",
        "an approval signature whose field lock permits no changes",
        forbidden,
        locked,
        maker="pyhanko",
    )
    every = hanko_sign(contract, signer, "ChuKyCuoi", lock_all=True)
    kind = "an approval signature that locks all fields, later ones too (FieldMDP All)"
    yield refused_signed("field_lock_all", kind, forbidden, every, maker="pyhanko")
    certified_first = hanko_sign(contract, signer, "ChungNhan", certify=True, docmdp_permissions=permissions.FILL_FORMS)
    narrowed = hanko_sign(certified_first, signer, "ChuKyCuoi", lock=permissions.NO_CHANGES)
    yield refused_signed(
        "certified_then_locked",
        "certified for form filling, then locked by a later field",
        forbidden,
        narrowed,
        maker="pyhanko",
    )


def rebuilt_table(data: bytes) -> bytes:
    """``data`` (a file of ``PdfWriter``) with the offsets of the first occurrence of each object written anew."""
    at = data.index(b"xref\n")
    out = data[:at]
    rows = [b"0000000000 65535 f \n"] + [
        b"%010d 00000 n \n" % out.index(b"\n%d 0 obj" % n + b"\n") for n in range(1, 6)
    ]
    rows = [rows[0], *(b"%010d 00000 n \n" % (int(row[:10]) + 1) for row in rows[1:])]
    return out + b"xref\n0 6\n" + b"".join(rows) + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % at


def makers() -> list[Callable[[], Iterator[Sample]]]:
    """All functions of this module that make files."""
    return [from_pyhanko, from_signed_refused]
