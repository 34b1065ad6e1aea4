"""The one known difference that is neither told nor refused: frames of links up to a point wide.

LaTeX puts them around every reference; poppler draws them on the page, PDFium, mupdf and pdf.js do not (ISO 32000-2, 12.5.4, leaves it
to the viewer when a link has a frame). A line of a point hides no text. Wider ones are told (``link_appearance``). A disagreement is
explained by them when all viewers agree about the same file with these frames taken away, and by nothing else.
"""

import io
from typing import Any

import pikepdf

WIDEST = 1.0  # points


def without_thin_frames(data: bytes) -> bytes | None:
    """The same file without frames of links up to ``WIDEST``; ``None`` where it has none."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        links = [one for page in pdf.pages for one in page.get("/Annots", []) if _is_framed(one)]
        for link in links:
            link["/Border"] = pikepdf.Array([0, 0, 0])
            if "/BS" in link:
                del link["/BS"]
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue() if links else None


def _is_framed(one: Any) -> bool:
    if not isinstance(one, pikepdf.Dictionary) or one.get("/Subtype") != "/Link":
        return False
    style, border = one.get("/BS"), one.get("/Border")
    width: Any = 1
    if isinstance(style, pikepdf.Dictionary):
        width = style.get("/W", 1)
    elif isinstance(border, pikepdf.Array):
        width = border[2] if len(border) > 2 else 1
    return 0 < float(width) <= WIDEST
