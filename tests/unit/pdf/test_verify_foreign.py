"""What ``verify`` says of sound signatures that other programs write in other ways, and of what can't be checked: never "broken"."""

import logging
import random
from pathlib import Path

import pytest

from server.errors import PhoneSealError
from server.pdf import verifying as package
from server.pdf.verify import verify_file
from server.pdf.verify_report import WARNINGS, render_report_text
from server.pdf.verifying.ber import BerInvalid, to_definite
from tests.pdf_corpus import foreign_signatures as foreign
from tests.pdf_corpus.odd_files import hybrid_document
from tests.pdf_corpus.signed_files import signed_over
from tests.pdf_corpus.signing_kit import Signer, make_cms


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def root() -> Signer:
    return Signer.create("Test root")


@pytest.fixture(scope="module")
def signer(root: Signer) -> Signer:
    return Signer.create("Nguyễn Thị Lấp Lánh Ánh", issuer=root)


@pytest.mark.parametrize("name", foreign.SOUND)
def test_a_sound_signature_is_intact(name: str, root: Signer, signer: Signer) -> None:
    (report,) = verify_file(foreign.SOUND[name](signer), [root.certificate_der])
    assert (report.trust, report.coverage, report.signer) == ("trusted", "whole_file", "Nguyễn Thị Lấp Lánh Ánh")
    assert report.integrity == "ok" and report.good
    assert set(report.warnings) <= {"cms_in_ber", "signing_certificate_missing"}
    if name in foreign.described():
        assert report.algorithm == foreign.described()[name]


@pytest.mark.parametrize("name", foreign.SOUND)
def test_one_changed_byte_breaks_it(name: str, root: Signer, signer: Signer) -> None:
    content = foreign.SOUND[name](signer)
    at = content.index(b"Tj")
    (report,) = verify_file(content[: at - 3] + b"!" + content[at - 2 :], [root.certificate_der])
    assert report.integrity == "broken" and not report.good


def test_pades_asks_for_signed_attributes(root: Signer, signer: Signer) -> None:
    (report,) = verify_file(foreign.without_signed_attributes(signer, "/ETSI.CAdES.detached"), [root.certificate_der])
    assert (report.integrity, report.good) == ("suspicious", False)
    assert "signing_certificate_required" in report.warnings and "message_digest_missing" not in report.warnings


def test_ecdsa_with_sha3_by_its_name(root: Signer) -> None:
    signer = Signer.create("An", issuer=root, kind="ec")
    (report,) = verify_file(foreign.signature_by(signer, "sha3_256"), [root.certificate_der])
    assert (report.integrity, report.algorithm) == ("ok", "ECDSA 256, SHA3-256")


@pytest.mark.parametrize(("digest", "integrity"), [("shake256", "ok"), ("sha512", "suspicious")])
def test_ed448_goes_with_one_digest(digest: str, integrity: str, root: Signer) -> None:
    (report,) = verify_file(foreign.edwards_signature(root, digest), [root.certificate_der])
    assert report.integrity == integrity
    assert ("digest_not_allowed" in report.warnings) is (integrity != "ok")


def test_an_algorithm_that_is_named_wrongly_is_suspicious(root: Signer, signer: Signer) -> None:
    (report,) = verify_file(foreign.signature_by(signer, "sha256", named="sha3_256"), [root.certificate_der])
    assert report.integrity == "suspicious"
    assert "signature_algorithm_misnamed" in report.warnings


@pytest.mark.parametrize("make", [foreign.sha1_as_content, foreign.bare_rsa])
def test_old_kinds_over_the_documents_sha1(make, root: Signer, signer: Signer) -> None:
    content = make(signer)
    (report,) = verify_file(content, [root.certificate_der])
    assert (report.integrity, report.level, report.trust) == ("ok", "CMS", "trusted")
    assert "digest_weak" in report.warnings and not report.good
    at = content.index(b"Tj")
    (changed,) = verify_file(content[: at - 3] + b"!" + content[at - 2 :], [root.certificate_der])
    assert changed.integrity == "broken"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (foreign.without_certificates, "signer_certificate_missing"),
        (foreign.unknown_sub_filter, "sub_filter_unsupported"),
        (lambda _: foreign.never_signed(), "cms_empty"),
    ],
)
def test_what_can_not_be_checked_is_unknown_and_not_broken(make, code: str, root: Signer, signer: Signer) -> None:
    (report,) = verify_file(make(signer), [root.certificate_der])
    assert report.integrity == "unknown" and not report.good
    assert code in report.warnings
    for language in ("vi", "en"):
        assert f"[{code}]" in render_report_text([report], language)


def test_a_hybrid_file_is_suspicious(root: Signer, signer: Signer) -> None:
    (report,) = verify_file(signed_over(hybrid_document(), signer), [root.certificate_der])
    assert report.integrity == "suspicious"
    assert "hybrid_cross_reference" in report.warnings


def test_ber_reads_what_der_says(signer: Signer) -> None:
    der = make_cms(signer, bytes(32))
    ber = foreign.in_ber(der)
    assert ber != der
    found = to_definite(ber + b"\0" * 50)
    assert (found.encoded, found.end, found.rewritten) == (der, len(ber), True)
    plain = to_definite(der + b"\0")
    assert (plain.encoded, plain.rewritten) == (der, False)
    octets = bytes(range(256))
    assert to_definite(foreign.octets_in_pieces(octets)).encoded == b"\x04\x82\x01\x00" + octets


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x80\x04\x80\0\0\0\0",
        b"\x30\x85\1\1\1\1\1",
        b"\x30\x80" * 200,
        b"\x24\x80\x02\x01\x01\0\0",
        b"\x1f\xff",
    ],
)
def test_ber_that_is_none_is_refused(garbage: bytes) -> None:
    with pytest.raises(BerInvalid):
        to_definite(garbage)


@pytest.mark.parametrize("seed", range(4))
def test_damage_anywhere_is_told_and_never_a_crash(seed: int, root: Signer, signer: Signer) -> None:
    """Sixty mutants each of CMS, certificates and the rest: a report with known words, or a refusal."""
    chance = random.Random(seed)
    documents = [make(signer) for make in (*foreign.SOUND.values(), foreign.bare_rsa, foreign.sha1_as_content)]
    for _ in range(60):
        document = bytearray(chance.choice(documents))
        gap = document.index(b"/Contents <") + 11
        for _ in range(chance.choice((1, 2, 5))):
            if chance.random() < 0.7:
                document[chance.randrange(gap, gap + 3000)] = chance.choice(b"0123456789abcdef")
            else:
                document[chance.randrange(len(document))] = chance.randrange(256)
        try:
            reports = verify_file(bytes(document), [root.certificate_der])
        except PhoneSealError:
            continue
        assert all(set(report.warnings) <= set(WARNINGS) for report in reports)


def test_every_word_has_a_place_in_the_code() -> None:
    folder = Path(package.__file__).parent
    sources = [path.read_text("utf-8") for path in (*folder.glob("*.py"), *folder.parent.glob("verify*.py")) if path.name != "words.py"]
    assert [code for code in WARNINGS if not any(code.removesuffix("_missing") in source for source in sources)] == []
    assert all(len(sentences) == 2 and all(sentences) for sentences in WARNINGS.values())
