"""Attacks on a document on its way to being signed, and afterwards.

Made by code, for tests of the phone's structure check and of ``verify``.

Two kinds. ``PREPARED`` holds functions that return a ``PreparedDocument`` (what a dishonest server would send to a phone); sign it
with ``prepared.sign(signer)`` to get the file that ``verify`` must flag. ``SIGNED`` holds functions that take a ``Signer`` and return a
finished file. The names are stable: tests are parametrised by them. ``attack_spans.image_spans_gap`` is THE attack; see its text.
"""

from collections.abc import Callable
from functools import partial

from tests.pdf_corpus import attack_byte_ranges as ranges
from tests.pdf_corpus import attack_cms as cms
from tests.pdf_corpus import attack_increments as increments
from tests.pdf_corpus import attack_spans as spans
from tests.pdf_corpus.signing_kit import PreparedDocument, Signer

_ALERT = "<< /S /JavaScript /JS (app.alert\\(1\\);) >>"

CATALOG_ENTRIES = {
    "open_action_javascript": f"/OpenAction {_ALERT}",
    "open_action_launch": "/OpenAction << /S /Launch /F (no-such-program.exe) >>",
    "open_action_goto": "/OpenAction [4 0 R /Fit]",
    "additional_actions": f"/AA << /WP {_ALERT} >>",
    "javascript_names": f"/Names << /JavaScript << /Names [(a) {_ALERT}] >> >>",
    "layers": "/OCProperties << /OCGs [] /D << >> >>",
    "needs_rendering": "/NeedsRendering true",
    "permissions": "/Perms << /DocMDP 6 0 R >>",
    "version": "/Version /2.0",
    "extensions_unknown": "/PhoneSealTest << /X (unknown) >>",
}

ACROFORM_ENTRIES = {
    "xfa": "/XFA (template)",
    "need_appearances": "/NeedAppearances true",
    "calculation_order": "/CO [4 0 R]",
}

PREPARED: dict[str, Callable[[], PreparedDocument]] = {
    "image_spans_gap": lambda: spans.image_spans_gap().prepared,
    "content_spans_gap": spans.content_spans_gap,
    "length_from_increment": spans.length_from_increment,
    "xref_offset_in_gap": spans.xref_offset_in_gap,
    "original_offset_in_gap": spans.original_offset_in_gap,
    "object_stream_in_gap": spans.object_stream_in_gap,
    "byte_range_indirect": ranges.byte_range_indirect,
    "byte_range_real_numbers": ranges.byte_range_real_numbers,
    "byte_range_twice": ranges.byte_range_twice,
    "contents_not_blank": ranges.contents_not_blank,
    "contents_literal": ranges.contents_literal,
    "contents_with_spaces": ranges.contents_with_spaces,
    "contents_twice": ranges.contents_twice,
    **{f"byte_range_{name}": partial(ranges.wrong_byte_range, name) for name in ranges.WRONG_RANGES},
    **{f"catalog_{name}": partial(increments.catalog_entry, entry) for name, entry in CATALOG_ENTRIES.items()},
    **{f"acroform_{name}": partial(increments.acroform_entry, entry) for name, entry in ACROFORM_ENTRIES.items()},
    **{
        function.__name__: function
        for function in (
            increments.content_replaced,
            increments.content_added,
            increments.page_pointed_elsewhere,
            increments.page_box_changed,
            increments.page_tree_replaced,
            increments.catalog_pages_exchanged,
            increments.font_replaced,
            increments.annotation_over_text,
            increments.stamp_covers_page,
            increments.hybrid_increment,
            increments.prev_skips_original,
            increments.prev_own_table,
            increments.freed_objects,
            increments.duplicate_object,
            increments.bytes_outside_objects,
            increments.original_offsets_beyond_end,
            increments.original_changed,
        )
    },
}

SIGNED: dict[str, Callable[[Signer, Signer], bytes]] = {
    "image_spans_gap": lambda signer, _: spans.image_spans_gap().sign(signer),
    "signature_wrapped": lambda signer, _: ranges.wrap_signature(signer),
    "two_signer_infos": cms.two_signer_infos,
    "second_signer_info_wrong": cms.second_signer_info_wrong,
    "no_signer_info": lambda signer, _: cms.no_signer_info(signer),
    "missing_message_digest": lambda signer, _: cms.missing_message_digest(signer),
    "missing_content_type": lambda signer, _: cms.missing_content_type(signer),
    "missing_signing_certificate": lambda signer, _: cms.missing_signing_certificate(signer),
    "wrong_message_digest": lambda signer, _: cms.wrong_message_digest(signer),
    "sha1_signature": lambda signer, _: cms.sha1_signature(signer),
    "trailing_bytes": lambda signer, _: cms.trailing_bytes(signer),
    "second_cms_behind": cms.second_cms_behind,
    "shared_signature": lambda signer, _: cms.shared_signature(signer),
    "copied_signature": lambda signer, _: cms.copied_signature(signer),
    "appended_revision": lambda signer, _: increments.appended_revision(signer),
    "appended_without_table": lambda signer, _: increments.appended_without_table(signer),
    "appended_spaces": lambda signer, _: increments.appended_spaces(signer),
}
