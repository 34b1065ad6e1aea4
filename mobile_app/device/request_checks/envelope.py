"""Is this request meant for this phone, now (protocol §4.1). The first check, before anything is downloaded.

Rules, each refused with CheckFailed("envelope_…"):
* signed by the pinned key of our server, every field of the right shape and within the limits
  (``server_statements.read_envelope``);
* our server, subscriber, device, credential and certificate;
* issued before it expires, living at most 24 hours, not from the future by the server's clock;
* three different codes.
An envelope that ran out is no attack: it raises Refused("request_expired").
"""

from typing import Final

from mobile_app.device.identity import Identity
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.device.statements import Verified
from mobile_app.errors import CheckFailed, Refused
from mobile_app.link.server_statements import Envelope, read_envelope
from mobile_app.link.wire import Statement

PURPOSE: Final = "phoneseal.envelope.v1"
MAX_LIFE_MS: Final = 24 * 3600 * 1000
CLOCK_TOLERANCE_MS: Final = 60_000
"""How far ahead of our reckoning of the server's clock an envelope may be dated: the reckoning is as good as
one round trip."""


def verify_envelope(statement: Statement, identity: Identity, pinned: PinnedKeys) -> Verified[Envelope]:
    """Is it from our server, and for us?"""
    verified = pinned.verify(statement, PURPOSE, read_envelope)
    for name in ("server_id", "subscriber_id", "device_id", "credential_id", "certificate_sha256"):
        if getattr(verified.body, name) != getattr(identity, name):
            raise CheckFailed("envelope_not_ours", {"what": name, "request_id": verified.body.request_id})
    return verified


def check_terms(envelope: Envelope, server_now: int) -> None:
    """May it be answered at all? ``server_now``: milliseconds by the server's clock. What fails here is
    refused to the server."""
    if not envelope.issued_at < envelope.expires_at <= envelope.issued_at + MAX_LIFE_MS:
        raise CheckFailed("envelope_times_wrong", {"what": "life"})
    if envelope.issued_at > server_now + CLOCK_TOLERANCE_MS:
        raise CheckFailed("envelope_times_wrong", {"what": "future"})
    if len(set(envelope.verification_codes)) != 3:
        raise CheckFailed("envelope_codes_wrong")
    if envelope.expires_at <= server_now:
        raise Refused("request_expired")
