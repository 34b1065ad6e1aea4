"""The stamp's text and place, geometry, the quick reader against pyHanko's, and large files."""

import contextlib
import datetime
import hashlib
import io
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.assets.font_files import AssetMissing, locate_font
from server.document_limits import STAMP_SLACK
from server.errors import BadInput, PhoneSealError, Unprocessable
from server.pdf.embed import embed_into_file
from server.pdf.geometry import PageView, Placement, visible_box
from server.pdf.pdf_syntax import UnreadableSyntax, decode_text, split_dictionary
from server.pdf.prepare import DocumentPreparer
from server.pdf.quick_source import QuickSource
from server.pdf.signing_time import format_signing_time
from server.pdf.source_document import open_leniently, read_dictionary
from server.pdf.stamp import StampFonts
from server.pdf.stamp_font import clean_text
from server.pdf.validate import check_signed_file_fast, validate_signed_document_fully
from server.signing.stamp_place import problem_of

CORPUS = Path(__file__).parents[2] / "pdf_corpus"
TIME_TEXT = "22/11/2025 14:05 (+07:00)"
PLACEMENT = Placement(0, 60, 60, 260, 120)
NAMES = [
    "Nguyễn Thị Lấp Lánh Ánh",
    "NGUYỄN PHẠM HOÀNG ẤM ỆỂỖẲ",
    "Công ty Trách nhiệm Hữu hạn Một thành viên Thương mại Dịch vụ Xuất nhập khẩu Hương Giang Phát Đạt",
    "Ô",
    "Supercalifragilisticexpialidocious" * 3,
    unicodedata.normalize("NFD", "Đặng Thị Ngọc Ánh"),
]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("box", [(200, 60), (90, 30), (60, 80), (40, 14), (400, 120)])
def test_whole_name_and_time_are_in_the_box_and_extractable(name, box, stamp_maker, contract, tmp_path):
    placement = Placement(0, 60, 60, 60 + box[0], 60 + box[1])
    prepared = DocumentPreparer(name, stamp_maker).prepare(contract, placement, TIME_TEXT)
    (tmp_path / "p.pdf").write_bytes(prepared.data)
    # -bbox gives each word's box from the top of the page (842 points high)
    told = subprocess.run(
        ["pdftotext", "-f", "1", "-l", "1", "-bbox", "p.pdf", "-"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', told)
    stamp = [(float(x0), float(x1), float(y1), text) for x0, x1, y1, text in words if float(y1) > 842 - placement.y1]
    joined = unicodedata.normalize("NFC", "".join(text for *_, text in stamp))
    assert joined == unicodedata.normalize("NFC", f"Ký số bởi{name}{TIME_TEXT}").replace(" ", "")
    assert all(x0 >= placement.x0 - 0.5 and x1 <= placement.x1 + 0.5 for x0, x1, _, _ in stamp)
    assert all(y1 <= 842 - placement.y0 + 2 for _, _, y1, _ in stamp)


def test_name_is_cleaned_of_what_deceives():
    assert clean_text("Trần\u202e Văn\u200b A\n\tB\x00") == "Trần Văn A B"


def test_a_missing_font_says_what_to_do(tmp_path):
    with pytest.raises(AssetMissing, match="run the set-up again"):
        StampFonts(tmp_path)
    with pytest.raises(PhoneSealError):
        locate_font("Other.ttf")


def test_time_has_its_zone_and_one_form(stamp_maker, contract):
    moment = datetime.datetime(2025, 11, 22, 7, 5, tzinfo=datetime.UTC)
    assert format_signing_time(moment) == TIME_TEXT
    preparer = DocumentPreparer("A", stamp_maker)
    assert b"(D:20251122140500+07'00')" in preparer.prepare(contract, None, "22/11/2025 14:05").data
    with pytest.raises(ValueError, match="signing time"):
        preparer.prepare(contract, None, "yesterday")


@given(
    rotation=st.integers(0, 3),
    origin=st.tuples(st.integers(-500, 500), st.integers(-500, 500)),
    size=st.tuples(st.integers(50, 2000), st.integers(50, 2000)),
    unit=st.sampled_from([0.5, 1.0, 2.5]),
    place=st.tuples(*[st.floats(-100, 2200, allow_nan=False)] * 4),
)
def test_placed_box_lies_on_the_page_and_keeps_its_place(rotation, origin, size, unit, place):
    view = PageView((origin[0], origin[1], origin[0] + size[0], origin[1] + size[1]), rotation, unit)
    problem = problem_of(place, view.size)
    if problem is not None:
        with pytest.raises(BadInput) as refused:
            view.stand(Placement(0, *place))
        assert refused.value.details == {"reason": problem}
        return
    shown = view.stand(Placement(0, *place))
    assert [unit * side for side in shown] == pytest.approx(place, abs=STAMP_SLACK)
    x0, y0, x1, y1 = view.to_user_space(shown)
    assert view.box[0] - 1e-6 <= x0 < x1 <= view.box[2] + 1e-6
    assert view.box[1] - 1e-6 <= y0 < y1 <= view.box[3] + 1e-6
    assert view.as_shown((x0, y0, x1, y1)) == pytest.approx(tuple(unit * side for side in shown), abs=1e-6)


def test_crop_box_outside_the_media_box_is_ignored():
    assert visible_box((0, 0, 100, 100), (200, 200, 300, 300)) == (0, 0, 100, 100)
    assert visible_box((100, 100, 0, 0), (50, 0, 150, 100)) == (50, 0, 100, 100)


@pytest.mark.parametrize("path", sorted((CORPUS / "good").glob("*.pdf")), ids=lambda path: path.stem)
def test_quick_reader_sees_what_pyhanko_sees(path):
    source = path.read_bytes()
    try:
        quick = QuickSource(source)
    except UnreadableSyntax:
        return
    slow, stream = open_leniently(source, strict=False)
    with stream:
        assert (quick.last_startxref, quick.uses_xref_stream) == (slow.last_startxref, slow.uses_xref_stream)
        assert quick.next_object_number == slow.next_object_number
        assert quick.trailer[b"/Root"].split() == slow.trailer[b"/Root"].split()
        first, second = (read_dictionary(s, s.trailer[b"/Root"]) for s in (quick, slow))
        assert set(first) == set(second)
        assert first[b"/Pages"].split() == second[b"/Pages"].split()
        assert set(read_dictionary(quick, first[b"/Pages"])) == set(read_dictionary(slow, second[b"/Pages"]))


@given(st.binary(max_size=80))
def test_syntax_reader_never_fails_otherwise(garbage):
    for source in (garbage, b"<<" + garbage + b">>"):
        with contextlib.suppress(UnreadableSyntax):
            split_dictionary(source)


@given(st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20))
def test_literal_strings_are_read_back(text):
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1")
    if text[:2] not in ("\xfe\xff", "\xef\xbb"):
        assert decode_text(b"(" + escaped + b")") == text


@pytest.mark.parametrize("cut", range(5, 100, 5))
def test_damaged_documents_raise_stable_codes(cut, contract, preparer):
    damaged = bytearray(contract[: len(contract) * cut // 100] if cut % 2 else contract)
    damaged[cut * len(damaged) // 100 :: 997] = b"\xff" * len(damaged[cut * len(damaged) // 100 :: 997])
    try:
        preparer.prepare(bytes(damaged), PLACEMENT, TIME_TEXT)
    except (Unprocessable, BadInput) as refused:
        code = refused.code
    else:
        code = None
    assert code in {None, "pdf_unreadable", "page_not_found", "pdf_password_needed"}


def test_page_that_is_not_there(contract, preparer):
    with pytest.raises(BadInput) as refused:
        preparer.prepare(contract, Placement(99, 10, 10, 100, 100), TIME_TEXT)
    assert refused.value.code == "page_not_found"


def _large_document(path: Path, size: int) -> None:
    """A PDF of about ``size`` bytes: one page, and one stream that is a hole in the file."""
    parts = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
        4: b"<</Length %d>>\nstream\n" % size,
    }
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        offsets = {}
        for number, body in parts.items():
            offsets[number] = file.tell()
            file.write(b"%d 0 obj\n%b" % (number, body))
            if number == 4:
                file.seek(size, io.SEEK_CUR)
                file.write(b"\nendstream")
            file.write(b"\nendobj\n")
        table = file.tell()
        file.write(b"xref\n0 5\n0000000000 65535 f \n")
        file.write(b"".join(b"%010d 00000 n \n" % offsets[n] for n in range(1, 5)))
        file.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table)


def test_file_and_memory_give_the_same(contract, preparer, tmp_path):
    source = tmp_path / "source.pdf"
    source.write_bytes(contract)
    in_file = preparer.prepare_file(source, tmp_path / "target.pdf", PLACEMENT, TIME_TEXT)
    written = in_file.path.read_bytes()
    start, length, resume, rest = in_file.byte_range
    assert len(written) == in_file.size == resume + rest
    assert written.startswith(contract)
    assert in_file.document_digest == hashlib.sha256(written[start:length] + written[resume:]).digest()


_MEMORY_SCRIPT = """
import resource, sys
from pathlib import Path
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
preparer = DocumentPreparer("A", StampMaker(StampFonts()))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
preparer.prepare_file(Path(sys.argv[1]), Path(sys.argv[2]), Placement(0, 60, 60, 260, 120), "22/11/2025 14:05")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_large_file_is_signed_in_little_memory(credentials, preparer, tmp_path):
    source, target = tmp_path / "large.pdf", tmp_path / "target.pdf"
    _large_document(source, 120_000_000)
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY_SCRIPT, str(source), str(target)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert int(done.stdout) < 40 * 1024
    credential = credentials["rsa_pkcs1_sha256"]
    prepared = preparer.prepare_file(source, target, PLACEMENT, TIME_TEXT)
    assert prepared.byte_range[1] > 100_000_000
    embed_into_file(target, prepared.byte_range, credential.make_cms(prepared.document_digest))
    check_signed_file_fast(target, prepared.byte_range, credential.certificate, "rsa_pkcs1_sha256")
    validate_signed_document_fully(target, [credential.root], prepared.field_name, original_length=prepared.source_size)
