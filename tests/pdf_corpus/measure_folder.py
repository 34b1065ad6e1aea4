"""``python -m tests.pdf_corpus.measure_folder FOLDER``: what becomes of somebody else's PDFs, and how many of them other programs take.

Each file goes the product's way without sockets: inspected in the sandbox, prepared with a visible stamp, checked as the phone checks it,
signed, checked by both validation paths and, where installed, by ``pdfsig`` and ``qpdf --check``. Beside it stand PDFium (does it open?)
and, with ``--others``, pyHanko's own signer, strict and not. A file that was accepted and then fails is a fault of ours: each is named,
and the exit status is 1. Told are how many files are taken as they are, rewritten (by the rules that they broke) and refused (by code and
rule), apart for files with earlier signatures and without; ``--upload-only`` stops there.
``--sample N`` takes N files, always the same, in random order; ``--seconds`` stops earlier.
"""

import argparse
import collections
import hashlib
import io
import logging
import random
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from server.errors import PhoneSealError
from server.pdf.cms import CmsTemplate
from server.pdf.embed import embed
from server.pdf.geometry import Placement
from server.pdf.inspect_limits import UploadLimits
from server.pdf.prepare import DocumentPreparer
from server.pdf.sandbox import Sandbox
from server.pdf.stamp import StampFonts, StampMaker
from server.pdf.validate import check_signed_document_fast
from server.pdf.validate_fully import validate_signed_document_fully
from server.signing.dtbs import SignedAttributesTemplate
from tests.pdf_corpus.signing_kit import Signer

TIME = "22/11/2026 14:05 (+07:00)"
SMALLEST_PAGE = 200.0  # points; on smaller ones an invisible signature
ALGORITHM = "rsa_pkcs1_sha256"


class Measure:
    """Signs what is accepted; ``refused`` counts codes, ``faults`` are sentences."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._signer = Signer.create("Nguyễn Thị Lấp Lánh Ánh")
        self._preparer = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))
        certificate = self._signer.certificate_der
        self._attributes = SignedAttributesTemplate(certificate, ALGORITHM)
        self._cms = CmsTemplate(certificate, [], ALGORITHM)
        self.counts: collections.Counter[str] = collections.Counter()
        self.refused: collections.Counter[str] = collections.Counter()
        self.refused_files: list[str] = []
        self.faults: list[str] = []
        self.rewritten: collections.Counter[str] = collections.Counter()

    def take(self, source: Path, *, upload_only: bool, others: bool) -> None:
        opens = _pdfium_opens(source)
        self.counts["files"] += 1
        self.counts["opened by PDFium"] += opens
        for strict in (True, False) if others else ():
            self.counts[f"signed by pyHanko, {'strict' if strict else 'not strict'}"] += self._pyhanko_signs(
                source, strict
            )
        target = self._folder / "rewritten.pdf"
        target.unlink(missing_ok=True)
        try:
            inspection = self._sandbox.inspect_upload(source, target, UploadLimits())
        except PhoneSealError as error:
            self._note_refusal(source, error, opens)
            return
        kind = "signed" if inspection.earlier_signatures else "unsigned"
        self.counts[f"{kind}, {'rewritten' if inspection.repaired else 'taken as they are'}"] += 1
        self.rewritten.update(inspection.repair_reasons)
        if upload_only:
            return
        try:
            signed = self._sign((target if inspection.repaired else source).read_bytes(), inspection.page_boxes[0])
        except Exception as error:  # noqa: BLE001 (each is a fault that has to be named)
            self.faults.append(f"{source}: {type(error).__name__}: {error} {getattr(error, 'details', '')}")
            return
        self.counts["signed and valid for both of our checks"] += 1
        self._ask_others(source, signed)

    def _note_refusal(self, source: Path, error: PhoneSealError, opens: bool) -> None:
        """By code, and by the rule where one was broken."""
        what = " ".join(map(str, (error.code, error.details.get("rule", error.details.get("what", ""))))).strip()
        self.refused[what] += 1
        self.refused_files.append(f"{what}{' (PDFium opens it)' if opens else ''}: {source}: {error}")
        self.counts["refused, though PDFium opens it"] += opens

    def _sign(self, original: bytes, size: tuple[float, float]) -> bytes:
        width, height = size
        place = (
            None if min(size) < SMALLEST_PAGE else Placement(0, width * 0.2, height * 0.1, width * 0.6, height * 0.2)
        )
        prepared = self._preparer.prepare(original, place, TIME)
        checked = check_prepared_document(
            prepared.data,
            ExpectedDocument(
                original_length=len(original),
                original_sha256=hashlib.sha256(original).digest(),
                prepared_length=len(prepared.data),
                prepared_sha256=hashlib.sha256(prepared.data).digest(),
                byte_range=prepared.byte_range,
                digest_algorithm="sha256",
            ),
        )
        attributes = self._attributes.der(checked.document_digest)
        cms = self._cms.build(checked.document_digest, attributes, self._signer.sign(attributes))
        signed = embed(prepared.data, prepared.byte_range, cms)
        check_signed_document_fast(signed, prepared.byte_range, self._signer.certificate_der, ALGORITHM)
        validate_signed_document_fully(signed, [self._signer.certificate_der], prepared.field_name, original_length=prepared.source_size)
        return signed

    def _ask_others(self, source: Path, signed: bytes) -> None:
        target = self._folder / "signed.pdf"
        target.write_bytes(signed)
        if shutil.which("pdfsig"):
            last = _says("pdfsig", "-nocert", str(target))[1].rsplit("Signature #", 1)[-1]
            valid = "Signature is Valid" in last and "Total document signed" in last
            self.counts["valid for pdfsig, all of it signed"] += valid
            if not valid:
                self.faults.append(f"{source.name}: pdfsig: {last[-200:]!r}")
        if shutil.which("qpdf"):
            after, told = _says("qpdf", "--check", str(target))
            self.counts["clean for qpdf --check"] += after == 0
            if after > _says("qpdf", "--check", str(source))[0]:
                self.faults.append(f"{source.name}: qpdf: {told[-200:]!r}")

    def _pyhanko_signs(self, source: Path, strict: bool) -> bool:
        key = self._signer.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signer = signers.SimpleSigner(
            signing_cert=x509.Certificate.load(self._signer.certificate_der),
            signing_key=keys.PrivateKeyInfo.load(key),
            cert_registry=None,
        )
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(source.read_bytes()), strict=strict)
            signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="Measured"), signer=signer)
        except Exception:  # noqa: BLE001 (any error of theirs is the same answer)
            return False
        return True


def _says(*command: str) -> tuple[int, str]:
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=120)
    return ran.returncode, ran.stdout + ran.stderr


def _pdfium_opens(source: Path) -> bool:
    try:
        with pypdfium2.PdfDocument(source.read_bytes()) as document:
            document[0].get_size()
    except (pypdfium2.PdfiumError, IndexError):
        return False
    return True


def _sources(folder: Path, sample: int) -> list[Path]:
    files = sorted(folder.rglob("*.pdf"))
    return random.Random(7).sample(files, sample) if 0 < sample < len(files) else files


def _lines(measure: Measure) -> Iterator[str]:
    yield from (f"{count:6}  {name}" for name, count in measure.counts.items())
    yield from (f"{count:6}  rewritten for: {rule}" for rule, count in measure.rewritten.most_common())
    yield from (f"{count:6}  refused: {code}" for code, count in measure.refused.most_common())
    yield from (f"fault: {fault}" for fault in measure.faults)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pdf_corpus.measure_folder", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--refused", action="store_true", help="name the files that were refused")
    parser.add_argument("--upload-only", action="store_true", help="do not sign what is accepted")
    parser.add_argument("--others", action="store_true", help="ask pyHanko's signer too")
    parser.add_argument("--sample", type=int, default=0, help="how many files; all without it")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so many; without it, when all are done")
    given = parser.parse_args()
    began = time.monotonic()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as temporary, Sandbox() as sandbox:
        measure = Measure(sandbox, Path(temporary))
        for source in _sources(given.folder, given.sample):
            if given.seconds and time.monotonic() > began + given.seconds:
                break
            measure.take(source, upload_only=given.upload_only, others=given.others)
    sys.stdout.writelines(f"{line}\n" for line in _lines(measure))
    if given.refused:
        sys.stdout.writelines(f"refused: {line}\n" for line in measure.refused_files)
    return 1 if measure.faults else 0


if __name__ == "__main__":
    sys.exit(main())
