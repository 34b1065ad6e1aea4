"""The vectors in tests/protocol/vectors, read for the server's half."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
SCHEMAS = VECTORS.parent / "schema"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


KEYS: dict[str, dict[str, str]] = {key["name"]: key for key in load("keys")["keys"]}
PHONE_PURPOSES = frozenset(
    {
        "phoneseal.device_hello.v1",
        "phoneseal.code_choice.v1",
        "phoneseal.approval.v1",
        "phoneseal.refusal.v1",
        "phoneseal.device_approval.v1",
        "phoneseal.freeze.v1",
        "phoneseal.unpair.v1",
        "phoneseal.block.v1",
        "phoneseal.unblock.v1",
    }
)
"""What the server reads; the other purposes are its own."""


def private_key(name: str) -> Any:
    return load_pem_private_key((VECTORS / KEYS[name]["private_key_file"]).read_bytes(), None)
