"""Pictures of pages, as the person sees the document before signing.

PDFium draws the page with its annotations and form fields, so that nothing that viewers show is missing from
the picture. Pages are given by index, the first is 0. The picture is never larger than ``max_pixels`` in all
nor ``MAX_SIDE`` on a side: a page that asks for more is drawn smaller. A page that is not drawn within
``MAX_PAGE_SECONDS`` is given up. Call it through the sandbox.
"""

import math
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pypdfium2

from server.errors import BadInput, NotFound, Unprocessable
from server.pdf.content.drawing import OutOfTime, draw

MAX_PIXELS = 20_000_000
MAX_SIDE = 12_000


def render_page(
    path: Path, page: int, *, width_px: int | None = None, scale: float | None = None, max_pixels: int = MAX_PIXELS
) -> bytes:
    """One page as PNG: ``width_px`` pixels wide, or ``scale`` pixels per point (1.0 is 72 dpi).

    Raises ``BadInput`` when not exactly one size is given, ``NotFound`` for a page that is not there, and
    ``Unprocessable`` with ``pdf_broken``, ``pdf_password`` or ``pdf_too_complex``.
    """
    if (width_px is None) == (scale is None) or (width_px or scale or 0) <= 0:
        raise BadInput("give width_px or scale, above zero")
    try:
        with closing(pypdfium2.PdfDocument(path)) as document:
            if not 0 <= page < len(document):
                raise NotFound("no such page")
            document.init_forms()
            with closing(document[page]) as shown:
                width, height = shown.get_size()
                factor = _bounded_scale(width, height, width_px, scale, max_pixels)
                size = math.ceil(width * factor), math.ceil(height * factor)
                with closing(draw(shown, size)) as bitmap:
                    out = BytesIO()
                    bitmap.to_pil().save(out, "PNG", compress_level=4)
                    return out.getvalue()
    except OutOfTime:
        details: dict[str, object] = {"limit": "time", "page": page + 1}
        raise Unprocessable("the page takes too long to draw", code="pdf_too_complex", details=details) from None
    except pypdfium2.PdfiumError as error:
        code = "pdf_password" if "password" in str(error).lower() else "pdf_broken"
        raise Unprocessable("PDFium can't draw it", code=code) from error


def _bounded_scale(width: float, height: float, width_px: int | None, scale: float | None, max_pixels: int) -> float:
    """Pixels per point within the limits on area and sides."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Unprocessable("a page without a size", code="pdf_broken")
    wanted = width_px / width if width_px is not None else scale or 1.0
    return min(wanted, math.sqrt(max_pixels / (width * height)), MAX_SIDE / width, MAX_SIDE / height)
