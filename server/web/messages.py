"""Sentences for people, keyed by the stable codes of the error tree; Vietnamese and English side by side.

Rules: a sentence says what happened and what to do next; it names no internals. A code without a sentence of its own takes its group's
(``server/errors.py``), so nobody ever sees a bare code. Codes about a PDF have theirs in ``server/pdf/findings.py``, beside the
checks that raise them. ``{limit}`` and ``{retry_after}`` are filled from the error's details.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from server.errors import PhoneSealError
from server.pdf.findings import FINDING_TEXTS, REFUSAL_TEXTS, REPAIR_TEXTS, Bilingual
from server.web.import_messages import IMPORT_TEXTS
from server.web.technical_messages import TECHNICAL_TEXTS, text_of_phone_check

LANGUAGES: Final = ("vi", "en")

GROUP_TEXTS: Final[Mapping[str, Bilingual]] = {
    "bad_input": {
        "vi": "Dữ liệu gửi lên chưa đúng. Hãy kiểm tra các ô rồi gửi lại.",
        "en": "What was sent is not right. Check the fields and send it again.",
    },
    "not_authenticated": {
        "vi": "Bạn chưa đăng nhập hoặc phiên đã hết. Hãy đăng nhập lại.",
        "en": "You are not logged in, or the session has ended. Log in again.",
    },
    "forbidden": {
        "vi": "Bạn không có quyền làm việc này. Nếu cần, hãy hỏi quản trị viên.",
        "en": "You may not do this. Ask your administrator if you need to.",
    },
    "not_found": {
        "vi": "Không có mục này, hoặc bạn không được xem. Hãy quay lại danh sách.",
        "en": "There is no such thing, or you may not see it. Go back to the list.",
    },
    "conflict": {
        "vi": "Trạng thái vừa thay đổi. Hãy tải lại trang rồi thử lại.",
        "en": "The state has just changed. Reload the page and try again.",
    },
    "unprocessable": {
        "vi": "Máy chủ hiểu yêu cầu nhưng không thể chấp nhận. Hãy kiểm tra nội dung rồi thử lại.",
        "en": "The server understood this but can't accept it. Check the content and try again.",
    },
    "too_large": {
        "vi": "Quá lớn hoặc quá nhiều. Hãy chia nhỏ rồi thử lại.",
        "en": "Too large or too many. Split it and try again.",
    },
    "too_many_tries": {
        "vi": "Quá nhiều lần thử. Hãy chờ một lúc rồi thử lại.",
        "en": "Too many tries. Wait a while and try again.",
    },
    "unavailable": {
        "vi": "Máy chủ đang bận hoặc tạm ngừng. Hãy thử lại sau một phút.",
        "en": "The server is busy or paused. Try again in a minute.",
    },
    "verification_failed": {
        "vi": "Kiểm tra chữ ký không đạt nên máy chủ không chấp nhận. Hãy báo cho quản trị viên.",
        "en": "A signature check failed, so the server did not accept it. Tell your administrator.",
    },
    "internal": {
        "vi": "Máy chủ gặp lỗi. Hãy thử lại sau một phút; nếu vẫn vậy, báo cho quản trị viên.",
        "en": "The server met an error. Try again in a minute; if it stays so, tell your administrator.",
    },
}

ERROR_TEXTS: Final[Mapping[str, Bilingual]] = {
    "log_in_failed": {
        "vi": "Sai tên đăng nhập hoặc mật khẩu. Hãy kiểm tra cả hai rồi thử lại.",
        "en": "Wrong user name or password. Check both and try again.",
    },
    "log_in_throttled": {
        "vi": "Đăng nhập sai quá nhiều lần. Hãy thử lại sau {retry_after} giây.",
        "en": "Too many failed log-ins. Try again in {retry_after} seconds.",
    },
    "log_in_guarded": {
        "vi": "Tên này bị thử sai quá nhiều lần hôm nay. Hãy đăng nhập bằng trình duyệt hoặc mạng bạn từng dùng, "
        "hoặc nhờ quản trị viên đặt lại mật khẩu.",
        "en": "This name was tried wrongly too often today. Use a browser or network that you logged in from before, "
        "or ask your administrator for a new password.",
    },
    "login_taken": {
        "vi": "Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.",
        "en": "This user name is taken. Choose another one.",
    },
    "password_too_short": {
        "vi": "Mật khẩu phải có ít nhất {minimum} ký tự. Hãy chọn mật khẩu dài hơn.",
        "en": "A password has at least {minimum} characters. Choose a longer one.",
    },
    "csrf_failed": {
        "vi": "Trang này đã cũ nên yêu cầu bị chặn. Hãy tải lại trang rồi làm lại.",
        "en": "This page is out of date, so the request was stopped. Reload the page and do it again.",
    },
    "no_file": {
        "vi": "Chưa có tệp nào được chọn. Hãy chọn một tệp PDF.",
        "en": "No file was chosen. Choose a PDF file.",
    },
    "document_unknown": {
        "vi": "Không có chứng từ này, hoặc bạn không được xem.",
        "en": "There is no such document, or you may not see it.",
    },
    "document_not_ready": {
        "vi": "Chứng từ chưa sẵn sàng: {named}. Nếu đang được kiểm tra, hãy chờ vài giây rồi thử lại.",
        "en": "Not ready yet: {named}. If it is still being checked, wait a few seconds and try again.",
    },
    "document_in_use": {
        "vi": "Đang nằm trong một yêu cầu ký khác: {named}. Hãy chờ yêu cầu đó xong hoặc huỷ nó trước.",
        "en": "Part of another open request: {named}. Wait for that one or cancel it first.",
    },
    "signed_meanwhile": {
        "vi": "Đã có người ký sau khi bạn mở trang này: {named}. Hãy tải lại trang và xem lại trước khi ký.",
        "en": "Someone has signed meanwhile: {named}. Reload the page and look again before you sign.",
    },
    "document_moved": {
        "vi": "Chứng từ vừa thay đổi. Hãy tải lại trang.",
        "en": "The document has just changed. Reload the page.",
    },
    "document_twice": {
        "vi": "Một chứng từ được chọn hai lần. Hãy bỏ một lần chọn.",
        "en": "A document was chosen twice. Remove one of the two.",
    },
    "no_documents": {
        "vi": "Chưa chọn chứng từ nào. Hãy chọn ít nhất một chứng từ.",
        "en": "No document was chosen. Choose at least one.",
    },
    "placement_invalid": {
        "vi": "Khung chữ ký phải nằm trọn trên trang, đủ lớn để đọc và che không quá nửa trang. Hãy đặt lại khung.",
        "en": "The signature's box must lie on the page, be large enough to read, and cover at most half of it. Place it again.",
    },
    "no_device": {
        "vi": "Chưa có điện thoại nào ký được. Hãy ghép hoặc mở khoá một điện thoại ở trang tài khoản.",
        "en": "No phone can sign for you yet. Pair or unfreeze one on the account page.",
    },
    "no_subscriber": {
        "vi": "Tài khoản này chưa liên kết với tài khoản ký số. Hãy ghép một điện thoại ở trang tài khoản.",
        "en": "This account is not linked to a signing account yet. Pair a phone on the account page.",
    },
    "too_many_open_requests": {
        "vi": "Đã có {limit} yêu cầu đang chờ trên điện thoại. Hãy trả lời hoặc huỷ bớt trước khi gửi thêm.",
        "en": "{limit} requests already wait on the phone. Answer or cancel some before you send another.",
    },
    "refused_recently": {
        "vi": "Yêu cầu trước vừa bị từ chối. Hãy thử lại sau {retry_after} giây.",
        "en": "The last request was just refused. Try again in {retry_after} seconds.",
    },
    "too_many_items": {
        "vi": "Mỗi yêu cầu chứa tối đa {limit} chứng từ. Hãy chia thành nhiều yêu cầu.",
        "en": "A request holds at most {limit} documents. Split it into several.",
    },
    "too_many_pages": {
        "vi": "Yêu cầu có quá nhiều trang (tối đa {limit}). Hãy chia thành nhiều yêu cầu.",
        "en": "The request has too many pages (at most {limit}). Split it into several.",
    },
    "too_many_bytes": {
        "vi": "Các tệp trong yêu cầu quá lớn. Hãy chia thành nhiều yêu cầu.",
        "en": "The files of the request are too large. Split it into several.",
    },
    "lifetime_invalid": {
        "vi": "Thời gian chờ phải từ 30 giây đến 24 giờ.",
        "en": "The time to answer must lie between 30 seconds and 24 hours.",
    },
    "request_unknown": {
        "vi": "Không có yêu cầu ký này, hoặc bạn không được xem.",
        "en": "There is no such sign request, or you may not see it.",
    },
    "request_over": {
        "vi": "Yêu cầu này đã kết thúc. Hãy tải lại trang để xem kết quả.",
        "en": "This request is over. Reload the page to see how it ended.",
    },
    "request_expired": {
        "vi": "Yêu cầu này đã hết hạn. Hãy gửi yêu cầu mới.",
        "en": "This request has expired. Send a new one.",
    },
    "request_moved": {
        "vi": "Yêu cầu vừa đổi trạng thái. Hãy thử lại.",
        "en": "The request has just moved on. Try again.",
    },
    "relying_party_suspended": {
        "vi": "Đơn vị này đang bị tạm ngừng gửi yêu cầu ký. Hãy liên hệ quản trị viên.",
        "en": "This organisation may not ask for signatures at the moment. Contact your administrator.",
    },
    "requester_blocked": {
        "vi": "Người ký đã chặn yêu cầu từ bạn, nên yêu cầu không được gửi. Hãy liên hệ trực tiếp; họ bỏ chặn được ở mục "
        "Tài khoản trên điện thoại.",
        "en": "The signer has blocked requests from you, so this one was not sent. Talk to them directly; they can unblock you "
        "under Account on their phone.",
    },
    "device_unknown": {
        "vi": "Không có điện thoại này trong tài khoản của bạn.",
        "en": "There is no such phone in your account.",
    },
    "device_frozen": {
        "vi": "Điện thoại này đang tạm khoá. Hãy mở khoá ở trang tài khoản.",
        "en": "This phone is frozen. Unfreeze it on the account page.",
    },
    "device_unpaired": {
        "vi": "Điện thoại này đã gỡ ghép. Muốn dùng lại, hãy ghép lại ở trang tài khoản.",
        "en": "This phone was unpaired. To use it again, pair it anew on the account page.",
    },
    "device_moved": {
        "vi": "Trạng thái của điện thoại vừa thay đổi. Hãy tải lại trang.",
        "en": "The phone's state has just changed. Reload the page.",
    },
    "device_name_invalid": {
        "vi": "Tên điện thoại phải có từ 1 đến 64 ký tự. Hãy sửa tên rồi lưu lại.",
        "en": "A phone's name has 1 to 64 characters. Change the name and save again.",
    },
    "text_too_long": {
        "vi": "Nội dung nhập quá dài. Hãy rút ngắn rồi gửi lại.",
        "en": "The text is too long. Shorten it and send it again.",
    },
    "pairing_unknown": {
        "vi": "Không có lần ghép này. Hãy lấy mã mới ở trang tài khoản.",
        "en": "There is no such pairing. Get a new code on the account page.",
    },
    "pairing_over": {
        "vi": "Lần ghép này đã kết thúc. Hãy lấy mã mới nếu cần.",
        "en": "This pairing is over. Get a new code if you need one.",
    },
    "pairing_moved": {
        "vi": "Lần ghép vừa chuyển bước. Hãy thử lại.",
        "en": "The pairing has just moved on. Try again.",
    },
    "pairing_code_unknown": {
        "vi": "Mã ghép sai, đã dùng hoặc hết hạn. Hãy lấy mã mới trên trình duyệt.",
        "en": "The pairing code is wrong, used or expired. Get a new one in the browser.",
    },
    "issuer_unavailable": {
        "vi": "Hệ thống này hiện không cấp được chứng thư số nên chưa ghép được điện thoại. Hãy báo cho quản trị viên.",
        "en": "This system can issue no certificate at present, so no phone can be paired. Tell your administrator.",
    },
    "certificate_name_unfit": {
        "vi": "Họ tên trên tài khoản dài quá {limit} ký tự nên không cấp được chứng thư số. Hãy nhờ quản trị viên rút ngắn.",
        "en": "The account's name has more than {limit} characters, so no certificate can be issued. Have your administrator shorten it.",
    },
    "credential_not_usable": {
        "vi": "Chứng thư số trên điện thoại này không còn dùng được. Hãy ghép lại điện thoại để nhận chứng thư mới.",
        "en": "The certificate on this phone can't be used any more. Pair the phone again to get a new one.",
    },
    "disk_full": {
        "vi": "Máy chủ hết chỗ lưu nên chưa nhận được. Hãy báo cho quản trị viên và thử lại sau.",
        "en": "The server has run out of space and took nothing. Tell your administrator and try again later.",
    },
    "storage_unavailable": {
        "vi": "Kho lưu trữ tạm thời không dùng được. Hãy thử lại sau một phút.",
        "en": "The storage can't be used at the moment. Try again in a minute.",
    },
    "version_unsupported": {
        "vi": "Phiên bản ứng dụng không còn được hỗ trợ. Hãy cập nhật ứng dụng.",
        "en": "This version of the app is no longer supported. Update the app.",
    },
    "too_many_requests": {
        "vi": "Đã gửi quá nhiều yêu cầu tới điện thoại này. Hãy chờ {retry_after} giây rồi thử lại.",
        "en": "Too many requests were sent to this phone. Wait {retry_after} seconds and try again.",
    },
    "page_not_found": {
        "vi": "Tài liệu không có trang này. Hãy chọn trang khác.",
        "en": "The document has no such page. Choose another one.",
    },
}


def error_text(error: PhoneSealError, language: str) -> str:
    """The sentence for an error: its own code's, else the nearest group's."""
    groups = (vars(kind).get("code") for kind in type(error).__mro__)
    for code in (error.code, *groups):
        texts = text_of_code(code) if isinstance(code, str) else None
        if texts is not None:
            return _fill(texts, language, error.details)
    return GROUP_TEXTS["internal"][_known(language)]


def code_text(code: str, language: str, details: Mapping[str, object] = MappingProxyType({})) -> str:
    """The sentence for a code alone (a refusal kept in the database)."""
    return _fill(text_of_code(code) or GROUP_TEXTS["unprocessable"], language, details)


def text_of_code(code: str) -> Bilingual | None:
    for texts in (ERROR_TEXTS, REFUSAL_TEXTS, IMPORT_TEXTS, TECHNICAL_TEXTS, GROUP_TEXTS):
        if code in texts:
            return texts[code]
    return text_of_phone_check(code)


def finding_texts(codes: Iterable[str], language: str) -> list[str]:
    """What was found in a file, one sentence each. A code without a sentence is a bug and raises ``KeyError``."""
    return [FINDING_TEXTS[code][_known(language)] for code in codes]


def repair_texts(codes: Iterable[str], language: str) -> list[str]:
    return [REPAIR_TEXTS[code][_known(language)] for code in codes]


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


class _Missing(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


def _fill(texts: Bilingual, language: str, details: Mapping[str, object]) -> str:
    language = _known(language)
    text = texts[language]
    return text.format_map(_Missing(_grouped(details, language))) if "{" in text else text


def _grouped(details: Mapping[str, object], language: str) -> dict[str, object]:
    """Numbers as people write them: 10.000 in Vietnamese, 10,000 in English."""
    numbers = {name: f"{value:,}" for name, value in details.items() if isinstance(value, int)}
    if language == "vi":
        numbers = {name: number.replace(",", ".") for name, number in numbers.items()}
    return {**details, **numbers}
