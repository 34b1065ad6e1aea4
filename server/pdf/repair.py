"""Rebuilding an unsigned file whose structure readers would follow differently.

qpdf reads what it can (also without a usable cross-reference table) and writes every object that can be
reached anew: one revision, one table, generation 0 throughout. Streams are copied as they are; nothing is
decoded, so a rebuild can't be made to inflate anything. Encryption under an owner password is kept. What the
page tree lacks (counts, parents, sizes) is filled in as viewers do when they show the file. The result
depends on the input only.

Never call this for a file that carries a signature: the caller has made sure of that.
"""

import io
import re
from pathlib import Path
from typing import Any, BinaryIO, cast

import pikepdf

from server.errors import Unprocessable
from server.pdf.inspect_graph import open_with_qpdf, refuse_losses
from server.pdf.inspect_pages import LETTER

_VERSION = re.compile(r"1\.[0-7]|2\.0")
_MAX_DEPTH = 100
_TAIL = 4096
_QPDF_ERRORS = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError)


def rebuild(source: Path, target: Path) -> None:
    """Write a rebuilt copy of ``source`` to ``target``. Raises ``pdf_broken`` or ``pdf_password``."""
    with open_with_recovery(source) as pdf:
        try:
            _mend_pages(pdf)
            if "/Size" not in pdf.trailer:  # qpdf fills in the right number, but only where there was one
                pdf.trailer["/Size"] = len(pdf.objects) + 1
            with target.open("wb") as out:  # by name pikepdf would write a temporary file first, and leave it if killed
                pdf.save(
                    out,
                    compress_streams=False,
                    stream_decode_level=None if pdf.is_encrypted else pikepdf.StreamDecodeLevel.none,
                    object_stream_mode=pikepdf.ObjectStreamMode.preserve,
                    force_version="" if _VERSION.fullmatch(pdf.pdf_version) else "1.7",
                    encryption=bool(pdf.is_encrypted),
                    deterministic_id=not pdf.is_encrypted,
                    preserve_pdfa=True,
                    fix_metadata_version=False,
                )
        except _QPDF_ERRORS as error:
            raise Unprocessable("can't be rebuilt", code="pdf_broken") from error
        refuse_losses([str(warning) for warning in pdf.get_warnings()])


def open_with_recovery(source: Path) -> pikepdf.Pdf:
    """As qpdf reads a damaged file; where its table leads to no catalog, as if it had no table.

    Raises ``pdf_broken``, ``pdf_password``, ``pdf_circular``.
    """
    try:
        pdf = open_with_qpdf(source, recover=True)
        if _has_pages(pdf):
            return pdf
        pdf.close()
    except _QPDF_ERRORS:
        pass
    try:
        pdf = open_with_qpdf(cast(BinaryIO, _WithoutTable(source)), recover=True)
    except _QPDF_ERRORS as error:
        raise Unprocessable("qpdf can't read it", code="pdf_broken") from error
    if not _has_pages(pdf):
        pdf.close()
        raise Unprocessable("no catalog with a page tree", code="pdf_broken")
    return pdf


def _has_pages(pdf: pikepdf.Pdf) -> bool:
    root = pdf.trailer.get("/Root")
    return isinstance(root, pikepdf.Dictionary) and isinstance(root.get("/Pages"), pikepdf.Dictionary)


class _WithoutTable(io.RawIOBase):
    """A file whose last ``startxref`` reads as a comment, so that qpdf looks for the objects themselves."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self._file = source.open("rb")
        self._length = self._file.seek(0, io.SEEK_END)
        begin = max(0, self._length - _TAIL)
        self._file.seek(begin)
        at = self._file.read().rfind(b"startxref")
        self._hidden = begin + at if at >= 0 else self._length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        begin = self._file.tell()
        count = self._file.readinto(buffer)
        for place in range(max(begin, self._hidden), min(begin + count, self._hidden + len(b"startxref"))):
            buffer[place - begin] = 0x25  # a percent sign
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _mend_pages(pdf: pikepdf.Pdf) -> None:
    """Fill in what viewers assume: pages as references, parents, counts, a size."""
    pages = [page.obj for page in pdf.pages]  # qpdf makes direct and repeated pages objects of their own
    root = pdf.Root.Pages
    for page in pages:
        page.Type = pikepdf.Name.Page
        for key in ("/MediaBox", "/CropBox", "/Rotate", "/Resources"):
            inherited = _inherited(page, key)
            if key not in page and inherited is not None:
                page[key] = inherited
        if not _is_box(page.get("/MediaBox")):
            page.MediaBox = pikepdf.Array([int(value) for value in LETTER])
        for key, is_right in (("/CropBox", _is_box), ("/Rotate", _is_turn), ("/UserUnit", _is_unit)):
            if key in page and not is_right(page[key]):
                del page[key]
        page.Parent = root
    for key in ("/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Parent"):
        if key in root:
            del root[key]
    root.Type = pikepdf.Name.Pages
    root.Kids = pikepdf.Array(pages)
    root.Count = len(pages)


def _inherited(page: Any, key: str) -> Any:
    node = page
    for _ in range(_MAX_DEPTH):
        if key in node:
            return node[key]
        node = node.get("/Parent")
        if not isinstance(node, pikepdf.Dictionary):
            return None
    return None


def _is_box(value: Any) -> bool:
    try:
        left, bottom, right, top = (float(corner) for corner in value)
    except (TypeError, ValueError, ArithmeticError):
        return False
    return left != right and bottom != top


def _is_turn(value: Any) -> bool:
    try:
        return int(value) % 90 == 0 and float(value) == int(value)
    except (TypeError, ValueError, ArithmeticError):
        return False


def _is_unit(value: Any) -> bool:
    try:
        return 0 < float(value) < 1e6
    except (TypeError, ValueError, ArithmeticError):
        return False
