"""The corpus's signed files are what MANIFEST says: earlier signatures are there, sound, and lead to the committed root."""

import io
import json
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

FOLDER = Path(__file__).parent
LINES = [
    line for line in json.loads((FOLDER / "MANIFEST.json").read_text(encoding="utf-8")) if line["earlier_signatures"]
]


@pytest.mark.parametrize("line", LINES, ids=[line["file"] for line in LINES])
def test_earlier_signatures_are_valid(line: dict[str, object]) -> None:
    root = x509.Certificate.load(pem.unarmor((FOLDER / "signers" / "root.pem").read_bytes())[2])
    reader = PdfFileReader(io.BytesIO((FOLDER / str(line["file"])).read_bytes()))
    if reader.encrypted:
        reader.decrypt("")
    signatures = reader.embedded_signatures
    assert len(signatures) == line["earlier_signatures"]
    for signature in signatures:
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))
        assert status.bottom_line


def test_there_are_signed_files_of_several_kinds() -> None:
    assert len(LINES) >= 8
    assert {line["earlier_signatures"] for line in LINES} == {1, 2}
