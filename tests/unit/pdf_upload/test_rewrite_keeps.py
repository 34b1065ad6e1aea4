"""A rewrite changes how a file is written and nothing that it holds: pictures, attachments, tags, links, outlines, labels, PDF/A, the first
half of /ID, encryption."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_result import Inspection
from server.pdf.inspect_upload import inspect_upload

CORPUS = Path(__file__).resolve().parents[2] / "pdf_corpus"
IDENTITY = b"0123456789abcdef"
TRAILER = b"trailer <<"


def _rich() -> pikepdf.Pdf:
    """A tagged PDF/A-1a with attachment, outline, labels, link, and an /ID of its own."""
    pdf = pikepdf.open(CORPUS / "good" / "libreoffice_pdfa1.pdf")
    pdf.attachments["số liệu.csv"] = pikepdf.AttachedFileSpec(pdf, b"a,b\n1,2\n", filename="số liệu.csv")
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Điều 1", 0))
    pdf.Root.PageLabels = pikepdf.Dictionary(Nums=[0, pikepdf.Dictionary(S=pikepdf.Name.r)])
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[10, 10, 90, 30],
        F=4,
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.com/")),
    )
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link)])
    pdf.trailer.ID = pikepdf.Array([pikepdf.String(IDENTITY), pikepdf.String(IDENTITY)])
    return pdf


def _written(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _linearised() -> bytes:
    return _written(_rich(), linearize=True)


def _with_comment() -> bytes:
    data = _written(_rich(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert TRAILER in data
    return data.replace(TRAILER, TRAILER + b"\n% made by hand\n")


def _with_junk_in_front() -> bytes:
    return b"From: somebody\r\n" + _written(_rich())


def _inspect(data: bytes, folder: Path) -> Inspection:
    (folder / "upload.pdf").write_bytes(data)
    return inspect_upload(folder / "upload.pdf", folder / "rewritten.pdf", UploadLimits())


def _pictures(data: bytes) -> list[bytes]:
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        return [bytes(page.render(scale=1, may_draw_forms=True).buffer) for page in document]


@pytest.mark.parametrize("make", [_linearised, _with_comment, _with_junk_in_front])
def test_everything_survives(make: object, tmp_path: Path) -> None:
    data = make()  # type: ignore[operator]
    inspection = _inspect(data, tmp_path)
    assert inspection.repaired
    after = (tmp_path / "rewritten.pdf").read_bytes()
    assert _pictures(after) == _pictures(data)
    with pikepdf.open(BytesIO(data)) as old, pikepdf.open(BytesIO(after)) as new:
        assert new.attachments["số liệu.csv"].get_file().read_bytes() == b"a,b\n1,2\n"
        assert set(new.attachments) == set(old.attachments)
        assert _outline(new) == _outline(old) and "Điều 1" in _outline(new)
        assert pikepdf.Name.r == new.Root.PageLabels.Nums[1].S
        assert str(new.pages[0].Annots[0].A.URI) == "https://example.com/"
        assert bool(new.Root.MarkInfo.Marked) and _tags(new) == _tags(old)
        assert new.Root.Metadata.read_bytes() == old.Root.Metadata.read_bytes()
        with new.open_metadata() as metadata:
            assert metadata.pdfa_status == "1A"
        assert new.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        assert bytes(new.trailer.ID[0]) == IDENTITY
        assert str(new.docinfo.get("/Title", "")) == str(old.docinfo.get("/Title", ""))


def _outline(pdf: pikepdf.Pdf) -> list[str]:
    with pdf.open_outline() as outline:
        return [item.title for item in outline.root]


def _tags(pdf: pikepdf.Pdf) -> list[str]:
    """Structure types in order (ISO 32000-2, 14.7.2)."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary):
            found.append(str(node.get("/S", "")))
            if "/K" in node:
                waiting.append(node.K)
    return found


@pytest.mark.parametrize("strength", [3, 4, 6])
def test_encryption_and_its_permissions_survive(strength: int, tmp_path: Path) -> None:
    allow = pikepdf.Permissions(extract=False, modify_other=False)
    encryption = pikepdf.Encryption(
        owner="owner", user="", R=strength, allow=allow, aes=strength > 3, metadata=strength > 3
    )
    data = _written(_rich(), encryption=encryption, linearize=True)
    inspection = _inspect(data, tmp_path)
    assert inspection.repaired and "encrypted" in inspection.findings
    with pikepdf.open(BytesIO(data)) as old, pikepdf.open(tmp_path / "rewritten.pdf") as new:
        assert new.encryption.R == old.encryption.R == strength
        assert new.allow == old.allow
        assert new.encryption.stream_method == old.encryption.stream_method
        assert bytes(new.trailer.ID[0]) == bytes(old.trailer.ID[0])
    with pikepdf.open(tmp_path / "rewritten.pdf", password="owner") as opened:
        assert opened.owner_password_matched


def test_shared_annotations_are_unshared(tmp_path: Path) -> None:
    pdf = _rich()
    pdf.pages.append(pdf.pages[0])
    shared = pdf.make_indirect(pikepdf.Array(list(pdf.pages[0].Annots)))
    pdf.pages[0].Annots = pdf.pages[1].Annots = shared
    inspection = _inspect(_written(pdf), tmp_path)
    assert "annots_shared" in inspection.repair_reasons
    with pikepdf.open(tmp_path / "rewritten.pdf") as new:
        first, second = (page.obj.Annots for page in new.pages)
        assert first.objgen != second.objgen or not first.is_indirect
        assert str(first[0].A.URI) == str(second[0].A.URI)


def test_unknown_trailer_keys_go(tmp_path: Path) -> None:
    """What hangs from them alone no viewer shows; our update would cut it off."""
    pdf = _rich()
    pdf.trailer["/AdditionalStreams"] = pikepdf.Array([pikepdf.Name("/x"), pdf.make_stream(b"hidden")])
    inspection = _inspect(_written(pdf), tmp_path)
    assert inspection.repair_reasons == ("unreachable",)
    assert b"AdditionalStreams" not in (tmp_path / "rewritten.pdf").read_bytes()
