"""RFC 8291 and RFC 8292 against what node made, against the RFC's own example, and against another implementation."""

from pathlib import Path

import http_ece  # type: ignore[import-untyped]
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from server.gateways.message_encryption import encrypt
from server.gateways.vapid import Vapid
from server.gateways.web_push import CONTENT
from server.statements import unb64
from tests.unit.gateways.push_service import Receiver, read_authorization
from tests.unit.server.vector_files import VECTORS, load

VECTOR = load("wake_up")


def key(file: str) -> ec.EllipticCurvePrivateKey:
    found = load_pem_private_key((VECTORS / file).read_bytes(), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found


def test_the_vector() -> None:
    made, subscription = VECTOR["wake_up"], VECTOR["subscription"]
    body = encrypt(
        CONTENT,
        unb64(subscription["p256dh"]),
        unb64(subscription["auth"]),
        sender=key(made["sender_key_file"]),
        salt=bytes.fromhex(made["salt_hex"]),
    )
    assert (CONTENT.decode(), body.hex()) == (made["content"], made["body_hex"])


def test_the_example_of_the_rfc() -> None:
    rfc = VECTOR["rfc_8291"]
    sender = ec.derive_private_key(int.from_bytes(unb64(rfc["sender_private"]), "big"), ec.SECP256R1())
    body = encrypt(
        bytes.fromhex(rfc["plaintext"]), unb64(rfc["p256dh"]), unb64(rfc["auth"]), sender=sender, salt=unb64(rfc["salt"])
    )
    assert body == unb64(rfc["body"])


def test_another_implementation_reads_it_and_no_two_are_alike() -> None:
    phone = Receiver()
    bodies = [encrypt(CONTENT, phone.p256dh, phone.auth) for _ in range(3)]
    assert [phone.read(body) for body in bodies] == [CONTENT] * 3
    assert len({body[:16] for body in bodies}) == len({body[21:86] for body in bodies}) == 3
    assert {len(body) for body in bodies} == {len(bytes.fromhex(VECTOR["wake_up"]["body_hex"]))}
    with pytest.raises((InvalidTag, http_ece.ECEException)):
        Receiver().read(bodies[0])


@pytest.mark.parametrize("p256dh", [b"", b"\x04" + bytes(64), b"\x04" + b"\xff" * 64])
def test_a_key_that_is_none(p256dh: bytes) -> None:
    with pytest.raises(ValueError):
        encrypt(CONTENT, p256dh, bytes(16))


@pytest.mark.parametrize("case", VECTOR["vapid"]["cases"], ids=lambda case: case["public_url"])
def test_the_token(case: dict[str, object]) -> None:
    """ECDSA is random: our token holds the vector's claims, and the vector's token is read like ours."""
    vapid = VECTOR["vapid"]
    own = Vapid(key(vapid["key_file"]), str(case["public_url"]))
    made = own.authorization("https://push.example.net", vapid["now"] / 1000)
    for value in (made, str(case["authorization"])):
        assert read_authorization(value, own.public_key) == case["claims"]
    assert made.rpartition(".")[0] == str(case["authorization"]).rpartition(".")[0], "header and claims are the same to the letter"
    assert own.public_key == unb64(vapid["vapid_key"])


def test_the_vectors_lie_where_they_are_read() -> None:
    assert Path(VECTORS / VECTOR["phone_key_file"]).exists()
