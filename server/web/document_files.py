"""Bytes of documents: page images and downloads.

Rules: a file is named by its document and given to its owner only; it leaves as a download under a policy that lets it do nothing here;
page images may stay in the person's own browser for five minutes.
"""

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, request
from flask_babel import gettext

from server.documents.document import Document
from server.documents.read_document import PAGE_WIDTHS, Asker, page_image_name
from server.errors import BadInput, Unavailable
from server.web.file_names import attachment
from server.web.ports import PIECE, Site
from server.web.sessions import current

RENDER_SECONDS = 10.0
_INERT = "default-src 'none'; frame-ancestors 'none'; sandbox"


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def own(document_id: str) -> Document:
        asker = Asker(app.portal.relying_party_id, current().user_id)
        return lanes.database(app.read_document.get, asker, document_id)

    @web.get("/documents/<document_id>/pages/<int:number>.png")
    def page_image(document_id: str, number: int) -> Response:
        document = own(document_id)
        width = request.args.get("width", PAGE_WIDTHS[-1], type=int)
        if width not in PAGE_WIDTHS:
            raise BadInput("unknown width", code="bad_input", details={"widths": list(PAGE_WIDTHS)})
        page = number - 1
        subject = f"page:{page_image_name(document.current_sha256, page, width)}"

        def look() -> Path | None:
            return lanes.database(app.read_document.page_image, document, page, width)

        path = site.wait_for(subject, RENDER_SECONDS, look)
        if path is None:
            raise Unavailable("the page is not drawn yet", code="page_not_drawn")
        response = Response(lanes.slow(path.read_bytes), mimetype="image/png")
        response.headers["Cache-Control"] = "private, max-age=300"
        return response

    @web.get("/documents/<document_id>/file")
    def current_file(document_id: str) -> Response:
        document = own(document_id)
        name = document.file_name
        if document.signed_at is not None:
            stem = name[:-4] if name.lower().endswith(".pdf") else name
            name = gettext("%(name)s (signed)", name=stem) + ".pdf"
        return _download(site, lanes.database(app.read_document.file, document), name)

    @web.get("/documents/<document_id>/original")
    def original_file(document_id: str) -> Response:
        document = own(document_id)
        path = lanes.database(app.read_document.file, document, original=True)
        return _download(site, path, document.file_name)


def _download(site: Site, path: Path, name: str) -> Response:
    length = site.lanes.slow(path.stat).st_size
    response = Response(_read(site, path), mimetype="application/pdf")
    response.content_length = length
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Content-Security-Policy"] = _INERT
    return response


def _read(site: Site, path: Path) -> Iterator[bytes]:
    """Reads off the event loop, piece by piece. Bytes under a digest's name never change, so reopening is safe."""
    position = 0
    while piece := site.lanes.slow(_piece, path, position):
        position += len(piece)
        yield piece


def _piece(path: Path, position: int) -> bytes:
    with path.open("rb") as source:
        source.seek(position)
        return source.read(PIECE)
