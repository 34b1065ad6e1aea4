"""The schema, step by step. A step that has landed is never edited: the next change is the next step.

Every table is STRICT; times are seconds since the epoch (REAL); digests that people or files meet are lower-case hex, others are blobs.
"""

from sqlite_utils import Database, Migrations

from server.documents.list_documents import search_form

migrations = Migrations("phoneseal")

FIRST = (
    # --- people and who may ask -----------------------------------------------------------------------------------------
    """CREATE TABLE subscribers (
        subscriber_id TEXT PRIMARY KEY, name TEXT NOT NULL, handle TEXT NOT NULL UNIQUE, created_at REAL NOT NULL) STRICT""",
    """CREATE TABLE users (
        user_id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
        language TEXT NOT NULL, subscriber_id TEXT REFERENCES subscribers, state TEXT NOT NULL, session_epoch INTEGER NOT NULL,
        signing_method TEXT NOT NULL, created_at REAL NOT NULL) STRICT""",
    "CREATE INDEX users_by_subscriber ON users (subscriber_id)",
    """CREATE TABLE relying_parties (
        relying_party_id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, live_limit INTEGER NOT NULL,
        created_at REAL NOT NULL) STRICT""",
    """CREATE TABLE api_keys (
        key_id TEXT PRIMARY KEY, relying_party_id TEXT NOT NULL REFERENCES relying_parties, secret_sha256 TEXT NOT NULL,
        scopes TEXT NOT NULL, label TEXT NOT NULL, created_at REAL NOT NULL, revoked_at REAL) STRICT""",
    "CREATE INDEX api_keys_by_party ON api_keys (relying_party_id)",
    # --- phones ---------------------------------------------------------------------------------------------------------
    """CREATE TABLE devices (
        device_id TEXT PRIMARY KEY, subscriber_id TEXT NOT NULL REFERENCES subscribers, name TEXT NOT NULL, platform TEXT NOT NULL,
        state TEXT NOT NULL, device_key BLOB NOT NULL, approval_key BLOB NOT NULL, key_protection TEXT NOT NULL,
        sealed_vault_share BLOB NOT NULL, sealed_pin_proof_key BLOB NOT NULL, counter INTEGER NOT NULL, wrong_pins INTEGER NOT NULL,
        pin_wait_until REAL NOT NULL, paired_at REAL NOT NULL, last_seen_at REAL, ended_at REAL) STRICT""",
    "CREATE INDEX devices_by_subscriber ON devices (subscriber_id)",
    """CREATE TABLE device_sessions (
        token_sha256 TEXT PRIMARY KEY, device_id TEXT NOT NULL REFERENCES devices, expires_at REAL NOT NULL) STRICT""",
    "CREATE INDEX device_sessions_by_device ON device_sessions (device_id)",
    "CREATE INDEX device_sessions_by_expiry ON device_sessions (expires_at)",
    """CREATE TABLE credentials (
        credential_id TEXT PRIMARY KEY, subscriber_id TEXT NOT NULL REFERENCES subscribers, device_id TEXT REFERENCES devices,
        key_location TEXT NOT NULL, signature_algorithm TEXT NOT NULL, certificate BLOB NOT NULL, certificate_chain BLOB NOT NULL,
        certificate_sha256 TEXT NOT NULL, state TEXT NOT NULL, not_before REAL NOT NULL, not_after REAL NOT NULL,
        created_at REAL NOT NULL) STRICT""",
    "CREATE INDEX credentials_by_device ON credentials (device_id)",
    "CREATE INDEX credentials_by_subscriber ON credentials (subscriber_id)",
    """CREATE TABLE pairings (
        pairing_id TEXT PRIMARY KEY, subscriber_id TEXT NOT NULL REFERENCES subscribers, user_id TEXT, code_sha256 TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL, device_name TEXT, platform TEXT, commitment BLOB,
        server_nonce BLOB, reveal TEXT, transcript_sha256 TEXT, digits TEXT, recovery_at REAL, confirmed_at REAL, device_id TEXT,
        credential_id TEXT, finished_at REAL) STRICT""",
    "CREATE INDEX pairings_by_subscriber ON pairings (subscriber_id, pairing_id)",
    "CREATE INDEX pairings_open ON pairings (expires_at) WHERE finished_at IS NULL",
    """CREATE TABLE recoveries (
        recovery_id TEXT PRIMARY KEY, subscriber_id TEXT NOT NULL REFERENCES subscribers, staff TEXT NOT NULL, effective_at REAL NOT NULL,
        created_at REAL NOT NULL, used_at REAL, cancelled_at REAL) STRICT""",
    "CREATE INDEX recoveries_by_subscriber ON recoveries (subscriber_id)",
    """CREATE TABLE key_rotations (
        counter INTEGER PRIMARY KEY, key_id TEXT NOT NULL, statement TEXT NOT NULL, created_at REAL NOT NULL) STRICT""",
    # --- documents ------------------------------------------------------------------------------------------------------
    """CREATE TABLE documents (
        document_id TEXT PRIMARY KEY, relying_party_id TEXT NOT NULL REFERENCES relying_parties, user_id TEXT REFERENCES users,
        title TEXT NOT NULL, document_code TEXT NOT NULL, file_name TEXT NOT NULL, state TEXT NOT NULL, uploaded_sha256 TEXT NOT NULL,
        current_sha256 TEXT NOT NULL, current_length INTEGER NOT NULL, pages INTEGER NOT NULL, page_boxes TEXT NOT NULL,
        earlier_signatures INTEGER NOT NULL, findings TEXT NOT NULL, repairs TEXT NOT NULL, refusal_code TEXT, signed_at REAL,
        created_at REAL NOT NULL, last_request_id TEXT) STRICT""",
    "CREATE INDEX documents_by_user ON documents (user_id, document_id)",
    "CREATE INDEX documents_by_party ON documents (relying_party_id, document_id)",
    "CREATE INDEX documents_by_upload ON documents (uploaded_sha256)",
    "CREATE INDEX documents_by_content ON documents (current_sha256)",
    # --- sign requests --------------------------------------------------------------------------------------------------
    """CREATE TABLE sign_requests (
        request_id TEXT PRIMARY KEY, relying_party_id TEXT NOT NULL REFERENCES relying_parties, relying_party_name TEXT NOT NULL,
        requested_by TEXT NOT NULL, user_id TEXT, subscriber_id TEXT NOT NULL REFERENCES subscribers, subscriber_name TEXT NOT NULL,
        state TEXT NOT NULL, version INTEGER NOT NULL, verification_code TEXT NOT NULL, verification_codes TEXT NOT NULL,
        items_total INTEGER NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL, end_result TEXT, reason TEXT, device_id TEXT,
        credential_id TEXT, approval_sha256 TEXT, approved_at REAL, sign_by REAL, finished_at REAL, audit_sequence INTEGER,
        idempotency_key TEXT, idempotency_sha256 TEXT) STRICT""",
    "CREATE UNIQUE INDEX sign_requests_once ON sign_requests (relying_party_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
    """CREATE INDEX sign_requests_live ON sign_requests (subscriber_id, relying_party_id)
        WHERE state IN ('PREPARING', 'QUEUED', 'PUSHED', 'OPENED', 'SIGNING', 'ANSWERED')""",
    """CREATE INDEX sign_requests_to_expire ON sign_requests (expires_at)
        WHERE state IN ('PREPARING', 'QUEUED', 'PUSHED', 'OPENED')""",
    "CREATE INDEX sign_requests_to_time_out ON sign_requests (sign_by) WHERE state = 'SIGNING'",
    "CREATE INDEX sign_requests_by_party ON sign_requests (relying_party_id, request_id)",
    "CREATE INDEX sign_requests_by_user ON sign_requests (user_id, request_id)",
    "CREATE INDEX sign_requests_refused ON sign_requests (subscriber_id, relying_party_id, finished_at) WHERE state = 'REFUSED'",
    """CREATE TABLE sign_items (
        request_id TEXT NOT NULL REFERENCES sign_requests, position INTEGER NOT NULL, item_id TEXT NOT NULL, document_id TEXT NOT NULL,
        title TEXT NOT NULL, document_code TEXT NOT NULL, processing_right TEXT NOT NULL, pages INTEGER NOT NULL,
        earlier_signatures INTEGER NOT NULL, findings TEXT NOT NULL, placement TEXT, source_sha256 TEXT NOT NULL,
        source_length INTEGER NOT NULL, state TEXT NOT NULL, live INTEGER NOT NULL, prepared_sha256 TEXT, prepared_length INTEGER NOT NULL,
        byte_range TEXT, field_name TEXT, digest_sha256 BLOB, digest_sha384 BLOB, signature_value BLOB,
        signed_sha256 TEXT, signed_length INTEGER NOT NULL,
        end_result TEXT, reason TEXT, PRIMARY KEY (request_id, position)) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX sign_items_one_live ON sign_items (document_id) WHERE live = 1",
    "CREATE INDEX sign_items_by_state ON sign_items (request_id, state)",
    "CREATE INDEX sign_items_by_document ON sign_items (document_id)",
    "CREATE UNIQUE INDEX sign_items_by_id ON sign_items (item_id)",
    """CREATE TABLE offers (
        request_id TEXT NOT NULL REFERENCES sign_requests, device_id TEXT NOT NULL REFERENCES devices, credential_id TEXT NOT NULL,
        envelope TEXT NOT NULL, envelope_sha256 TEXT NOT NULL, manifest_root TEXT NOT NULL, offered_at REAL NOT NULL, pushed_at REAL,
        opened_at REAL, choice_sha256 TEXT, verdict TEXT, verdict_at REAL, approval_sha256 TEXT, withdrawn TEXT,
        PRIMARY KEY (request_id, device_id)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX offers_by_device ON offers (device_id, request_id)",
    # --- evidence -------------------------------------------------------------------------------------------------------
    """CREATE TABLE evidence (
        statement_sha256 TEXT PRIMARY KEY, purpose TEXT NOT NULL, key_id TEXT NOT NULL, body TEXT NOT NULL, signature BLOB NOT NULL,
        public_key BLOB NOT NULL, received_at REAL NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE audit_log (
        sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL,
        facts TEXT NOT NULL, evidence_sha256 TEXT NOT NULL, previous_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT""",
    "CREATE INDEX audit_log_by_subject ON audit_log (subject, sequence)",
    """CREATE TABLE personal_texts (
        digest TEXT PRIMARY KEY, salt BLOB NOT NULL, text TEXT, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    # --- work and messages that leave after commit -----------------------------------------------------------------------
    """CREATE TABLE jobs (
        job_id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, unique_key TEXT UNIQUE,
        priority INTEGER NOT NULL, not_before REAL NOT NULL, lease_owner TEXT, lease_epoch INTEGER NOT NULL, lease_until REAL NOT NULL,
        attempts INTEGER NOT NULL, last_error TEXT, created_at REAL NOT NULL) STRICT""",
    "CREATE INDEX jobs_to_take ON jobs (priority, job_id)",
    "CREATE INDEX jobs_by_subject ON jobs (subject)",
    """CREATE TABLE outbox (
        message_id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
        created_at REAL NOT NULL) STRICT""",
    """CREATE TABLE throttles (
        bucket TEXT PRIMARY KEY, level REAL NOT NULL, filled_at REAL NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID""",
)


@migrations()
def m0001_first(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)


SECOND = (
    """CREATE TABLE import_batches (
        import_batch_id TEXT PRIMARY KEY, relying_party_id TEXT NOT NULL REFERENCES relying_parties, user_id TEXT REFERENCES users,
        name TEXT NOT NULL, created_at REAL NOT NULL) STRICT""",
    "CREATE INDEX import_batches_by_user ON import_batches (user_id, import_batch_id)",
    "ALTER TABLE documents ADD COLUMN import_batch_id TEXT REFERENCES import_batches",
    "ALTER TABLE documents ADD COLUMN processing_right TEXT NOT NULL DEFAULT 'sign'",
    "CREATE INDEX documents_by_batch ON documents (import_batch_id, document_id) WHERE import_batch_id IS NOT NULL",
)


@migrations()
def m0002_import_batches(db: Database) -> None:
    for statement in SECOND:
        db.execute(statement)


THIRD = (
    "ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user'",
    "CREATE INDEX sign_requests_failed ON sign_requests (request_id) WHERE state = 'FAILED'",
    """CREATE INDEX sign_requests_open ON sign_requests (request_id)
        WHERE state IN ('PREPARING', 'QUEUED', 'PUSHED', 'OPENED', 'SIGNING', 'ANSWERED')""",
    # --- the document list ----------------------------------------------------------------------------------------------
    "ALTER TABLE documents ADD COLUMN in_request INTEGER NOT NULL DEFAULT 0",  # mirrors sign_items.live
    "UPDATE documents SET in_request = 1 WHERE document_id IN (SELECT document_id FROM sign_items WHERE live = 1)",
    "ALTER TABLE documents ADD COLUMN search_text TEXT NOT NULL DEFAULT ''",
    """ALTER TABLE documents ADD COLUMN shown TEXT NOT NULL GENERATED ALWAYS AS (
        CASE WHEN state = 'CHECKING' THEN 'checking' WHEN state = 'REFUSED' THEN 'refused' WHEN in_request THEN 'progress'
        WHEN signed_at IS NOT NULL THEN 'completed' WHEN processing_right = 'sign' THEN 'waiting'
        ELSE 'waiting_' || processing_right END) VIRTUAL""",
    "CREATE INDEX documents_shown ON documents (user_id, shown, document_id)",
    """CREATE INDEX documents_shown_of_batch ON documents (import_batch_id, shown, document_id)
        WHERE import_batch_id IS NOT NULL""",
    # --- what an import did not take: the file's name, and why -----------------------------------------------------------
    """CREATE TABLE import_refusals (
        import_batch_id TEXT NOT NULL REFERENCES import_batches, file_name TEXT NOT NULL, code TEXT NOT NULL,
        PRIMARY KEY (import_batch_id, file_name, code)) STRICT, WITHOUT ROWID""",
)


@migrations()
def m0003_lists_and_operators(db: Database) -> None:
    for statement in THIRD:
        db.execute(statement)
    for document_id, *texts in db.execute(
        "SELECT document_id, title, document_code, file_name FROM documents"
    ).fetchall():
        db.execute(
            "UPDATE documents SET search_text = ? WHERE document_id = ?", (search_form(" ".join(texts)), document_id)
        )


FOURTH = (
    # a PIN change on its way: sealed until the phone says that it counts; ``done_at`` once it does
    """CREATE TABLE pin_changes (
        device_id TEXT PRIMARY KEY REFERENCES devices, change_id BLOB NOT NULL, sealed_vault_share BLOB, sealed_pin_proof_key BLOB,
        done_at REAL) STRICT, WITHOUT ROWID""",
    # who may not ask a subscriber; ``user_id`` is empty when a relying party is blocked as a whole
    """CREATE TABLE blocked_requesters (
        block_id TEXT PRIMARY KEY, subscriber_id TEXT NOT NULL REFERENCES subscribers,
        relying_party_id TEXT NOT NULL REFERENCES relying_parties, user_id TEXT NOT NULL, relying_party_name TEXT NOT NULL,
        person TEXT NOT NULL, device_id TEXT NOT NULL REFERENCES devices, statement_sha256 TEXT NOT NULL UNIQUE,
        blocked_at REAL NOT NULL, unblocked_at REAL) STRICT, WITHOUT ROWID""",
    """CREATE UNIQUE INDEX blocked_requesters_now ON blocked_requesters (subscriber_id, relying_party_id, user_id)
        WHERE unblocked_at IS NULL""",
)


@migrations()
def m0004_blocked_requesters(db: Database) -> None:
    for statement in FOURTH:
        db.execute(statement)


FIFTH = (
    # tidying asks whether any item speaks of some bytes
    "CREATE INDEX sign_items_by_signed_file ON sign_items (signed_sha256) WHERE signed_sha256 IS NOT NULL",
    "CREATE INDEX sign_items_by_source ON sign_items (source_sha256)",
)


@migrations()
def m0005_files_of_items(db: Database) -> None:
    for statement in FIFTH:
        db.execute(statement)


SIXTH = (
    # where a phone can be woken, and when it shall be; ``asked_about`` is the pairing that it acknowledged last
    """CREATE TABLE push_subscriptions (
        device_id TEXT PRIMARY KEY REFERENCES devices, endpoint TEXT NOT NULL, p256dh BLOB NOT NULL, auth BLOB NOT NULL,
        registered_at REAL NOT NULL, wake_at REAL, tries INTEGER NOT NULL, lease_until REAL NOT NULL, woken_at REAL,
        asked_about TEXT) STRICT, WITHOUT ROWID""",
    "CREATE INDEX push_subscriptions_wanted ON push_subscriptions (wake_at) WHERE wake_at IS NOT NULL",
    "ALTER TABLE offers ADD COLUMN told_at REAL",  # given to the phone because it asked
)


@migrations()
def m0006_push_subscriptions(db: Database) -> None:
    for statement in SIXTH:
        db.execute(statement)


SEVENTH = (
    # an operator has seen that it failed; the note is personal text, as its twin beside the audit log is
    "ALTER TABLE sign_requests ADD COLUMN set_aside_at REAL",
    "ALTER TABLE sign_requests ADD COLUMN set_aside_by TEXT",
    "ALTER TABLE sign_requests ADD COLUMN set_aside_note TEXT",
    "DROP INDEX sign_requests_failed",
    """CREATE INDEX sign_requests_to_look_at ON sign_requests (request_id)
        WHERE state = 'FAILED' AND set_aside_at IS NULL""",
    "CREATE INDEX sign_requests_set_aside ON sign_requests (set_aside_at, request_id) WHERE set_aside_at IS NOT NULL",
)


@migrations()
def m0007_set_aside(db: Database) -> None:
    for statement in SEVENTH:
        db.execute(statement)


EIGHTH = (
    # what a batch holds, without what was refused; and files of its archives that were there already
    "ALTER TABLE import_batches ADD COLUMN held INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE import_batches ADD COLUMN held_bytes INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE import_batches ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0",
    """UPDATE import_batches SET
        held = (SELECT count(*) FROM documents AS d
            WHERE d.import_batch_id = import_batches.import_batch_id AND d.state != 'REFUSED'),
        held_bytes = (SELECT coalesce(sum(d.current_length), 0) FROM documents AS d
            WHERE d.import_batch_id = import_batches.import_batch_id AND d.state != 'REFUSED')""",
    # what somebody was about to send, until it arrives
    """CREATE TABLE import_expected (
        import_batch_id TEXT NOT NULL REFERENCES import_batches, file_name TEXT NOT NULL, length INTEGER NOT NULL,
        PRIMARY KEY (import_batch_id, file_name, length)) STRICT, WITHOUT ROWID""",
)


@migrations()
def m0008_import_goes_on(db: Database) -> None:
    for statement in EIGHTH:
        db.execute(statement)


NINTH = (
    # who is logged in: a session that has no row is over, whatever a cookie says
    """CREATE TABLE sessions (
        session_sha256 TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users, started_at REAL NOT NULL)
        STRICT, WITHOUT ROWID""",
    "CREATE INDEX sessions_by_start ON sessions (started_at)",
    # from where somebody logged in: there the owner still gets in while others try the name
    """CREATE TABLE known_networks (
        user_id TEXT NOT NULL REFERENCES users, network_sha256 TEXT NOT NULL, seen_at REAL NOT NULL,
        PRIMARY KEY (user_id, network_sha256)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX known_networks_by_time ON known_networks (seen_at)",
)


@migrations()
def m0009_sessions(db: Database) -> None:
    for statement in NINTH:
        db.execute(statement)


TENTH = (
    # which rule a refused file broke, and where
    "ALTER TABLE documents ADD COLUMN refusal_details TEXT",
)


@migrations()
def m0010_refusal_details(db: Database) -> None:
    for statement in TENTH:
        db.execute(statement)


ELEVENTH = (
    # the request that asks for the rest, where the phone would not sign some of the documents
    "ALTER TABLE sign_requests ADD COLUMN continued_by TEXT REFERENCES sign_requests",
)


@migrations()
def m0011_continued_requests(db: Database) -> None:
    for statement in ELEVENTH:
        db.execute(statement)


TWELFTH = (
    # which checker judged a document; of those before nobody knows, so they are looked at anew when they are asked for
    "ALTER TABLE documents ADD COLUMN checked_by TEXT NOT NULL DEFAULT ''",
)


@migrations()
def m0012_checked_by(db: Database) -> None:
    for statement in TWELFTH:
        db.execute(statement)


THIRTEENTH = (
    # where an earlier signature lets a visible one stand, and where each stood in the end
    "ALTER TABLE documents ADD COLUMN stamp_places TEXT",
    "ALTER TABLE sign_items ADD COLUMN stamp TEXT",
)


@migrations()
def m0013_stamp_places(db: Database) -> None:
    for statement in THIRTEENTH:
        db.execute(statement)
