"""HTTP to the server: JSON calls of pairing, manifest pages and documents.

Rules:
* Nothing is read beyond the caller's ``max_bytes``; no compression is accepted, no redirect followed.
* An error answer with the server's code raises ``ServerRefused`` (``status`` beside it); 429 and 5xx raise
  LinkError("server_unavailable"), as everything may be asked again; anything else that is not the answer
  raises LinkError.
* A range must be answered by 206 with exactly that range.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

import requests

from mobile_app.errors import LinkError, ServerRefused
from mobile_app.link import fields
from mobile_app.link.trust import ServerTrust
from mobile_app.link.wire import read_problem

_TIMEOUT: Final = (5.0, 30.0)
_PIECE: Final = 256 << 10
_MAX_PROBLEM: Final = 64 << 10


class HttpLink:
    """See ``ports.WebLink``."""

    def __init__(self, server_url: str, session: requests.Session) -> None:
        self._server_url = server_url.rstrip("/")
        self._session = session
        self._session.headers["Accept-Encoding"] = "identity"

    def post_json(self, path: str, message: Mapping[str, object], *, max_bytes: int = 1 << 20) -> object:
        body = fields.write_json(message).encode()
        return self._json("POST", path, {"Content-Type": "application/json"}, max_bytes, body)

    def get_json(self, path: str, access_token: str, *, max_bytes: int) -> object:
        return self._json("GET", path, {"Authorization": f"Bearer {access_token}"}, max_bytes, None)

    def get_stream(
        self, path: str, access_token: str, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        headers = {"Authorization": f"Bearer {access_token}"}
        if byte_range is not None:
            headers["Range"] = f"bytes={byte_range[0]}-{byte_range[1]}"
        try:
            with self._answer("GET", path, headers, None) as answer:
                _check_range(answer, byte_range)
                yield from _pieces(answer, max_bytes)
        except requests.RequestException as error:
            raise LinkError("connection_failed", {"path": path}) from error

    def close(self) -> None:
        self._session.close()

    def _json(self, method: str, path: str, headers: Mapping[str, str], max_bytes: int, body: bytes | None) -> object:
        try:
            with self._answer(method, path, headers, body) as answer:
                content = b"".join(_pieces(answer, max_bytes))
        except requests.RequestException as error:
            raise LinkError("connection_failed", {"path": path}) from error
        return _parse(content)

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> requests.Response:
        """The open answer with a good status; else raises."""
        answer = self._session.request(
            method,
            self._server_url + path,
            headers=dict(headers),
            data=body,
            stream=True,
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        if answer.status_code in (200, 201, 206):
            return answer
        with answer:
            _raise_refusal(answer)
        raise AssertionError


def _pieces(answer: requests.Response, max_bytes: int) -> Iterator[bytes]:
    total = 0
    for piece in answer.iter_content(_PIECE):
        total += len(piece)
        if total > max_bytes:
            raise LinkError("answer_too_long", {"max_bytes": max_bytes})
        yield piece


def _parse(content: bytes) -> object:
    try:
        return fields.parse_json(content.decode())
    except UnicodeDecodeError:
        fields.malformed("", "not_utf8")


def _raise_refusal(answer: requests.Response) -> None:
    status = answer.status_code
    if status == 429 or status >= 500:
        raise LinkError("server_unavailable", {"status": status})
    try:
        problem = read_problem(json.loads(b"".join(_pieces(answer, _MAX_PROBLEM))))
    except (ValueError, fields.Malformed) as error:
        raise LinkError("http_status", {"status": status}) from error
    raise ServerRefused(problem.code, {**problem.details, "status": status})


def _check_range(answer: requests.Response, byte_range: tuple[int, int] | None) -> None:
    if (answer.status_code == 206) != (byte_range is not None):
        raise LinkError("range_wrong", {"status": answer.status_code})
    if byte_range is not None:
        given = answer.headers.get("Content-Range", "")
        if not given.startswith(f"bytes {byte_range[0]}-{byte_range[1]}/"):
            raise LinkError("range_wrong", {"content_range": given[:100]})


class HttpConnector:
    """See ``ports.WebConnector``."""

    def __init__(self, trust: ServerTrust) -> None:
        self._trust = trust

    def open(self, server_url: str) -> HttpLink:
        return HttpLink(server_url, self._trust.http_session(server_url))
