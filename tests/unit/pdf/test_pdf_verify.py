"""verify names every attack of the corpus by a code, and calls none of them good."""

import json
import logging

import pytest

from server.errors import Unprocessable
from server.pdf.sandbox import Sandbox
from server.pdf.verify import HARMLESS, Unaccounted, verify_file
from server.pdf.verify_report import WARNINGS, render_report_text, report_as_json
from tests.pdf_corpus import attacks
from tests.pdf_corpus.attack_cms import good_signature
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signed_files import signed_over
from tests.pdf_corpus.signing_kit import Signer

# Attack -> a code that must be among the warnings of some signature.
EXPECTED = {
    "image_spans_gap": "stream_spans_signature",
    "signature_wrapped": "gap_is_not_contents",
    "two_signer_infos": "signer_info_count",
    "second_signer_info_wrong": "signer_info_count",
    "no_signer_info": "signer_info_count",
    "missing_message_digest": "message_digest_missing",
    "missing_content_type": "content_type_missing",
    "missing_signing_certificate": "signing_certificate_required",
    "wrong_message_digest": None,
    "sha1_signature": "digest_weak",
    "trailing_bytes": "cms_trailing_bytes",
    "second_cms_behind": "cms_trailing_bytes",
    "shared_signature": "contents_reused",
    "copied_signature": "contents_reused",
    "appended_revision": "changed_after_signing",
    "appended_without_table": "unlisted_bytes_at_end",
    "appended_spaces": "bytes_after_signature",
}
# Prepared attacks that stay attacks once they are signed, and their codes.
EXPECTED_PREPARED = {
    "image_spans_gap": "stream_spans_signature",
    "content_spans_gap": "stream_spans_signature",
    "length_from_increment": "stream_spans_signature",
    "xref_offset_in_gap": "object_in_gap",
    "original_offset_in_gap": "object_in_gap",
    "object_stream_in_gap": "stream_spans_signature",
    "byte_range_indirect": "byte_range_odd",
    "byte_range_real_numbers": "byte_range_odd",
    "byte_range_twice": "signature_dictionary_unreadable",
    "contents_twice": "signature_dictionary_unreadable",
    "hybrid_increment": "hybrid_cross_reference",
}


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.ERROR)  # pyHanko logs what it thinks of each attack
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def signers() -> tuple[Signer, Signer, Signer]:
    root = Signer.create("Test root")
    return root, Signer.create("Nguyễn Thị Lấp Lánh Ánh", issuer=root), Signer.create("Other", issuer=root)


def test_a_good_signature_is_good(signers):
    (report,) = verify_file(good_signature(signers[1]), [signers[0].certificate_der])
    assert report.good
    assert (report.signer, report.integrity, report.trust) == ("Nguyễn Thị Lấp Lánh Ánh", "ok", "trusted")
    assert (report.coverage, report.changes_after, report.level) == ("whole_file", "none", "PAdES B-B")
    (untrusted,) = verify_file(good_signature(signers[1]), [])
    assert (untrusted.integrity, untrusted.trust, untrusted.good) == ("ok", "untrusted", False)


def test_every_signed_attack_has_an_expectation():
    assert set(attacks.SIGNED) <= set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_signed_attack_is_flagged(name, signers):
    root, signer, other = signers
    reports = verify_file(attacks.SIGNED[name](signer, other), [root.certificate_der])
    warnings = {code for report in reports for code in report.warnings}
    assert reports
    if EXPECTED[name] is None:
        assert reports[0].integrity == "broken"
    else:
        assert EXPECTED[name] in warnings
    if EXPECTED[name] not in HARMLESS:
        assert not any(report.good for report in reports)
    assert all(report.coverage != "whole_file" for report in reports if name.startswith("appended"))


@pytest.mark.parametrize("name", [*EXPECTED_PREPARED, *(n for n in attacks.PREPARED if n.startswith("byte_range_"))])
def test_attack_prepared_before_signing_is_flagged(name, signers):
    root, signer, _ = signers
    reports = verify_file(attacks.PREPARED[name]().sign(signer), [root.certificate_der])
    assert reports
    assert not any(report.good for report in reports)
    if name in EXPECTED_PREPARED:
        assert EXPECTED_PREPARED[name] in {code for report in reports for code in report.warnings}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_report_says_everything_in_words(language, signers):
    root, signer, other = signers
    for attack in attacks.SIGNED.values():
        reports = verify_file(attack(signer, other), [root.certificate_der])
        text = render_report_text(reports, language)
        for report in reports:
            assert report.field_name in text
            assert all(f"[{code}]" in text and code in WARNINGS for code in report.warnings)
        assert json.loads(json.dumps(report_as_json(reports)))[0]["good"] is reports[0].good
    assert render_report_text([], language)


def _with_junk(signer: Signer) -> bytes:
    """Bytes between two objects that belong to nothing, signed along with the rest."""
    document = plain_document()
    body = document.build()
    at = body.index(b"xref\n")
    return signed_over(body[:at] + b"hello\n" + body[at:].replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + 6)), signer)


def test_what_can_not_be_followed_is_a_finding_of_its_own(signers):
    """Whole and trusted, and neither broken nor good."""
    content = _with_junk(signers[1])
    (report,) = verify_file(content, [signers[0].certificate_der])
    assert report.accounted == Unaccounted("junk", content.index(b"hello"))
    assert (report.integrity, report.trust, report.good) == ("ok", "trusted", False)
    assert report.warnings == ("not_accounted_for",)
    assert report_as_json([report])[0]["accounted"] == {"rule": "junk", "offset": content.index(b"hello")}
    for language, word in (("vi", "KHÔNG"), ("en", "can NOT be followed")):
        text = render_report_text([report], language)
        assert word in text and f"junk, byte {report.accounted.offset}" in text


def test_what_is_followed_to_the_last_byte_says_so(signers):
    (report,) = verify_file(good_signature(signers[1]), [signers[0].certificate_der])
    assert report.accounted is None
    assert report_as_json([report])[0]["accounted"] is None
    assert "followed to the last" in render_report_text([report], "en")


def test_the_finding_comes_through_the_sandbox(signers, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(_with_junk(signers[1]))
    with Sandbox(readable=[tmp_path]) as sandbox:
        (report,) = sandbox.verify_file(path, [signers[0].certificate_der])
    assert report.accounted is not None and report.accounted.rule == "junk"


def test_unsigned_and_unreadable_files(contract):
    assert verify_file(contract, []) == []
    for garbage in (b"", b"hello", contract[:500]):
        with pytest.raises(Unprocessable):
            verify_file(garbage, [])
