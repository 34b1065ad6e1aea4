"""An import that broke off goes on in the same batch: what is missing is named, what is there is skipped, the limits hold for all of it."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from server.documents.unpack_archive import UnpackArchive
from tests.unit.web.test_import_archives import variants
from tests.unit.web.test_import_pages import archive, importer, progress, send, start

assert importer  # the fixture


def expect(browser: Any, told: dict[str, str], files: dict[str, bytes]) -> Any:
    named = [[name, len(content)] for name, content in files.items()]
    return browser.send_json(told["expected_url"], {"files": named})


def known(browser: Any, told: dict[str, str], name: str, content: bytes) -> bool:
    body = {"name": name, "length": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return bool(browser.send_json(told["known_url"], body).get_json()["known"])


def limit(portal: Any, monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    app = portal.app
    config = replace(app.config, **limits)
    monkeypatch.setattr(app.receive_upload, "_config", config)
    monkeypatch.setattr(app.import_documents, "_config", config)
    portal.workers.kinds["unpack_archive"] = UnpackArchive(
        app.store, app.blobs, app.receive_upload, app.clock, config, portal.workers
    )


@pytest.fixture
def files(contract: bytes) -> dict[str, bytes]:
    return {f"so-{number}.pdf": content for number, content in enumerate(variants(contract, 4))}


def test_what_never_arrived_is_named_until_it_does(importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    assert expect(importer, told, files).status_code == 204
    for name in ("so-0.pdf", "so-2.pdf"):
        assert send(importer, told["documents_url"], files[name], name).status_code == 202
    now = progress(importer, told)
    assert (now["total"], now["missing"], now["missing_files"]) == (2, 2, ["so-1.pdf", "so-3.pdf"])
    assert "Còn thiếu tệp" in importer.get("/import-batches").text
    page = importer.get(told["url"]).text
    assert "Thêm tệp vào lô này" in page
    assert "import-target" in page
    # the whole folder again, as the page does it: announced, asked about, and only what is not there is sent
    expect(importer, told, files)
    sent = [name for name, content in files.items() if not known(importer, told, name, content)]
    assert sent == ["so-1.pdf", "so-3.pdf"]
    for name in sent:
        assert send(importer, told["documents_url"], files[name], name).status_code == 202
    now = progress(importer, told)
    assert (now["total"], now["waiting"], now["missing"]) == (4, 4, 0)
    assert "Còn thiếu tệp" not in importer.get("/import-batches").text


def test_sent_again_without_asking_is_not_doubled_either(importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    for _ in range(2):
        expect(importer, told, files)
        answers = [send(importer, told["documents_url"], content, name) for name, content in files.items()]
    assert {answer.get_json()["known"] for answer in answers} == {True}
    now = progress(importer, told)
    assert (now["total"], now["missing"]) == (4, 0)


def test_same_name_and_other_content_is_another_file(importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    send(importer, told["documents_url"], files["so-0.pdf"], "so-0.pdf")
    assert not known(importer, told, "so-0.pdf", files["so-1.pdf"])
    assert not known(importer, told, "so-1.pdf", files["so-0.pdf"])
    assert send(importer, told["documents_url"], files["so-1.pdf"], "so-0.pdf").status_code == 202
    assert progress(importer, told)["total"] == 2


def test_what_was_looked_at_and_refused_is_not_missing(importer: Any) -> None:
    told = start(importer)
    expect(importer, told, {"trong.pdf": b"", "hong.zip": b"PK no"})
    assert send(importer, told["documents_url"], b"", "trong.pdf").status_code == 422
    assert send(importer, told["archive_url"], b"PK no", "hong.zip", "application/zip").status_code == 422
    assert progress(importer, told)["missing"] == 0


def test_an_archive_again_completes_the_batch(portal: Any, importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    half, whole = archive(dict(list(files.items())[:2])), archive(files)
    expect(importer, told, {"nua.zip": half, "ca.zip": whole})
    send(importer, told["archive_url"], half, "nua.zip", "application/zip")
    assert progress(importer, told)["missing_files"] == ["ca.zip"]
    send(importer, told["archive_url"], whole, "ca.zip", "application/zip")
    now = progress(importer, told)
    assert (now["total"], now["waiting"], now["skipped"], now["missing"], now["refused"]) == (4, 4, 2, 0, 0)
    send(importer, told["archive_url"], whole, "ca.zip", "application/zip")
    now = progress(importer, told)
    assert (now["total"], now["skipped"]) == (4, 6)


def test_what_a_dead_worker_left_is_not_said_to_be_skipped(portal: Any, importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    portal.workers.resting = True
    send(importer, told["archive_url"], archive(files), "ca.zip", "application/zip")
    send(importer, told["documents_url"], files["so-1.pdf"], "so-1.pdf")  # in the batch after the archive came
    portal.workers.resting = False
    portal.workers.workers()
    now = progress(importer, told)
    assert (now["total"], now["skipped"], now["refused"]) == (4, 0, 0)


def test_the_owner_can_do_without(importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    expect(importer, told, files)
    answer = importer.post(f"{told['url']}/leave-out")
    assert (answer.status_code, answer.location) == (303, told["url"])
    assert "Đã bỏ 4 tệp ra khỏi lô." in importer.get(told["url"]).text
    assert progress(importer, told)["missing"] == 0


def test_only_the_owner(portal: Any, importer: Any, files: dict[str, bytes]) -> None:
    told = start(importer)
    expect(importer, told, {"a.pdf": b"x"})
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    assert expect(other, told, files).status_code == 404
    assert other.send_json(told["known_url"], {"name": "a.pdf", "length": 1, "sha256": ""}).status_code == 404
    assert other.post(f"{told['url']}/leave-out").status_code == 404
    assert send(other, told["documents_url"], files["so-0.pdf"], "so-0.pdf").status_code == 404
    assert progress(importer, told)["missing_files"] == ["a.pdf"]


@pytest.mark.parametrize(
    "files", [None, "x", [["a.pdf"]], [["a.pdf", -1]], [["a.pdf", 1.5]], [[1, 1]], [["a", 1]] * 501]
)
def test_what_is_no_list_of_files_is_refused(importer: Any, files: Any) -> None:
    told = start(importer)
    assert importer.send_json(told["expected_url"], {"files": files}).get_json()["code"] == "bad_input"
    assert progress(importer, told)["missing"] == 0


def test_the_number_of_files_holds_for_the_batch(
    portal: Any, importer: Any, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(portal, monkeypatch, max_request_items=2)
    told = start(importer)
    assert expect(importer, told, files).get_json()["code"] == "import_batch_full"
    assert progress(importer, told)["missing"] == 0
    assert send(importer, told["documents_url"], b"%PDF-1.7 broken", "hong.pdf").status_code == 202
    for name in ("so-0.pdf", "so-1.pdf"):
        assert send(importer, told["documents_url"], files[name], name).status_code == 202, "what was refused takes no room"
    problem = send(importer, told["documents_url"], files["so-2.pdf"], "so-2.pdf")
    assert (problem.status_code, problem.get_json()["code"]) == (413, "import_batch_full")
    assert "tối đa 2 tệp" in problem.get_json()["detail"]
    assert send(importer, told["documents_url"], files["so-1.pdf"], "so-1.pdf").status_code == 200, "it is there already"
    packed = archive({name: files[name] for name in ("so-0.pdf", "so-3.pdf")})
    send(importer, told["archive_url"], packed, "lo.zip", "application/zip")
    now = progress(importer, told)
    assert (now["waiting"], now["settled"], now["skipped"]) == (2, True, 1)
    assert {file["name"] for file in now["refused_files"]} == {"hong.pdf", ""}
    assert [path for path in portal.app.blobs.leftovers() if path.is_file()] == []


def test_the_bytes_hold_for_the_batch(
    portal: Any, importer: Any, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(portal, monkeypatch, max_request_bytes=2 * len(files["so-0.pdf"]) + 100)
    told = start(importer)
    for name in ("so-0.pdf", "so-1.pdf"):
        assert send(importer, told["documents_url"], files[name], name).status_code == 202
    problem = send(importer, told["documents_url"], files["so-2.pdf"], "so-2.pdf").get_json()
    assert problem["code"] == "import_batch_too_large"
    assert "dung lượng tối đa" in problem["detail"]
    other = start(importer, "Lô khác")
    assert send(importer, other["documents_url"], files["so-2.pdf"], "so-2.pdf").status_code == 202
