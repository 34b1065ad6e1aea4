"""Makes the test vectors of docs/protocol.md with openssl and node: ``python tests/protocol/make_vectors.py [--out FOLDER]``.

It imports nothing of the product and no cryptographic library of Python, so that it shares no error with either half. It writes
``<out>/*.json``; keys and certificates in ``<out>/keys`` are made when they are missing. A second run writes the same bytes:
ECDSA and RSASSA-PSS signatures, which are random, are taken from ``random_signatures.json`` while node still verifies them.
"""

import argparse
import json
import sys
from pathlib import Path

from vector_making import (
    basics,
    document_limits,
    fixed_keys,
    invalid_statements,
    items,
    messages,
    pairing,
    pin,
    request_flow,
    signed_attributes,
    statements,
    wake_up,
)
from vector_making.encodings import sha256_hex
from vector_making.third_tools import missing_tools
from vector_making.world import Json, World

VECTORS = Path(__file__).parent / "vectors"
_ESCAPED = {"text", "search", "statements_invalid"}


def make_all(world: World) -> dict[str, Json]:
    """Every vector file by name."""
    pairings, rotations, pins = pairing.pairing_vector(world), pairing.key_rotation_vector(world), pin.pin_vector()
    wake_ups = wake_up.wake_up_vector(world)
    flow, other = request_flow.Flow(world), statements.Other(world, pairings)
    return {
        "keys": fixed_keys.keys_vector(world.folder),
        "pae": basics.pae_vector(),
        "identifiers": basics.identifiers_vector(),
        "base64url": basics.base64url_vector(),
        "text": basics.text_vector(),
        "search": basics.search_vector(),
        "pairing_code": basics.pairing_code_vector(),
        "pairing_uri": basics.pairing_uri_vector(sha256_hex(world.raw_server_key("server_1"))),
        "statements_valid": statements.valid_statements(world, flow, other, rotations),
        "statements_invalid": invalid_statements.invalid_statements(world, flow),
        "statements_large": invalid_statements.large_statements(world, flow),
        "pairing": pairings,
        "key_rotation": rotations,
        "pin": pins,
        "items": items.items_vector(world),
        "signed_attributes": signed_attributes.valid_vector(world),
        "signed_attributes_invalid": signed_attributes.invalid_vector(world),
        "request_flow": request_flow.flow_vector(world, flow),
        "framing": request_flow.framing_vector(),
        "messages": messages.messages_vector(world, flow, other, pairings, pins, rotations, wake_ups),
        "wake_up": wake_ups,
        "document_limits": document_limits.document_limits_vector(),
    }


def write_json(path: Path, value: object, *, escaped: bool) -> None:
    """Indented JSON; with escapes where the text holds characters that an editor would hide or change."""
    path.write_text(json.dumps(value, ensure_ascii=escaped, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Make, have node confirm, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=VECTORS, help="folder of the vectors (default: %(default)s)")
    out: Path = parser.parse_args().out
    if missing := missing_tools():
        print(f"Missing on the path: {', '.join(missing)}. Install openssl (3.0 or later) and Node.js (20 or later).", file=sys.stderr)
        return 2
    memory = out / "random_signatures.json"
    world = World(out / "keys", json.loads(memory.read_text()) if memory.exists() else {})
    files = make_all(world)
    confirmed = world.bench.confirm()
    for name, content in files.items():
        write_json(out / f"{name}.json", content, escaped=name in _ESCAPED)
    write_json(memory, dict(sorted(world.bench.used.items())), escaped=True)
    print(f"{len(files)} files; node confirmed {confirmed} signatures and refusals")
    return 0


if __name__ == "__main__":
    sys.exit(main())
