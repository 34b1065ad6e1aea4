"""Rewriting an unsigned file that breaks the grammar: this is the normal way of more than half of all files.

qpdf reads what it can (also without a usable cross-reference table) and writes every object that can be reached anew: one revision, one
table, generation 0 throughout. Streams are copied as they are; nothing is decoded, so a rewrite can't be made to inflate anything.
Kept are encryption under an owner password, the first half of /ID (ISO 32000-2, 14.4), pictures, attachments, tags, links, outlines, page
labels and the mark of PDF/A. Dropped are older revisions, what nothing reaches, and keys of the trailer that the standard does not know
(what hangs from them alone no viewer shows). An array of annotations that two pages share is copied for each. The result depends on
the input only, but for the fresh salts of an encrypted file. Entries of a form that hold no field go (rewrite_form.py).

Never call this for a file that carries a signature: the caller has made sure of that.
"""

import re
import warnings
from pathlib import Path
from typing import BinaryIO, cast

import pikepdf

from server.errors import Unprocessable
from server.pdf.inspect_graph import open_with_qpdf, refuse_losses
from server.pdf.rewrite_form import mend_form
from server.pdf.rewrite_pages import mend_pages, unshare_annotations
from server.pdf.without_table import WithoutTable

_VERSION = re.compile(r"1\.[0-7]|2\.0")
_TRAILER_KEYS = {"/Root", "/Info", "/ID", "/Encrypt", "/Size", "/Prev", "/XRefStm"}
_STREAM_KEYS = {
    "/Type",
    "/W",
    "/Index",
    "/Length",
    "/Filter",
    "/DecodeParms",
}  # of a trailer that is a stream's dictionary
_ABBREVIATIONS = ("/BPC", "/CS", "/D", "/H", "/I", "/IM", "/W")
QPDF_ERRORS = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError)


def rewrite(source: Path, target: Path, *, mend_page_tree: bool, unshare: bool, drop_abbreviations: bool) -> None:
    """Write a copy of ``source`` that complies, as far as a rewrite can, to ``target``. Raises ``pdf_broken``, ``pdf_password``,
    ``pdf_circular``, ``pdf_bomb``.

    ``mend_page_tree``: fill in what viewers assume about pages (parents, counts, sizes); otherwise the tree stays as it is.
    ``unshare``: give each page an array of annotations of its own. ``drop_abbreviations``: leave out the keys that stand for others in
    inline images only.
    """
    with open_with_recovery(source) as pdf:
        try:
            mend_form(pdf)
            if mend_page_tree:
                mend_pages(pdf)
            if unshare:
                unshare_annotations(pdf)
            if drop_abbreviations:
                _drop_abbreviations(pdf)
            for key in set(pdf.trailer.keys()) - _TRAILER_KEYS - _STREAM_KEYS:
                del pdf.trailer[key]
            if "/Size" not in pdf.trailer:  # qpdf fills in the right number, but only where there was one
                pdf.trailer["/Size"] = len(pdf.objects) + 1
            _save(pdf, target)
        except QPDF_ERRORS as error:
            code = "pdf_circular" if "Loop detected" in str(error) else "pdf_broken"
            raise Unprocessable("can't be rewritten", code=code) from error
        refuse_losses([str(warning) for warning in pdf.get_warnings()])


def _drop_abbreviations(pdf: pikepdf.Pdf) -> None:
    """What PDFium never reads (ISO 32000-2, table 91); whether others drew the same is for the comparison of pages to say."""
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            image = found.get("/Subtype") == "/Image"
            for key in ("/DP", *_ABBREVIATIONS) if image else ("/DP",):
                if key in found:
                    del found[key]


def _save(pdf: pikepdf.Pdf, target: Path) -> None:
    with warnings.catch_warnings(), target.open("wb") as out:  # by name pikepdf would write a temporary file first, and leave it if killed
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # widgets that hang in no form were so before
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


def open_with_recovery(source: Path) -> pikepdf.Pdf:
    """As qpdf reads a damaged file; where its table leads to no catalog, as if it had no table.

    Raises ``pdf_broken``, ``pdf_password``, ``pdf_circular``.
    """
    try:
        pdf = open_with_qpdf(source, recover=True)
        if _has_pages(pdf):
            return pdf
        pdf.close()
    except QPDF_ERRORS:
        pass
    try:
        pdf = open_with_qpdf(cast(BinaryIO, WithoutTable(source)), recover=True)
    except QPDF_ERRORS as error:
        raise Unprocessable("qpdf can't read it", code="pdf_broken") from error
    if not _has_pages(pdf):
        pdf.close()
        raise Unprocessable("no catalog with a page tree", code="pdf_broken")
    return pdf


def _has_pages(pdf: pikepdf.Pdf) -> bool:
    root = pdf.trailer.get("/Root")
    return isinstance(root, pikepdf.Dictionary) and isinstance(root.get("/Pages"), pikepdf.Dictionary)
