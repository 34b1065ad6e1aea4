"""The attacks are real: they deceive the tools that they are said to deceive, and change what the page shows."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.pdf_corpus import attack_cms, attack_spans, attacks
from tests.pdf_corpus.increments import SignatureIncrement, plain_prepared
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import PreparedDocument, Signer

_PRICE_BOX = (60, 690, 240, 730)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.create("Nguyễn Văn An", issuer=Signer.create("Test root"))


@pytest.fixture(scope="module")
def other() -> Signer:
    return Signer.create("Kẻ Khác", issuer=Signer.create("Other root"))


def says_pyhanko(data: bytes, signer: Signer) -> bool:
    """pyHanko's bottom line for the first signature, with the signer's root trusted."""
    assert signer.issuer
    root = x509.Certificate.load(signer.issuer.certificate_der)
    signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    return bool(validate_pdf_signature(signature, context).bottom_line)


def says_tool(*command: str, data: bytes, folder: Path) -> str:
    """What ``pdfsig`` or ``qpdf --check`` prints for ``data``."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed (packages poppler-utils, qpdf)")
    file = folder / "judged.pdf"
    file.write_bytes(data)
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=60, check=False)
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


def painted(data: bytes) -> list[tuple[int, int]]:
    """The dark pixels of the price box of page 1, at 1 pixel a point."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        image = page.render(scale=1).to_pil().convert("L")
    finally:
        document.close()
    left, bottom, right, top = _PRICE_BOX
    height = image.height
    return [
        (x, y) for x in range(left, right) for y in range(height - top, height - bottom) if image.getpixel((x, y)) < 128
    ]


def text_of(data: bytes) -> str:
    """The text of page 1 as PDFium reads it."""
    document = pypdfium2.PdfDocument(data)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def three_tools_call_valid(data: bytes, signer: Signer, folder: Path) -> None:
    verdict = says_tool("pdfsig", data=data, folder=folder)
    assert "Signature is Valid" in verdict and "Total document signed" in verdict
    assert "No syntax or stream encoding errors" in says_tool("qpdf", "--check", data=data, folder=folder)
    assert says_pyhanko(data, signer)


def test_honest_increment_is_valid(signer: Signer, tmp_path: Path) -> None:
    three_tools_call_valid(attack_cms.good_signature(signer), signer, tmp_path)


@pytest.mark.parametrize("xref_stream", [False, True])
def test_image_over_the_gap_deceives_three_tools(signer: Signer, tmp_path: Path, xref_stream: bool) -> None:
    prepare = prepared_by_pyhanko if xref_stream else attack_spans.increment_with_image
    attack = attack_spans.image_spans_gap(prepare, xref_stream=xref_stream)
    honest, forged = attack.sign_honestly(signer), attack.sign(signer)
    first, last = painted(attack.prepared.data), painted(forged)
    assert painted(attack.original) == first == painted(honest), "the person sees 1,000 until the end"
    assert set(first) < set(last), "the signed page shows more digits behind"
    assert max(x for x, _ in last) > max(x for x, _ in first) + 60
    three_tools_call_valid(honest, signer, tmp_path)
    three_tools_call_valid(forged, signer, tmp_path)
    start, end = attack.prepared.gap
    assert honest[:start] == forged[:start] and honest[end:] == forged[end:], "only the gap differs"


def prepared_by_pyhanko(original: bytes) -> PreparedDocument:
    """An invisible signature field prepared by pyHanko itself."""
    out = io.BytesIO(original)
    embedder = PdfCMSEmbedder(new_field_spec=SigFieldSpec("Signature1", on_page=0))
    session = embedder.write_cms("Signature1", IncrementalPdfFileWriter(out))
    next(session)
    session.send(SigObjSetup(SignatureObject(subfilter=SigSeedSubFilter.PADES)))
    session.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    data = out.getvalue()
    found = re.compile(rb"/Contents (<0+>)").search(data, len(original))
    assert found
    start, end = found.span(1)
    return PreparedDocument(data, (start, end), (0, start, end, len(data) - end), len(original), "Signature1")


def test_content_over_the_gap_deceives_three_tools(signer: Signer, tmp_path: Path) -> None:
    three_tools_call_valid(attack_spans.content_spans_gap().sign(signer), signer, tmp_path)


@pytest.mark.parametrize("name", attacks.PREPARED)
def test_prepared_attack_holds_together(name: str) -> None:
    prepared = attacks.PREPARED[name]()
    start, end = prepared.gap
    assert (prepared.data[start : start + 1], prepared.data[end - 1 : end]) in ((b"<", b">"), (b"(", b")"))
    assert prepared.data != plain_prepared().data
    assert prepared.data[:8] == b"%PDF-1.7"
    assert 0 < prepared.original_length < start < end < len(prepared.data)
    assert attacks.PREPARED[name]().data == prepared.data, "the same bytes every time"


@pytest.mark.parametrize(
    "name",
    [
        "content_replaced",
        "content_added",
        "page_pointed_elsewhere",
        "catalog_pages_exchanged",
        "original_offsets_beyond_end",
        "prev_own_table",
    ],
)
def test_increment_changes_what_the_page_says(name: str) -> None:
    prepared = attacks.PREPARED[name]()
    original = text_of(plain_document().build())
    assert "1,000 dong" in original
    assert text_of(prepared.data).replace("\r\n", " ") != original.replace("\r\n", " ")


def test_prev_that_skips_a_revision_brings_the_old_text_back() -> None:
    prepared = attacks.PREPARED["prev_skips_original"]()
    assert "500 dong, corrected" in text_of(prepared.data[: prepared.original_length])
    assert "corrected" not in text_of(prepared.data)


@pytest.mark.parametrize("name", ["signature_wrapped", "appended_revision"])
def test_signed_file_shows_another_price(name: str, signer: Signer, other: Signer, tmp_path: Path) -> None:
    forged = attacks.SIGNED[name](signer, other)
    assert "1,000,000,000" in text_of(forged)
    assert "Signature is Valid" in says_tool("pdfsig", data=forged, folder=tmp_path)


@pytest.mark.parametrize(
    "name", ["trailing_bytes", "second_cms_behind", "shared_signature", "missing_signing_certificate"]
)
def test_pyhanko_alone_calls_it_valid(name: str, signer: Signer, other: Signer) -> None:
    assert says_pyhanko(attacks.SIGNED[name](signer, other), signer)


@pytest.mark.parametrize(
    "name",
    [
        "two_signer_infos",
        "sha1_signature",
        "missing_content_type",
        "copied_signature",
        "byte_range_starts_late",
        "byte_range_gap_larger",
    ],
)
def test_pdfsig_alone_calls_it_valid(name: str, signer: Signer, other: Signer, tmp_path: Path) -> None:
    data = attacks.SIGNED[name](signer, other) if name in attacks.SIGNED else attacks.PREPARED[name]().sign(signer)
    assert "Signature is Valid" in says_tool("pdfsig", data=data, folder=tmp_path)


@pytest.mark.parametrize("name", attacks.SIGNED)
def test_signed_attack_opens_in_a_viewer(name: str, signer: Signer, other: Signer) -> None:
    assert text_of(attacks.SIGNED[name](signer, other))


def test_signature_increment_appends_only() -> None:
    base = plain_document().build()
    assert SignatureIncrement(base).build().data.startswith(base)
