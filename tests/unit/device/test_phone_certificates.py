"""The certificates that a phone keeps: which one it signs with, which it signed with before and why no longer, and what was signed."""

import base64
import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.device.certificate_facts import DAY_MS, Validity, pem_file, read_certificate
from mobile_app.device.certificates import CertificateEnd, PhoneCertificate, keep_certificate
from mobile_app.device.identity import forget_identity, keep_identity
from mobile_app.device.interaction import ConnectionState, Refuse
from mobile_app.ui.evidence_file import evidence_json
from tests.unit.device.fake_server import FakeServer
from tests.unit.device.phone_kit import Kit, wait_for
from tests.unit.device.test_phone_resumes import Killed, come_back, kill_at

YEAR_SECONDS = 366 * 24 * 3600


def signs(kit: Kit, count: int = 1) -> None:
    request = kit.server.ask(count)
    kit.offer(request)
    assert kit.complete(request).items_signed == count


def pair_again(kit: Kit) -> None:
    kit.server.pairing = {"code": "0123456789", "state": "offered"}
    kit.server.requests.clear()
    kit.pair()
    wait_for(lambda: kit.phone.connection == ConnectionState.ONLINE)


def ends(kit: Kit) -> list[CertificateEnd | None]:
    return [one.end for one in kit.phone.certificates()]


def test_a_phone_without_a_pairing_has_no_certificate(unpaired: Kit) -> None:
    assert unpaired.phone.certificates() == []


def test_the_certificate_is_kept_with_the_chain_that_was_checked(kit: Kit) -> None:
    (kept,) = kit.phone.certificates()
    assert kit.phone.identity is not None
    assert kept == PhoneCertificate(
        certificate=kit.server.device["certificate"],
        certificate_chain=(kit.server.device["root"],),
        certificate_sha256=kit.phone.identity.certificate_sha256,
        subscriber_name=kit.server.subscriber_name,
        server_name=kit.phone.identity.server_name,
        signature_algorithm="ecdsa_p256_sha256",
        key_protection="file",
        paired_at=kit.phone.identity.paired_at,
    )


def test_an_unlinked_phone_that_is_paired_again_knows_both(kit: Kit) -> None:
    (first,) = kit.phone.certificates()
    signs(kit, 2)
    kit.phone.unpair()
    assert ends(kit) == [CertificateEnd.UNLINKED], "without a pairing it is still known"
    pair_again(kit)
    signs(kit, 3)
    kit.restart()
    now, before = kit.phone.certificates()
    assert (now.end, now.ended_at) == (None, None)
    assert before.certificate == first.certificate
    assert before.certificate_chain == first.certificate_chain
    assert before.ended_at is not None
    assert first.paired_at <= before.ended_at <= now.paired_at
    assert kit.phone.signed_documents(before.certificate_sha256) == 2
    assert kit.phone.signed_documents(now.certificate_sha256) == 3


def test_the_evidence_of_a_request_holds_the_certificate_that_it_asked_for(kit: Kit) -> None:
    (first,) = kit.phone.certificates()
    signs(kit)
    kit.phone.unpair()
    pair_again(kit)
    signs(kit)
    now = kit.phone.certificates()[0]
    made = json.loads(evidence_json(kit.phone, kit.phone.history(), 1_790_000_000_000))
    assert first.certificate != now.certificate
    assert [one["certificate"] for one in made["requests"]] == [
        base64.b64encode(one.certificate).decode() for one in (now, first)
    ]
    assert [one["certificate_chain"] for one in made["requests"]] == [
        [base64.b64encode(one.certificate_chain[0]).decode()] for one in (now, first)
    ]


def test_nothing_of_a_key_is_kept_with_a_certificate(kit: Kit) -> None:
    kit.phone.unpair()
    journal = sqlite3.connect(kit.folder / "journal.sqlite3")
    columns = {row[1] for row in journal.execute("PRAGMA table_info(certificate)")}
    kept = journal.execute("SELECT * FROM certificate").fetchall()
    journal.close()
    assert columns == {
        "certificate_sha256", "certificate", "chain", "subscriber_name", "server_name", "signature_algorithm", "key_protection",
        "paired_at", "ended_at", "end_reason",
    }  # fmt: skip
    assert len(kept) == 1
    assert list(kit.folder.glob("*.vault")) == []


def test_a_pairing_that_the_server_ended_says_so(kit: Kit) -> None:
    kit.phone.forget_pairing()
    assert ends(kit) == [CertificateEnd.UNLINKED_ELSEWHERE]


def test_when_it_ended_is_told_by_the_servers_clock(unpaired: Kit) -> None:
    """A phone whose clock is a day behind would otherwise end it before it began."""
    clock = unpaired.server.now
    unpaired.server.now = lambda: clock() + DAY_MS / 1000
    unpaired.pair()
    unpaired.online()
    unpaired.phone.unpair()
    (ended,) = unpaired.phone.certificates()
    assert ended.ended_at is not None
    assert ended.ended_at >= ended.paired_at


def test_a_certificate_that_had_run_out_ended_by_that(kit: Kit) -> None:
    kit.clock.offset = YEAR_SECONDS
    kit.phone.unpair()
    assert ends(kit) == [CertificateEnd.EXPIRED]


def test_a_certificate_in_whose_place_another_comes_is_replaced(kit: Kit) -> None:
    identity = kit.phone.identity
    assert identity is not None
    journal, other = kit.phone._journal, FakeServer(kit.clock.now).certify(None)
    taken_on = type(identity)(**{name: getattr(identity, name) for name in identity.__slots__} | {
        "certificate": other, "certificate_sha256": "0" * 64, "paired_at": identity.paired_at + 1,
    })  # fmt: skip
    with journal.commit():
        keep_identity(journal, taken_on)
        keep_certificate(journal, taken_on, ())
    now, before = kit.phone.certificates()
    assert (now.certificate, now.end) == (other, None)
    assert (before.end, before.ended_at) == (CertificateEnd.REPLACED, taken_on.paired_at)


def test_a_pairing_from_before_certificates_were_kept_is_shown_and_kept_at_its_end(kit: Kit) -> None:
    """Its journal has no such table, and nobody knows the chain any more."""
    (kept,) = kit.phone.certificates()
    kit.phone.close()
    journal = sqlite3.connect(kit.folder / "journal.sqlite3")
    journal.execute("DROP TABLE certificate")
    journal.close()
    kit.phone = kit._new_phone()
    (found,) = kit.phone.certificates()
    assert (found.certificate, found.certificate_chain, found.end) == (kept.certificate, (), None)
    kit.phone.forget_pairing()
    (found,) = kit.phone.certificates()
    assert (found.certificate, found.certificate_chain) == (kept.certificate, ())
    assert found.end == CertificateEnd.UNLINKED_ELSEWHERE


@pytest.mark.parametrize(
    ("point", "known"), [("pairing.journal.complete.before", 0), ("pairing.journal.complete.after", 1)]
)
def test_identity_and_certificate_stand_or_fall_together(
    unpaired: Kit, monkeypatch: pytest.MonkeyPatch, point: str, known: int
) -> None:
    kill_at(unpaired, monkeypatch, point)
    with pytest.raises(Killed):
        unpaired.pair()
    come_back(unpaired, monkeypatch)
    assert (len(unpaired.phone.certificates()), unpaired.phone.identity is not None) == (known, bool(known))


def test_an_ending_that_fails_ends_nothing(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_journal: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("mobile_app.device.device.forget_identity", fails)
    with pytest.raises(sqlite3.OperationalError):
        kit.phone.forget_pairing()
    monkeypatch.setattr("mobile_app.device.device.forget_identity", forget_identity)
    assert ends(kit) == [None]
    assert kit.phone.identity is not None


def test_what_was_refused_or_signed_elsewhere_counts_for_no_certificate(kit: Kit) -> None:
    (kept,) = kit.phone.certificates()
    kit.person.decision = Refuse("không")
    refused = kit.server.ask()
    kit.offer(refused)
    kit.person.result()
    kit.phone._journal.record_outcome(refused.request_id, (5, 0, 0), "COMPLETED", 9, "0" * 64)
    assert kit.phone.signed_documents(kept.certificate_sha256) == 0, "another phone signed these"


def test_how_a_certificate_stands_day_by_day(kit: Kit) -> None:
    facts = read_certificate(kit.phone.certificates()[0].certificate)
    assert (facts.subject, facts.issuer, facts.key, facts.issued_itself) == (kit.server.subscriber_name, "Test CA", "ECDSA P-256", False)
    start, end = facts.starts_at, facts.ends_at
    stands = {
        start - DAY_MS - 1: (Validity.NOT_YET, 367),
        start - 1: (Validity.NOT_YET, 366),
        start: (Validity.ACTIVE, 365),
        end - 30 * DAY_MS - 1: (Validity.ACTIVE, 31),
        end - 30 * DAY_MS: (Validity.SOON, 30),
        end - 1: (Validity.SOON, 1),
        end: (Validity.SOON, 0),
        end + 1: (Validity.EXPIRED, 0),
    }
    assert {at: (facts.validity(at), facts.days_left(at)) for at in stands} == stands
    assert [facts.days_until_start(start - gap) for gap in (DAY_MS + 1, 1, 0)] == [2, 1, 0]


def test_the_file_for_others_leads_from_the_certificate_to_its_root(kit: Kit) -> None:
    (kept,) = kit.phone.certificates()
    ours, root = x509.load_pem_x509_certificates(pem_file(kept.certificate, kept.certificate_chain))
    assert ours.public_bytes(serialization.Encoding.DER) == kept.certificate
    ours.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert read_certificate(kept.certificate_chain[0]).issued_itself


def test_a_name_without_a_common_name_is_shown_in_full() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Ánh Dương")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    facts = read_certificate(
        x509.CertificateBuilder(name, name, key.public_key(), 255, start, start + timedelta(days=2))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    assert (facts.issuer, facts.serial_number, facts.key, facts.issued_itself) == ("O=Ánh Dương", "ff", "ECDSA P-384", True)
