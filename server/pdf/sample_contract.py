"""The sample contract that the repository makes itself: two pages of Vietnamese text, as an office would
write it.

The same arguments give the same bytes (no clock, no randomness), so demo, tests and benchmarks can rely on
them. The font is Be Vietnam Pro, embedded as a subset. People, companies and numbers are made up. The place
for the signer's visible signature is fixed: ``SIGNATURE_PAGE`` and ``SIGNATURE_BOX``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table

from server.assets.font_files import locate_font

DEFAULT_SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
SIGNATURE_PAGE = 1  # index of the page
SIGNATURE_BOX = (320.0, 205.0, 520.0, 280.0)  # left, bottom, right, top in points from the lower left corner

_REGULAR, _BOLD = "BeVietnamPro-Regular", "BeVietnamPro-SemiBold"
_INK, _PALE, _LINE = HexColor("#1b1f24"), HexColor("#5b6570"), HexColor("#c8ced6")
_WIDTH, _HEIGHT = A4
_MARGIN = 25 * mm


@dataclass(frozen=True)
class _Subject:
    """What one contract is about; prices in đồng."""

    title: str
    client: str
    address: str
    services: tuple[tuple[str, str, int, int], ...]


_SUBJECTS = (
    _Subject(
        "HỢP ĐỒNG CUNG CẤP DỊCH VỤ",
        "CÔNG TY TNHH THƯƠNG MẠI HOA SEN TRẮNG",
        "Số 12 phố Hàng Bạc, quận Hoàn Kiếm, Hà Nội",
        (
            ("Tư vấn triển khai văn phòng không giấy", "tháng", 6, 12_500_000),
            ("Số hóa hồ sơ lưu trữ", "nghìn trang", 40, 1_150_000),
            ("Đào tạo nhân viên sử dụng chữ ký số", "buổi", 8, 3_200_000),
        ),
    ),
    _Subject(
        "HỢP ĐỒNG THUÊ THIẾT BỊ",
        "CÔNG TY CỔ PHẦN XÂY DỰNG ĐỒNG BẰNG",
        "Số 85 đường Nguyễn Trãi, quận 5, Thành phố Hồ Chí Minh",
        (
            ("Máy in khổ lớn kèm vật tư", "tháng", 12, 4_800_000),
            ("Máy quét hồ sơ hai mặt", "tháng", 12, 2_350_000),
            ("Bảo trì tại chỗ trong giờ làm việc", "lần", 6, 900_000),
        ),
    ),
    _Subject(
        "HỢP ĐỒNG BẢO TRÌ PHẦN MỀM",
        "TRƯỜNG TRUNG HỌC PHỔ THÔNG ÁNH DƯƠNG",
        "Số 3 đường Trần Phú, quận Hải Châu, Đà Nẵng",
        (
            ("Bảo trì hệ thống quản lý học vụ", "quý", 4, 18_000_000),
            ("Sao lưu và phục hồi dữ liệu", "tháng", 12, 1_600_000),
            ("Hỗ trợ qua điện thoại", "tháng", 12, 750_000),
        ),
    ),
)

_CLAUSES_FIRST = (
    (
        "Điều 1. Nội dung công việc",
        "Bên B cung cấp cho Bên A các dịch vụ ghi trong bảng dưới đây, đúng số lượng, chất lượng và thời hạn đã "
        "thỏa thuận. Mọi thay đổi phải được hai bên xác nhận bằng văn bản hoặc bằng thông điệp dữ liệu có chữ ký số.",
    ),
)
_CLAUSES_AFTER_TABLE = (
    (
        "Điều 3. Trách nhiệm của Bên A",
        "Cung cấp đầy đủ, kịp thời thông tin và tài liệu cần cho công việc; cử người có thẩm quyền phối hợp với Bên B; "
        "thanh toán đúng hạn theo Điều 6.",
    ),
    (
        "Điều 4. Trách nhiệm của Bên B",
        "Thực hiện công việc bằng nhân sự có chuyên môn phù hợp; báo cáo tiến độ vào ngày làm việc cuối cùng của mỗi "
        "tháng; khắc phục sai sót do mình gây ra mà không tính thêm chi phí.",
    ),
)
_COMMENT = re.compile(rb"% ReportLab generated PDF document [^\r\n]*\n")  # in the trailer: the grammar allows none there
_CLAUSES_SECOND = (
    (
        "Điều 5. Thời hạn và nghiệm thu",
        "Hợp đồng có hiệu lực từ ngày ký. Mỗi đợt công việc được nghiệm thu trong vòng năm ngày làm việc kể từ khi "
        "Bên B bàn giao; quá thời hạn này mà Bên A không có ý kiến thì đợt công việc coi như đã được nghiệm thu.",
    ),
    (
        "Điều 6. Thanh toán",
        "Bên A thanh toán bằng chuyển khoản trong vòng mười lăm ngày kể từ ngày nhận hóa đơn điện tử hợp lệ. Chậm "
        "thanh toán quá ba mươi ngày thì Bên A chịu lãi theo mức lãi suất không kỳ hạn của ngân hàng nơi Bên B mở "
        "tài khoản.",
    ),
    (
        "Điều 7. Bảo mật",
        "Mỗi bên giữ bí mật những thông tin nhận được từ bên kia, kể cả sau khi hợp đồng kết thúc, trừ trường hợp "
        "pháp luật yêu cầu cung cấp.",
    ),
    (
        "Điều 8. Chấm dứt hợp đồng",
        "Mỗi bên được chấm dứt hợp đồng trước thời hạn nếu báo cho bên kia bằng văn bản ít nhất ba mươi ngày. Phần công "
        "việc đã nghiệm thu vẫn được thanh toán đầy đủ.",
    ),
    (
        "Điều 9. Hình thức ký kết",
        "Hợp đồng được lập dưới dạng tài liệu điện tử và ký bằng chữ ký số. Khóa ký của mỗi người ký nằm trên điện "
        "thoại của chính người đó. Bản đã ký có giá trị như bản gốc.",
    ),
    (
        "Điều 10. Giải quyết tranh chấp",
        "Tranh chấp trước hết được giải quyết bằng thương lượng; nếu không thành thì do Tòa án nhân dân có thẩm "
        "quyền tại Hà Nội giải quyết.",
    ),
)


def make_sample_contract(signer_name: str = DEFAULT_SIGNER, *, number: int = 1) -> bytes:
    """A contract of exactly two pages to be signed by ``signer_name`` for party B.

    ``number`` (1 to 9999) stands in the contract's code and picks its subject and quantities. Raises
    ``AssetMissing`` when set-up has not brought the font.
    """
    if not 1 <= number <= 9999:
        raise ValueError("number must be 1 to 9999")
    _register_fonts()
    subject = _SUBJECTS[(number - 1) % len(_SUBJECTS)]
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=f"{subject.title.capitalize()} số {_code(number)}",
        author="PhoneSeal",
        subject="Hợp đồng mẫu",
        creator="PhoneSeal",
        lang="vi-VN",
        invariant=1,
        initialFontName=_REGULAR,  # otherwise Helvetica is listed, and not embedded
    )
    frame = Frame(_MARGIN, 20 * mm, _WIDTH - 2 * _MARGIN, _HEIGHT - 40 * mm, 0, 0, 0, 0)

    def decorate(canvas: Canvas, _: BaseDocTemplate) -> None:
        _draw_footer(canvas, number)
        if canvas.getPageNumber() == SIGNATURE_PAGE + 1:
            _draw_signature_block(canvas, signer_name)

    document.addPageTemplates(PageTemplate("page", [frame], onPage=decorate))
    story = [*_first_page(subject, number, signer_name), PageBreak(), *_clauses(_CLAUSES_SECOND)]
    document.build(story)
    return _COMMENT.sub(b"", out.getvalue())


def make_sample_contracts(count: int, signer_name: str = DEFAULT_SIGNER) -> Iterator[tuple[str, bytes]]:
    """``count`` different contracts with their file names, numbered from 1."""
    for number in range(1, count + 1):
        yield f"hop-dong-{number:04d}.pdf", make_sample_contract(signer_name, number=number)


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(locate_font(f"{name}.ttf"))))


def _style(**settings: Any) -> ParagraphStyle:
    look = {"fontName": _REGULAR, "fontSize": 10, "leading": 15.5, "textColor": _INK, **settings}
    return ParagraphStyle("contract", **look)


def _bold(**settings: Any) -> ParagraphStyle:
    return _style(fontName=_BOLD, **settings)


def _first_page(subject: _Subject, number: int, signer_name: str) -> list[Any]:
    centred = {"alignment": TA_CENTER}
    return [
        Paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", _bold(**centred, fontSize=11)),
        Paragraph("Độc lập – Tự do – Hạnh phúc", _bold(**centred)),
        Paragraph("———————", _style(**centred, leading=10, textColor=_PALE)),
        Spacer(1, 7 * mm),
        Paragraph(subject.title, _bold(**centred, fontSize=16, leading=24)),
        Paragraph(f"Số: {_code(number)}", _style(**centred, textColor=_PALE)),
        Spacer(1, 7 * mm),
        Paragraph("Hôm nay, ngày 15 tháng 01 năm 2026, tại Hà Nội, chúng tôi gồm:", _style()),
        Spacer(1, 3 * mm),
        Paragraph(f"BÊN A (bên sử dụng dịch vụ): {subject.client}", _bold()),
        Paragraph(f"Địa chỉ: {subject.address}", _style(leftIndent=5 * mm)),
        Paragraph("Đại diện: Ông Trần Quốc Khánh – Chức vụ: Giám đốc", _style(leftIndent=5 * mm)),
        Spacer(1, 2 * mm),
        Paragraph("BÊN B (bên cung cấp dịch vụ): CÔNG TY CỔ PHẦN GIẢI PHÁP SỐ ÁNH SAO", _bold()),
        Paragraph("Địa chỉ: Số 27 đường Láng Hạ, quận Đống Đa, Hà Nội", _style(leftIndent=5 * mm)),
        Paragraph(f"Đại diện: {escape(signer_name)} – Chức vụ: Phó giám đốc", _style(leftIndent=5 * mm)),
        Spacer(1, 3 * mm),
        Paragraph("Hai bên thống nhất ký hợp đồng với các điều khoản sau:", _style()),
        *_clauses(_CLAUSES_FIRST),
        Paragraph("Điều 2. Giá trị hợp đồng", _bold(spaceBefore=9, spaceAfter=5)),
        _price_table(subject, number),
        *_clauses(_CLAUSES_AFTER_TABLE),
    ]


def _clauses(clauses: tuple[tuple[str, str], ...]) -> list[Any]:
    out: list[Any] = []
    for heading, body in clauses:
        out.append(Paragraph(heading, _bold(spaceBefore=9, spaceAfter=2)))
        out.append(Paragraph(body, _style(alignment=TA_JUSTIFY)))
    return out


def _price_table(subject: _Subject, number: int) -> Table:
    small, right = _style(fontSize=9, leading=13), _style(fontSize=9, leading=13, alignment=TA_RIGHT)
    head = _bold(fontSize=9, leading=13)
    rows = [[Paragraph(text, head) for text in ("Dịch vụ", "Đơn vị", "Số lượng", "Đơn giá (đồng)", "Thành tiền")]]
    total = 0
    for name, unit, quantity, price in subject.services:
        count = quantity + (number - 1) // len(_SUBJECTS) % 10
        total += count * price
        cells = (_thousands(count), _thousands(price), _thousands(count * price))
        rows.append([Paragraph(name, small), Paragraph(unit, small), *(Paragraph(cell, right) for cell in cells)])
    sum_line = Paragraph(_thousands(total), _bold(fontSize=9, leading=13, alignment=TA_RIGHT))
    rows.append([Paragraph("Tổng cộng (đã gồm thuế GTGT)", head), "", "", "", sum_line])
    table = Table(rows, colWidths=[64 * mm, 22 * mm, 18 * mm, 29 * mm, 27 * mm])
    table.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), _REGULAR),
            ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
            ("BACKGROUND", (0, 0), (-1, 0), HexColor("#eef2f6")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("SPAN", (0, -1), (3, -1)),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    return table


def _draw_footer(canvas: Canvas, number: int) -> None:
    canvas.setFillColor(_PALE)
    canvas.setFont(_REGULAR, 8)
    canvas.drawString(_MARGIN, 12 * mm, f"Hợp đồng số {_code(number)}")
    canvas.drawRightString(_WIDTH - _MARGIN, 12 * mm, f"Trang {canvas.getPageNumber()}/2")


def _draw_signature_block(canvas: Canvas, signer_name: str) -> None:
    """Two columns for the signatures; the right one leaves ``SIGNATURE_BOX`` free."""
    left, bottom, right, top = SIGNATURE_BOX
    for centre, party, name in (
        (_WIDTH - (left + right) / 2, "ĐẠI DIỆN BÊN A", "Trần Quốc Khánh"),
        ((left + right) / 2, "ĐẠI DIỆN BÊN B", signer_name),
    ):
        canvas.setFillColor(_INK)
        canvas.setFont(_BOLD, 10)
        canvas.drawCentredString(centre, top + 26, party)
        canvas.drawCentredString(centre, bottom - 20, name)
        canvas.setFillColor(_PALE)
        canvas.setFont(_REGULAR, 9)
        canvas.drawCentredString(centre, top + 11, "(Ký số)")


def _code(number: int) -> str:
    return f"{number:04d}/2026/HĐ-AS"


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", ".")
