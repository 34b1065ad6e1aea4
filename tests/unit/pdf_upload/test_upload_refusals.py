"""What must not be signed is refused wherever it hides; what is accepted with a remark is told."""

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from server.errors import PhoneSealError, TooLarge, Unprocessable
from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_result import Inspection

BuildPdf = Callable[..., bytes]
Inspect = Callable[..., Inspection]
Stream = Callable[..., bytes]

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
SIGNATURE = b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> %s >>"
FORM = b"/AcroForm << /Fields [8 0 R] >>"


def _signed(entries: bytes = b"", catalog: bytes = b"") -> dict[int, bytes]:
    """A signature field with a value, and the catalog that names it."""
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R " + FORM + catalog + b" >>",
        8: b"<< /FT /Sig /T (a) /V 9 0 R >>",
        9: SIGNATURE % entries,
    }


def _code(inspect: Inspect, data: bytes, limits: UploadLimits | None = None) -> str:
    with pytest.raises(PhoneSealError) as refused:
        inspect(data, limits)
    return refused.value.code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<< /Type /Catalog /Pages 2 0 R /OpenAction %s >>" % SCRIPT, "pdf_javascript"),
        (b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /GoTo /Next [ << /S /Named /Next 9 0 R >> ] >> >>",
         "pdf_javascript"),
        (b"<< /Type /Catalog /Pages 2 0 R /AA << /WC 9 0 R >> >>", "pdf_javascript"),
        (b"<< /Type /Catalog /Pages 2 0 R /Names << /JavaScript << /Kids [<< /Names [(a) 9 0 R] >>] >> >> >>",
         "pdf_javascript"),
        (b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Rendition /JS (x) >> >>", "pdf_javascript"),
        (b"<< /Type /Catalog /Pages 2 0 R /Open#41ction 9 0 R >>", "pdf_javascript"),
        (b"<< /Type /Catalog /Pages 2 0 R /Outlines << /First << /A << /S /L#61unch /F (x) >> >> >> >>",
         "pdf_launch_action"),
        (b"<< /Type /Catalog /Pages 2 0 R /NeedsRendering true >>", "pdf_xfa"),
        (b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA [] >> >>", "pdf_xfa"),
    ],
)  # fmt: skip
def test_catalog_entries_that_are_refused(inspect: Inspect, build_pdf: BuildPdf, body: bytes, code: str) -> None:
    assert _code(inspect, build_pdf({1: body, 9: SCRIPT})) == code


def test_script_behind_a_click_is_told_not_refused(inspect: Inspect, build_pdf: BuildPdf) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [<< /Subtype /Link /Rect [0 0 1 1] /A %s >>] >>"
    assert inspect(build_pdf({3: page % SCRIPT})).findings == ("javascript_on_click",)


def test_script_on_an_annotation_trigger_is_refused(inspect: Inspect, build_pdf: BuildPdf) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [<< /Subtype /Link /AA << /E %s >> >>] >>"
    assert _code(inspect, build_pdf({3: page % SCRIPT})) == "pdf_javascript"


def test_outward_action_on_opening_is_told(inspect: Inspect, build_pdf: BuildPdf) -> None:
    catalog = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /URI /URI (https://example.org) >> >>"
    assert inspect(build_pdf({1: catalog})).findings == ("automatic_actions",)


def test_reference_xobject_takes_content_from_elsewhere(inspect: Inspect, build_pdf: BuildPdf, stream: Stream) -> None:
    form = stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Ref << /F (other.pdf) /Page 0 >>")
    assert _code(inspect, build_pdf({9: form})) == "pdf_external_stream"


def test_unsafe_older_revision_is_dropped_when_unsigned(inspect: Inspect, build_pdf: BuildPdf, tmp_path: Path) -> None:
    unsafe = {1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction %s >>" % SCRIPT}
    inspection = inspect(build_pdf(unsafe, {1: b"<< /Type /Catalog /Pages 2 0 R >>"}))
    assert inspection.repair_reasons == ("revisions",)
    assert b"JavaScript" not in (tmp_path / "repaired.pdf").read_bytes()


def test_unsafe_older_revision_is_refused_when_signed(inspect: Inspect, build_pdf: BuildPdf) -> None:
    unsafe = _signed(catalog=b" /OpenAction " + SCRIPT)
    data = build_pdf(unsafe, {1: _signed()[1]})
    assert _code(inspect, data) == "pdf_javascript"


def test_safe_older_revision_of_a_signed_file_is_kept(inspect: Inspect, build_pdf: BuildPdf) -> None:
    assert not inspect(build_pdf(_signed(), {1: _signed(catalog=b" /Lang (vi)")[1]})).repaired


@pytest.mark.parametrize(
    "reference",
    [
        b"/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>]",
        b"/Reference [<< /TransformMethod /FieldMDP /TransformParams << /P 1 /Action /Include /Fields [] >> >>]",
        b"/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /All >> >>]",
        b"/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /Exclude /Fields [] >> >>]",
    ],
)
def test_certified_against_changes(inspect: Inspect, build_pdf: BuildPdf, reference: bytes) -> None:
    assert _code(inspect, build_pdf(_signed(reference))) == "pdf_certified_no_changes"


def test_signed_field_lock_against_changes(inspect: Inspect, build_pdf: BuildPdf) -> None:
    changes = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] >> >>",
        8: b"<< /FT /Sig /T (a) /V 9 0 R /Lock << /Action /All /P 1 >> >>",
        9: SIGNATURE % b"",
    }
    assert _code(inspect, build_pdf(changes)) == "pdf_certified_no_changes"


def test_certification_that_permits_signing_is_accepted(inspect: Inspect, build_pdf: BuildPdf) -> None:
    reference = b"/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >>]"
    assert inspect(build_pdf(_signed(reference))).earlier_signatures == 1


def test_field_tree_in_a_circle(inspect: Inspect, build_pdf: BuildPdf) -> None:
    changes = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] >> >>",
        8: b"<< /T (a) /Kids [9 0 R] >>",
        9: b"<< /T (b) /Kids [8 0 R] >>",
    }
    assert _code(inspect, build_pdf(changes)) == "pdf_circular"


def test_circular_action_chain(inspect: Inspect, build_pdf: BuildPdf) -> None:
    assert (
        _code(inspect, build_pdf({7: b"[8 0 R]", 8: b"<< /Next 9 0 R >>", 9: b"<< /Next 8 0 R >>"})) == "pdf_circular"
    )


def test_fields_annotations_and_attachments_are_told(inspect: Inspect, build_pdf: BuildPdf) -> None:
    changes = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R 9 0 R 10 0 R] >> >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots ["
        b"<< /Subtype /Stamp /Rect [0 0 1 1] >> << /Subtype /Square /F 2 /Rect [0 0 1 1] >>"
        b"<< /Subtype /FileAttachment /Rect [0 0 1 1] >> << /Subtype /Movie /Rect [0 0 1 1] >>]"
        b"/Resources << /Font << /A 11 0 R /B 12 0 R >> >> >>",
        8: b"<< /FT /Tx /T (a) /Ff 1 >>",
        9: b"<< /FT /Ch /T (b) >>",
        10: b"<< /FT /Sig /T (c) >>",
        11: b"<< /Type /Font /Subtype /TrueType /BaseFont /Arial >>",
        12: b"<< /Type /Font /Subtype /Type0 /DescendantFonts [<< /Type /Font /FontDescriptor 13 0 R >>] >>",
        13: b"<< /Type /FontDescriptor /FontFile2 4 0 R >>",
    }
    assert set(inspect(build_pdf(changes)).findings) == {
        "annotations_over_text",
        "attachments",
        "empty_signature_fields",
        "hidden_annotations",
        "multimedia",
        "unembedded_fonts",
        "unlocked_fields",
    }


def test_read_only_fields_and_embedded_fonts_are_no_findings(inspect: Inspect, build_pdf: BuildPdf) -> None:
    changes = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] >> >>",
        8: b"<< /FT /Tx /T (a) /Ff 1 >>",
        12: b"<< /Type /Font /Subtype /TrueType /FontDescriptor << /FontFile3 4 0 R >> >>",
    }
    assert inspect(build_pdf(changes)).findings == ()


def test_damaged_data_beside_the_content_are_told(inspect: Inspect, build_pdf: BuildPdf, stream: Stream) -> None:
    packed = zlib.compress(b"q Q " * 100)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Metadata 5 0 R >>"
    damaged = stream(packed[:-12], b"/Filter /FlateDecode")
    assert inspect(build_pdf({3: page, 5: damaged})).findings == ("damaged_streams",)
    assert inspect(build_pdf({3: page, 5: stream(packed, b"/Filter /FlateDecode")})).findings == ()


def test_size_and_page_limits(inspect: Inspect, build_pdf: BuildPdf) -> None:
    data = build_pdf()
    with pytest.raises(TooLarge) as refused:
        inspect(data, UploadLimits(max_bytes=len(data) - 1))
    assert refused.value.code == "pdf_too_large"
    assert inspect(data, UploadLimits(max_bytes=len(data))).pages == 1
    three = build_pdf({2: b"<< /Type /Pages /Count 3 /Kids [3 0 R 8 0 R 9 0 R] >>", **_pages(8, 9)})
    with pytest.raises(TooLarge) as refused:
        inspect(three, UploadLimits(max_pages=2))
    assert refused.value.code == "pdf_too_many_pages"
    assert inspect(three, UploadLimits(max_pages=3)).pages == 3


def _pages(*numbers: int) -> dict[int, bytes]:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Resources << >> >>"
    return dict.fromkeys(numbers, page)


def test_a_page_tree_that_multiplies_is_refused(inspect: Inspect, build_pdf: BuildPdf) -> None:
    """Each node names the next one ten times: a tree of ten nodes with ten thousand million pages."""
    nodes = {
        number: b"<< /Type /Pages /Parent %d 0 R /Count 10 /Kids [%s] >>" % (number - 1, b"%d 0 R " % (number + 1) * 10)
        for number in range(11, 20)
    }
    root = {2: b"<< /Type /Pages /Count 1 /Kids [11 0 R] >>", 20: b"<< /Type /Page /MediaBox [0 0 1 1] >>"}
    assert _code(inspect, build_pdf({**root, **nodes})) in (
        "pdf_too_many_pages",
        "pdf_circular",
        "pdf_broken",
        "pdf_two_readings",
    )


def test_object_and_revision_limits(inspect: Inspect, build_pdf: BuildPdf) -> None:
    assert _code(inspect, build_pdf(), UploadLimits(max_objects=3)) == "pdf_too_complex"
    updates = [{1: b"<< /Type /Catalog /Pages 2 0 R >>"}] * 4
    assert _code(inspect, build_pdf({}, *updates), UploadLimits(max_revisions=4)) == "pdf_too_complex"
    assert _code(inspect, build_pdf(), UploadLimits(seconds=-1.0)) == "pdf_too_complex"


def test_title_is_clean(inspect: Inspect, build_pdf: BuildPdf) -> None:
    assert inspect(build_pdf({9: b"<< /Title (not named by the trailer) >>"})).title is None
    pdf = pikepdf.open(BytesIO(build_pdf()))
    pdf.docinfo["/Title"] = "Hợp\u202e  đồng\n số 1\x07" + "x" * 300
    out = BytesIO()
    pdf.save(out)
    title = inspect(out.getvalue()).title
    assert title is not None and title.startswith("Hợp đồng số 1 xxx") and len(title) == 200


def test_encrypted_bomb_is_measured_decrypted(inspect: Inspect) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    bomb = zlib.compress(zlib.compress(bytes(64 << 20), 9), 9)
    pdf.pages[0].Contents = pdf.make_stream(bomb, Filter=[pikepdf.Name.FlateDecode] * 2)
    out = BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="", R=6), compress_streams=False)
    assert _code(inspect, out.getvalue()) == "pdf_bomb"


def test_rewrite_keeps_the_owner_password(inspect: Inspect, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 400))
    out = BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="", R=4), static_id=True)
    inspection = inspect(b"From: somebody\n" + out.getvalue())
    assert inspection.repaired and "encrypted" in inspection.findings
    assert inspection.page_boxes == ((300.0, 400.0),)
    with pikepdf.open(tmp_path / "repaired.pdf") as rewritten:
        assert rewritten.is_encrypted and not rewritten.owner_password_matched


def test_signed_file_is_never_rewritten(inspect: Inspect, build_pdf: BuildPdf, tmp_path: Path) -> None:
    data = build_pdf(_signed())
    assert not inspect(data).repaired
    with pytest.raises(Unprocessable) as refused:
        inspect(b"junk\n" + data)
    assert refused.value.code == "pdf_signed_bad_structure"
    assert refused.value.details == {"rule": "header", "offset": 0}
    assert not (tmp_path / "repaired.pdf").exists()


def test_signed_file_may_state_a_wrong_size_but_hold_no_nonsense(inspect: Inspect, build_pdf: BuildPdf) -> None:
    data = build_pdf(_signed())
    assert not inspect(data.replace(b"/Size 10", b"/Size 99")).repaired
    assert _code(inspect, data.replace(b"/MediaBox [0 0", b"/MediaBox [0 \xe3")) == "pdf_signed_bad_structure"
    unsigned = build_pdf().replace(b"/Size 5", b"/Size 9")
    assert inspect(unsigned).repair_reasons == ("size",)


def test_object_that_is_a_reference_is_refused(inspect: Inspect, build_pdf: BuildPdf) -> None:
    """qpdf reads the number 9 there, other readers object 9: nobody can say which was meant."""
    assert _code(inspect, build_pdf({8: b"9 0 R", 9: b"[1]"})) == "pdf_broken"


def test_second_definition_in_a_comment_is_rewritten_away(
    inspect: Inspect, build_pdf: BuildPdf, tmp_path: Path
) -> None:
    data = build_pdf()
    hidden = data.replace(b"\nxref\n", b"\n%4 0 obj << /Length 0 >> endobj\nxref\n")
    moved = hidden.replace(b"startxref\n%d" % data.index(b"xref\n"), b"startxref\n%d" % hidden.index(b"xref\n"))
    assert inspect(moved).repair_reasons == ("comment",)
    assert b"/Length 0" not in (tmp_path / "repaired.pdf").read_bytes()


@pytest.mark.parametrize("signed", [False, True])
def test_stream_that_spans_its_neighbour(inspect: Inspect, build_pdf: BuildPdf, signed: bool) -> None:
    """The data of stream 4 reaches over object 5: readers that trust the length never see what 5 says there."""
    inner = b"\nendstream\nendobj\n5 0 obj\n<< /A 1 >>\nendobj\n"
    spanning = b"<< /Length %d >>\nstream\nq Q " % (4 + len(inner)) + inner + b"\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Metadata 4 0 R >>"
    data = build_pdf({3: page, 4: spanning, 5: b"<< /A 2 >>", 6: SIGNATURE % b"" if signed else b"<< >>"})
    inside, after = data.index(b"5 0 obj"), data.rindex(b"5 0 obj")
    data = data.replace(b"%010d 00000 n" % after, b"%010d 00000 n" % inside)
    if signed:
        assert _code(inspect, data) == "pdf_signed_bad_structure"
    else:
        assert "duplicate_number" in inspect(data).repair_reasons
