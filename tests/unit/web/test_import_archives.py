"""Foreign ZIP archives: a bad entry fails alone and is named, nothing goes unsaid, whatever the names are written in."""

import io
import struct
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.documents.unpack_archive import UnpackArchive
from tests.unit.web.test_import_pages import archive, importer, progress, send, start

assert importer  # the fixture
LOCAL, CENTRAL = b"PK\3\4", b"PK\1\2"


def variants(contract: bytes, count: int) -> list[bytes]:
    """PDFs of different bytes: a comment behind the end."""
    return [contract + b"%% %d\n" % number for number in range(count)]


def taken(importer: Any, content: bytes) -> Any:
    told = start(importer)
    assert send(importer, told["archive_url"], content, "lo.zip", "application/zip").status_code == 202
    return progress(importer, told) | {"id": told["import_batch_id"]}


def refused(now: Any) -> dict[str, str]:
    return {file["name"]: file["why"] for file in now["refused_files"]}


def titles(portal: Any, now: Any) -> set[str]:
    found = portal.app.list_documents.waiting(portal.user.user_id, now["id"], 100)
    return {title for _, title in found}


def spoilt(packed: bytes, number: int, change: Callable[[bytearray, int, int], None]) -> bytes:
    """``change(archive, offset of the local header, offset of the central one)`` of one entry."""
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        local = found.infolist()[number].header_offset
    central = -1
    for _ in range(number + 1):
        central = packed.index(CENTRAL, central + 1)
    changed = bytearray(packed)
    change(changed, local, central)
    return bytes(changed)


def damage(packed: bytearray, local: int, _central: int) -> None:
    packed[local + 2000] ^= 1


def other_method(packed: bytearray, local: int, central: int) -> None:
    packed[local + 8 : local + 10] = packed[central + 10 : central + 12] = struct.pack("<H", 9)


def two_names(packed: bytearray, local: int, _central: int) -> None:
    packed[local + 30] ^= 1


@pytest.mark.parametrize("change", [damage, other_method, two_names])
def test_a_bad_entry_fails_alone(portal: Any, importer: Any, contract: bytes, change: Any) -> None:
    files = {f"a/{number}.pdf": content for number, content in enumerate(variants(contract, 5))}
    now = taken(importer, spoilt(archive(files), 2, change))
    assert (now["total"], now["waiting"], now["refused"], now["settled"]) == (5, 4, 1, True)
    assert "bị hỏng" in refused(now)["a/2.pdf"]
    assert titles(portal, now) == {"0", "1", "3", "4"}


def test_a_locked_entry_fails_alone(importer: Any, contract: bytes) -> None:
    def lock(packed: bytearray, _local: int, central: int) -> None:
        packed[central + 8] |= 1

    files = {f"{number}.pdf": content for number, content in enumerate(variants(contract, 3))}
    now = taken(importer, spoilt(archive(files), 1, lock))
    assert (now["waiting"], now["refused"]) == (2, 1)
    assert "có mật khẩu" in refused(now)["1.pdf"]


def test_a_bomb_fails_alone(importer: Any, contract: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bom.pdf", b"\0" * (1 << 20))
        made.writestr("tot.pdf", contract)
    now = taken(importer, packed.getvalue())
    assert (now["waiting"], now["refused"]) == (1, 1)
    assert "bung ra quá lớn" in refused(now)["bom.pdf"]


def test_what_inflates_to_more_than_a_request_holds_is_stopped(portal: Any, importer: Any, contract: bytes) -> None:
    app = portal.app
    config = replace(app.config, max_request_bytes=2 * len(contract) + 1000)
    portal.workers.kinds["unpack_archive"] = UnpackArchive(
        app.store, app.blobs, app.receive_upload, app.clock, config, portal.workers
    )
    now = taken(importer, archive({f"{n}.pdf": content for n, content in enumerate(variants(contract, 4))}))
    assert (now["waiting"], now["settled"]) == (2, True)
    assert "ZIP quá lớn" in refused(now)[""]


def with_name(name: bytes, content: bytes, *, marked: bool = False) -> bytes:
    """An archive of one entry with these very bytes for its name; ``marked``: said to be UTF-8."""
    plain = "n" * len(name)
    packed = bytearray(archive({plain: content}))
    while (at := packed.find(plain.encode())) >= 0:
        packed[at : at + len(name)] = name
    if marked:
        packed[packed.index(LOCAL) + 7] |= 8
        packed[packed.index(CENTRAL) + 9] |= 8
    return bytes(packed)


@pytest.mark.parametrize(
    "name",
    [
        "Hợp đồng số 1.pdf".encode(),  # as macOS and Linux write it, without the mark
        "Ho\u031b\u0323p đô\u0300ng sô\u0301 1.pdf".encode("utf-8"),
        b"H\xf5\xf2p \xf0\xf4\xccng s\xf4\xec 1.pdf",  # Vietnamese Windows (code page 1258)
    ],
)
def test_names_without_the_mark_are_read(portal: Any, importer: Any, contract: bytes, name: bytes) -> None:
    assert titles(portal, taken(importer, with_name(name, contract))) == {"Hợp đồng số 1"}


def with_unicode_path(written: bytes, field: bytes, content: bytes) -> bytes:
    """An archive of one entry: the name's bytes in both headers, and ``field`` as extra field of the central one."""
    packed = with_name(written, content)
    central, end = packed.index(CENTRAL), packed.rindex(b"PK\5\6")
    head = bytearray(packed[central:end])
    head[30:32] = struct.pack("<H", len(field))
    ending = bytearray(packed[end:])
    ending[12:16] = struct.pack("<I", len(head) + len(field))
    return packed[:central] + bytes(head) + field + bytes(ending)


def unicode_path(name: bytes, written: bytes, *, version: int = 1) -> bytes:
    return struct.pack("<HHBI", 0x7075, 5 + len(name), version, zlib.crc32(written)) + name


OTHER_FIELD = struct.pack("<HHB", 0x5455, 5, 1) + b"\0" * 4  # a time stamp


@pytest.mark.parametrize("before", [b"", OTHER_FIELD])
@pytest.mark.parametrize("name", ["Hợp đồng số 1.pdf", unicodedata.normalize("NFD", "Hợp đồng số 1.pdf"), "lô/Hợp đồng số 1.pdf"])
def test_the_unicode_path_field_names_an_entry(portal: Any, importer: Any, contract: bytes, name: str, before: bytes) -> None:
    """Info-ZIP, 7-Zip and WinRAR write it beside a name in the code page of their machine (APPNOTE 4.6.9)."""
    written = b"H?p d?ng s? 1.pdf"
    packed = with_unicode_path(written, before + unicode_path(name.encode(), written), contract)
    assert titles(portal, taken(importer, packed)) == {"Hợp đồng số 1"}


@pytest.mark.parametrize(
    "field",
    [
        unicode_path("Tên cũ.pdf".encode(), b"another name.pdf"),  # the entry was renamed since
        unicode_path("Tên cũ.pdf".encode(), b"written.pdf", version=2),
        unicode_path(b"T\xean c\xff.pdf", b"written.pdf"),  # no UTF-8
        unicode_path(b"", b"written.pdf"),
    ],
)
def test_a_unicode_path_field_that_does_not_belong_to_the_name_is_passed_over(
    portal: Any, importer: Any, contract: bytes, field: bytes
) -> None:
    assert titles(portal, taken(importer, with_unicode_path(b"written.pdf", field, contract))) == {"written"}


def test_long_names_of_entries_keep_their_end(portal: Any, importer: Any, contract: bytes) -> None:
    stem = "Phụ lục hợp đồng nguyên tắc số 123 " * 8
    files = {f"{stem}bản {number}.pdf": content for number, content in enumerate(variants(contract, 2))}
    found = titles(portal, taken(importer, archive(files)))
    assert {title[-5:] for title in found} == {"bản 0", "bản 1"}


def test_names_that_are_not_what_they_say_break_the_archive_at_once(importer: Any, contract: bytes) -> None:
    now = taken(importer, with_name(b"abc\xff\xfe.pdf", contract, marked=True))
    assert now["settled"]
    assert "ZIP bị hỏng" in refused(now)[""]


def test_what_file_managers_add_is_passed_over(importer: Any, contract: bytes) -> None:
    now = taken(
        importer, archive({"h/a.pdf": contract, "__MACOSX/h/._a.pdf": b"x", "h/.DS_Store": b"x", "Thumbs.db": b"x"})
    )
    assert (now["total"], now["waiting"], now["refused_files"]) == (1, 1, [])


def test_one_file_twice_is_said(importer: Any, contract: bytes) -> None:
    other = variants(contract, 2)[1]
    now = taken(importer, archive({"x/a.pdf": contract, "y/a.pdf": other, "z/a.pdf": contract}))
    assert (now["total"], now["waiting"], now["refused"]) == (3, 2, 1)
    assert "giống hệt" in refused(now)["z/a.pdf"]


def test_files_of_one_name_in_two_folders_are_both_listed(importer: Any, contract: bytes) -> None:
    now = taken(importer, archive({"x/a.txt": b"1", "y/a.txt": b"2", "a.pdf": contract}))
    assert set(refused(now)) == {"x/a.txt", "y/a.txt"}
    assert now["refused"] == 2


def test_too_many_files_are_told_how_many_may_be(portal: Any, importer: Any) -> None:
    app = portal.app
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of names that come twice
        packed = archive({f"{number}.pdf": b"" for number in range(app.config.max_request_items + 1)})
    assert refused(taken(importer, packed))[""] == "Tệp ZIP có quá 10.000 tệp. Hãy chia nhỏ rồi tải lên."


def test_an_archive_that_comes_again_while_the_first_is_dropped(portal: Any, importer: Any, contract: bytes) -> None:
    """The second is kept before the first is done with, and asked for after it."""
    imports, portal.workers.resting = portal.app.import_documents, True
    batch = imports.start(portal.app.portal.relying_party_id, portal.user.user_id, "Lô")
    packed = archive({"a.pdf": contract})
    imports.add_archive(batch, imports.keep_archive(imports.write_archive([packed])))
    again = imports.keep_archive(imports.write_archive([packed]))
    portal.workers.resting = False
    portal.workers.workers()
    imports.add_archive(batch, again)
    now = imports.progress(batch)
    assert (now.total, now.waiting, now.not_taken) == (1, 1, 0)
    assert list(portal.app.blobs.archives()) == []
    assert [path for path in portal.app.blobs.leftovers() if path.is_file()] == []


def test_a_file_that_comes_twice_at_once_is_not_doubled(
    portal: Any, importer: Any, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = start(importer)
    receive = portal.app.receive_upload
    keep, answers = receive.keep_file, []

    def meanwhile(file: Any) -> Any:
        if not answers:
            answers.append(None)
            answers[0] = send(importer, told["documents_url"], contract, "mot.pdf").status_code
        return keep(file)

    monkeypatch.setattr(receive, "keep_file", meanwhile)
    assert send(importer, told["documents_url"], contract, "mot.pdf").status_code == 200
    assert answers == [202]
    assert progress(importer, told)["total"] == 1
