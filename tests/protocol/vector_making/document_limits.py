"""The numbers of docs/protocol.md section 4.3 that both halves hold a document to, written down a third time.

Whoever changes one changes it here, on the phone and on the server, and says why in docs/protocol.md.
"""

from vector_making.world import Json


def document_limits_vector() -> Json:
    """Counts are whole numbers, lengths are points, shares are of the page's visible area."""
    return {
        "about": "Numbers that a document is held to (section 4.3): the same at upload, when asked, in preparing, and on the phone.",
        "syntax": {
            "max_object_number": 1_000_000,
            "max_generation": 65_535,
            "max_depth": 30,
            "max_name_bytes": 127,
            "max_spelt_name_bytes": 254,
            "max_integer": 2_147_483_647,
            "max_comment_bytes": 64,
        },
        "content": {
            "max_content_token_bytes": 127,
            "max_content_string_bytes": 32_766,
            "max_form_depth": 12,
            "max_saved_states": 256,
            "max_page_operators": 1_000_000,
            "max_page_images": 5_000,
            "max_page_patterns": 1_000,
            "max_pattern_cells": 100_000,
            "max_image_pixels": 100_000_000,
            "max_page_pixels": 200_000_000,
            "max_page_content_bytes": 67_108_864,
            "max_page_seconds": 10.0,
            "min_page_side": 3.0,
        },
        "increment": {
            "min_stamp_side": 4.0,
            "max_stamp_share": 0.5,
            "small_stamp_area": 40_000.0,
            "large_stamp_share": 0.25,
            "stamp_slack": 1.0,
            "stamp_rounding": 0.01,
            "max_stamp_content_bytes": 32_768,
            "max_stamp_font_bytes": 262_144,
            "max_signature_text_bytes": 1_000,
            "max_gap_bytes": 1_048_576,
            "stamp_flags": 4,
            "max_field_flags": 708,
            "empty_field_keys": [
                "AP", "AS", "BS", "Border", "C", "Contents", "DA", "DR", "DS", "F", "FT", "Ff", "H", "Lang", "M", "MK", "NM", "P",
                "Q", "Rect", "StructParent", "Subtype", "T", "TM", "TU", "Type", "V",
            ],
        },
        "boxes": _boxes(),
    }


def _boxes() -> list[Json]:
    """Boxes on a page as shown, and why one is refused (``null``: it may stand there)."""
    page = [595.0, 842.0]
    return [
        {"page": page, "box": [300.0, 100.0, 480.0, 160.0], "problem": None},
        {"page": page, "box": [0.0, 0.0, 595.0, 421.0], "problem": None},
        {"page": page, "box": [0.0, 0.0, 595.0, 422.0], "problem": "covers_page"},
        {"page": page, "box": [0.0, 0.0, 595.0, 842.0], "problem": "covers_page"},
        {"page": page, "box": [-1.0, -1.0, 60.0, 60.0], "problem": None},
        {"page": page, "box": [-1.5, 0.0, 60.0, 60.0], "problem": "outside"},
        {"page": page, "box": [0.0, -1.5, 60.0, 60.0], "problem": "outside"},
        {"page": page, "box": [500.0, 800.0, 596.0, 843.0], "problem": None},
        {"page": page, "box": [500.0, 800.0, 596.5, 840.0], "problem": "outside"},
        {"page": page, "box": [500.0, 800.0, 590.0, 843.5], "problem": "outside"},
        {"page": page, "box": [10.0, 10.0, 14.0, 14.0], "problem": None},
        {"page": page, "box": [10.0, 10.0, 13.5, 40.0], "problem": "too_small"},
        {"page": page, "box": [10.0, 10.0, 40.0, 13.5], "problem": "too_small"},
        {"page": page, "box": [100.0, 10.0, 40.0, 60.0], "problem": "too_small"},
        {"page": [200.0, 200.0], "box": [0.0, 0.0, 200.0, 200.0], "problem": None},
        {"page": [210.0, 200.0], "box": [0.0, 0.0, 210.0, 200.0], "problem": "covers_page"},
        {"page": [300.0, 300.0], "box": [0.0, 0.0, 200.0, 200.0], "problem": None},
        {"page": [300.0, 300.0], "box": [0.0, 0.0, 300.0, 151.0], "problem": "covers_page"},
    ]
