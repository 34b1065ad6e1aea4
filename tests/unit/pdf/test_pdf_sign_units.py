"""Signed attributes, CMS, gap and quick check: vectors from asn1crypto and openssl, and every tampering
raises its code."""

import hashlib
import shutil
import subprocess

import pytest
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Unprocessable, VerificationFailed
from server.pdf.embed import embed, embed_into_file
from server.pdf.geometry import Placement
from server.pdf.validate import check_signed_document_fast, check_signed_file_fast
from server.signing.dtbs import (
    SIGNATURE_ALGORITHMS,
    SignedAttributesTemplate,
    allowed_signature_algorithms,
    check_key_allowed,
    verify_signature_value,
)

ALGORITHMS = list(SIGNATURE_ALGORITHMS)
TIME_TEXT = "22/11/2025 14:05 (+07:00)"
PLACEMENT = Placement(0, 60, 60, 260, 120)


class _Algorithm(core.Sequence):
    # asn1crypto's own class forces NULL parameters on SHA-2, which RFC 5754 says not to write
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class _Protection(core.Sequence):
    _fields = [("digest", _Algorithm), ("signature", _Algorithm, {"implicit": 1})]


class _Values(core.SetOf):
    _child_spec = core.Any


class _Attribute(core.Sequence):
    _fields = [("type", core.ObjectIdentifier), ("values", _Values)]


class _Attributes(core.SetOf):
    _child_spec = _Attribute


def _asn1_algorithms(name):
    digest = {"algorithm": "2.16.840.1.101.3.4.2." + ("2" if "384" in name else "1")}
    if name == "rsa_pss_sha256":
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
        parameters = algos.RSASSAPSSParams(
            {
                "hash_algorithm": sha256,
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": sha256},
                "salt_length": 32,
            }
        )
        return digest, {"algorithm": "1.2.840.113549.1.1.10", "parameters": core.Any(parameters)}
    if name == "rsa_pkcs1_sha256":
        return digest, {"algorithm": "1.2.840.113549.1.1.11", "parameters": core.Any(core.Null())}
    return digest, {"algorithm": "1.2.840.10045.4.3." + ("3" if "384" in name else "2")}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_signed_attributes_are_what_asn1crypto_writes(name, credentials):
    credential = credentials[name]
    message_digest = hashlib.new(credential.digest_name, b"document").digest()
    digest, signature = _asn1_algorithms(name)
    certificate_hash = hashlib.sha256(credential.certificate).digest()
    values = {
        "1.2.840.113549.1.9.3": core.ObjectIdentifier("1.2.840.113549.1.7.1"),
        "1.2.840.113549.1.9.4": core.OctetString(message_digest),
        "1.2.840.113549.1.9.16.2.47": tsp.SigningCertificateV2({"certs": [{"cert_hash": certificate_hash}]}),
        "1.2.840.113549.1.9.52": _Protection({"digest": digest, "signature": signature}),
    }
    expected = _Attributes([{"type": oid, "values": [core.Any(value)]} for oid, value in values.items()])
    assert credential.attributes.der(message_digest) == expected.dump()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_cms_parses_strictly_and_is_canonical(name, credentials):
    credential = credentials[name]
    digest = hashlib.new(credential.digest_name, b"document").digest()
    attributes = credential.attributes.der(digest)
    value = credential.sign(attributes)
    built = credential.cms.build(digest, attributes, value)
    parsed = cms.ContentInfo.load(built, strict=True)
    assert parsed.native["content_type"] == "signed_data"
    signed = parsed["content"]
    (signer,) = signed["signer_infos"]
    assert [c.chosen.dump() for c in signed["certificates"]] == sorted([credential.certificate, credential.root])
    assert signer["signature"].native == value
    assert signer["signed_attrs"].untag().dump() == attributes
    assert (
        signer["sid"].chosen["serial_number"].native
        == x509.load_der_x509_certificate(credential.certificate).serial_number
    )
    assert signer["unsigned_attrs"].native is None
    assert parsed.dump(force=True) == built


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("name", ALGORITHMS)
def test_openssl_verifies_the_cms_as_cades(name, credentials, tmp_path):
    credential = credentials[name]
    (tmp_path / "content").write_bytes(b"document")
    built = credential.make_cms(hashlib.new(credential.digest_name, b"document").digest())
    (tmp_path / "cms.der").write_bytes(built)
    root = x509.load_der_x509_certificate(credential.root)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    command = (
        "openssl cms -verify -cades -binary -inform DER -in cms.der -content content -CAfile root.pem -purpose any"
    )
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "content").write_bytes(b"another")
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_policy_allows_only_strong_keys(credentials):
    short = rsa.generate_private_key(65537, 1024)
    assert allowed_signature_algorithms(short.public_key()) == ()
    assert allowed_signature_algorithms(ec.generate_private_key(ec.SECP521R1()).public_key()) == ()
    p256 = credentials["ecdsa_p256_sha256"].private_key.public_key()
    assert allowed_signature_algorithms(p256) == ("ecdsa_p256_sha256",)
    with pytest.raises(VerificationFailed) as refused:
        check_key_allowed(p256, "ecdsa_p384_sha384")
    assert refused.value.code == "key_not_allowed"
    with pytest.raises(VerificationFailed) as refused:
        check_key_allowed(p256, "rsa_pkcs1_sha1")
    assert refused.value.code == "signature_algorithm_not_allowed"
    with pytest.raises(VerificationFailed):
        SignedAttributesTemplate(credentials["rsa_pss_sha256"].certificate, "ecdsa_p256_sha256")


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_wrong_signature_value_is_refused(name, credentials):
    credential = credentials[name]
    attributes = credential.attributes.der(bytes(credential.attributes.algorithm.digest_size))
    value = credential.sign(attributes)
    key = credential.private_key.public_key()
    verify_signature_value(key, name, attributes, value)
    for wrong in (value[:-1] + bytes((value[-1] ^ 1,)), b"", value + b"\0", value[::-1]):
        with pytest.raises(VerificationFailed) as refused:
            verify_signature_value(key, name, attributes, wrong)
        assert refused.value.code == "signature_invalid"
    with pytest.raises(VerificationFailed):
        verify_signature_value(key, name, attributes[:-1] + b"x", value)


def test_pkcs1_value_is_no_pss_value(credentials):
    pkcs1 = credentials["rsa_pkcs1_sha256"]
    attributes = pkcs1.attributes.der(bytes(32))
    with pytest.raises(VerificationFailed):
        verify_signature_value(pkcs1.private_key.public_key(), "rsa_pss_sha256", attributes, pkcs1.sign(attributes))


def test_cms_refuses_attributes_of_another_digest(credentials):
    credential = credentials["rsa_pkcs1_sha256"]
    attributes = credential.attributes.der(bytes(32))
    with pytest.raises(ValueError, match="another digest"):
        credential.cms.build(b"\1" * 32, attributes, b"value")


@given(built=st.binary(min_size=1, max_size=64).map(lambda b: b + b"\0"))
def test_embedding_changes_only_the_gap_and_keeps_zero_bytes(built):
    prepared = b"head<" + b"0" * 200 + b">tail"
    byte_range = (0, 4, 206, 4)
    signed = embed(prepared, byte_range, built)
    assert signed[:5] == b"head<"
    assert signed[205:] == b">tail"
    assert bytes.fromhex(signed[5:205].decode())[: len(built)] == built
    assert len(signed) == len(prepared)


def test_embedding_refuses_what_does_not_fit(tmp_path):
    prepared, byte_range = b"head<" + b"0" * 20 + b">tail", (0, 4, 26, 4)
    path = tmp_path / "prepared.pdf"
    for changed, wrong_range, built, code in (
        (prepared, byte_range, b"x" * 11, "cms_too_large"),
        (prepared.replace(b"<0", b"<1"), byte_range, b"x", "gap_not_empty"),
        (prepared + b"more", byte_range, b"x", "byte_range_invalid"),
        (prepared, (0, 3, 26, 4), b"x", "gap_not_empty"),
        (prepared, (1, 3, 26, 4), b"x", "byte_range_invalid"),
    ):
        with pytest.raises(Unprocessable) as refused:
            embed(changed, wrong_range, built)
        assert refused.value.code == code
        path.write_bytes(changed)
        with pytest.raises(Unprocessable) as refused:
            embed_into_file(path, wrong_range, built)
        assert refused.value.code == code
        assert path.read_bytes() == changed


def test_embedding_into_a_file_twice_is_the_same_as_once(tmp_path):
    prepared, byte_range = b"head<" + b"0" * 20 + b">tail", (0, 4, 26, 4)
    path = tmp_path / "prepared.pdf"
    path.write_bytes(prepared)
    for _ in range(2):
        embed_into_file(path, byte_range, b"\1\2\3")
        assert path.read_bytes() == embed(prepared, byte_range, b"\1\2\3")
    with pytest.raises(VerificationFailed):
        embed_into_file(path, byte_range, b"\1\2\4")


def _refused(document, byte_range, credential):
    with pytest.raises(VerificationFailed) as refused:
        check_signed_document_fast(document, byte_range, credential.certificate, credential.signature_algorithm)
    return refused.value.code


@pytest.mark.parametrize("name", ALGORITHMS)
def test_quick_check_catches_each_tampering(name, credentials, preparer, contract, tmp_path):
    credential = credentials[name]
    prepared = preparer.prepare(contract, PLACEMENT, TIME_TEXT, credential.digest_name)
    signed = credential.sign_prepared(prepared)
    byte_range = prepared.byte_range
    check_signed_document_fast(signed, byte_range, credential.certificate, name)
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed)
    check_signed_file_fast(path, byte_range, credential.certificate, name)

    assert _refused(signed.replace(b"obj", b"obk", 1), byte_range, credential) == "message_digest_mismatch"
    assert _refused(signed + b"\n", byte_range, credential) == "byte_range_invalid"
    assert _refused(prepared.data, byte_range, credential) != ""
    for other in credentials.values():
        if other is not credential and other.digest_name == credential.digest_name:
            assert _refused(other.sign_prepared(prepared), byte_range, credential)
    gap = byte_range[1] + 1
    trailing = signed[: byte_range[2] - 3] + b"1" + signed[byte_range[2] - 2 :]
    assert _refused(trailing, byte_range, credential) == "cms_trailing_bytes"
    assert _refused(signed[:gap] + b"x" + signed[gap + 1 :], byte_range, credential) == "contents_malformed"
    path.write_bytes(signed.replace(b"obj", b"obk", 1))
    with pytest.raises(VerificationFailed):
        check_signed_file_fast(path, byte_range, credential.certificate, name)


@pytest.mark.parametrize("seed", range(40))
def test_quick_check_catches_any_changed_byte_of_the_cms(seed, credentials, preparer, contract):
    credential = credentials["rsa_pkcs1_sha256"]
    prepared = preparer.prepare(contract, None, TIME_TEXT)
    built = credential.make_cms(prepared.document_digest)
    root_at = built.index(credential.root)
    position = seed * len(built) // 40
    if root_at <= position < root_at + len(credential.root):
        position = root_at - 1  # the chain is not under the signature
    changed = built[:position] + bytes((built[position] ^ 0x41,)) + built[position + 1 :]
    assert _refused(embed(prepared.data, prepared.byte_range, changed), prepared.byte_range, credential)


@pytest.mark.parametrize("forge", ["extra_attribute", "two_signers", "no_protection", "other_certificate_hash"])
def test_quick_check_refuses_a_well_signed_cms_of_another_form(forge, credentials, preparer, contract):
    credential = credentials["rsa_pkcs1_sha256"]
    prepared = preparer.prepare(contract, None, TIME_TEXT)
    parsed = cms.ContentInfo.load(credential.make_cms(prepared.document_digest))
    signer = parsed["content"]["signer_infos"][0]
    attributes = list(signer["signed_attrs"])
    if forge == "extra_attribute":
        moment = cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": "251122000000Z"})]})
        attributes.append(moment)
    elif forge == "no_protection":
        attributes = [a for a in attributes if a["type"].native != "cms_algorithm_protection"]
    elif forge == "other_certificate_hash":
        attributes = [a for a in attributes if a["type"].native != "signing_certificate_v2"]
        wrong = tsp.SigningCertificateV2({"certs": [{"cert_hash": b"x" * 32}]})
        attributes.append(cms.CMSAttribute({"type": "signing_certificate_v2", "values": [wrong]}))
    changed = cms.CMSAttributes(attributes)
    signer["signed_attrs"] = changed
    signer["signature"] = credential.sign(changed.dump())
    signers = [signer, signer.copy()] if forge == "two_signers" else [signer]
    if forge == "two_signers":
        signers[1]["signature"] = b"x" * 256
    parsed["content"]["signer_infos"] = signers
    code = _refused(embed(prepared.data, prepared.byte_range, parsed.dump(force=True)), prepared.byte_range, credential)
    assert (
        code
        == {
            "extra_attribute": "signed_attributes_unexpected",
            "no_protection": "signed_attributes_unexpected",
            "two_signers": "cms_malformed",
            "other_certificate_hash": "certificate_mismatch",
        }[forge]
    )


def test_issuer_name_in_the_cms_is_the_certificates_own(credentials):
    credential = credentials["ecdsa_p256_sha256"]
    parsed = cms.ContentInfo.load(credential.make_cms(bytes(32)))
    issuer = parsed["content"]["signer_infos"][0]["sid"].chosen["issuer"].dump()
    assert issuer == asn1_x509.Certificate.load(credential.certificate).issuer.dump()
