"""The words of ``verify``: every verdict, finding and refusal in Vietnamese and English, first one then the other."""

from typing import Literal

Language = Literal["vi", "en"]

WORDS: dict[str, tuple[str, str]] = {
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
    "algorithm": ("Thuật toán", "Algorithm"),
    "field_value": ("Trường «{field}» đổi từ «{before}» thành «{after}»", "Field “{field}” changed from “{before}” to “{after}”"),
    "field_text": (
        "Trường «{field}»: chữ vẽ ra đổi từ «{before}» thành «{after}», giá trị ghi trong trường không đổi",
        "Field “{field}”: what is drawn changed from “{before}” to “{after}” while its value stayed",
    ),
    "field_appearance": (
        "Trường «{field}» giữ giá trị «{after}» nhưng hình vẽ ra đã khác",
        "Field “{field}” keeps its value “{after}”, but what is drawn for it changed",
    ),
    "field_removed": ("Trường «{field}» (giá trị «{before}») đã bị gỡ", "Field “{field}” (value “{before}”) was taken away"),
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
    "annotations_added": (
        "Sau khi ký, có người thêm ghi chú hoặc hình đánh dấu: chúng có thể che nội dung đã ký.",
        "Comments or marks were added after signing: they may cover what was signed.",
    ),
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
        "Chỗ chứa chữ ký không phải chuỗi hex.",
        "The signature's place is not a hexadecimal string.",
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
    "algorithm_protection_mismatch": (
        "Thuật toán được ký bảo vệ khác thuật toán đã dùng.",
        "The algorithms that were signed are not those that are used.",
    ),
    "algorithm_unsupported": (
        "Chữ ký dùng thuật toán mà chương trình này không kiểm tra được.",
        "The signature uses an algorithm that this program can't check.",
    ),
    "certificate_expired": (
        "Chứng thư đã hết hạn, và không có dấu thời gian tin cậy nào chứng minh đã ký trước đó.",
        "The certificate has expired, and no trusted timestamp proves that it was used before.",
    ),
    "certificate_revoked": (
        "Chứng thư đã bị thu hồi trước thời điểm được chứng minh.",
        "The certificate was revoked before the time that is proven.",
    ),
    "changes_not_followed": (
        "Không so sánh được tệp với bản đã ký: không biết phần thêm vào đã đổi gì.",
        "The file can't be compared with what was signed: what was added may have changed anything.",
    ),
    "cms_empty": (
        "Chỗ dành cho chữ ký còn trống: chưa ai ký.",
        "The place for the signature is empty: nobody has signed yet.",
    ),
    "cms_in_ber": (
        "Chữ ký ghi theo BER thay vì DER.",
        "The signature is encoded in BER instead of DER.",
    ),
    "content_encapsulated": (
        "Chữ ký mang theo một nội dung riêng, nơi lẽ ra chỉ có tài liệu.",
        "The signature carries content of its own where only the document should be signed.",
    ),
    "content_type_mismatch": (
        "Kiểu nội dung đã ký không khớp với nội dung.",
        "The signed content type is not that of the content.",
    ),
    "digest_broken": (
        "Dùng thuật toán băm đã bị phá (MD5): hai tài liệu khác nhau có thể có cùng chữ ký.",
        "A broken digest is used (MD5): two different documents can share one signature.",
    ),
    "field_appearance_changed": (
        "Sau khi ký, hình vẽ của một trường biểu mẫu đã khác dù giá trị không đổi.",
        "After signing, the drawing of a form field changed while its value stayed.",
    ),
    "field_value_changed": (
        "Sau khi ký, giá trị của trường biểu mẫu đã bị đổi.",
        "After signing, the value of a form field was changed.",
    ),
    "digest_not_allowed": (
        "Thuật toán băm không được phép đi với thuật toán ký này.",
        "The digest may not be used with this signature algorithm.",
    ),
    "key_broken": (
        "Khóa RSA ngắn hơn 1024 bit: có thể bị giả mạo.",
        "An RSA key of less than 1,024 bits: it can be forged.",
    ),
    "signature_algorithm_misnamed": (
        "Chữ ký khai một thuật toán khác với thuật toán đã dùng để ký.",
        "The signature names another algorithm than the one it was made with.",
    ),
    "signer_certificate_missing": (
        "Không có chứng thư của người ký trong tài liệu: không kiểm tra được chữ ký.",
        "The signer's certificate is not in the document: the signature can't be checked.",
    ),
    "sub_filter_unsupported": (
        "Chữ ký thuộc kiểu mà chương trình này không kiểm tra được.",
        "The signature is of a kind that this program can't check.",
    ),
    "timestamp_type_odd": (
        "Dấu thời gian tài liệu khai sai loại từ điển.",
        "The document timestamp's dictionary names another type.",
    ),
}

REFUSALS: dict[str, tuple[str, str]] = {
    "pdf_unreadable": (
        "Không theo được cấu trúc của tệp này nên không nói được gì về chữ ký trong tệp: tệp hỏng hoặc không phải PDF.",
        "This file's structure can't be followed, so nothing can be said about signatures in it: it is damaged or no PDF.",
    ),
    "pdf_password_needed": (
        "Tệp chỉ mở được bằng mật khẩu hoặc khóa của người nhận: hãy mở khóa rồi kiểm tra bản không khóa.",
        "This file opens only with a password or a recipient's key: unlock it and check the unlocked copy.",
    ),
    "pdf_too_complex": (
        "Tệp quá phức tạp để kiểm tra trong giới hạn thời gian.",
        "This file is too complex to be checked within the time limit.",
    ),
    "pdf_bomb": ("Tệp bung ra lớn quá mức cho phép.", "This file unpacks to more than is allowed."),
    "pdf_broken": ("Chương trình kiểm tra dừng giữa chừng ở tệp này.", "The check of this file broke off."),
    "file_unreadable": ("Không mở được tệp này.", "This file can't be opened."),
}
"""Why a whole file got no report."""


def refusal_text(code: str, language: Language) -> str:
    """The sentence for an error's code; for one that is not foreseen, that the file can't be checked."""
    fallback = ("Không kiểm tra được tệp này.", "This file can't be checked.")
    return REFUSALS.get(code, fallback)[0 if language == "vi" else 1]
