"""The table of errors in docs/protocol.md §8, made from the code: ``python tests/architecture/error_codes.py --write``.

A code belongs to the classes it is raised with; a class decides the HTTP status. What never leaves the server (errors of configuration and
of operators' commands, lost leases) is not in the table: it comes out as ``internal``, if at all.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # run as a script
    sys.path.insert(0, str(ROOT))

from server import errors  # noqa: E402
from server.api.problems import API_TEXTS  # noqa: E402
from server.pdf.findings import REFUSAL_TEXTS  # noqa: E402
from server.web.messages import text_of_code  # noqa: E402
from server.web.problems import status_of  # noqa: E402

PAGE = ROOT / "docs" / "protocol.md"
BEGIN, END = "<!-- errors:begin (checked against the code) -->\n", "<!-- errors:end -->"
GROUPS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.PhoneSealError)
}
VERIFIERS = {"verify_p256": "VerificationFailed", "verify_p256_raw": "VerificationFailed"}
"""Functions that raise with the code that they are given."""
COMPUTED = (("device_frozen", "Forbidden"), ("device_unpaired", "Forbidden"), ("device_unpaired", "Conflict"))
"""Codes that are put together from a state (prove_device.check_active, DeviceTable.move)."""


def raised(root: Path = ROOT / "server") -> Iterator[tuple[str, str]]:
    """Code and class of every error that is written down in the server."""
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            kind = called if called in GROUPS else VERIFIERS.get(called)
            for keyword in node.keywords:
                if kind and keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value), kind


def codes() -> dict[str, set[int]]:
    """Every code that may leave the server, with its HTTP statuses."""
    found: dict[str, set[int]] = {}
    pairs = {*raised(), *COMPUTED}
    pairs |= {(code, "Unprocessable") for code in REFUSAL_TEXTS if code not in {code for code, _ in pairs}}
    pairs |= {(kind.code, name) for name, kind in GROUPS.items()}
    for code, kind in pairs:
        status = status_of(GROUPS[kind]())
        if status != 500 or code == "internal":
            found.setdefault(code, set()).add(status)
    return found


def table() -> str:
    lines = ["| code | HTTP | what it says |", "|---|---|---|"]
    for code, statuses in sorted(codes().items()):
        texts = text_of_code(code) or API_TEXTS.get(code)
        sentence = texts["en"] if texts else ""
        lines.append(f"| `{code}` | {', '.join(str(status) for status in sorted(statuses))} | {sentence} |")
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into the page instead of printing it")
    if parser.parse_args().write:
        PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
    else:
        sys.stdout.write(table())
