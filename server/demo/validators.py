"""What validators say of a signed file: pyHanko, the server's own look at structure and CMS, and poppler's ``pdfsig`` where it is."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from server.errors import PhoneSealError
from server.pdf.validate_fully import validate_signed_document_fully
from server.pdf.verify import SignatureReport, verify_file

PDFSIG_SECONDS = 60


@dataclass(frozen=True)
class Verdict:
    """``good`` None: this validator is not installed."""

    validator: str
    good: bool | None
    words: str


def verdicts(signed: Path, root_certificate: Path) -> list[Verdict]:
    """For the last signature of a file. ``root_certificate`` is PEM: whom to trust."""
    root = x509.load_pem_x509_certificate(root_certificate.read_bytes()).public_bytes(Encoding.DER)
    try:
        reports = verify_file(signed, [root])
    except PhoneSealError as error:
        return [Verdict("pyHanko", False, error.code), Verdict("PhoneSeal", False, error.code), _pdfsig(signed)]
    if not reports:
        return [Verdict("PhoneSeal", False, "the file holds no signature"), _pdfsig(signed)]
    return [_pyhanko(signed, root, reports[-1].field_name), _own(reports), _pdfsig(signed)]


def _pyhanko(signed: Path, root: bytes, field_name: str) -> Verdict:
    try:
        validate_signed_document_fully(signed, [root], field_name)
    except PhoneSealError as error:
        return Verdict("pyHanko", False, error.code)
    return Verdict("pyHanko", True, "digest, signature and certificate path hold; the whole file is covered")


def _own(reports: Sequence[SignatureReport]) -> Verdict:
    last = reports[-1]
    words = f"{last.level} by {last.signer}: {last.integrity}, {last.trust}, covers {last.coverage.replace('_', ' ')}"
    if last.warnings:
        words += f"; warnings: {', '.join(last.warnings)}"
    return Verdict("PhoneSeal", last.good and last.coverage == "whole_file", words)


def _pdfsig(signed: Path) -> Verdict:
    """``pdfsig`` calls some attacks valid: its "Total document signed" must be there too."""
    try:
        told = subprocess.run(
            ["pdfsig", "-nocert", str(signed)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PDFSIG_SECONDS,
            check=False,
        ).stdout
    except FileNotFoundError:
        return Verdict("pdfsig", None, "not installed (Debian: poppler-utils)")
    except subprocess.TimeoutExpired:
        return Verdict("pdfsig", False, f"no answer within {PDFSIG_SECONDS} s")
    last = told.rsplit("Signature #", 1)[-1]
    wanted = ("Signature is Valid", "Total document signed")
    said = [phrase for phrase in wanted if phrase in last]
    return Verdict("pdfsig", len(said) == len(wanted), "; ".join(said) or last.strip()[-200:] or "nothing")
