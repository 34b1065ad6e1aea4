"""What the terminal says to a person: Vietnamese and English, side by side so that neither is forgotten."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["vi", "en"]

_TEXTS: Mapping[str, tuple[str, str]] = {
    "connection": ("Kết nối: {state}", "Connection: {state}"),
    "pairing": (
        "So sánh 6 số này với số trên trình duyệt, rồi xác nhận ở đó: {digits} (còn {seconds} giây)",
        "Compare these 6 digits with the browser and confirm there: {digits} ({seconds} s left)",
    ),
    "pairing_first_device": (
        "Đang chờ điện thoại đầu tiên của tài khoản đồng ý.",
        "Waiting for the account's first phone to agree.",
    ),
    "pairing_complete": ("Đã liên kết với tài khoản.", "Linked to the account."),
    "waiting": ("Yêu cầu đang chờ: {count}", "Requests waiting: {count}"),
    "asks": ("{who} ({person}) yêu cầu ký:", "{who} ({person}) asks you to sign:"),
    "counts": (
        "{items} chứng từ, {pages} trang, {bytes} byte; còn {seconds} giây",
        "{items} documents, {pages} pages, {bytes} bytes; {seconds} s left",
    ),
    "document": (
        "  {position}. {title} {code} – {right}, {pages} trang",
        "  {position}. {title} {code} – {right}, {pages} pages",
    ),
    "checked": ("     đã kiểm tra", "     checked"),
    "finding": ("     Lưu ý: {finding}", "     Note: {finding}"),
    "what": (
        "[k] ký   [b] ký, bỏ chọn vài chứng từ   [x] lưu chứng từ ra tệp để xem   [t] từ chối   [Enter] để sau: ",
        "[s] sign   [u] sign, untick some   [o] save a document to look at it   [r] refuse   [Enter] later: ",
    ),
    "untick": (
        "Số của các chứng từ không ký, cách nhau bằng dấu cách: ",
        "Numbers of those not to sign, by spaces: ",
    ),
    "untick_reason": (
        "Lý do cho chứng từ {position} (có thể bỏ trống): ",
        "Reason for {position} (may be empty): ",
    ),
    "bad_position": ("Không có chứng từ số {position}.", "There is no document {position}."),
    "nothing_left": (
        "Bỏ chọn hết thì hãy từ chối cả yêu cầu.",
        "To untick all of them, refuse the request instead.",
    ),
    "open_which": ("Số của chứng từ: ", "Number of the document: "),
    "saved": (
        "Đã lưu đúng các byte đã kiểm tra vào {path}",
        "Saved the very bytes that were checked to {path}",
    ),
    "reason": ("Lý do từ chối (có thể bỏ trống): ", "Reason for refusing (may be empty): "),
    "code": (
        "Trình duyệt hiện mã nào? {codes} ([Enter] để sau): ",
        "Which code does the browser show? {codes} ([Enter] for later): ",
    ),
    "code_unknown": ("Hãy gõ một trong ba mã.", "Type one of the three codes."),
    "pin": ("Mã PIN (không hiện khi gõ, [Enter] để thôi): ", "PIN (not shown, [Enter] to leave): "),
    "new_pin": ("Mã PIN mới (6 số): ", "New PIN (6 digits): "),
    "pin_again": ("Gõ lại mã PIN mới: ", "The new PIN again: "),
    "pin_differs": ("Hai lần gõ không giống nhau.", "The two are not the same."),
    "pin_wrong": (
        "Sai mã PIN. Còn {tries} lần; chờ {seconds} giây.",
        "Wrong PIN. {tries} tries left; wait {seconds} s.",
    ),
    "pin_wait": ("Chưa nhận mã PIN: chờ {seconds} giây.", "No PIN is accepted yet: wait {seconds} s."),
    "progress_checking": ("Đang kiểm tra {done}/{total}", "Checking {done}/{total}"),
    "progress_signing": ("Đang ký {done}/{total}", "Signing {done}/{total}"),
    "progress_sending": ("Đang gửi {done}/{total}", "Sending {done}/{total}"),
    "result": (
        "Kết thúc: {end_result}. Đã ký {signed}, từ chối {refused}, lỗi {failed}.",
        "Ended: {end_result}. Signed {signed}, refused {refused}, failed {failed}.",
    ),
    "problem": ("Chưa làm được: {code}", "It did not work: {code}"),
    "warning": (
        "CẢNH BÁO BẢO MẬT ({code}): điện thoại không ký. Hãy báo cho bộ phận hỗ trợ.",
        "SECURITY WARNING ({code}): the phone will not sign. Tell your support desk.",
    ),
    "warning_read": ("Nhấn Enter khi đã đọc: ", "Press Enter when you have read this: "),
    "new_device": (
        "Thiết bị khác muốn vào tài khoản: {name} ({platform}). Số trên thiết bị đó phải là {digits}.",
        "Another device wants to join the account: {name} ({platform}). Its screen must show {digits}.",
    ),
    "new_device_what": (
        "[c] cho phép   [k] không cho   [Enter] để sau: ",
        "[a] allow   [n] reject   [Enter] later: ",
    ),
    "void": ("Yêu cầu không còn hiệu lực: {reason}", "The request is void: {reason}"),
}


_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "not_paired": (
        "Điện thoại này chưa liên kết với tài khoản nào: hãy chạy lệnh pair trước.",
        "This phone is linked to no account: run pair first.",
    ),
    "already_paired": (
        "Điện thoại này đã liên kết: hãy chạy unpair, hoặc chọn --profile khác.",
        "This phone is linked already: run unpair, or take another --profile.",
    ),
    "profile_in_use": (
        "Một chương trình khác đang dùng --profile này: hãy dừng nó, hoặc chọn thư mục khác.",
        "Another program uses this --profile: stop it, or take another folder.",
    ),
    "pin_weak": (
        "Mã PIN này ai cũng đoán trước tiên (hoặc không đủ 6 số): hãy chọn mã khác.",
        "Anybody would try this PIN first (or it is not six digits): choose another.",
    ),
    "wrong_pin": ("Sai mã PIN: hãy thử lại.", "Wrong PIN: try again."),
    "pin_locked": (
        "Mã PIN đã bị khoá sau nhiều lần sai: hãy liên kết lại, hoặc nhờ bộ phận hỗ trợ.",
        "The PIN is locked after too many wrong tries: pair again, or ask your support desk.",
    ),
    "tls_required": (
        "Máy chủ ở máy khác phải dùng https: hãy sửa địa chỉ.",
        "A server on another machine must be reached by https: mend the address.",
    ),
    "connection_failed": (
        "Không nối được tới máy chủ: hãy xem địa chỉ và máy chủ có đang chạy không.",
        "The server cannot be reached: look at the address and whether it runs.",
    ),
    "server_not_reached": (
        "Không nối được tới máy chủ trong thời gian chờ: hãy xem máy chủ có đang chạy không.",
        "The server was not reached in time: look whether it runs.",
    ),
    "refused_by_server": (
        "Máy chủ không nhận thiết bị này, hoặc không chứng minh được nó là máy chủ đã ghim.",
        "The server does not accept this device, or could not prove to be the one that is pinned.",
    ),
    "device_frozen": (
        "Thiết bị đang bị tạm khoá: hãy mở khoá trên trang tài khoản.",
        "The device is frozen: lift it on the account page.",
    ),
    "pairing_code_malformed": (
        "Mã liên kết không đúng dạng: hãy chép lại từ trình duyệt.",
        "The pairing code is not well formed: copy it from the browser again.",
    ),
    "no_pairing_to_resume": (
        "Không có việc liên kết nào dở dang: hãy chạy pair với mã mới.",
        "No pairing was interrupted here: run pair with a new code.",
    ),
    "pairing_expired": (
        "Mã liên kết đã hết hạn: hãy lấy mã mới trên trình duyệt.",
        "The pairing code has expired: get a new one in the browser.",
    ),
    "pairing_rejected": (
        "Việc liên kết đã bị từ chối trên trình duyệt hoặc điện thoại đầu tiên.",
        "The pairing was rejected in the browser or on the first phone.",
    ),
}


Key = Literal["sign", "untick", "save", "refuse", "allow", "reject"]

_KEYS: Mapping[Key, tuple[str, str]] = {
    "sign": ("k", "s"),
    "untick": ("b", "u"),
    "save": ("x", "o"),
    "refuse": ("t", "r"),
    "allow": ("c", "a"),
    "reject": ("k", "n"),
}


class Texts:
    """The texts of one language, and the letters that answer its questions."""

    def __init__(self, language: Language) -> None:
        self._column = 0 if language == "vi" else 1

    def key(self, meaning: Key) -> str:
        return _KEYS[meaning][self._column]

    def problem(self, code: str, details: Mapping[str, object]) -> str:
        """What happened and what next; an unknown code is said as it is, with its public facts."""
        said = _PROBLEMS.get(code)
        facts = ", ".join(f"{name}: {value}" for name, value in details.items())
        shown = f"{code}; {facts}" if facts else code
        return f"{said[self._column]} ({shown})" if said else self("problem", code=shown)

    def __call__(self, text_name: str, /, **values: object) -> str:
        return _TEXTS[text_name][self._column].format(**values)


def names() -> tuple[str, ...]:
    return tuple(_TEXTS)


def both(name: str) -> tuple[str, str]:
    return _TEXTS[name]
