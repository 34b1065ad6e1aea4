"""What somebody on the line, or the server itself, may put in the place of the truth. Used with ``wire_proxy``.

The line has no key of the server's: it flips, cuts, repeats, and signs with keys of its own. A lying server has them all: it signs what
it likes, with roots that fit; only the phone's look at the bytes themselves stands against it.
"""

import base64
import contextlib
import hashlib
import json
import sqlite3
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.statements import RequestSigner
from tests.e2e.wire_proxy import Spoil, Statement
from tests.server_process import ServerProcess


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pae(purpose: str, body: bytes) -> bytes:
    tag = purpose.encode()
    return b"PhoneSeal-PAE-v1" + struct.pack(">I", len(tag)) + tag + struct.pack(">Q", len(body)) + body


def flip_bit(statement: Statement) -> Statement:
    raw = bytearray(unb64(statement["signature"]))
    raw[20] ^= 1
    return {**statement, "signature": b64(bytes(raw))}


def change_body(statement: Statement) -> Statement:
    """Another moment or count, the old signature."""
    fields = json.loads(statement["body"])
    fields[next(name for name in ("at", "issued_at", "server_time", "missing") if name in fields)] += 1
    return {**statement, "body": json.dumps(fields, ensure_ascii=False, separators=(",", ":"))}


def sign_with_own_key(statement: Statement) -> Statement:
    """The same words, by a key that nobody pinned, under the pinned key's name."""
    key = ed25519.Ed25519PrivateKey.generate()
    return {**statement, "signature": b64(key.sign(pae(statement["purpose"], statement["body"].encode())))}


def sign_under_own_name(statement: Statement) -> Statement:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = sign_with_own_key(statement)
    signature = b64(key.sign(pae(statement["purpose"], statement["body"].encode())))
    return {**forged, "key_id": hashlib.sha256(public).hexdigest()[:16], "signature": signature}


WITHOUT_KEY = {f.__name__: f for f in (flip_bit, change_body, sign_with_own_key, sign_under_own_name)}


class OneDocumentOf(Spoil):
    """A byte of one document of one request is another one, in the bundle that the phone fetches."""

    def __init__(self, request_id: str, position: int) -> None:
        super().__init__()
        self._path, self._position = f"/{request_id}/documents", position

    def content(self, path: str, content: bytes) -> bytes:
        if self._path not in path:
            return content
        spoilt, at = bytearray(content), 0
        while at < len(content):
            position, length = struct.unpack_from(">IQ", content, at)
            at += 12
            if position == self._position:
                spoilt[content.index(b"/Type", at)] ^= 0x20
                self.changed += 1
            at += length
        return bytes(spoilt)


class ChangeStatement(Spoil):
    """Every statement of one purpose goes through ``change``."""

    def __init__(self, purpose: str, change: Callable[[Statement], Statement]) -> None:
        super().__init__()
        self._purpose = f"phoneseal.{purpose}.v1"
        self._change = change

    def statement(self, statement: Statement) -> Statement:
        if statement["purpose"] != self._purpose:
            return statement
        self.changed += 1
        return self._change(statement)


class Replay(Spoil):
    """The first statement of a purpose is remembered and repeated in the place of every later one."""

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self._purpose = f"phoneseal.{purpose}.v1"
        self._first: Statement | None = None

    def statement(self, statement: Statement) -> Statement:
        if statement["purpose"] != self._purpose:
            return statement
        if self._first is None:
            self._first = statement
        elif self._first != statement:
            self.changed += 1
        return self._first


def resigned(signer: RequestSigner, **changes: object) -> Callable[[Statement], Statement]:
    """Well signed by the true key, and about something else."""

    def change(statement: Statement) -> Statement:
        fields = {**json.loads(statement["body"]), **changes}
        return signer.sign(statement["purpose"], fields).to_json()

    return change


@dataclass
class Shown:
    """What the phone is shown of the one document of a request."""

    item: dict[str, Any]
    attributes: bytes
    content: bytes

    def digests_follow(self) -> None:
        """The manifest says of the bytes what is true of them."""
        self.item["prepared_sha256"] = hashlib.sha256(self.content).hexdigest()
        self.item["prepared_length"] = len(self.content)

    def record(self) -> bytes:
        """docs/protocol.md §4.2."""
        item = self.item
        values = [
            "phoneseal.item.v1", item["item_id"], item["position"], item["title"], item["document_code"],
            item["processing_right"], item["pages"], item["original_length"], bytes.fromhex(item["original_sha256"]),
            item["earlier_signatures"], item["prepared_length"], bytes.fromhex(item["prepared_sha256"]),
            " ".join(str(number) for number in item["byte_range"]), item["signature_algorithm"], self.attributes,
            ",".join(sorted(item["findings"])),
        ]  # fmt: skip
        raws = [value if isinstance(value, bytes) else str(value).encode() for value in values]
        return b"".join(struct.pack(">I", len(raw)) + raw for raw in raws)


def plant_envelope(server: ServerProcess, request_id: str, **changes: object) -> None:
    """The server itself lies: the one envelope that it made says something else, well signed, and it will stand by it."""
    with contextlib.closing(sqlite3.connect(server.data_dir / "phoneseal.db", timeout=10)) as database, database:
        device_id, stored = database.execute(
            "SELECT device_id, envelope FROM offers WHERE request_id = ?", (request_id,)
        ).fetchone()
        fields = {**json.loads(json.loads(stored)["body"]), **changes}
        made = server.app.signer.sign("phoneseal.envelope.v1", fields)
        database.execute(
            "UPDATE offers SET envelope = ?, envelope_sha256 = ?, manifest_root = ? WHERE request_id = ? AND device_id = ?",
            (json.dumps(made.to_json()), made.digest.hex(), fields["manifest_root"], request_id, device_id),
        )


class LyingEnvelope(Spoil):
    def __init__(self, server: ServerProcess, **changes: object) -> None:
        super().__init__()
        self._server = server
        self._changes = changes

    def prepare(self, request_id: str) -> None:
        plant_envelope(self._server, request_id, **self._changes)
        self.changed += 1


class LyingServer(Spoil):
    """``lie`` changes what is shown; with ``root_follows`` the envelope is made anew over it, with the server's own key."""

    def __init__(self, server: ServerProcess, lie: Callable[[Shown], None], *, root_follows: bool = True) -> None:
        super().__init__()
        self._server = server
        self._lie = lie
        self._root_follows = root_follows
        self._shown: dict[str, Shown] = {}

    def prepare(self, request_id: str) -> None:
        app = self._server.app
        with app.store.read() as tx:
            (offer,) = tx.offers.of_request(request_id)
        (item,) = app.fetch_documents.manifest(request_id, offer.device_id, 0, 1)["items"]
        path = app.fetch_documents.document(request_id, offer.device_id, item["item_id"])
        shown = Shown(item, unb64(item["signed_attributes"]), path.read_bytes())
        self._lie(shown)
        shown.item["signed_attributes"] = b64(shown.attributes)
        self._shown[request_id] = shown
        if self._root_follows:
            root = hashlib.sha256(b"\x00" + shown.record()).hexdigest()
            pages, size = shown.item["pages"], shown.item["prepared_length"]
            plant_envelope(self._server, request_id, manifest_root=root, total_pages=pages, total_bytes=size)
        self.changed += 1

    def answer(self, path: str, value: Any) -> Any:
        shown = self._of(path)
        return {**value, "items": [shown.item]} if shown and path.endswith("/manifest") else value

    def content(self, path: str, content: bytes) -> bytes:
        shown = self._of(path)
        if shown is None:
            return content
        return (
            struct.pack(">IQ", 0, len(shown.content)) + shown.content if path.endswith("/documents") else shown.content
        )

    def _of(self, path: str) -> Shown | None:
        return next((shown for request_id, shown in self._shown.items() if f"/{request_id}/" in path), None)
