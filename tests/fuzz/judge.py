"""Asks about one mutant: the phone, the upload, and the viewers when the phone accepts."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from mobile_app.device.document_checks import check_prepared_document
from mobile_app.errors import CheckFailed
from server.errors import PhoneSealError
from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_upload import inspect_upload
from tests.agreement.measure import LIMIT, Page, difference
from tests.agreement.viewers import Answer, Poppler, ProcessViewer, Viewer
from tests.fuzz.dishonest import NotPrepared, Prepared, prepared

MOST_PAGES = 3
WIDTH = 720  # pixels: three a point for the fuzzer's own pages, fewer for others
# A mutant that deceives shows other digits or none. Three times the measure's limit lets pages drawn small pass.
COARSE = 3 * LIMIT
# What the person is told about every signed file of this kind explains no difference between viewers.
EXPLAINS_NOTHING = {"empty_signature_fields", "stamp_over_content", "unlocked_fields"}


@dataclass(frozen=True)
class Verdict:
    """``said``: ``accepted`` or the refusal's code and word; ``trouble``: what must not be, in words."""

    said: str
    trouble: str = ""
    findings: tuple[str, ...] = ()
    by_hand: bool = False


class Judge:
    """Asks about mutants, with three viewers kept open; use as a context manager.

    PDFium is the phone's. pdf.js takes a second for each file and is asked by the agreement test alone.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "mutant.pdf"
        self._viewers: list[Viewer] = [ProcessViewer("pdfium"), Poppler(), ProcessViewer("mupdf")]
        self._threads = ThreadPoolExecutor(len(self._viewers))
        self.drawn = 0
        self._alike: set[tuple[int, ...]] = set()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *_: object) -> None:
        for viewer in self._viewers:
            viewer.close()
        self._threads.shutdown()
        self._folder.cleanup()

    def ask_phone(self, original: bytes, *, stamp: bool = False, draw: bool = True) -> Verdict:
        """Prepare and check ``original``; when it is accepted and nothing was told, let the viewers draw it."""
        try:
            made = prepared(original, stamp=stamp)
            checked = check_prepared_document(made.data, made.expected)
        except NotPrepared as error:
            return Verdict(str(error))
        except CheckFailed as refused:
            return Verdict(f"{refused.code} {refused.details.get('what', '')}".strip())
        except Exception as error:  # noqa: BLE001 - whatever else a check raises is what is looked for
            return Verdict("broken", f"the phone raises {type(error).__name__}: {error}")
        told = set(checked.findings) - EXPLAINS_NOTHING
        trouble = "" if told or not draw else self.differing(made, checked.page_count)
        return Verdict("accepted", trouble, checked.findings, made.by_hand)

    def ask_upload(self, original: bytes) -> Verdict:
        """Upload ``original``: what is taken must be preparable, and the phone must accept it."""
        self._path.write_bytes(original)
        target = self._path.with_name("rewritten.pdf")
        target.unlink(missing_ok=True)
        try:
            inspection = inspect_upload(self._path, target, UploadLimits())
        except PhoneSealError as refused:
            left = "a refused upload leaves a file behind" if target.exists() else ""
            return Verdict(f"{refused.code} {refused.details.get('rule', '')}".strip(), left)
        except Exception as error:  # noqa: BLE001 - as above
            return Verdict("broken", f"upload raises {type(error).__name__}: {error}")
        taken = target.read_bytes() if target.exists() else original
        said = "rewritten" if target.exists() else "accepted"
        try:
            made = prepared(taken)
            checked = check_prepared_document(made.data, made.expected)
        except (NotPrepared, CheckFailed) as refused:
            return Verdict(said, f"upload takes what the phone refuses: {refused} {getattr(refused, 'details', '')}")
        if made.by_hand:
            return Verdict(said, "upload takes what the server can't prepare")
        if checked.page_count != inspection.pages:
            return Verdict(said, f"upload counts {inspection.pages} pages, the phone {checked.page_count}")
        return Verdict(said)

    def differing(self, made: Prepared, pages: int) -> str:
        """In words how two viewers differ on a prepared document, or nothing."""
        self._path.write_bytes(made.data)
        self.drawn += 1
        asked = [(page, WIDTH) for page in range(min(pages, MOST_PAGES))]
        told = list(self._threads.map(lambda viewer: viewer.draw(self._path, asked), self._viewers))
        counts = {viewer.name: answer.count for viewer, answer in zip(self._viewers, told, strict=True)}
        if set(counts.values()) != {pages}:
            return f"the phone counts {pages} pages, viewers {counts}"
        return self._compared(told, len(asked))

    def _compared(self, told: list[Answer], pages: int) -> str:
        for page in range(pages):
            shown = [answer.pictures[page] for answer in told]
            key = tuple(one if isinstance(one, str) else hash(one.tobytes()) for one in shown)  # type: ignore[misc]
            if key in self._alike:
                continue
            for (one, first), (other, second) in combinations(zip(self._viewers, shown, strict=True), 2):
                if isinstance(first, str) or isinstance(second, str):
                    return f"page {page + 1}: {one.name} {_said(first)}, {other.name} {_said(second)}"
                apart = difference(Page(first), Page(second))
                if apart.amount > COARSE:
                    where = f"pixel {apart.across}, {apart.down}"
                    return f"page {page + 1}: {one.name} and {other.name} differ by {apart.amount} near {where}"
            self._alike.add(key)
        return ""


def _said(picture: object) -> str:
    return picture if isinstance(picture, str) else "draws"
