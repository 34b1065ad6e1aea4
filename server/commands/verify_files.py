"""``python -m server verify FILE…``: each signature's signer, time, level, integrity, coverage, and what changed after it.

Foreign files are read in the sandbox. Exit status 0 only if every file has a signature and all of them are good.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from server.config import Config, ConfigError
from server.errors import PhoneSealError
from server.pdf.sandbox import Sandbox
from server.pdf.verify_report import refusal_text, render_report_text, report_as_json


def _certificates(path: Path) -> list[bytes]:
    """DER of what a file holds: one certificate in DER, or any number in PEM. Raises ``ConfigError``."""
    try:
        content = path.read_bytes()
        pem = b"-----BEGIN" in content
        found = x509.load_pem_x509_certificates(content) if pem else [x509.load_der_x509_certificate(content)]
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} holds no certificate: {error}") from error
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


def _roots(config: Config, given: list[str]) -> list[bytes]:
    """For signers: those named, those of the configuration, and the development CA's when this installation has one."""
    paths = [Path(name) for name in (*given, config.verify_trust) if name]
    own = config.data_dir / "keys" / "development_ca.crt"
    return [root for path in (*paths, *([own] if own.exists() else [])) for root in _certificates(path)]


def _timestamp_roots(config: Config, given: list[str]) -> list[bytes] | None:
    """For time-stamp authorities; None where nobody named any."""
    paths = [Path(name) for name in (*given, config.verify_timestamp_trust) if name]
    return [root for path in paths for root in _certificates(path)] if paths else None


def verify_files(config: Config, arguments: argparse.Namespace) -> int:
    roots, timestamp_roots = _roots(config, arguments.trust), _timestamp_roots(config, arguments.trust_timestamps)
    language: Literal["vi", "en"] = arguments.language
    results: list[dict[str, Any]] = []
    good = True
    with Sandbox(readable=sorted({Path(name).resolve().parent for name in arguments.files})) as sandbox:
        for name in arguments.files:
            try:
                Path(name).open("rb").close()  # a missing file is not the sandbox's fault
                reports = sandbox.verify_file(Path(name), roots, timestamp_roots=timestamp_roots)
            except (PhoneSealError, OSError) as error:
                good = False
                code = error.code if isinstance(error, PhoneSealError) else "file_unreadable"
                results.append({"file": name, "error": code, "message": refusal_text(code, language), "signatures": []})
                if not arguments.json:
                    sys.stdout.write(f"{name}\n{refusal_text(code, language)} [{code}]\n")
                continue
            good = good and bool(reports) and all(report.good for report in reports)
            results.append({"file": name, "error": None, "signatures": report_as_json(reports)})
            if not arguments.json:
                sys.stdout.write(f"{name}\n{render_report_text(reports, language)}\n")
    if arguments.json:
        sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    return 0 if good else 1
