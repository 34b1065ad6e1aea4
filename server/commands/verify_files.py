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

from server.config import Config
from server.errors import PhoneSealError
from server.pdf.sandbox import Sandbox
from server.pdf.verify_report import render_report_text, report_as_json


def _roots(config: Config, given: list[str]) -> list[bytes]:
    """DER roots: those named, and the development CA's when this installation has one."""
    paths = [Path(name) for name in given]
    own = config.data_dir / "keys" / "development_ca.crt"
    if own.exists():
        paths.append(own)
    roots = []
    for path in paths:
        content = path.read_bytes()
        pem = content.lstrip().startswith(b"-----BEGIN")
        certificate = x509.load_pem_x509_certificate(content) if pem else x509.load_der_x509_certificate(content)
        roots.append(certificate.public_bytes(Encoding.DER))
    return roots


def verify_files(config: Config, arguments: argparse.Namespace) -> int:
    roots = _roots(config, arguments.trust)
    language: Literal["vi", "en"] = arguments.language
    results: list[dict[str, Any]] = []
    good = True
    with Sandbox(readable=sorted({Path(name).resolve().parent for name in arguments.files})) as sandbox:
        for name in arguments.files:
            try:
                reports = sandbox.verify_file(Path(name), roots)
            except (PhoneSealError, OSError) as error:
                good = False
                code = error.code if isinstance(error, PhoneSealError) else "file_unreadable"
                results.append({"file": name, "error": code, "signatures": []})
                if not arguments.json:
                    sys.stdout.write(f"{name}: {code}\n")
                continue
            good = good and bool(reports) and all(report.good for report in reports)
            results.append({"file": name, "error": None, "signatures": report_as_json(reports)})
            if not arguments.json:
                sys.stdout.write(f"{name}\n{render_report_text(reports, language)}\n")
    if arguments.json:
        sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    return 0 if good else 1
