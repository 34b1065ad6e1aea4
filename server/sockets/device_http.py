"""The phone's HTTP calls: pairing (before there is a session), manifest and documents (with the session's access token).

A bundle is sent as it is read, in pieces, so that no phone's download fills the web process's memory.
"""

import logging
from collections.abc import Iterator
from itertools import chain
from typing import Any

from flask import Blueprint, Response, jsonify, request, send_file

from server.app import UseCases
from server.devices.device import Device
from server.errors import BadInput, Conflict, NotAuthenticated, PhoneSealError
from server.lanes import Lanes
from server.signing.fetch_documents import BundlePart
from server.sockets import wire
from server.strict_json import read_json
from server.web.problems import problem_json, status_of

log = logging.getLogger(__name__)
BODY_LIMIT = 64 * 1024
PIECE = 256 * 1024


def create_device_http(app: UseCases, lanes: Lanes) -> Blueprint:
    """The blueprint below ``/device``."""
    routes = Blueprint("device", __name__, url_prefix="/device")

    def body() -> object:
        if request.content_length is None or request.content_length > BODY_LIMIT:
            raise BadInput("a body of at most 64 KiB", code="message_too_large")
        try:
            return read_json(request.get_data(cache=False))
        except ValueError:
            return None

    def phone() -> Device:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not 20 <= len(token) <= 512:
            raise NotAuthenticated("no access token", code="session_invalid")
        return lanes.database(app.prove_device.by_token, token)

    def number(name: str, default: int) -> int:
        text = request.args.get(name, str(default))
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise BadInput(f"{name} is a number", code="bad_message")
        return int(text)

    @routes.post("/pairing/check")
    def check() -> Response:
        code = wire.read_check(body())
        return jsonify(lanes.database(app.pair_device.check_code, code, request.remote_addr or "?"))

    @routes.post("/pairing/begin")
    def begin() -> Response:
        begun = wire.read_begin(body())
        answer = lanes.database(
            app.pair_device.begin,
            begun.code,
            begun.commitment,
            begun.device_name,
            begun.platform,
            request.remote_addr or "?",
        )
        return jsonify(answer)

    @routes.post("/pairing/reveal")
    def reveal() -> Response:
        pairing = lanes.database(app.pair_device.reveal, wire.read_reveal(body()))
        return jsonify({"state": pairing.state, "digits": pairing.digits})

    @routes.post("/pairing/status")
    def status() -> Response:
        pairing_id, proof = wire.read_status(body())
        return jsonify(lanes.database(app.complete_pairing.status, pairing_id, proof))

    @routes.get("/requests/<request_id>/manifest")
    def manifest(request_id: str) -> Response:
        device = phone()
        first, count = number("from", 0), number("count", 500)
        return jsonify(lanes.database(app.fetch_documents.manifest, request_id, device.device_id, first, count))

    @routes.get("/requests/<request_id>/documents")
    def documents(request_id: str) -> Response:
        device = phone()
        first, count = number("from", 0), number("count", 50)
        parts = lanes.database(app.fetch_documents.bundle, request_id, device.device_id, first, count)
        length = sum(12 + part.length for part in parts)
        pieces = _pieces(lanes, list(parts))
        first_piece = next(pieces, b"")  # files that went meanwhile are told, as long as nothing was sent
        return Response(chain((first_piece,), pieces), mimetype="application/octet-stream", headers={"Content-Length": str(length)})

    @routes.get("/requests/<request_id>/items/<item_id>/document")
    def document(request_id: str, item_id: str) -> Response:
        device = phone()
        path = lanes.database(app.fetch_documents.document, request_id, device.device_id, item_id)
        return send_file(path, mimetype="application/octet-stream", conditional=True, etag=False, max_age=0)

    @routes.errorhandler(PhoneSealError)
    def known(error: PhoneSealError) -> tuple[Response, int]:
        return _problem(error)

    @routes.errorhandler(FileNotFoundError)
    def gone(_error: FileNotFoundError) -> tuple[Response, int]:
        return _problem(Conflict("the request ended meanwhile", code="request_over"))

    @routes.after_request
    def private(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes


def _problem(error: PhoneSealError) -> tuple[Response, int]:
    """RFC 9457 as docs/protocol.md §1.1 has it for phones: always the same six members."""
    told = problem_json(error, "en")
    members = {name: told[name] for name in ("type", "title", "status", "detail", "code")}
    response = jsonify({**members, "details": told.get("errors", {})})
    response.mimetype = "application/problem+json"
    return response, status_of(error)


def _head(part: BundlePart) -> bytes:
    return part.position.to_bytes(4, "big") + part.length.to_bytes(8, "big")


def _together(parts: list[BundlePart]) -> bytes:
    return b"".join(piece for part in parts for piece in (_head(part), part.path.read_bytes()))


def _groups(parts: list[BundlePart]) -> Iterator[list[BundlePart]]:
    """Neighbours that make up one piece together; a larger document stands alone."""
    group: list[BundlePart] = []
    size = 0
    for part in parts:
        if group and size + part.length > PIECE:
            yield group
            group, size = [], 0
        group.append(part)
        size += part.length
    if group:
        yield group


def _read_piece(file: Any) -> bytes:
    piece: bytes = file.read(PIECE)
    return piece


def _pieces(lanes: Lanes, parts: list[BundlePart]) -> Iterator[bytes]:
    """However slowly a phone takes it, no more than one piece waits in memory."""
    for group in _groups(parts):
        if len(group) > 1 or group[0].length <= PIECE:
            yield lanes.slow(_together, group)
            continue
        yield _head(group[0])
        with group[0].path.open("rb") as file:
            while piece := lanes.slow(_read_piece, file):
                yield piece
