"""What ``python -m server verify`` prints: the reports of verify.py in plain Vietnamese or English, or as
JSON.

Rules: every state is said in words, every warning in a sentence that says what it means; codes stand beside
the sentences, so that they can be looked up; the JSON holds the same facts under stable keys, times in ISO
8601."""

from collections.abc import Sequence
from typing import Literal

from server.pdf.signing_time import format_signing_time
from server.pdf.verify import SignatureReport

Language = Literal["vi", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "no_signatures": ("Tài liệu không có chữ ký số nào.", "The document holds no signature."),
    "signature": ("Chữ ký", "Signature"),
    "signer": ("Người ký", "Signer"),
    "unknown_signer": ("không đọc được", "not readable"),
    "time": ("Thời điểm ký", "Signing time"),
    "time_none": ("không ghi", "not given"),
    "time_claimed": ("do người ký khai", "claimed by the signer"),
    "time_timestamp": ("có dấu thời gian xác nhận", "proven by a timestamp"),
    "level": ("Mức chữ ký", "Level"),
    "integrity": ("Toàn vẹn", "Integrity"),
    "ok": ("nguyên vẹn", "intact"),
    "broken": ("KHÔNG HỢP LỆ", "BROKEN"),
    "suspicious": (
        "ĐÁNG NGỜ, đừng tin cho đến khi xem các cảnh báo",
        "SUSPICIOUS: do not rely on it before reading the warnings",
    ),
    "trust": ("Chứng thư", "Certificate"),
    "trusted": ("thuộc nơi cấp được tin cậy", "from a trusted issuer"),
    "untrusted": ("KHÔNG thuộc nơi cấp được tin cậy", "NOT from a trusted issuer"),
    "unknown": ("không kiểm tra được", "could not be checked"),
    "coverage": ("Phạm vi", "Coverage"),
    "whole_file": ("toàn bộ tệp", "the whole file"),
    "earlier_revision": (
        "bản trước của tệp ({covered}/{total} byte)",
        "an earlier revision ({covered} of {total} bytes)",
    ),
    "partial": ("chỉ một phần tệp", "only parts of the file"),
    "changes": ("Thay đổi sau khi ký", "Changed afterwards"),
    "changes_none": ("không", "nothing"),
    "changes_lta_updates": ("chỉ dữ liệu xác thực lâu dài", "only validation material"),
    "changes_form_filling": ("điền biểu mẫu hoặc thêm chữ ký", "forms filled or signatures added"),
    "changes_annotations": ("thêm ghi chú", "annotations added"),
    "changes_other": ("NỘI DUNG đã bị thay đổi", "CONTENT was changed"),
    "changes_unknown": ("không xác định được", "could not be told"),
    "accounted": ("Từng byte của tệp", "Byte by byte"),
    "accounted_all": ("theo được toàn bộ", "followed to the last"),
    "accounted_not": ("KHÔNG theo được (quy tắc {rule}, byte {offset})", "can NOT be followed (rule {rule}, byte {offset})"),
    "warnings": ("Cảnh báo", "Warnings"),
}

WARNINGS: dict[str, tuple[str, str]] = {
    "attribute_repeated": ("Một thuộc tính đã ký bị lặp lại.", "A signed attribute is repeated."),
    "byte_range_odd": (
        "Vùng được ký khai không đúng quy cách.",
        "The signed byte range is not of the prescribed form.",
    ),
    "bytes_after_signature": ("Có byte được nối vào sau khi ký.", "Bytes were appended after signing."),
    "changed_after_signing": ("Tài liệu đã bị sửa sau khi ký.", "The document was changed after signing."),
    "cms_trailing_bytes": (
        "Có dữ liệu lạ nằm sau chữ ký, không ai ký lên nó.",
        "Foreign bytes nobody signed stand behind the signature.",
    ),
    "cms_unreadable": ("Không đọc được cấu trúc chữ ký.", "The signature's structure cannot be read."),
    "content_type_missing": ("Thiếu kiểu nội dung đã ký.", "The signed content type is missing."),
    "contents_not_hexadecimal": (
        "Chỗ chứa chữ ký không phải chuỗi hex liền.",
        "The signature's place is not one hexadecimal string.",
    ),
    "contents_reused": ("Một chữ ký được dùng cho nhiều ô ký.", "One signature is used in several fields."),
    "coverage_partial": (
        "Chữ ký không phủ liền một bản của tệp.",
        "The signature does not cover a whole revision of the file.",
    ),
    "digest_weak": ("Dùng thuật toán băm yếu (SHA-1, MD5).", "A weak digest is used (SHA-1, MD5)."),
    "gap_is_not_contents": (
        "Vùng chừa ra không phải chỗ chứa chữ ký này.",
        "The bytes left out are not this signature's own contents.",
    ),
    "hybrid_cross_reference": (
        "Bảng tham chiếu lai: các phần mềm có thể hiện khác nhau.",
        "Hybrid cross-references: viewers may show different content.",
    ),
    "key_weak": ("Khóa RSA ngắn hơn 2048 bit.", "An RSA key of less than 2,048 bits."),
    "message_digest_missing": (
        "Thiếu mã băm chứng từ: chữ ký không gắn với chứng từ nào.",
        "The document's digest is missing: no document is signed.",
    ),
    "object_in_gap": ("Có đối tượng giấu trong chỗ chứa chữ ký.", "An object is hidden in the signature's place."),
    "not_accounted_for": (
        "Tệp không theo được từng byte: các phần mềm có thể hiện khác nhau.",
        "The file can't be followed byte by byte: viewers may show different content.",
    ),
    "signature_dictionary_unreadable": (
        "Từ điển chữ ký có hai nghĩa hoặc không đọc được.",
        "The signature dictionary is ambiguous or unreadable.",
    ),
    "signer_info_count": (
        "Số người ký trong chữ ký không phải là một.",
        "The signature does not hold exactly one signer.",
    ),
    "signing_certificate_mismatch": (
        "Chứng thư kèm theo không phải chứng thư đã ký.",
        "The certificate is not the one that was signed.",
    ),
    "signing_certificate_missing": (
        "Chứng thư không nằm trong phần đã ký.",
        "The certificate is not among what was signed.",
    ),
    "signing_certificate_required": (
        "PAdES đòi chứng thư nằm trong phần đã ký.",
        "PAdES requires the certificate to be signed.",
    ),
    "stream_spans_signature": (
        "Một đối tượng trùm qua chỗ chứa chữ ký: nội dung hiện ra có thể không được ký.",
        "An object spans the signature's place: what is shown may not be signed.",
    ),
    "timestamp_broken": (
        "Dấu thời gian không hợp lệ hoặc thuộc chữ ký khác: thời điểm không được xác nhận.",
        "The timestamp is broken or another signature's: the time is not proven.",
    ),
    "timestamp_untrusted": (
        "Dấu thời gian không thuộc nơi cấp được tin cậy: thời điểm chỉ là lời khai.",
        "The timestamp is from no trusted issuer: the time is only claimed.",
    ),
    "unlisted_bytes_at_end": (
        "Sau phần kết của tệp còn dữ liệu lạ.",
        "Foreign data follows the end of the file's last revision.",
    ),
    "unsigned_attributes_unusual": (
        "Chữ ký kèm thuộc tính lạ không được ký.",
        "The signature carries unusual unsigned attributes.",
    ),
    "validation_failed": ("Không kiểm tra được chữ ký.", "The signature could not be validated."),
}


def _word(key: str, language: Language) -> str:
    return _WORDS[key][0 if language == "vi" else 1]


def _accounted(report: SignatureReport, language: Language) -> str:
    if report.accounted is None:
        return _word("accounted_all", language)
    return _word("accounted_not", language).format(rule=report.accounted.rule, offset=report.accounted.offset)


def render_report_text(reports: Sequence[SignatureReport], language: Language = "vi") -> str:
    """Several lines for each signature, without a line end after the last."""
    if not reports:
        return _word("no_signatures", language)
    blocks = []
    for number, report in enumerate(reports, start=1):
        kind = _word(f"time_{report.time_kind}", language)
        moment = kind if report.time is None else f"{format_signing_time(report.time)}, {kind}"
        coverage = _word(report.coverage, language).format(covered=report.covered_bytes, total=report.file_bytes)
        rows = {
            "signer": report.signer or _word("unknown_signer", language),
            "time": moment,
            "level": report.level,
            "integrity": _word(report.integrity, language),
            "trust": _word(report.trust, language),
            "coverage": coverage,
            "changes": _word(f"changes_{report.changes_after}", language),
            "accounted": _accounted(report, language),
        }
        lines = [f"{_word('signature', language)} {number}: {report.field_name}"]
        lines += [f"  {_word(key, language)}: {value}" for key, value in rows.items()]
        if report.warnings:
            lines.append(f"  {_word('warnings', language)}:")
            sentence = 0 if language == "vi" else 1
            lines += [f"    - {WARNINGS[code][sentence]} [{code}]" for code in report.warnings]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def report_as_json(reports: Sequence[SignatureReport]) -> list[dict[str, object]]:
    """The same facts, ready for json.dumps()."""
    return [
        {
            "field_name": report.field_name,
            "signer": report.signer,
            "time": report.time.isoformat() if report.time is not None else None,
            "time_kind": report.time_kind,
            "level": report.level,
            "integrity": report.integrity,
            "trust": report.trust,
            "coverage": report.coverage,
            "covered_bytes": report.covered_bytes,
            "file_bytes": report.file_bytes,
            "changes_after": report.changes_after,
            "accounted": None
            if report.accounted is None
            else {"rule": report.accounted.rule, "offset": report.accounted.offset},
            "warnings": list(report.warnings),
            "good": report.good,
        }
        for report in reports
    ]
