"""Pairing this phone with a subscriber at a server (protocol §3), so that a kill at any step leaves nothing
or a pairing to resume.

Rules:
* With a QR code the server's key must be the one in the code, before anything else is told.
* The vault's file is written before the server learns a key; the share is never on the phone's disk. A
  pairing killed before the server took ``reveal`` is dropped; afterwards it resumes by asking for its status
  with the device key.
* The digits shown are the phone's own, from the transcript.
* What completes the pairing must be signed by the pinned key and speak of this transcript; the certificate
  must be ours.
* A server that fails one of these checks ends the pairing, and its keys go.
* Identity, pinned keys and certificate are written in one commit; vaults that nothing refers to are erased.
"""

from collections.abc import Callable

from mobile_app.clock import Clock
from mobile_app.crash_points import crash_point
from mobile_app.device.certificates import keep_certificate
from mobile_app.device.identity import (
    AboutThisPhone,
    Identity,
    keep_identity,
    keep_pinned_keys,
    kept_identity,
)
from mobile_app.device.interaction import Attention, AttentionLost, UserInteraction
from mobile_app.device.journal import Journal
from mobile_app.device.key_vault import KeyChoice, KeyVault, NewVault
from mobile_app.device.open_pairing import OpenPairing, checked_identity
from mobile_app.device.pairing_check import check_server_key
from mobile_app.device.pairing_code import PairingCode, read_pairing_code
from mobile_app.device.pairing_transcript import Transcript, commitment, transcript
from mobile_app.device.pin_keys import SHARE_BYTES
from mobile_app.device.pin_rules import require_strong_pin, wipe
from mobile_app.device.statements import pae
from mobile_app.errors import CheckFailed, LinkError, Refused, ServerRefused
from mobile_app.link import fields
from mobile_app.link.pairing_wire import (
    BEGIN_PATH,
    REVEAL_PATH,
    STATUS_PATH,
    BeginAnswer,
    Reveal,
    StatusAnswer,
    begin_message,
    read_begin_answer,
    read_reveal_answer,
    read_status_answer,
    status_message,
)
from mobile_app.link.ports import WebConnector, WebLink

_PAIRING = "pairing"
_CODE_LIFE_SECONDS = 300.0
_TRIES = 5


class Enrolment:
    """One phone's pairing. Blocks the caller; ``attention`` cancels."""

    def __init__(
        self,
        *,
        journal: Journal,
        vault: KeyVault,
        interaction: UserInteraction,
        web: WebConnector,
        clock: Clock,
        about: AboutThisPhone,
        random_bytes: Callable[[int], bytes],
        poll_seconds: float = 0.5,
    ) -> None:
        self._journal = journal
        self._vault = vault
        self._interaction = interaction
        self._web = web
        self._clock = clock
        self._about = about
        self._random_bytes = random_bytes
        self._poll_seconds = poll_seconds

    def pair(
        self,
        code: str,
        pin: bytearray,
        attention: Attention,
        *,
        server_url: str | None,
        choice: KeyChoice,
    ) -> Identity:
        """See ``PhoneDevice.pair``."""
        try:
            if kept_identity(self._journal) is not None:
                raise Refused("already_paired")
            require_strong_pin(pin)
            wanted = read_pairing_code(code, server_url)
            self.abandon()
            link = self._web.open(wanted.server_url)
            try:
                opened = self._begin_and_reveal(link, wanted, pin, choice, attention)
                return self._await_completion(link, opened, attention)
            except CheckFailed:
                self.abandon()
                raise
            finally:
                link.close()
        finally:
            wipe(pin)

    def resume(self, attention: Attention) -> Identity | None:
        """See ``PhoneDevice.resume_pairing``."""
        opened = self._kept()
        if opened is None:
            self.drop_stray_vaults()
            return None
        link = self._web.open(opened.server_url)
        try:
            try:
                status = self._status(link, opened, attention)
            except ServerRefused:
                self.abandon()
                return None
            if status.state in ("claimed", "rejected", "expired"):
                self.abandon()
                return None
            return self._await_completion(link, opened, attention)
        except CheckFailed:
            self.abandon()
            raise
        finally:
            link.close()

    def abandon(self) -> None:
        """Drop an open pairing and its keys."""
        self._journal.set_fact(_PAIRING, None)
        self.drop_stray_vaults()

    def drop_stray_vaults(self) -> None:
        """Erase keys that neither the identity nor an open pairing refers to."""
        identity, opened = kept_identity(self._journal), self._kept()
        kept = {identity.vault_name if identity else None, opened.pairing_id if opened else None}
        for name in self._vault.names():
            if name not in kept:
                self._vault.erase(name)

    # -- begin and reveal -------------------------------------------------------------------------

    def _begin_and_reveal(
        self, link: WebLink, wanted: PairingCode, pin: bytearray, choice: KeyChoice, attention: Attention
    ) -> OpenPairing:
        new = self._vault.make(choice, "PhoneSeal")
        try:
            phone_nonce = self._random_bytes(32)
            message = begin_message(
                wanted.code,
                commitment(phone_nonce, new.public_keys),
                self._about.device_name,
                self._about.platform,
                self._about.app_version,
            )
            begun = read_begin_answer(self._post(link, BEGIN_PATH, message, attention))
            crash_point("pairing.begin.sent")
            self._check_begun(begun, wanted, choice)
            agreed = transcript(begun, phone_nonce, new.public_keys)
            share = self._random_bytes(SHARE_BYTES)
            pin_proof_key = new.keep(begun.pairing_id, pin, share)
            wipe(pin)
            crash_point("pairing.vault.kept")
            opened = self._open(wanted, begun, agreed, new, choice)
            self._journal.set_fact(_PAIRING, opened.text())
            crash_point("pairing.journal.revealing")
            reveal = Reveal(
                pairing_id=begun.pairing_id,
                phone_nonce=phone_nonce,
                device_key=new.public_keys.device,
                approval_key=new.public_keys.approval,
                csr=new.public_keys.csr,
                signature_algorithm=choice.signature_algorithm,
                key_protection=self._vault.key_protection,
                vault_share=share,
                pin_proof_key=pin_proof_key,
                proofs={
                    role: new.prove(role, agreed.proof_message(role)) for role in ("device", "approval", "signing")
                },
            )
        finally:
            new.close()
        try:
            read_reveal_answer(self._post(link, REVEAL_PATH, reveal.message(), attention))
        except ServerRefused:
            self.abandon()
            raise
        crash_point("pairing.reveal.sent")
        return opened

    def _check_begun(self, begun: BeginAnswer, wanted: PairingCode, choice: KeyChoice) -> None:
        check_server_key(begun.request_signing_key, wanted)
        if begun.recovery_key == begun.request_signing_key:
            raise CheckFailed("server_key_unknown", {"what": "recovery_key"})
        if choice.signature_algorithm not in begun.signature_algorithms:
            raise Refused("algorithm_unsupported", {"offered": list(begun.signature_algorithms)})

    def _open(
        self, wanted: PairingCode, begun: BeginAnswer, agreed: Transcript, new: NewVault, choice: KeyChoice
    ) -> OpenPairing:
        return OpenPairing(
            server_url=wanted.server_url,
            pairing_id=begun.pairing_id,
            server_id=begun.server_id,
            server_name=begun.server_name,
            subscriber_name=begun.subscriber_name,
            request_signing_key=fields.encode_bytes(begun.request_signing_key),
            recovery_key=fields.encode_bytes(begun.recovery_key),
            key_counter=begun.key_counter,
            transcript_sha256=agreed.sha256,
            digits=agreed.digits,
            signing_key=fields.encode_bytes(new.public_keys.signing),
            signature_algorithm=choice.signature_algorithm,
            begun_at=int(self._clock.now()),
        )

    # -- until the person has confirmed -----------------------------------------------------------

    def _await_completion(self, link: WebLink, opened: OpenPairing, attention: Attention) -> Identity:
        shown = ""
        while True:
            try:
                status = self._status(link, opened, attention)
            except ServerRefused:
                self.abandon()
                raise
            if status.state in ("rejected", "expired"):
                self.abandon()
                raise Refused(f"pairing_{status.state}")
            if status.state == "complete":
                identity = checked_identity(opened, status, self._vault.key_protection)
                self._keep(opened, identity, status)
                self._interaction.show_pairing("complete", opened.digits, 0.0)
                return identity
            if status.state != shown and status.state != "claimed":
                shown = status.state
                left = opened.begun_at + _CODE_LIFE_SECONDS - self._clock.now()
                self._interaction.show_pairing(shown, opened.digits, max(0.0, left))
            self._wait(attention)

    def _status(self, link: WebLink, opened: OpenPairing, attention: Attention) -> StatusAnswer:
        message = pae("phoneseal.pairing_status.v1", opened.pairing_id.encode("ascii"))
        proof = self._vault.sign_as_device(opened.pairing_id, message)
        answer = self._post(link, STATUS_PATH, status_message(opened.pairing_id, proof), attention)
        return read_status_answer(answer)

    def _keep(self, opened: OpenPairing, identity: Identity, status: StatusAnswer) -> None:
        crash_point("pairing.journal.complete.before")
        with self._journal.commit():
            keep_identity(self._journal, identity)
            keep_certificate(self._journal, identity, status.credential.certificate_chain if status.credential else ())
            keep_pinned_keys(self._journal, opened.pinned)
            self._journal.set_fact(_PAIRING, None)
        crash_point("pairing.journal.complete.after")

    # -- the way there ----------------------------------------------------------------------------

    def _kept(self) -> OpenPairing | None:
        text = self._journal.fact(_PAIRING)
        if text is None:
            return None
        return OpenPairing.read(text)

    def _post(self, link: WebLink, path: str, message: dict[str, object], attention: Attention) -> object:
        """Every message may be sent twice, so a lost answer is asked for again a few times."""
        for left in reversed(range(_TRIES)):
            try:
                return link.post_json(path, message)
            except fields.Malformed:
                raise
            except LinkError:
                if left == 0:
                    raise
                self._wait(attention)
        raise AssertionError

    def _wait(self, attention: Attention) -> None:
        try:
            attention.wait(self._poll_seconds)
        except AttentionLost:
            if attention.reason != "stopped":
                self.abandon()
                raise Refused("pairing_cancelled") from None
            raise
