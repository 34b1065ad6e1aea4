"""The baseline level that a signature has (ETSI EN 319 142-1, 6.3): said only when all that it asks for is there and intact.

B-T: an intact time-stamp over the signature value, or an intact document time-stamp after it. B-LT: B-T, and the document's revocation
data cover the signer's chain and those of its time-stamps. B-LTA: a document time-stamp covers that material too.
"""

from collections.abc import Sequence

from server.pdf.source_document import READER_ERRORS
from server.pdf.verifying.examine import PADES, Examined, ExaminedDocument
from server.pdf.verifying.long_term import chain_is_covered
from server.pdf.verifying.proven_time import Judged, counts
from server.pdf.verifying.security_store import SecurityStore, read_security_store


def level_of(document: ExaminedDocument, judged: Judged, roots: Sequence[bytes]) -> str:
    """``document timestamp``, ``CMS``, or ``PAdES B-B`` to ``PAdES B-LTA``. ``roots``: DER, where a chain may end."""
    one = judged.examined
    if one.is_timestamp:
        return "document timestamp"
    if one.found.sub_filter != PADES or not one.message.names_signing_certificate:
        return "CMS"
    later = [stamp for stamp in document.signatures if counts(stamp) and stamp.covered_end > one.covered_end]
    if not later and not any(token.sound.soundness == "intact" for token in one.tokens):
        return "PAdES B-B"
    if not document.store.present or not _covered(judged, later, document.store, roots):
        return "PAdES B-T"
    protected = any(_covered(judged, [], _store_under(document, stamp), roots) for stamp in later)
    return "PAdES B-LTA" if protected else "PAdES B-LT"


def _covered(judged: Judged, later: Sequence[Examined], store: SecurityStore, roots: Sequence[bytes]) -> bool:
    """The signer's chain, those of its own tokens, and without tokens that of the first document time-stamp."""
    one = judged.examined
    tokens = [token for token in one.tokens if token.sound.soundness == "intact"]
    if not chain_is_covered(one.message.certificate, one.message.certificates, store, roots, judged.proven):
        return False
    messages = [token.message for token in tokens] or [stamp.message for stamp in later[:1]]
    return all(chain_is_covered(m.certificate, (*m.certificates, *one.message.certificates), store, roots, judged.proven) for m in messages)


def _store_under(document: ExaminedDocument, stamp: Examined) -> SecurityStore:
    """The validation material that the time-stamp covers."""
    try:
        assert stamp.found.container is not None
        revision = document.reader.xrefs.get_last_change(stamp.found.container)
        return read_security_store(document.reader.get_historical_root(revision))
    except READER_ERRORS:
        return SecurityStore()
