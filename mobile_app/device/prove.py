"""hello and prove: both sides show who they are (protocol §2.1).

Rules:
* The phone speaks first and believes nothing before the server's signed answer over both nonces.
* Later server keys are taken by rotation statements only, and pinned before anything else is believed.
* The server's clock is reckoned from the signed time of its hello, at the middle of the round trip.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mobile_app.clock import Clock, milliseconds
from mobile_app.device.identity import AboutThisPhone, Identity
from mobile_app.device.key_vault import KeyVault
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.device.statements import sign_statement
from mobile_app.errors import CheckFailed
from mobile_app.link import wire
from mobile_app.link.phone_statements import DeviceHello
from mobile_app.link.ports import EventSocket
from mobile_app.link.server_statements import read_server_hello


@dataclass(frozen=True, slots=True)
class Proven:
    """``skew_ms``: how far the server's clock is ahead of the phone's."""

    access_token: str
    skew_ms: int


def prove_device(
    socket: EventSocket,
    *,
    identity: Identity,
    pinned: PinnedKeys,
    vault: KeyVault,
    clock: Clock,
    about: AboutThisPhone,
    random_bytes: Callable[[int], bytes],
    keep_keys: Callable[[PinnedKeys], None],
) -> Proven:
    """``keep_keys`` gets the keys after a rotation, to pin them. Raises CheckFailed, ServerRefused,
    LinkError."""
    phone_nonce = random_bytes(32)
    message = wire.hello_message(identity.device_id, phone_nonce, about.app_version, about.platform, pinned.counter)
    hello = wire.read_hello_answer(socket.call("hello", message))
    if hello.key_rotations:
        pinned = pinned.rotated(hello.key_rotations)
        keep_keys(pinned)
    statement = sign_statement(
        "phoneseal.device_hello.v1",
        DeviceHello(identity.device_id, identity.server_id, hello.nonce, phone_nonce).body(),
        identity.device_id,
        lambda signing_input: vault.sign_as_device(identity.vault_name, signing_input),
    )
    asked_at = milliseconds(clock)
    answer = wire.read_prove_answer(socket.call("prove", {"statement": statement.message()}))
    answered_at = milliseconds(clock)
    said = pinned.verify(answer.statement, "phoneseal.server_hello.v1", read_server_hello).body
    expected = (identity.server_id, identity.device_id, hello.nonce, phone_nonce)
    if (said.server_id, said.device_id, said.nonce, said.phone_nonce) != expected:
        raise CheckFailed("server_hello_wrong")
    return Proven(answer.access_token, said.server_time - (asked_at + answered_at) // 2)
