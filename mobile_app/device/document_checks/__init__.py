"""The phone's own check of the bytes that it signs (design §5, point 4): a file is a check.

Written independently of the server on purpose, with nothing but the standard library and ``cryptography``.
Rules:
* the order is the one of ``CHECKS``; each check refuses by raising ``CheckFailed`` with a code of its own;
* what the phone accepts it can account for, byte by byte (``doc_grammar``, ``doc_page_tree``); what can't be
  followed is refused (``doc_structure_unfollowable``), never guessed;
* no input raises anything else, and time and memory are bounded by the document's size and the caps in the
  modules.
"""

import mmap
from collections.abc import Callable
from typing import Final

from mobile_app.device.document_checks import findings
from mobile_app.device.document_checks.active_content import check_active_content
from mobile_app.device.document_checks.appearance import check_appearance
from mobile_app.device.document_checks.byte_range import check_byte_range, check_gap_is_empty
from mobile_app.device.document_checks.catalog import check_catalog, check_form
from mobile_app.device.document_checks.cross_reference_of_increment import (
    check_increment_cross_reference,
    check_previous_cross_reference,
    check_trailer,
)
from mobile_app.device.document_checks.digests import check_digests, check_length
from mobile_app.device.document_checks.document import (
    CheckedDocument,
    ExpectedDocument,
    PreparedDocument,
    as_buffer,
)
from mobile_app.device.document_checks.drawn_annotations import drawn_annotations
from mobile_app.device.document_checks.file_grammar import check_bodies, check_pages
from mobile_app.device.document_checks.fonts import check_fonts
from mobile_app.device.document_checks.object_kinds import check_object_kinds
from mobile_app.device.document_checks.outside_content import check_external_streams
from mobile_app.device.document_checks.page import check_annotations, check_page
from mobile_app.device.document_checks.page_content import check_page_content
from mobile_app.device.document_checks.references import check_references
from mobile_app.device.document_checks.signature_dictionary import (
    check_gap_is_contents,
    check_signature_dictionary,
    text_of,
    texts_of,
)
from mobile_app.device.document_checks.signature_field import (
    check_signature_field,
    check_widget,
    is_visible,
    rectangle_of,
)
from mobile_app.device.document_checks.softer_rules import check_softenings
from mobile_app.device.document_checks.stamp_place import stamp_place

__all__ = ["CHECKS", "CheckedDocument", "ExpectedDocument", "check_prepared_document"]

CHECKS: Final[tuple[Callable[[PreparedDocument], None], ...]] = (
    check_length,
    check_byte_range,
    check_gap_is_empty,
    check_digests,
    check_bodies,
    check_references,
    check_pages,
    check_softenings,
    check_external_streams,
    check_increment_cross_reference,
    check_previous_cross_reference,
    check_trailer,
    check_gap_is_contents,
    check_signature_dictionary,
    check_signature_field,
    check_widget,
    check_appearance,
    check_fonts,
    check_page,
    check_annotations,
    check_catalog,
    check_form,
    check_object_kinds,
    check_active_content,
    check_page_content,
)


def check_prepared_document(
    data: bytes | memoryview | mmap.mmap, expected: ExpectedDocument
) -> CheckedDocument:
    """Check a prepared document against what the verified manifest says of it; return what the phone has seen
    for itself.

    ``data`` is never copied whole, so a mapped file may be of any size. Raises ``CheckFailed``.
    """
    document = PreparedDocument(as_buffer(data), expected)
    for check in CHECKS:
        check(document)
    signing = document.signing
    rectangle = rectangle_of(document, signing.field_value.get("Rect"))
    name = signing.field_value.get("T")
    return CheckedDocument(
        document_digest=document.document_digest,
        field_name=text_of(name) if isinstance(name, bytes) else "",
        findings=findings.find(document),
        page_count=signing.page_count,
        signature_page=signing.page_index + 1,
        signature_rect=rectangle if rectangle is not None and is_visible(rectangle) else None,
        signature_texts=texts_of(document),
        stamp=stamp_place(document),
        annotations=drawn_annotations(document),
    )
