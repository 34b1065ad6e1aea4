"""What the server prepares passes the phone's check, from every maker of the corpus; what attackers prepare does not."""

import dataclasses
import hashlib
import json
import mmap
import pickle
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer, PreparedDocument
from server.pdf.stamp import StampFonts, StampMaker
from tests.pdf_corpus import attack_spans, signing_kit
from tests.pdf_corpus.attacks import PREPARED
from tests.pdf_corpus.increments import SignatureIncrement
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.rewriting import as_taken
from tests.unit.device_checks.document_forge import CONTENT, FONT, PAGE, Forge, stream

CORPUS = Path(__file__).parents[2] / "pdf_corpus"
GOOD = [
    entry for entry in json.loads((CORPUS / "MANIFEST.json").read_text()) if entry["file"].startswith("good/")
]
PLACE = Placement(0, 300, 100, 500, 160)
TIME = "22/11/2025 14:05 (+07:00)"
# What both look for; the server's list is longer, and only the phone counts signature fields that stay empty.
WORDS = {
    "layers",
    "unembedded_fonts",
    "attachments",
    "unlocked_fields",
    "annotations_over_text",
    "automatic_actions",
    "javascript_on_click",
    "field_scripts",
    "dots_without_length",
    "need_appearances",
    "loose_fields",
    "link_appearance",
    "ambiguous_fonts",
}


@pytest.fixture(scope="module")
def preparer() -> DocumentPreparer:
    return DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))


def place_on(original: bytes) -> Placement:
    """A box of the usual size near the lower left corner, smaller on a page that can't hold it."""
    with pypdfium2.PdfDocument(original) as pdf:
        width, height = pdf[0].get_size()
    return Placement(0, width * 0.2, height * 0.1, width * 0.2 + min(200, width * 0.6), height * 0.1 + min(60, height * 0.3))


def expectation(original: bytes, prepared: PreparedDocument, algorithm: str = "sha256") -> ExpectedDocument:
    return ExpectedDocument(
        original_length=len(original),
        original_sha256=hashlib.sha256(original).digest(),
        prepared_length=len(prepared.data),
        prepared_sha256=hashlib.sha256(prepared.data).digest(),
        byte_range=prepared.byte_range,
        digest_algorithm="sha384" if algorithm == "sha384" else "sha256",
    )


@pytest.mark.parametrize("entry", GOOD, ids=lambda entry: entry["file"])
def test_a_prepared_document_passes(entry: dict[str, object], preparer: DocumentPreparer) -> None:
    original = as_taken(CORPUS / str(entry["file"]))
    prepared = preparer.prepare(original, place_on(original), TIME)
    checked = check_prepared_document(prepared.data, expectation(original, prepared))
    assert checked.document_digest == prepared.document_digest
    assert checked.field_name == prepared.field_name
    assert (checked.signature_rect is not None) == prepared.stamp_shown
    assert checked.page_count == entry["pages"]
    found, wanted, allowed = set(checked.findings) & WORDS, set(entry["findings"]), set(entry["findings_may"])  # type: ignore[call-overload]
    assert wanted & WORDS <= found <= wanted | allowed


@pytest.mark.parametrize("page", [0, 1])
def test_the_page_and_the_signers_name_are_told(page: int, preparer: DocumentPreparer) -> None:
    original = (CORPUS / "good" / "qpdf_object_streams.pdf").read_bytes()
    prepared = preparer.prepare(original, dataclasses.replace(PLACE, page=page), TIME, "sha384")
    checked = check_prepared_document(prepared.data, expectation(original, prepared, "sha384"))
    assert checked.document_digest == prepared.document_digest
    assert checked.signature_page == page + 1
    assert checked.signature_rect == (300, 100, 500, 160)
    assert dict(checked.signature_texts)["Name"] == "Nguyễn Thị Lấp Lánh Ánh"


@pytest.mark.parametrize(
    "name", ["qpdf_owner_password_aes_256", "qpdf_owner_password_aes_128", "qpdf_owner_password_rc4_128"]
)
def test_texts_of_encrypted_documents_are_read(name: str, preparer: DocumentPreparer) -> None:
    original = (CORPUS / "good" / f"{name}.pdf").read_bytes()
    prepared = preparer.prepare(original, PLACE, TIME)
    checked = check_prepared_document(prepared.data, expectation(original, prepared))
    assert checked.field_name == "PhoneSeal1"
    assert dict(checked.signature_texts)["Name"] == "Nguyễn Thị Lấp Lánh Ánh"


@pytest.mark.parametrize("name", ["reportlab_helvetica", "qpdf_object_streams", "qpdf_linearised"])
def test_a_document_can_be_signed_five_times(name: str, preparer: DocumentPreparer) -> None:
    data = as_taken(CORPUS / "good" / f"{name}.pdf")
    for number in range(1, 6):
        prepared = preparer.prepare(data, PLACE, TIME)
        checked = check_prepared_document(prepared.data, expectation(data, prepared))
        assert checked.field_name == f"PhoneSeal{number}"
        start, end = prepared.byte_range[1:3]
        digits = (b"3082%08x" % (number * 0x01234567) * 2000)[: end - start - 2]
        data = prepared.data[:start] + b"<" + digits + b">" + prepared.data[end:]


def test_an_invisible_signature_passes(preparer: DocumentPreparer) -> None:
    original = (CORPUS / "good" / "typst_contract.pdf").read_bytes()
    prepared = preparer.prepare(original, None, TIME)
    checked = check_prepared_document(prepared.data, expectation(original, prepared))
    assert checked.signature_rect is None


def test_a_mapped_file_is_checked_and_let_go(tmp_path: Path, preparer: DocumentPreparer) -> None:
    original = (CORPUS / "good" / "qpdf_object_streams.pdf").read_bytes()
    prepared = preparer.prepare(original, PLACE, TIME)
    expected = expectation(original, prepared)
    path = tmp_path / "prepared.pdf"
    path.write_bytes(b"before" + prepared.data)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        with memoryview(mapped) as whole, whole[6:] as view:
            assert check_prepared_document(view, expected).document_digest == prepared.document_digest
            with pytest.raises(CheckFailed):
                check_prepared_document(
                    view, dataclasses.replace(expected, original_length=expected.original_length - 1)
                )
        with pytest.raises(CheckFailed):
            check_prepared_document(mapped, expected)
    path.write_bytes(prepared.data)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert check_prepared_document(mapped, expected).document_digest == prepared.document_digest


def attack_expectation(prepared: signing_kit.PreparedDocument) -> ExpectedDocument:
    """What a manifest says that fits the attack: everything but the attack itself is right."""
    start, end = prepared.gap
    spoken = (
        prepared.byte_range if len(prepared.byte_range) == 4 else (0, start, end, len(prepared.data) - end)
    )
    first, second, third, fourth = spoken
    return ExpectedDocument(
        original_length=prepared.original_length,
        original_sha256=hashlib.sha256(prepared.data[: prepared.original_length]).digest(),
        prepared_length=len(prepared.data),
        prepared_sha256=hashlib.sha256(prepared.data).digest(),
        byte_range=(first, second, third, fourth),
        digest_algorithm="sha256",
    )


def test_without_an_attack_it_would_pass() -> None:
    prepared = SignatureIncrement(plain_document().build()).build()
    assert check_prepared_document(prepared.data, attack_expectation(prepared)).page_count == 1


@pytest.mark.parametrize("name", sorted(PREPARED.keys() - {"original_changed"}))
def test_the_attack_is_refused(name: str) -> None:
    prepared = PREPARED[name]()
    with pytest.raises(CheckFailed):
        check_prepared_document(prepared.data, attack_expectation(prepared))


def test_a_changed_original_is_refused() -> None:
    honest = SignatureIncrement(plain_document().build()).build()
    prepared = PREPARED["original_changed"]()
    expected = dataclasses.replace(
        attack_expectation(prepared),
        original_sha256=hashlib.sha256(honest.data[: honest.original_length]).digest(),
    )
    with pytest.raises(CheckFailed, match="doc_original_digest"):
        check_prepared_document(prepared.data, expected)


@pytest.mark.parametrize("xref_stream", [False, True])
def test_an_image_that_reaches_into_the_servers_own_increment_is_refused(
    xref_stream: bool, preparer: DocumentPreparer
) -> None:
    def prepare(original: bytes) -> signing_kit.PreparedDocument:
        made = preparer.prepare(original, PLACE, TIME)
        return signing_kit.PreparedDocument(
            made.data, made.byte_range[1:3], made.byte_range, len(original), made.field_name
        )

    attack = attack_spans.image_spans_gap(prepare, xref_stream=xref_stream)
    expected = attack_expectation(attack.prepared)
    with pytest.raises(CheckFailed, match="doc_grammar") as refused:
        check_prepared_document(attack.prepared.data, expected)
    assert refused.value.details["what"] == "stream_length"


def test_a_large_mapped_file_does_not_stay_in_memory(tmp_path: Path) -> None:
    forge = Forge()
    size = b"/Subtype/Image/Width 10000/Height 10000/BitsPerComponent 8/ColorSpace/DeviceGray"
    forge.original[FONT] = stream(bytes(100_000_000), size)
    forge.original[CONTENT] = stream(b"/X Do")
    for objects in (forge.original, forge.increment):
        objects[PAGE] = objects[PAGE].replace(b"/Font<</F1 5 0 R>>", b"/XObject<</X 5 0 R>>")
    data, expected = forge.build()
    path = tmp_path / "large.pdf"
    path.write_bytes(data)
    del data, forge
    program = (
        "import mmap, pickle, re, sys\n"
        "from pathlib import Path\n"
        "from mobile_app.device.document_checks import check_prepared_document\n"
        "most = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "expected = pickle.load(sys.stdin.buffer)\n"
        "file = open(sys.argv[1], 'rb')\n"
        "mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
        "before = most()\n"
        "check_prepared_document(memoryview(mapped), expected)\n"
        "print(most() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        input=pickle.dumps(expected),
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert int(done.stdout) < 60 * 1024
