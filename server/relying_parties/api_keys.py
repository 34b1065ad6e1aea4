"""API keys of relying parties: scoped, revocable, shown once. ``psk_<key id>_<secret>``; only the SHA-256 of the secret is kept."""

import hashlib
import hmac
import secrets
from contextlib import AbstractContextManager
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.errors import BadInput, Forbidden, NotAuthenticated
from server.ids import new_id
from server.relying_parties.relying_party import SCOPES, ApiKey, RelyingParty
from server.text import clean_text

DEFAULT_LIVE_LIMIT = 5
PORTAL = "portal"


class RelyingParties(Protocol):
    def add(self, party: RelyingParty) -> None: ...
    def get(self, relying_party_id: str) -> RelyingParty: ...
    def all(self) -> list[RelyingParty]: ...
    def set_state(self, relying_party_id: str, state: str) -> None: ...
    def add_key(self, key: ApiKey) -> None: ...
    def key(self, key_id: str) -> ApiKey | None: ...
    def keys_of(self, relying_party_id: str) -> list[ApiKey]: ...
    def revoke_key(self, key_id: str, now: float) -> bool: ...


class RelyingPartyTransaction(Protocol):
    @property
    def relying_parties(self) -> RelyingParties: ...
    @property
    def audit(self) -> AuditStore: ...


class RelyingPartyStore(Protocol):
    def read(self) -> AbstractContextManager[RelyingPartyTransaction]: ...
    def write(self) -> AbstractContextManager[RelyingPartyTransaction]: ...


class KeepRelyingParties:
    def __init__(self, store: RelyingPartyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add(self, name: str, *, kind: str = "api", live_limit: int = DEFAULT_LIVE_LIMIT) -> RelyingParty:
        name = clean_text(name, 100)
        if not name:
            raise BadInput("a relying party needs a name", code="bad_input")
        with self._store.write() as tx:
            now = self._clock.now()
            party = RelyingParty(new_id("rp", now), name, kind, "ACTIVE", live_limit, now)
            tx.relying_parties.add(party)
            record(tx, "relying_party_added", now=now, actor="operator", subject=party.relying_party_id)
        return party

    def portal(self, name: str) -> RelyingParty:
        """The built-in portal's own entry, made on the first start."""
        with self._store.read() as tx:
            for party in tx.relying_parties.all():
                if party.kind == PORTAL:
                    return party
        return self.add(name, kind=PORTAL, live_limit=1000)

    def all(self) -> list[tuple[RelyingParty, list[ApiKey]]]:
        with self._store.read() as tx:
            return [(p, tx.relying_parties.keys_of(p.relying_party_id)) for p in tx.relying_parties.all()]

    def set_state(self, relying_party_id: str, state: str) -> None:
        with self._store.write() as tx:
            tx.relying_parties.get(relying_party_id)
            tx.relying_parties.set_state(relying_party_id, state)
            kind = f"relying_party_{state.lower()}"
            record(tx, kind, now=self._clock.now(), actor="operator", subject=relying_party_id)

    def add_key(self, relying_party_id: str, label: str, scopes: tuple[str, ...] = SCOPES) -> str:
        """Makes a key and returns it in clear, once."""
        if not scopes or not set(scopes) <= set(SCOPES):
            raise BadInput("unknown scope", code="scope_unknown", details={"scopes": list(SCOPES)})
        secret = secrets.token_urlsafe(32)
        with self._store.write() as tx:
            now = self._clock.now()
            party = tx.relying_parties.get(relying_party_id)
            key_id = new_id("ak", now)
            digest = hashlib.sha256(secret.encode()).hexdigest()
            tx.relying_parties.add_key(
                ApiKey(key_id, party.relying_party_id, digest, scopes, clean_text(label, 100), now)
            )
            facts = {"key": key_id, "scopes": list(scopes)}
            record(tx, "api_key_added", now=now, actor="operator", subject=relying_party_id, facts=facts)
        return f"psk_{key_id}_{secret}"

    def revoke_key(self, key_id: str) -> bool:
        with self._store.write() as tx:
            now = self._clock.now()
            revoked = tx.relying_parties.revoke_key(key_id, now)
            if revoked:
                record(tx, "api_key_revoked", now=now, actor="operator", subject=key_id)
        return revoked

    def authenticate(self, presented: str, scope: str) -> RelyingParty:
        """Who presents this key, for this scope. Raises ``NotAuthenticated(api_key_invalid)``, ``Forbidden(scope_missing)``."""
        prefix, _, rest = presented.partition("_")
        key_id, secret = rest[:29], rest[30:]
        with self._store.read() as tx:
            key = tx.relying_parties.key(key_id) if prefix == "psk" else None
            party = tx.relying_parties.get(key.relying_party_id) if key else None
        digest = hashlib.sha256(secret.encode()).hexdigest()
        if (
            key is None
            or party is None
            or key.revoked_at is not None
            or not hmac.compare_digest(digest, key.secret_sha256)
        ):
            raise NotAuthenticated("no such API key", code="api_key_invalid")
        if party.state != "ACTIVE":
            raise Forbidden("the relying party is suspended", code="relying_party_suspended")
        if scope not in key.scopes:
            raise Forbidden("the key lacks the scope", code="scope_missing", details={"scope": scope})
        return party
