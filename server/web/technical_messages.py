"""Sentences for codes that programs meet more often than people: phones, relying parties, operators.

A family of codes shares one sentence: what a person can do about a forged statement does not depend on which check caught it; the code
stays in the problem for whoever looks closer.
"""

from collections.abc import Mapping
from typing import Final

from server.pdf.findings import Bilingual

_FAMILIES: Final[tuple[tuple[tuple[str, ...], Bilingual], ...]] = (
    (
        ("bad_message", "message_too_large", "count_invalid", "approval_unknown", "challenge_unknown", "not_proved"),
        {
            "vi": "Thông điệp gửi tới máy chủ không đúng giao thức. Hãy cập nhật ứng dụng rồi thử lại.",
            "en": "The message does not follow the protocol. Update the app and try again.",
        },
    ),
    (
        (
            "proof_invalid",
            "statement_mismatch",
            "statement_signature_invalid",
            "counter_replayed",
            "pairing_commitment_broken",
            "pairing_keys_equal",
            "pairing_proof_invalid",
            "csr_invalid",
        ),
        {
            "vi": "Điện thoại không chứng minh được điều nó gửi, nên máy chủ từ chối. Hãy đổi mạng rồi thử lại; "
            "nếu vẫn vậy, ghép lại điện thoại và báo cho quản trị viên.",
            "en": "The phone could not prove what it sent, so the server refused it. Use another network and try again; "
            "if it stays so, pair the phone anew and tell your administrator.",
        },
    ),
    (
        ("key_not_allowed", "signature_algorithm_not_allowed", "signature_algorithm_mismatch"),
        {
            "vi": "Loại khoá hoặc thuật toán này không được phép. Hãy ghép lại điện thoại với loại khoá khác.",
            "en": "This kind of key or algorithm is not allowed. Pair the phone anew with another kind of key.",
        },
    ),
    (
        (
            "signature_invalid",
            "byte_range_invalid",
            "certificate_mismatch",
            "certificate_untrusted",
            "cms_malformed",
            "cms_not_der",
            "cms_too_large",
            "cms_trailing_bytes",
            "cms_unreadable",
            "content_type_mismatch",
            "contents_malformed",
            "coverage_incomplete",
            "earlier_signature_broken",
            "field_missing",
            "full_validation_failed",
            "gap_not_empty",
            "message_digest_mismatch",
            "signed_attributes_unexpected",
            "prepared_file_damaged",
        ),
        {
            "vi": "Chữ ký hoặc tệp không vượt qua kiểm tra nên không được chấp nhận. Hãy gửi yêu cầu mới; "
            "nếu lặp lại, báo cho quản trị viên.",
            "en": "The signature or the file failed a check and was not accepted. Send a new request; "
            "if it happens again, tell your administrator.",
        },
    ),
    (
        ("audit_chain_broken", "audit_entry_changed", "audit_gap"),
        {
            "vi": "Nhật ký kiểm toán không còn nguyên vẹn. Hãy giữ nguyên hiện trạng và báo ngay cho quản trị viên.",
            "en": "The audit log is not intact. Leave everything as it is and tell your administrator now.",
        },
    ),
    (
        ("code_already_chosen", "already_offered"),
        {
            "vi": "Yêu cầu này đã được trả lời. Không cần làm gì thêm.",
            "en": "This has been answered already. There is nothing more to do.",
        },
    ),
    (
        ("illegal_move", "lease_lost", "item_not_prepared"),
        {
            "vi": "Việc này vừa được xử lý ở nơi khác. Hãy tải lại trang.",
            "en": "This has just been handled elsewhere. Reload the page.",
        },
    ),
    (
        (
            "pdf_unreadable",
            "pdf_syntax_unreadable",
            "pdf_mac_unsupported",
            "pdf_too_many_fields",
        ),
        {
            "vi": "Máy chủ không thêm được chữ ký vào tệp này. Hãy mở tệp, chọn In rồi «Lưu thành PDF», và tải bản mới lên.",
            "en": "The server can't add a signature to this file. Open it, choose Print, then “Save as PDF”, and upload "
            "the new copy.",
        },
    ),
    (
        ("document_certified", "document_fields_locked"),
        {
            "vi": "Tài liệu đã được khoá, không cho thêm chữ ký. Hãy hỏi người đã ký trước.",
            "en": "The document is locked against further signatures. Ask whoever signed it before.",
        },
    ),
    (
        ("config_invalid", "keys_unusable", "asset_missing"),
        {
            "vi": "Máy chủ được cài đặt chưa đúng. Hãy báo cho quản trị viên.",
            "en": "The server is not set up correctly. Tell your administrator.",
        },
    ),
    (
        ("api_key_invalid", "session_invalid"),
        {
            "vi": "Khoá truy cập sai hoặc hết hạn. Hãy đăng nhập lại hoặc dùng khoá mới.",
            "en": "The access key is wrong or has ended. Log in again or use a new key.",
        },
    ),
    (
        ("scope_missing", "scope_unknown"),
        {
            "vi": "Khoá truy cập này không có quyền làm việc đó. Hãy xin quản trị viên một khoá có quyền.",
            "en": "This access key may not do that. Ask your administrator for one that may.",
        },
    ),
    (
        (
            "credential_unknown",
            "item_unknown",
            "relying_party_unknown",
            "subscriber_unknown",
            "user_unknown",
            "page_unknown",
        ),
        {
            "vi": "Không có mục này, hoặc bạn không được xem. Hãy kiểm tra rồi thử lại.",
            "en": "There is no such thing, or you may not see it. Check and try again.",
        },
    ),
)

_SINGLE: Final[Mapping[str, Bilingual]] = {
    "code_not_chosen": {
        "vi": "Hãy chọn mã xác nhận trên điện thoại trước.",
        "en": "Choose the verification code on the phone first.",
    },
    "wrong_pin": {
        "vi": "Sai mã PIN. Hãy thử lại; nhập sai nhiều lần sẽ khoá ứng dụng.",
        "en": "Wrong PIN. Try again; too many wrong ones lock the app.",
    },
    "pin_wait": {
        "vi": "Sai mã PIN nhiều lần. Hãy chờ {retry_after} giây rồi thử lại.",
        "en": "Several wrong PINs. Wait {retry_after} seconds and try again.",
    },
    "pin_locked": {
        "vi": "Mã PIN đã bị khoá vì nhập sai quá nhiều lần. Hãy gỡ ghép và ghép lại điện thoại.",
        "en": "The PIN is locked after too many wrong tries. Unpair the phone and pair it again.",
    },
    "pin_change_unknown": {
        "vi": "Lần đổi mã PIN này không còn hiệu lực. Mã PIN cũ vẫn dùng được; hãy đổi lại từ đầu.",
        "en": "This PIN change is void. The old PIN still counts; begin the change again.",
    },
    "block_unknown": {
        "vi": "Không có mục chặn này. Hãy mở lại danh sách bị chặn trên điện thoại.",
        "en": "There is no such block. Open the list of blocked requesters on the phone again.",
    },
    "push_unavailable": {
        "vi": "Máy chủ này không đánh thức điện thoại. Hãy mở ứng dụng để xem yêu cầu.",
        "en": "This server wakes no phones. Open the app to see requests.",
    },
    "push_endpoint_not_allowed": {
        "vi": "Máy chủ không gửi được tới dịch vụ thông báo này. Hãy chọn dịch vụ khác trên điện thoại.",
        "en": "The server can't use this push service. Choose another one on the phone.",
    },
    "too_many_events": {
        "vi": "Điện thoại gửi quá nhiều thông điệp. Hãy chờ một lúc rồi mở lại ứng dụng.",
        "en": "The phone sends too many messages. Wait a while and open the app again.",
    },
    "idempotency_key_reused": {
        "vi": "Khoá chống lặp này đã dùng cho một yêu cầu khác. Hãy dùng khoá mới.",
        "en": "This idempotency key was used for another request. Use a new one.",
    },
    "handle_taken": {
        "vi": "Mã tài khoản ký số này đã có người dùng. Hãy chọn mã khác.",
        "en": "This handle is taken. Choose another one.",
    },
    "pdf_password_needed": {
        "vi": "Tệp này cần mật khẩu để mở. Hãy gỡ mật khẩu rồi tải lên lại.",
        "en": "This file needs a password to open. Remove the password and upload it again.",
    },
    "page_not_drawn": {
        "vi": "Trang này chưa vẽ xong. Hãy chọn lại trang sau vài giây.",
        "en": "This page is not drawn yet. Choose it again in a few seconds.",
    },
}

_PHONE_CHECK: Final[Bilingual] = {
    "vi": "Điện thoại kiểm tra và thấy chứng từ này không ký được như hiện nay. Hãy in lại tệp ra PDF rồi tải lên; "
    "nếu lặp lại, báo cho quản trị viên.",
    "en": "The phone's check found that this document can't be signed as it is. Print the file to PDF anew and upload that; "
    "if it happens again, tell your administrator.",
}


def text_of_phone_check(code: str) -> Bilingual | None:
    """The sentence for the code of a phone's check of a document (docs/protocol.md, 4.3); None for another kind of code."""
    return _PHONE_CHECK if code.startswith(("doc_", "document_changed", "attributes_")) else None


TECHNICAL_TEXTS: Final[Mapping[str, Bilingual]] = {
    **{code: texts for codes, texts in _FAMILIES for code in codes},
    **_SINGLE,
}
