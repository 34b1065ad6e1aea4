"""What other programs say of a file and of what we signed: pdfsig, ``qpdf --check``, and pyHanko's own signer."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from tests.pdf_corpus.signing_kit import Signer


def good_words(source: Path, signed: bytes, folder: Path) -> Iterator[tuple[str, str]]:
    """What is good in the eyes of the installed programs: ``(what, "")``; what is not: ``("", sentence)``."""
    target = folder / "others.pdf"
    target.write_bytes(signed)
    if shutil.which("pdfsig"):
        last = _says("pdfsig", "-nocert", str(target))[1].rsplit("Signature #", 1)[-1]
        valid = "Signature is Valid" in last and "Total document signed" in last
        yield ("valid for pdfsig, all of it signed", "") if valid else ("", f"{source.name}: pdfsig: {last[-200:]!r}")
    if shutil.which("qpdf"):
        after, told = _says("qpdf", "--check", str(target))
        if after == 0:
            yield "clean for qpdf --check", ""
        elif after > _says("qpdf", "--check", str(source))[0]:
            yield "", f"{source.name}: qpdf: {told[-200:]!r}"


def pyhanko_signs(source: Path, signer: Signer, *, strict: bool) -> bool:
    """Whether pyHanko's own signer takes the file."""
    key = signer.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    other = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(signer.certificate_der),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=None,
    )
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(source.read_bytes()), strict=strict)
        signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="Measured"), signer=other)
    except Exception:  # noqa: BLE001 (any error of theirs is the same answer)
        return False
    return True


def _says(*command: str) -> tuple[int, str]:
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=120)
    return ran.returncode, ran.stdout + ran.stderr
