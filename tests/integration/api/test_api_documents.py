"""Uploading, looking at and fetching documents over TCP, with foreign and hostile files among them."""

import hashlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.api.api_caller import CONTRACT, PREFIX, Caller, corpus, upload_headers
from tests.integration.api.conftest import describe, new_caller
from tests.server_process import ServerProcess, wait_for


def stored_files(server: ServerProcess) -> set[Path]:
    return {path for path in (server.data_dir / "blobs").rglob("*") if path.is_file()}


def test_an_upload_is_answered_with_what_was_found(caller: Caller) -> None:
    content = CONTRACT.read_bytes()
    told = caller.upload(
        content, "Hợp đồng thuê nhà.pdf", **{"X-Title": "H%C3%A0%20N%E1%BB%99i", "X-Document-Code": "HD%2F17"}
    )
    assert told["state"] == "READY"
    assert (told["title"], told["document_code"], told["file_name"]) == ("Hà Nội", "HD/17", "Hợp đồng thuê nhà.pdf")
    assert told["pages"] == len(told["page_sizes"]) == 2
    assert told["sha256"] == told["uploaded_sha256"] == hashlib.sha256(content).hexdigest()
    assert told["length"] == len(content)
    assert (told["findings"], told["repairs"], told["refusal"], told["signed_at"]) == ([], [], None, None)
    assert told["rewritten"] is False


def test_its_address_answers_the_same_and_the_file_comes_back(caller: Caller) -> None:
    response = caller.call(
        "POST", "/documents", status=201, data=CONTRACT.read_bytes(), headers=upload_headers("b ô.pdf")
    )
    told = response.json()
    assert response.headers["Location"] == f"{PREFIX}/documents/{told['document_id']}"
    assert caller.call("GET", f"/documents/{told['document_id']}", status=200).json() == told
    file = requests.get(
        caller.server.url + told["file_url"], headers={"Authorization": f"Bearer {caller.key}"}, timeout=30
    )
    assert file.content == CONTRACT.read_bytes()
    assert "filename*=UTF-8''b%20%C3%B4.pdf" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in file.headers["Cache-Control"]


def test_the_name_gives_the_title_when_there_is_none(caller: Caller) -> None:
    told = caller.upload(name="../../etc/Biên bản.PDF")
    assert (told["file_name"], told["title"]) == ("Biên bản.PDF", "Biên bản")
    assert told["document_code"]


def test_findings_and_repairs_come_with_sentences_in_the_language_asked_for(caller: Caller) -> None:
    layers = caller.upload(corpus("good/handmade_layers.pdf"))["findings"]
    assert "layers" in {finding["code"] for finding in layers}
    rewritten = caller.upload(corpus("odd/junk_before_header.pdf"))
    assert rewritten["rewritten"] is True
    assert "header" in {repair["code"] for repair in rewritten["repairs"]}
    assert rewritten["sha256"] != rewritten["uploaded_sha256"]
    caller.language = "vi"
    told = caller.call("GET", f"/documents/{rewritten['document_id']}", status=200).json()
    assert {"code": "header", "text": "Tệp không bắt đầu như một tệp PDF."} in told["repairs"]


def test_a_signed_file_that_breaks_the_grammar_is_refused_with_rule_and_place(caller: Caller) -> None:
    content = corpus("refused/signed_duplicate_catalog.pdf")
    problem = caller.call("POST", "/documents", status=422, data=content, headers=upload_headers("a.pdf")).json()
    assert problem["code"] == "pdf_signed_bad_structure"
    assert problem["errors"]["rule"] == "duplicate_number" and problem["errors"]["offset"] == 219
    assert "duplicate_number" in problem["detail"] and "219" in problem["detail"]
    told = caller.call("GET", f"/documents/{problem['errors']['document_id']}", status=200).json()
    assert told["state"] == "REFUSED" and told["rewritten"] is False
    assert "duplicate_number" in told["refusal"]["text"] and "219" in told["refusal"]["text"]


def test_the_same_file_twice_makes_two_documents(make_caller: Callable[..., Caller]) -> None:
    first, second = make_caller(), make_caller()
    one, two, three = first.upload(), first.upload(), second.upload()
    assert len({one["document_id"], two["document_id"], three["document_id"]}) == 3
    assert set(one) == set(three)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("refused/password_aes_256.pdf", "pdf_password"),
        ("refused/xfa_stream.pdf", "pdf_xfa"),
        ("refused/text.pdf", "pdf_not_pdf"),
        ("refused/bomb_content.pdf", "pdf_bomb"),
        ("refused/launch_on_open.pdf", "pdf_launch_action"),
        ("refused/certified_no_changes.pdf", "pdf_certified_no_changes"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(
    caller: Caller, running_server: ServerProcess, file: str, code: str
) -> None:
    before = stored_files(running_server)
    problem = caller.refused("POST", "/documents", 422, code, data=corpus(file), headers=upload_headers())
    document_id = problem["errors"]["document_id"]
    wait_for(lambda: stored_files(running_server) <= before, "bytes of a refused file stay")
    told = caller.call("GET", f"/documents/{document_id}", status=200).json()
    assert (told["state"], told["refusal"]["code"], told["file_url"]) == ("REFUSED", code, None)
    assert told["refusal"]["text"] == problem["detail"]
    caller.refused("GET", f"/documents/{document_id}/file", 409, "document_not_ready")


def test_the_refusal_is_told_in_vietnamese_too(caller: Caller) -> None:
    caller.language = "vi"
    problem = caller.refused(
        "POST", "/documents", 422, "pdf_password", data=corpus("refused/password_aes_256.pdf"), headers=upload_headers()
    )
    assert "mật khẩu" in problem["detail"]


def test_nothing_and_empty_are_refused(caller: Caller, running_server: ServerProcess) -> None:
    before = stored_files(running_server)
    caller.refused("POST", "/documents", 422, "pdf_empty", data=b"", headers=upload_headers())
    assert stored_files(running_server) <= before


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "application/pdf"}, 400, "header_invalid"),
        ({"Content-Type": "application/pdf", "X-File-Name": "a%FF.pdf"}, 400, "header_invalid"),
        ({"Content-Type": "application/pdf", "X-File-Name": "a" * 5000}, 400, "header_invalid"),
        ({"Content-Type": "multipart/form-data; boundary=x", "X-File-Name": "a.pdf"}, 415, "media_type_unsupported"),
        ({"X-File-Name": "a.pdf"}, 415, "media_type_unsupported"),
        ({"Content-Type": "application/pdf", "X-File-Name": "a.pdf", "X-Title": "x" * 300}, 400, "text_too_long"),
        (
            {"Content-Type": "application/pdf", "X-File-Name": "a.pdf", "X-Document-Code": "x" * 61},
            400,
            "text_too_long",
        ),
    ],
)
def test_wrong_headers_are_refused_before_anything_is_stored(
    caller: Caller, running_server: ServerProcess, headers: dict[str, str], status: int, code: str
) -> None:
    before = stored_files(running_server)
    caller.refused("POST", "/documents", status, code, data=CONTRACT.read_bytes(), headers=headers)
    assert stored_files(running_server) <= before


def test_query_parameters_that_mean_nothing_are_refused(caller: Caller) -> None:
    problem = caller.refused("GET", "/documents/doc_x", 400, "query_invalid", params={"full": "1"})
    assert problem["errors"]["fields"][0]["at"] == "full"


def test_another_partys_document_does_not_exist(make_caller: Callable[..., Caller]) -> None:
    owner, stranger = make_caller(), make_caller()
    address = f"/documents/{owner.upload()['document_id']}"
    for path in (address, f"{address}/file"):
        theirs = stranger.refused("GET", path, 404, "document_unknown")
        unknown = stranger.refused(
            "GET",
            path[:-6] + "0" * 6 if path == address else f"/documents/doc_{'0' * 26}/file",
            404,
            "document_unknown",
        )
        assert {**theirs, "request_id": ""} == {**unknown, "request_id": ""}


def test_parts_of_a_file_and_unchanged_files(caller: Caller) -> None:
    content = CONTRACT.read_bytes()
    path = f"/documents/{caller.upload(content)['document_id']}/file"
    whole = caller.call("GET", path, status=200)
    part = caller.call("GET", path, status=206, headers={"Range": "bytes=100-199"})
    assert part.content == content[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    last = caller.call("GET", path, status=206, headers={"Range": "bytes=-50", "If-Range": whole.headers["ETag"]})
    assert last.content == content[-50:]
    stale = caller.call("GET", path, status=200, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert stale.content == content
    assert caller.call("GET", path, status=304, headers={"If-None-Match": whole.headers["ETag"]}).content == b""
    caller.refused("GET", path, 416, "range_invalid", headers={"Range": f"bytes={len(content) + 1}-"})


def test_a_body_without_a_length_is_taken(caller: Caller) -> None:
    def pieces() -> Iterator[bytes]:
        content = CONTRACT.read_bytes()
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    told = caller.call("POST", "/documents", status=201, data=pieces(), headers=upload_headers()).json()
    assert told["length"] == CONTRACT.stat().st_size


def test_a_connection_lost_in_the_middle_leaves_nothing(caller: Caller, running_server: ServerProcess) -> None:
    before = stored_files(running_server)
    with socket.create_connection(("127.0.0.1", running_server.port)) as connection:
        head = (
            f"POST {PREFIX}/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {caller.key}\r\n"
            "Content-Type: application/pdf\r\nX-File-Name: a.pdf\r\nContent-Length: 100000\r\n\r\n"
        )
        connection.sendall(head.encode() + b"%PDF-1.7" * 1000)
        wait_for(lambda: stored_files(running_server) - before, "the upload does not begin")
    wait_for(lambda: stored_files(running_server) <= before, "an interrupted upload stays")


def test_sizes_are_limited_with_and_without_a_length(server_factory: Callable[..., ServerProcess]) -> None:
    server = server_factory(max_document_bytes=5000, max_document_pages=1)
    caller = new_caller(server, describe(server), ("documents",))
    for body in (b"%PDF" * 2000, iter([b"%PDF" * 1000, b"%PDF" * 1000])):
        problem = caller.refused("POST", "/documents", 413, "pdf_too_large", data=body, headers=upload_headers())
        assert problem["errors"]["limit"] == 5000
    assert stored_files(server) == set()


def peak_memory(pid: int) -> int:
    """KiB that the process has held at most."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_a_large_upload_never_stands_in_memory(caller: Caller, running_server: ServerProcess) -> None:
    web = running_server.pids()["web"]
    caller.upload()
    before = peak_memory(web)
    piece = b"%PDF-1.7\n" + bytes(1 << 20)
    problem = caller.call("POST", "/documents", status=422, data=(piece for _ in range(60)), headers=upload_headers())
    assert problem.json()["code"].startswith("pdf_")
    assert peak_memory(web) - before < 24 * 1024
