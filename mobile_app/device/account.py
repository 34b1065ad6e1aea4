"""What the person does to the account from this phone: change the PIN, freeze, unpair (protocol §5)."""

from collections.abc import Callable

from mobile_app.crash_points import crash_point
from mobile_app.device.interaction import Attention
from mobile_app.device.pin_exchange import pin_challenge
from mobile_app.device.pin_keys import SHARE_BYTES
from mobile_app.device.pin_rules import require_strong_pin, wipe
from mobile_app.device.request_steps.walk_state import WalkParts
from mobile_app.device.statements import sign_statement
from mobile_app.errors import LinkError
from mobile_app.link import wire
from mobile_app.link.fields import encode_bytes
from mobile_app.link.phone_statements import DeviceWish


def change_pin(
    parts: WalkParts,
    old_pin: bytearray,
    new_pin: bytearray,
    random_bytes: Callable[[int], bytes],
    attention: Attention,
) -> None:
    """Wrap anew beside the old, tell the server, then let the new one count. Raises WeakPin, WrongPin,
    ServerRefused, VaultError, LinkError("pin_change_unsure") when the server's answer was lost: whichever PIN
    it now takes will open the vault."""
    vault_name = parts.identity.vault_name
    try:
        require_strong_pin(new_pin)
        attempt = parts.vault.attempt(vault_name, old_pin)
        try:
            share = parts.pin_exchange.released_share(attempt, attention)
            new_share = random_bytes(SHARE_BYTES)
            pin_proof_key = parts.vault.begin_pin_change(attempt, share, new_pin, new_share)
            nonce = pin_challenge(parts.session, attention)
            message = {
                "nonce": encode_bytes(nonce),
                "proof": encode_bytes(attempt.proof(nonce, parts.identity.device_id)),
                "vault_share": encode_bytes(new_share),
                "pin_proof_key": encode_bytes(pin_proof_key),
            }
            try:
                answer = parts.session.call_once("change_pin", message)
            except LinkError as error:
                raise LinkError("pin_change_unsure") from error
            wire.read_done_answer(answer, "changed")
        finally:
            attempt.close()
        crash_point("pin.change.sent")
        parts.vault.finish_pin_change(vault_name)
        crash_point("pin.change.finished")
    finally:
        wipe(old_pin)
        wipe(new_pin)


def tell(parts: WalkParts, wish: str, done: str, attention: Attention) -> None:
    """``freeze`` or ``unpair``, signed by the device key. Raises ServerRefused, AttentionLost."""
    statement = sign_statement(
        f"phoneseal.{wish}.v1",
        DeviceWish(parts.identity.device_id, parts.session.server_now()).body(),
        parts.identity.device_id,
        lambda message: parts.vault.sign_as_device(parts.identity.vault_name, message),
    )
    answer = parts.session.call(wish, {"statement": statement.message()}, attention)
    wire.read_done_answer(answer, done)
