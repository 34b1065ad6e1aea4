"""``python -m tests.agreement.drawing_process VIEWER``: draws pages for another process, one question a line.

Rules:
* a viewer lives in a process of its own: what crashes, hangs or eats memory takes nobody along, and Playwright's event loop
  stays apart from pyHanko's;
* a question is a line of JSON ``{"path": …, "pages": [[index, width], …]}``; the answer is a line of JSON
  ``{"count": …, "pages": [[width, height] or an error's text, …]}`` and behind it the pictures, one byte of grey a pixel;
* a page's width is given in pixels, its height follows from the viewer's own idea of the page: boxes, turns and user units are
  compared through it;
* forms, annotations and layers are drawn as the viewer's own program draws them on a screen.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Width, height and grey bytes, or what went wrong.
Drawn = tuple[int, int, bytes] | str
Draw = Callable[[str, list[tuple[int, int]]], tuple[int, list[Drawn]]]


def draw_by_pdfium(path: str, pages: list[tuple[int, int]]) -> tuple[int, list[Drawn]]:
    """PDFium with its form environment: without it no field is drawn."""
    import pypdfium2
    import pypdfium2.raw as pdfium_c

    def draw(document: Any, index: int, width: int) -> tuple[int, int, bytes]:
        page = document[index]
        bitmap = page.render(
            scale=width / page.get_width(), may_draw_forms=True, force_bitmap_format=pdfium_c.FPDFBitmap_BGRx
        )
        grey = bitmap.to_pil().convert("L")
        page.close()
        return grey.width, grey.height, grey.tobytes()

    document = pypdfium2.PdfDocument(path)
    try:
        document.init_forms()
        return len(document), [_tried(draw, document, *page) for page in pages]
    finally:
        document.close()


def draw_by_mupdf(path: str, pages: list[tuple[int, int]]) -> tuple[int, list[Drawn]]:
    """MuPDF with annotations and fields."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    pymupdf.TOOLS.set_graphics_min_line_width(1)  # a hairline is a pixel wide, as in its own program

    def draw(document: Any, index: int, width: int) -> tuple[int, int, bytes]:
        page = document[index]
        zoom = width / page.rect.width
        picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csRGB, alpha=False, annots=True)
        grey = _luma(picture.samples, picture.width, picture.height)
        return picture.width, picture.height, grey

    with pymupdf.open(path, filetype="pdf") as document:
        if document.needs_pass:
            raise ValueError("needs a password")
        return len(document), [_tried(draw, document, *page) for page in pages]


@contextmanager
def pdfjs() -> Iterator[Draw]:
    """pdf.js in Chromium, one browser for the life of the process."""
    from tests.agreement.pdfjs import PdfJs

    with PdfJs() as viewer:
        yield viewer.draw


@contextmanager
def _plain(draw: Draw) -> Iterator[Draw]:
    yield draw


VIEWERS = {"pdfium": lambda: _plain(draw_by_pdfium), "mupdf": lambda: _plain(draw_by_mupdf), "pdfjs": pdfjs}


def _luma(samples: bytes, width: int, height: int) -> bytes:
    from PIL import Image

    return Image.frombytes("RGB", (width, height), samples).convert("L").tobytes()


def _tried(draw: Callable[[Any, int, int], tuple[int, int, bytes]], document: Any, index: int, width: int) -> Drawn:
    try:
        return draw(document, index, width)
    except Exception as error:  # noqa: BLE001 (what a viewer can't draw is an answer)
        return f"{type(error).__name__}: {error}"[:300]


def main() -> None:
    out = sys.stdout.buffer
    with VIEWERS[sys.argv[1]]() as draw:
        out.write(b"ready\n")
        out.flush()
        for line in sys.stdin:  # ends with the asker, however that ended
            question = json.loads(line)
            pages = [(index, width) for index, width in question["pages"]]
            try:
                count, drawn = draw(question["path"], pages)
            except Exception as error:  # noqa: BLE001 (what a viewer can't open is an answer)
                count, drawn = 0, [f"{type(error).__name__}: {error}"[:300]] * len(pages)
            told = [one if isinstance(one, str) else list(one[:2]) for one in drawn]
            out.write(json.dumps({"count": count, "pages": told}).encode() + b"\n")
            for one in drawn:
                if not isinstance(one, str):
                    out.write(one[2])
            out.flush()


if __name__ == "__main__":
    main()
