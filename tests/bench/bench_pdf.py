"""CPU of prepare + embed per document against pyHanko's own documented loop, in one run (design goal: 25
times less).

Both sides sign the same two-page contract with a visible Vietnamese stamp in the same font. Ours: prepare,
signed attributes, CMS, embed. The signature value is made beforehand and given to both: the phone makes it,
and pyHanko would otherwise load the key anew for every document. "Reused" gives pyHanko the finished stamp
as a page to import, without its text layout and font subsetting. Run: ``python -m
tests.bench.bench_pdf``."""

import datetime
import io
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign import fields, signers
from pyhanko.stamp import BaseStampStyle, StaticStampStyle, TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from server.assets.font_files import FONTS_FOLDER
from server.pdf.cms import CmsTemplate
from server.pdf.embed import embed
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from server.pdf.validate import check_signed_document_fast, validate_signed_document_fully
from server.signing.dtbs import SignedAttributesTemplate

SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
TIME_TEXT = "22/11/2025 14:05 (+07:00)"
BOX = (60, 60, 260, 120)
GOAL_RATIO = 25.0
GOAL_PREPARE_MS = 1.6


def _contract() -> bytes:
    """Two pages of text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    for page in range(2):
        for line in range(38):
            canvas.drawString(60, 780 - 18 * line, f"Dieu {page + 1}.{line + 1}. Ben A va ben B thoa thuan nhu sau.")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _credential() -> tuple[rsa.RSAPrivateKey, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
    start = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
    usage = x509.KeyUsage(True, True, False, False, False, True, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2045))
        .add_extension(usage, True)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.DER)


def _pyhanko_style() -> TextStampStyle:
    font = GlyphAccumulatorFactory(str(FONTS_FOLDER / "BeVietnamPro-Regular.ttf"))
    return TextStampStyle(
        stamp_text=f"Ký số bởi\n{SIGNER}\n{TIME_TEXT}",
        text_box_style=TextBoxStyle(font=font, font_size=10, leading=14),
        border_width=1,
    )


def _pyhanko_kept_style(folder: Path) -> StaticStampStyle:
    """The same stamp drawn once as a page of its own, which pyHanko imports into each document."""
    pdfmetrics.registerFont(TTFont("Stamp", str(FONTS_FOLDER / "BeVietnamPro-Regular.ttf")))
    path = folder / "stamp.pdf"
    canvas = Canvas(str(path), pagesize=(BOX[2] - BOX[0], BOX[3] - BOX[1]), invariant=1)
    canvas.setFont("Stamp", 10)
    for line, text in enumerate(("Ký số bởi", SIGNER, TIME_TEXT)):
        canvas.drawString(6, 44 - 14 * line, text)
    canvas.save()
    return StaticStampStyle.from_pdf_file(str(path), border_width=1)


def _pyhanko_loop(
    source: bytes, certificate: bytes, value: bytes, make_style: Callable[[], BaseStampStyle]
) -> Callable[[], bytes]:
    """pyHanko's documented way: PdfSigner.sign_pdf for each document, with a signature value made
    elsewhere."""
    signer = signers.ExternalSigner(
        signing_cert=asn1_x509.Certificate.load(certificate),
        cert_registry=SimpleCertificateStore(),
        signature_value=value,
        signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
    )
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    spec = fields.SigFieldSpec("Signature1", on_page=0, box=BOX)

    def sign() -> bytes:
        chosen = signers.PdfSigner(metadata, signer, stamp_style=make_style(), new_field_spec=spec)
        return chosen.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(source))).getvalue()

    return sign


def _milliseconds(work: Callable[[], object], documents: int) -> float:
    """Process CPU per call: the median of five rounds."""
    work()
    rounds = []
    count = max(1, documents // 5)
    for _ in range(5):
        start = time.process_time()
        for _ in range(count):
            work()
        rounds.append((time.process_time() - start) * 1000 / count)
    return statistics.median(rounds)


def _row(name: str, value: float, unit: str, goal: float | None = None, *, at_least: bool = False) -> dict[str, object]:
    met = None if goal is None else (value >= goal if at_least else value <= goal)
    return {"name": name, "value": round(value, 4), "unit": unit, "goal": goal, "met": met}


def measure(documents: int = 40) -> list[dict[str, object]]:
    """Rows {name, value, unit, goal, met}. ``documents``: how many pyHanko signs; ours are measured over
    ten times as many."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    source = _contract()
    key, certificate = _credential()
    preparer = DocumentPreparer(SIGNER, StampMaker(StampFonts()))
    attributes = SignedAttributesTemplate(certificate, "rsa_pkcs1_sha256")
    template = CmsTemplate(certificate, [], "rsa_pkcs1_sha256")
    placement = Placement(0, *BOX)
    prepared = preparer.prepare(source, placement, TIME_TEXT)
    to_sign = attributes.der(prepared.document_digest)
    value = key.sign(to_sign, padding.PKCS1v15(), hashes.SHA256())
    cms = template.build(prepared.document_digest, to_sign, value)
    signed = embed(prepared.data, prepared.byte_range, cms)
    validate_signed_document_fully(signed, [certificate], prepared.field_name)

    def ours(where: Placement | None) -> None:
        made = preparer.prepare(source, where, TIME_TEXT)
        der = attributes.der(made.document_digest)
        embed(made.data, made.byte_range, template.build(made.document_digest, der, value))

    many = documents * 10
    visible = _milliseconds(lambda: ours(placement), many)
    invisible = _milliseconds(lambda: ours(None), many)
    first = _milliseconds(
        lambda: DocumentPreparer(SIGNER, StampMaker(StampFonts())).prepare(source, placement, TIME_TEXT), many
    )
    raw = _milliseconds(lambda: key.sign(to_sign, padding.PKCS1v15(), hashes.SHA256()), many)
    quick = _milliseconds(
        lambda: check_signed_document_fast(signed, prepared.byte_range, certificate, "rsa_pkcs1_sha256"), many
    )
    fully = _milliseconds(lambda: validate_signed_document_fully(signed, [certificate], prepared.field_name), documents)
    fresh = _milliseconds(_pyhanko_loop(source, certificate, value, _pyhanko_style), documents)
    with tempfile.TemporaryDirectory() as folder:
        kept = _pyhanko_kept_style(Path(folder))
        reused = _milliseconds(_pyhanko_loop(source, certificate, value, lambda: kept), documents)
    return [
        _row("pdf.prepare_embed_visible", visible, "ms CPU/document", GOAL_PREPARE_MS),
        _row("pdf.prepare_embed_invisible", invisible, "ms CPU/document"),
        _row("pdf.prepare_first_of_a_signer", first, "ms CPU/document"),
        _row("pdf.check_fast", quick, "ms CPU/document"),
        _row("pdf.validate_fully", fully, "ms CPU/document"),
        _row("pdf.rsa_2048_signature", raw, "ms CPU/document"),
        _row("pdf.pyhanko_fresh_stamp", fresh, "ms CPU/document"),
        _row("pdf.pyhanko_reused_stamp", reused, "ms CPU/document"),
        _row("pdf.ratio_to_pyhanko_fresh_stamp", fresh / visible, "times less CPU", GOAL_RATIO, at_least=True),
        _row("pdf.ratio_to_pyhanko_reused_stamp", reused / visible, "times less CPU"),
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
