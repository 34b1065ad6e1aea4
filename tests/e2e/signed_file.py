"""A signed file in the hands of others: pyHanko's full validation, pdfsig, qpdf, and what its pages look like."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests.server_process import ServerProcess

SCALE = 2.0  # pixels a point


class SignedFile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def validate_fully(self, server: ServerProcess, count: int = 1) -> None:
        """Every signature by pyHanko against the server's root; the last covers the whole file, nothing was changed after any."""
        with ThreadPoolExecutor(1) as elsewhere:  # the browser's event loop runs on this thread
            elsewhere.submit(self._validate, server, count).result()

    def _validate(self, server: ServerProcess, count: int) -> None:
        root = x509.load_pem_x509_certificate((server.data_dir / "keys" / "development_ca.crt").read_bytes())
        trusted = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
        with self.path.open("rb") as file:
            signatures = PdfFileReader(file).embedded_signatures
            assert len(signatures) == count
            for number, signature in enumerate(signatures, start=1):
                context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
                status = validate_pdf_signature(signature, signer_validation_context=context)
                assert status.bottom_line, status.summary()
                if number == count:
                    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE

    def validate_with_programs(self, signer: str, count: int = 1) -> None:
        """pdfsig and qpdf, where they are installed."""
        if shutil.which("pdfsig") is None or shutil.which("qpdf") is None:
            pytest.skip("poppler-utils or qpdf is missing")
        told = subprocess.run(["pdfsig", "-nocert", str(self.path)], capture_output=True, text=True, check=False).stdout
        assert told.count("Signature is Valid") == count, told
        assert told.count("Total document signed") == 1, told
        assert told.count(signer) >= count, told
        checked = subprocess.run(["qpdf", "--check", str(self.path)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def assert_stamp_stands_at(self, page: int, box: tuple[float, float, float, float], before: bytes) -> None:
        """What changed on ``page`` lies inside ``box`` (fractions of the page from its upper left corner) and fills most of it; other
        pages look as before."""
        was, now = _pages(before), _pages(self.path.read_bytes())
        assert len(was) == len(now)
        for number, (old, new) in enumerate(zip(was, now, strict=True)):
            changed = ImageChops.difference(old, new).getbbox()
            if number != page:
                assert changed is None, f"page {number} changed at {changed}"
                continue
            assert changed is not None, "no stamp on the page"
            wanted = [box[0] * new.width, box[1] * new.height, box[2] * new.width, box[3] * new.height]
            slack = 3 * SCALE
            assert changed[0] >= wanted[0] - slack and changed[1] >= wanted[1] - slack, (changed, wanted)
            assert changed[2] <= wanted[2] + slack and changed[3] <= wanted[3] + slack, (changed, wanted)
            size = (changed[2] - changed[0]) * (changed[3] - changed[1])
            assert size > 0.4 * (wanted[2] - wanted[0]) * (wanted[3] - wanted[1]), (changed, wanted)

    def assert_pages_look_like(self, before: bytes) -> None:
        for old, new in zip(_pages(before), _pages(self.path.read_bytes()), strict=True):
            assert ImageChops.difference(old, new).getbbox() is None


def _pages(content: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    try:
        document.init_forms()
        pages = [document[number].render(scale=SCALE).to_pil().convert("RGB") for number in range(len(document))]
    finally:
        document.close()
    return pages
