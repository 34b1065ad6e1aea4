"""Is a pairing code any good? Asked before the person chooses a PIN (protocol §3, step 0). Nothing is claimed or kept by it."""

from typing import Final

from mobile_app.device.identity import kept_identity
from mobile_app.device.journal import Journal
from mobile_app.device.pairing_code import PairingCode, read_pairing_code
from mobile_app.device.server_keys import fingerprint
from mobile_app.errors import CheckFailed, LinkError, Refused
from mobile_app.link.pairing_wire import CHECK_PATH, check_message, read_check_answer
from mobile_app.link.ports import WebConnector

_NO_SUCH_CALL: Final = (404, 405)
"""Statuses of a server from before there was this call: it is asked at the end, as it was then."""


def check_code(journal: Journal, web: WebConnector, code: str, server_url: str | None) -> None:
    """Raises Refused (``already_paired``, ``pairing_code_malformed``), ServerRefused(``pairing_code_unknown``),
    CheckFailed(``server_key_unknown``), LinkError."""
    if kept_identity(journal) is not None:
        raise Refused("already_paired")
    wanted = read_pairing_code(code, server_url)
    link = web.open(wanted.server_url)
    try:
        key = read_check_answer(link.post_json(CHECK_PATH, check_message(wanted.code)))
    except LinkError as error:
        if error.code == "http_status" and error.details.get("status") in _NO_SUCH_CALL:
            return
        raise
    finally:
        link.close()
    check_server_key(key, wanted)


def check_server_key(request_signing_key: bytes, wanted: PairingCode) -> None:
    """Of a typed code nothing is known of the key beforehand. Raises CheckFailed("server_key_unknown")."""
    offered = fingerprint(request_signing_key)
    if wanted.fingerprint is not None and offered != wanted.fingerprint:
        raise CheckFailed("server_key_unknown", {"expected": wanted.fingerprint, "offered": offered})
