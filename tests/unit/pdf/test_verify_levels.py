"""The level that ``verify`` names: B-B, B-T, B-LT, B-LTA (ETSI EN 319 142-1, 6.3), and timestamps that prove nothing."""

import datetime
import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from server.pdf.verify import SignatureReport, verify_file
from server.pdf.verify_report import WARNINGS
from tests.pdf_corpus.increments import SignatureIncrement
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import Signer
from tests.pdf_corpus.timestamping import (
    AT,
    authority,
    revocation_list,
    signed,
    status_response,
    with_document_timestamp,
    with_validation_material,
)

YEAR = datetime.timedelta(days=365)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)  # pyHanko logs what it thinks of a broken timestamp
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def root() -> Signer:
    return Signer.create("Test root")


@pytest.fixture(scope="module")
def signer(root: Signer) -> Signer:
    return Signer.create("Nguyễn Thị Lấp Lánh Ánh", issuer=root)


def reports(document: bytes, *roots: Signer) -> list[SignatureReport]:
    return verify_file(document, [root.certificate_der for root in roots])


def test_each_level_by_its_name(root: Signer, signer: Signer) -> None:
    tsa = authority(root)
    (b_b,) = reports(signed(signer), root)
    assert (b_b.level, b_b.time_kind, b_b.good) == ("PAdES B-B", "claimed", True)
    document = signed(signer, tsa)
    (b_t,) = reports(document, root)
    assert (b_t.level, b_t.time_kind, b_t.time, b_t.good) == ("PAdES B-T", "timestamp", AT, True)
    document = with_validation_material(document, root, signer)
    (b_lt,) = reports(document, root)
    assert (b_lt.level, b_lt.time, b_lt.integrity) == ("PAdES B-LT", AT, "ok")
    b_lta, stamp = reports(with_document_timestamp(document, tsa), root)
    assert (b_lta.level, stamp.level) == ("PAdES B-LTA", "document timestamp")


def test_validation_material_alone_makes_no_long_term(root: Signer, signer: Signer) -> None:
    (report,) = reports(with_validation_material(signed(signer), root, signer), root)
    assert report.level == "PAdES B-B"


def test_a_timestamp_of_nobody_we_trust_proves_no_time(root: Signer, signer: Signer) -> None:
    stranger = Signer.create("Other root")
    (report,) = reports(signed(signer, authority(stranger)), root)
    assert (report.integrity, report.trust, report.time_kind) == ("ok", "trusted", "claimed")
    assert report.time != AT
    assert "timestamp_untrusted" in report.warnings
    assert report.good, "the signature is good; only its time is the signer's word"


def test_a_timestamp_over_something_else_is_none(root: Signer, signer: Signer) -> None:
    class Elsewhere(DummyTimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            return await super().async_timestamp(bytes(len(message_digest)), md_algorithm)

    tsa = authority(root)
    other = Elsewhere(tsa.tsa_cert, tsa.tsa_key, fixed_dt=AT)
    (report,) = reports(signed(signer, other), root)
    assert report.time_kind != "timestamp"
    assert report.level == "PAdES B-B"
    assert not report.good
    assert {"timestamp_broken", "validation_failed"} & set(report.warnings)
    assert set(report.warnings) <= set(WARNINGS)


def test_a_document_timestamp_is_judged_as_such(root: Signer, signer: Signer) -> None:
    """Its digest is in the TSTInfo, its certificate is the authority's (ISO 32000-2, 12.8.5)."""
    document = with_document_timestamp(signed(signer), authority(root))
    first, stamp = reports(document, root)
    assert (stamp.level, stamp.integrity, stamp.trust, stamp.signer) == ("document timestamp", "ok", "trusted", "Test TSA")
    assert (stamp.time, stamp.time_kind, stamp.good) == (AT, "timestamp", True)
    assert (first.level, first.time, first.time_kind) == ("PAdES B-T", AT, "timestamp"), "it existed when the file was stamped"
    at = document.index(b"Tj")
    for report in reports(document[: at - 3] + b"!" + document[at - 2 :], root):
        assert report.integrity == "broken"


@pytest.mark.parametrize("kind", [b"/Type /Sig         ", b"/Type null         "])
def test_a_timestamp_of_another_type_is_a_timestamp(kind: bytes, root: Signer, signer: Signer) -> None:
    document = with_document_timestamp(signed(signer), authority(root))
    changed = document.replace(b"/Type /DocTimeStamp", kind)
    assert len(changed) == len(document) and changed != document
    stamp = reports(changed, root)[-1]
    assert stamp.level == "document timestamp"
    assert "timestamp_type_odd" in stamp.warnings


def test_timestamps_have_roots_of_their_own(root: Signer, signer: Signer) -> None:
    other = Signer.create("TSA root")
    document = with_document_timestamp(signed(signer, authority(other)), authority(other))
    own, stamp = verify_file(document, [root.certificate_der])
    assert (own.trust, own.time_kind, stamp.trust) == ("trusted", "claimed", "untrusted")
    own, stamp = verify_file(document, [root.certificate_der], timestamp_roots=[other.certificate_der])
    assert (own.trust, own.time_kind, stamp.trust) == ("trusted", "timestamp", "trusted")
    own, stamp = verify_file(document, [other.certificate_der], timestamp_roots=[root.certificate_der])
    assert (own.trust, stamp.trust) == ("untrusted", "untrusted")


def test_an_expired_certificate_is_judged_at_the_proven_time(root: Signer) -> None:
    short = Signer.create("Nguyễn Thị Lấp Lánh Ánh", issuer=root, not_after=AT + YEAR)
    later = AT + 2 * YEAR
    for document in (signed(short, authority(root)), with_document_timestamp(signed(short), authority(root))):
        report = verify_file(document, [root.certificate_der], moment=later)[0]
        assert (report.trust, report.good) == ("trusted", True)
    (claimed,) = verify_file(signed(short), [root.certificate_der], moment=later)
    assert (claimed.integrity, claimed.trust, claimed.good) == ("ok", "untrusted", False)
    assert "certificate_expired" in claimed.warnings
    (too_late,) = verify_file(signed(short, authority(root, at=later)), [root.certificate_der], moment=later + YEAR)
    assert "certificate_expired" in too_late.warnings
    (stranger,) = verify_file(signed(short, authority(Signer.create("Other root"))), [root.certificate_der], moment=later)
    assert {"certificate_expired", "timestamp_untrusted"} <= set(stranger.warnings)


def test_an_expired_timestamp_authority_is_judged_at_the_next_timestamps_time(root: Signer, signer: Signer) -> None:
    """What archive time-stamps are for (EN 319 142-1, 5.5)."""
    old = authority(root, until=AT + YEAR)
    document = signed(signer, old)
    (alone,) = verify_file(document, [root.certificate_der], moment=AT + 3 * YEAR)
    assert alone.time_kind == "claimed"
    renewed = with_document_timestamp(document, authority(root, "Later TSA", at=AT + YEAR / 2))
    report, _ = verify_file(renewed, [root.certificate_der], moment=AT + 3 * YEAR)
    assert (report.time_kind, report.time) == ("timestamp", AT)


def test_a_revocation_counts_from_its_date(root: Signer, signer: Signer) -> None:
    serial = signer.certificate.serial_number
    for when, trust in ((AT - YEAR, "untrusted"), (AT + YEAR, "trusted")):
        document = with_validation_material(
            signed(signer, authority(root)), root, signer, crls=[revocation_list(root, revoked=[(serial, when)])]
        )
        (report,) = verify_file(document, [root.certificate_der], moment=AT + 2 * YEAR)
        assert report.trust == trust
        assert ("certificate_revoked" in report.warnings) is (trust == "untrusted")


def _level(document: bytes, root: Signer) -> str:
    return reports(document, root)[0].level


def test_long_term_is_said_only_when_the_chain_is_covered(root: Signer, signer: Signer) -> None:
    other = Signer.create("TSA root")
    stamped, by_other = signed(signer, authority(root)), signed(signer, authority(other))
    assert _level(with_validation_material(stamped, root, signer), root) == "PAdES B-LT"
    assert _level(with_validation_material(stamped, root, signer, crls=[]), root) == "PAdES B-T"
    assert _level(with_validation_material(stamped, root, signer, crls=[revocation_list(other)]), root) == "PAdES B-T"
    forged = revocation_list(Signer(other.key, root.certificate))
    assert _level(with_validation_material(stamped, root, signer, crls=[forged]), root) == "PAdES B-T"
    stale = revocation_list(root, next_update=AT - YEAR)
    assert _level(with_validation_material(stamped, root, signer, crls=[stale]), root) == "PAdES B-T"
    assert _level(with_validation_material(by_other, root, signer), root) == "PAdES B-T", "the authority's chain counts too"
    both = [revocation_list(root), revocation_list(other)]
    assert _level(with_validation_material(by_other, root, other, crls=both), root) == "PAdES B-LT"


def test_ocsp_covers_the_certificate_it_is_about(root: Signer, signer: Signer) -> None:
    other, tsa = Signer.create("Other", issuer=root), authority(root)
    stamp = status_response(x509.load_der_x509_certificate(tsa.tsa_cert.dump()), root, root)
    cases = {
        "PAdES B-LT": status_response(signer.certificate, root, root),
        "PAdES B-T": status_response(other.certificate, root, root),
        "PAdES B-T ": status_response(signer.certificate, root, other),
    }
    for level, response in cases.items():
        document = with_validation_material(signed(signer, tsa), root, signer, crls=[], ocsps=[response, stamp])
        assert _level(document, root) == level.strip()


def test_archival_needs_a_timestamp_over_the_material(root: Signer, signer: Signer) -> None:
    tsa = authority(root)
    stamped = signed(signer, tsa)
    material_last = with_validation_material(with_document_timestamp(stamped, tsa), root, signer)
    assert _level(material_last, root) == "PAdES B-LT"
    assert _level(with_document_timestamp(with_validation_material(stamped, root, signer), tsa), root) == "PAdES B-LTA"


def test_the_store_may_be_rewritten_after_a_signature(root: Signer, signer: Signer) -> None:
    """Entries by signature come and go; nothing of what is shown depends on them."""
    document = with_validation_material(signed(signer, authority(root)), root, signer)
    out = io.BytesIO(document)
    DocumentSecurityStore.add_dss(out, b"some contents", certs=[asn1_x509.Certificate.load(root.certificate_der)])
    renamed = with_document_timestamp(out.getvalue(), authority(root))
    for report in reports(renamed, root):
        assert report.changes_after in ("none", "lta_updates", "form_filling") and report.integrity == "ok"


def _with_dangling(where: str) -> bytes:
    """The plain contract with a reference to an object that is not there."""
    writer = plain_document()
    if where == "trailer":
        return writer.build("/Root 1 0 R /AdditionalStreams [/x 90 0 R]")
    writer.put(1, writer.bodies[1].removesuffix(b">>") + b"/PieceInfo << /X 90 0 R >> >>")
    return writer.build()


@pytest.mark.parametrize("where", ["catalog", "trailer"])
def test_a_reference_to_nothing_and_a_later_revision(where: str, root: Signer, signer: Signer) -> None:
    document = with_document_timestamp(SignatureIncrement(_with_dangling(where)).build().sign(signer), authority(root))
    for report in reports(document, root):
        assert report.integrity == "ok"
        assert "changes_not_followed" not in report.warnings
