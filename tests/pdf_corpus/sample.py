"""One file of the corpus and what is expected of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Expectation = Literal["accept", "repair", "refuse"]

#: Text of the contracts, Vietnamese on purpose: every maker that embeds a font must show these letters.
TITLE = "HỢP ĐỒNG THUÊ NHÀ"
CLAUSES = (
    "Bên A: Nguyễn Thị Lấp Lánh Ánh, số 2 phố Hàng Bạc, Hà Nội.",
    "Bên B: Công ty TNHH Đường Sắt Trẻ, mã số thuế 0101234567.",
    "Điều 1. Bên A cho bên B thuê căn nhà trong thời hạn mười hai tháng.",
    "Điều 2. Giá thuê là 12.500.000 đồng mỗi tháng, trả trước ngày 05.",
    "Điều 3. Hợp đồng được ký bằng chữ ký số và có hiệu lực từ ngày ký.",
)
ASCII_LINES = (
    "RENTAL CONTRACT No. 2",
    "Party A rents the house to party B.",
    "The rent is 12,500,000 dong a month.",
)


#: Good files that break a rule of the grammar all the same, and are rewritten at upload (server/pdf/grammar).
REWRITTEN = frozenset(
    {
        "good/Hợp đồng thuê nhà số 2.pdf",
        "good/cairo_contract.pdf",
        "good/ghostscript_distilled.pdf",
        "good/ghostscript_linearised.pdf",
        "good/ghostscript_postscript.pdf",
        "good/handmade_crop_box_too_large.pdf",
        "good/handmade_increments.pdf",
        "good/handmade_junk_after_eof.pdf",
        "good/handmade_misleading_text.pdf",
        "good/img2pdf_scan.pdf",
        "good/librsvg_drawing.pdf",
        "good/mupdf_contract.pdf",
        "good/mupdf_square_over_text.pdf",
        "good/pyhanko_empty_field.pdf",
        "good/qpdf_linearised.pdf",
        "good/qpdf_linearised_object_streams.pdf",
        "good/qpdf_readable.pdf",
        "good/reportlab_60_pages.pdf",
        "good/reportlab_form.pdf",
        "good/reportlab_helvetica.pdf",
        "good/reportlab_huge_page.pdf",
        "good/reportlab_outline_links.pdf",
        "good/reportlab_tiny_page.pdf",
        "good/reportlab_uncompressed.pdf",
    }
)


class ToolMissing(Exception):
    """A maker's program or package is not installed; its files are left as they are."""


@dataclass(frozen=True)
class Sample:
    """A file with its line of the manifest.

    ``code`` is the expected error; ``codes_may`` are others that are right as well, where it depends on which of two checks comes first.
    ``findings`` must all be listed to the person, ``findings_may`` may be listed too (a stricter reading of the same file).
    ``pages`` and ``earlier_signatures`` are None where the file is refused and the number has no meaning.
    """

    file: str
    maker: str
    kind: str
    data: bytes
    expect: Expectation = "accept"
    code: str | None = None
    codes_may: Sequence[str] = ()
    findings: Sequence[str] = ()
    findings_may: Sequence[str] = ()
    pages: int | None = 1
    earlier_signatures: int | None = 0

    def manifest_line(self) -> dict[str, object]:
        """The entry of MANIFEST.json."""
        return {
            "file": self.file,
            "maker": self.maker,
            "kind": self.kind,
            "expect": "repair" if self.file in REWRITTEN else self.expect,
            "code": self.code,
            "codes_may": sorted(self.codes_may),
            "findings": sorted(self.findings),
            "findings_may": sorted(self.findings_may),
            "pages": self.pages,
            "earlier_signatures": self.earlier_signatures,
        }
