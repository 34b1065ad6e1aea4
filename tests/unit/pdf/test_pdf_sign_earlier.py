"""Documents that already carry signatures, certifications, locks or empty fields: what was there stays
valid."""

import io

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from server.errors import Unprocessable, VerificationFailed
from server.pdf.geometry import Placement
from server.pdf.validate import validate_signed_document_fully
from server.pdf.verify import verify_file
from tests.pdf_corpus.signing_kit import Signer
from tests.unit.pdf.conftest import pyhanko_signer
from tests.unit.pdf.test_verify_levels import authority, with_document_timestamp

TIME_TEXT = "22/11/2025 14:05 (+07:00)"
PLACEMENT = Placement(0, 60, 60, 260, 120)


def _signed_by_pyhanko(source, credential, name="Earlier", spec=None, **metadata):
    chosen = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **metadata
    )
    spec = spec or fields.SigFieldSpec(name, on_page=0, box=(300, 60, 400, 100))
    signer = signers.PdfSigner(chosen, pyhanko_signer(credential), new_field_spec=spec)
    return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(source))).getvalue()


def _with_fields(source, *specs):
    writer = IncrementalPdfFileWriter(io.BytesIO(source))
    for spec in specs:
        fields.append_signature_field(writer, spec)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _sign(source, credential, preparer, placement=PLACEMENT):
    prepared = preparer.prepare(source, placement, TIME_TEXT, credential.digest_name)
    signed = credential.sign_prepared(prepared)
    validate_signed_document_fully(signed, [credential.root], prepared.field_name, original_length=prepared.source_size)
    return prepared, signed


def test_five_signatures_one_after_another_all_hold(contract, credentials, preparer):
    signed, names = contract, []
    for number, credential in enumerate([*credentials.values(), *list(credentials.values())[:1]]):
        prepared, signed = _sign(
            signed, credential, preparer, Placement(0, 60, 60 + 70 * number, 260, 120 + 70 * number)
        )
        names.append(prepared.field_name)
    assert names == [f"PhoneSeal{n}" for n in range(1, 6)]
    reports = verify_file(signed, [credentials["rsa_pss_sha256"].root])
    assert [r.field_name for r in reports] == names
    assert all(r.good and r.changes_after in {"none", "form_filling"} for r in reports)
    assert [r.coverage for r in reports] == ["earlier_revision"] * 4 + ["whole_file"]


def test_a_signature_by_another_program_stays_valid(contract, credentials, preparer):
    earlier = _signed_by_pyhanko(contract, credentials["rsa_pkcs1_sha256"])
    prepared, signed = _sign(earlier, credentials["ecdsa_p256_sha256"], preparer)
    assert prepared.stamp_shown
    assert [r.good for r in verify_file(signed, [credentials["rsa_pkcs1_sha256"].root])] == [True, True]


def test_a_document_timestamp_stays_whole(contract, credentials, preparer):
    earlier = _signed_by_pyhanko(contract, credentials["rsa_pkcs1_sha256"])
    stamped = with_document_timestamp(earlier, authority(Signer.create("Test root")))
    prepared, signed = _sign(stamped, credentials["ecdsa_p256_sha256"], preparer)
    damaged = bytearray(signed)
    damaged[signed.index(b"/Type /DocTimeStamp") + 10] ^= 1  # within what the timestamp covers
    root = credentials["ecdsa_p256_sha256"].root
    with pytest.raises(VerificationFailed):
        validate_signed_document_fully(bytes(damaged), [root], prepared.field_name, original_length=prepared.source_size)


def test_an_empty_field_of_the_form_is_left_alone_when_nothing_forbids_a_new_one(contract, credentials, preparer):
    source = _with_fields(contract, fields.SigFieldSpec("PhoneSeal1", on_page=0, box=(300, 60, 400, 100)))
    prepared, signed = _sign(source, credentials["rsa_pkcs1_sha256"], preparer)
    assert prepared.field_name == "PhoneSeal2"
    assert len(verify_file(signed, [])) == 1


@pytest.mark.parametrize("level", [fields.MDPPerm.FILL_FORMS, fields.MDPPerm.ANNOTATE])
def test_certified_document_gets_an_invisible_field(level, contract, credentials, preparer):
    certified = _signed_by_pyhanko(contract, credentials["rsa_pkcs1_sha256"], certify=True, docmdp_permissions=level)
    prepared, signed = _sign(certified, credentials["ecdsa_p256_sha256"], preparer)
    assert not prepared.stamp_shown
    assert all(r.integrity == "ok" for r in verify_file(signed, []))


def test_certified_documents_own_empty_field_is_signed_with_the_stamp(contract, credentials, preparer):
    source = _with_fields(contract, fields.SigFieldSpec("BenB", on_page=0, box=(300, 160, 500, 220)))
    certified = _signed_by_pyhanko(
        source, credentials["rsa_pkcs1_sha256"], certify=True, docmdp_permissions=fields.MDPPerm.FILL_FORMS
    )
    prepared, signed = _sign(certified, credentials["ecdsa_p256_sha256"], preparer)
    assert (prepared.field_name, prepared.stamp_shown) == ("BenB", True)
    assert all(r.integrity == "ok" for r in verify_file(signed, []))


def test_document_certified_against_changes_is_refused(contract, credentials, preparer):
    certified = _signed_by_pyhanko(
        contract, credentials["rsa_pkcs1_sha256"], certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES
    )
    with pytest.raises(Unprocessable) as refused:
        preparer.prepare(certified, PLACEMENT, TIME_TEXT)
    assert refused.value.code == "document_certified"


@pytest.mark.parametrize("certify", [False, True])
def test_a_lock_of_all_fields_is_respected(certify, contract, credentials, preparer):
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
    spec = fields.SigFieldSpec("Earlier", on_page=0, box=(300, 60, 400, 100), field_mdp_spec=lock)
    locked = _signed_by_pyhanko(contract, credentials["rsa_pkcs1_sha256"], spec=spec, certify=certify)
    with pytest.raises(Unprocessable) as refused:
        preparer.prepare(locked, PLACEMENT, TIME_TEXT)
    assert refused.value.code == "document_fields_locked"


def test_a_lock_that_leaves_a_field_out_lets_that_field_be_signed(contract, credentials, preparer):
    source = _with_fields(contract, fields.SigFieldSpec("BenB", on_page=0, box=(300, 160, 500, 220)))
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.EXCLUDE, ["BenB"])
    spec = fields.SigFieldSpec("Earlier", on_page=0, box=(300, 60, 400, 100), field_mdp_spec=lock)
    locked = _signed_by_pyhanko(source, credentials["rsa_pkcs1_sha256"], spec=spec)
    prepared, signed = _sign(locked, credentials["ecdsa_p256_sha256"], preparer)
    assert (prepared.field_name, prepared.stamp_shown) == ("BenB", True)
    assert all(r.integrity == "ok" for r in verify_file(signed, []))


def test_a_lock_of_named_fields_allows_a_new_one(contract, credentials, preparer):
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.INCLUDE, ["Price"])
    spec = fields.SigFieldSpec("Earlier", on_page=0, box=(300, 60, 400, 100), field_mdp_spec=lock)
    locked = _signed_by_pyhanko(contract, credentials["rsa_pkcs1_sha256"], spec=spec)
    prepared, _ = _sign(locked, credentials["ecdsa_p256_sha256"], preparer)
    assert prepared.stamp_shown
