"""Attacks on the CMS in the gap: each a correct PDF with a CMS that a careful validator must not call valid.

RFC 5652 (CMS), RFC 5035 (signingCertificateV2), ETSI EN 319 142-1 (PAdES).
"""

from tests.pdf_corpus.increments import SignatureIncrement, plain_prepared
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import PreparedDocument, Signer, make_cms, signed_data, signer_info


def two_signer_infos(signer: Signer, other: Signer) -> bytes:
    """Two SignerInfos in one CMS, both correct. PAdES allows one (EN 319 142-1, 6.2.1); which one is shown differs by reader."""
    prepared = plain_prepared()
    infos = [signer_info(signer, prepared.digest()), signer_info(other, prepared.digest())]
    return prepared.fill(signed_data(infos, [signer, other]))


def second_signer_info_wrong(signer: Signer, other: Signer) -> bytes:
    """Two SignerInfos, one of them over another document. A validator that looks at one of them says valid."""
    prepared = plain_prepared()
    infos = [signer_info(signer, prepared.digest()), signer_info(other, bytes(32))]
    return prepared.fill(signed_data(infos, [signer, other]))


def no_signer_info(signer: Signer) -> bytes:
    """A CMS with certificates and without any SignerInfo. Nothing is signed, yet a name can be shown."""
    return plain_prepared().fill(signed_data([], [signer]))


def missing_message_digest(signer: Signer) -> bytes:
    """Signed attributes without messageDigest: the signature value is right and covers no document (RFC 5652, 11.2)."""
    prepared = plain_prepared()
    return prepared.fill(signed_data([signer_info(signer, prepared.digest(), omit=["message_digest"])], [signer]))


def missing_content_type(signer: Signer) -> bytes:
    """Signed attributes without contentType, which must be there whenever any is (RFC 5652, 11.1)."""
    prepared = plain_prepared()
    return prepared.fill(signed_data([signer_info(signer, prepared.digest(), omit=["content_type"])], [signer]))


def missing_signing_certificate(signer: Signer) -> bytes:
    """Signed attributes without signingCertificateV2: the certificate beside the signature can be exchanged (EN 319 122-1, 5.2.2)."""
    prepared = plain_prepared()
    return prepared.fill(
        signed_data([signer_info(signer, prepared.digest(), omit=["signing_certificate_v2"])], [signer])
    )


def wrong_message_digest(signer: Signer) -> bytes:
    """A correct CMS over another document's digest. The simplest forgery: a signature carried over."""
    return plain_prepared().fill(make_cms(signer, bytes(range(32))))


def sha1_signature(signer: Signer) -> bytes:
    """Everything by SHA-1. Collisions of SHA-1 have been made; the algorithm policy refuses it."""
    prepared = plain_prepared()
    info = signer_info(signer, prepared.digest("sha1"), digest_name="sha1")
    return prepared.fill(signed_data([info], [signer], "sha1"))


def trailing_bytes(signer: Signer) -> bytes:
    """Bytes other than zero behind the CMS's DER in the gap. They are signed by nobody and can hold what a reader is led to."""
    prepared = plain_prepared()
    return prepared.fill(make_cms(signer, prepared.digest()) + b"\x00\x00stowaway")


def second_cms_behind(signer: Signer, other: Signer) -> bytes:
    """Another whole CMS behind the first in the gap. Readers that search from the end find the other signer."""
    prepared = plain_prepared()
    digest = prepared.digest()
    return prepared.fill(make_cms(signer, digest) + make_cms(other, digest))


def shared_signature(signer: Signer) -> bytes:
    """Two signature fields whose /V is the same dictionary. One act of signing is shown as two."""
    increment = SignatureIncrement(plain_document().build())
    second = increment.appearance_number + 1
    increment.fields = [second]
    increment.annotations = [second]
    increment.put_objects().put(
        second,
        f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Witness) /V {increment.signature_number} 0 R /F 132 "
        "/Rect [40 60 260 120] /P 4 0 R >>",
    )
    return increment.finish().sign(signer)


def copied_signature(signer: Signer) -> bytes:
    """A later revision adds a field "Witness" with a copy of the first field's dictionary, CMS and ByteRange included.

    Its digest is right, since it is the first one's; the gap that it names is not its own /Contents.
    """
    first = SignatureIncrement(plain_document().build())
    signed = first.build().sign(signer)
    second = SignatureIncrement(
        signed, field_name="Witness", fields=[first.field_number], annotations=[first.field_number]
    )
    at = signed.index(b"<< /Type /Sig ", len(first.base))
    second.signature_body = signed[at : signed.index(b"\nendobj", at)]
    return second.put_objects().build(prev=last_table(signed))


def last_table(data: bytes) -> int:
    """Where the last cross-reference table starts."""
    return data.rindex(b"\nxref\n") + 1


def good_signature(signer: Signer) -> bytes:
    """The same document correctly signed, for tests that want to see the difference."""
    return plain_prepared().sign(signer)


def prepared_pair() -> tuple[PreparedDocument, PreparedDocument]:
    """Two prepared documents that differ in one sentence only."""
    texts = ("The price is 1,000 dong.", "The price is 9,000 dong.")
    first, second = (SignatureIncrement(plain_document([["CONTRACT", text]]).build()).build() for text in texts)
    return first, second
