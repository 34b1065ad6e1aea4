"""The PDF edge as the capabilities see it: preparer, embedder and inspector of the signing flow and of documents.

Templates that depend only on a credential, and stamps that depend only on a signer, are kept: they are what makes a document cheap.
Big files go from file to file and never through memory.
"""

import hashlib
import os
from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path

from server.config import Config
from server.documents.ports import InspectedFile
from server.errors import VerificationFailed
from server.pdf import geometry
from server.pdf.checker_version import CHECKER_VERSION
from server.pdf.cms import CmsTemplate
from server.pdf.earlier_signatures import refuse_if_worse
from server.pdf.embed import embed, embed_into_file, gap_bounds
from server.pdf.inspect_limits import UploadLimits
from server.pdf.prepare import LARGE_FILE, DocumentPreparer
from server.pdf.prepared import Prepared
from server.pdf.sandbox import Sandbox
from server.pdf.signing_time import format_signing_time
from server.pdf.stamp import StampFonts, StampMaker
from server.pdf.validate import check_signed_document_fast, check_signed_file_fast
from server.pdf.validate_fully import validate_signed_document_fully
from server.signing.credential import Credential
from server.signing.dtbs import SignedAttributesTemplate
from server.signing.ports import EmbeddedFile, PreparedFile
from server.signing.sign_request import Item, Placement

_KEPT = 64
_CHUNK = 1 << 20


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _range_digest(path: Path, byte_range: tuple[int, int, int, int], name: str) -> bytes:
    digest = hashlib.new(name)
    with path.open("rb") as file:
        for start, length in ((byte_range[0], byte_range[1]), (byte_range[2], byte_range[3])):
            file.seek(start)
            left = length
            while left and (piece := file.read(min(_CHUNK, left))):
                digest.update(piece)
                left -= len(piece)
    return digest.digest()


class StampingPreparer:
    """``server.signing.ports.DocumentPreparer``."""

    def __init__(self) -> None:
        self._stamps = StampMaker(StampFonts())
        self._preparers: OrderedDict[str, DocumentPreparer] = OrderedDict()

    def _for(self, signer: str) -> DocumentPreparer:
        preparer = self._preparers.pop(signer, None) or DocumentPreparer(signer, self._stamps)
        self._preparers[signer] = preparer
        if len(self._preparers) > _KEPT:
            self._preparers.popitem(last=False)
        return preparer

    def prepare(
        self,
        source: Path,
        target: Path,
        placement: Placement | None,
        signer: str,
        signing_time: float,
        digests: frozenset[str],
    ) -> PreparedFile:
        box = None
        if placement is not None:
            box = geometry.Placement(placement.page, placement.x0, placement.y0, placement.x1, placement.y1)
        when = format_signing_time(datetime.fromtimestamp(signing_time, UTC))
        make = self._prepare_on_disk if source.stat().st_size >= LARGE_FILE else self._prepare_in_memory
        return make(self._for(signer), source, target, box, when, digests)

    @staticmethod
    def _prepare_on_disk(
        preparer: DocumentPreparer, source: Path, target: Path, box: geometry.Placement | None, when: str, digests: frozenset[str]
    ) -> PreparedFile:
        first = min(digests)
        made = preparer.prepare_file(source, target, box, when, first)
        if made.signed_before:
            refuse_if_worse(target, made.source_size)
        found = {first: made.document_digest}
        for name in digests - {first}:
            found[name] = _range_digest(target, made.byte_range, name)
        return _prepared(made, found, None, target, made.size, _file_sha256(target))

    @staticmethod
    def _prepare_in_memory(
        preparer: DocumentPreparer, source: Path, _target: Path, box: geometry.Placement | None, when: str, digests: frozenset[str]
    ) -> PreparedFile:
        first = min(digests)
        made = preparer.prepare(source.read_bytes(), box, when, first)
        if made.signed_before:
            refuse_if_worse(made.data, made.source_size)
        found = {first: made.document_digest}
        for name in digests - {first}:
            start, end = gap_bounds(made.byte_range)
            found[name] = hashlib.new(name, made.data[:start] + made.data[end:]).digest()
        return _prepared(made, found, made.data, None, len(made.data), hashlib.sha256(made.data).hexdigest())


def _prepared(
    made: Prepared, found: dict[str, bytes], data: bytes | None, path: Path | None, length: int, sha256: str
) -> PreparedFile:
    stamp = None if made.stamp is None else Placement(made.stamp.page, made.stamp.x0, made.stamp.y0, made.stamp.x1, made.stamp.y1)
    return PreparedFile(
        data, path, length, sha256, made.byte_range, made.field_name, found.get("sha256"), found.get("sha384"), stamp
    )


class _CredentialTemplates:
    def __init__(self, credential: Credential) -> None:
        self.attributes = SignedAttributesTemplate(credential.certificate, credential.signature_algorithm)
        self.cms = CmsTemplate(credential.certificate, credential.certificate_chain, credential.signature_algorithm)


class CmsEmbedder:
    """``server.signing.ports.SignatureEmbedder``."""

    def __init__(self) -> None:
        self._templates: OrderedDict[str, _CredentialTemplates] = OrderedDict()

    def _for(self, credential: Credential) -> _CredentialTemplates:
        templates = self._templates.pop(credential.credential_id, None) or _CredentialTemplates(credential)
        self._templates[credential.credential_id] = templates
        if len(self._templates) > _KEPT:
            self._templates.popitem(last=False)
        return templates

    def embed(
        self, prepared: Path, target: Path, item: Item, credential: Credential, *, fully: bool, now: float
    ) -> EmbeddedFile:
        templates = self._for(credential)
        digest = item.digest_sha256 if templates.attributes.algorithm.digest_name == "sha256" else item.digest_sha384
        if item.byte_range is None or digest is None or item.signature_value is None or item.field_name is None:
            raise VerificationFailed("the item was not prepared for this credential", code="item_not_prepared")
        cms = templates.cms.build(digest, templates.attributes.der(digest), item.signature_value)
        if item.prepared_length >= LARGE_FILE:
            _copy_file(prepared, target)
            embed_into_file(target, item.byte_range, cms)
            check_signed_file_fast(target, item.byte_range, credential.certificate, credential.signature_algorithm)
            if fully:
                self._validate(target, item, credential, now)
            return EmbeddedFile(None, target, item.prepared_length, _file_sha256(target))
        content = prepared.read_bytes()
        if hashlib.sha256(content).hexdigest() != item.prepared_sha256:
            raise VerificationFailed("the prepared file was damaged", code="prepared_file_damaged")
        signed = embed(content, item.byte_range, cms)
        check_signed_document_fast(signed, item.byte_range, credential.certificate, credential.signature_algorithm)
        if fully:
            self._validate(signed, item, credential, now)
        return EmbeddedFile(signed, None, len(signed), hashlib.sha256(signed).hexdigest())


    @staticmethod
    def _validate(signed: bytes | Path, item: Item, credential: Credential, now: float) -> None:
        validate_signed_document_fully(
            signed,
            credential.certificate_chain[-1:],
            str(item.field_name),
            original_length=item.source_length,
            other_certificates=credential.certificate_chain,
            moment=datetime.fromtimestamp(now, UTC),
        )


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as origin, target.open("wb") as copy:
        left = os.fstat(origin.fileno()).st_size
        while left:
            moved = os.copy_file_range(origin.fileno(), copy.fileno(), left)
            if not moved:
                raise OSError("the copy ended early")
            left -= moved


class SandboxedInspector:
    """``server.documents.ports.DocumentInspector``: everything in the sandbox's child process."""

    def __init__(self, sandbox: Sandbox, config: Config) -> None:
        self._sandbox = sandbox
        self._limits = UploadLimits(max_bytes=config.max_document_bytes, max_pages=config.max_document_pages)

    @property
    def version(self) -> str:
        return CHECKER_VERSION

    def inspect(self, source: Path, repaired_target: Path) -> InspectedFile:
        found = self._sandbox.inspect_upload(source, repaired_target, self._limits)
        return InspectedFile(
            pages=found.pages,
            page_boxes=found.page_boxes,
            earlier_signatures=found.earlier_signatures,
            findings=found.findings,
            repaired=repaired_target if found.repaired else None,
            repairs=found.repair_reasons,
            stamp_places=found.stamp_places,
        )

    def render(self, source: Path, page: int, width: int) -> bytes:
        return self._sandbox.render_page(source, page, width_px=width)
