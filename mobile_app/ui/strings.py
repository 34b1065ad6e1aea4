"""What the screens say, in Vietnamese and English: every text stands once, in both languages, side by side.

Rules: plain sentences that say what to do next; the same word for the same state everywhere; a code that nobody foresaw is shown with a
sentence around it, never alone. Dates are dd/mm/yyyy HH:MM in Vietnamese, by the phone's time zone.
Longer than other files: a list.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from mobile_app.device.interaction import RequestResult
from mobile_app.ui.account_strings import ACCOUNT_TEXTS
from mobile_app.ui.certificate_strings import CERTIFICATE_TEXTS
from mobile_app.ui.finding_texts import FINDINGS, UNKNOWN_FINDING
from mobile_app.ui.page_strings import PAGE_TEXTS
from mobile_app.ui.phone_strings import PHONE_TEXTS
from mobile_app.ui.problem_texts import (
    ENDS,
    PROBLEMS,
    UNKNOWN_PROBLEM,
    UNKNOWN_WARNING,
    WARNINGS,
)
from mobile_app.ui.visible import visible

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "go_on": ("Tiếp tục", "Continue"),
    "back": ("Quay lại", "Back"),
    "cancel": ("Huỷ", "Cancel"),
    "close": ("Đóng", "Close"),
    "confirm": ("Xác nhận", "Confirm"),
    "sign": ("Ký số", "Sign"),
    "refuse": ("Từ chối", "Refuse"),
    "look": ("Xem thông tin", "View details"),
    "view": ("Xem", "View"),
    "to_home": ("Về trang chủ", "Back to Home"),
    "other_language": ("English", "Tiếng Việt"),
    "documents.one": ("{count} chứng từ", "{count} document"),
    "documents.many": ("{count} chứng từ", "{count} documents"),
    "pages.one": ("{count}\u00a0trang", "{count}\u00a0page"),
    "pages.many": ("{count}\u00a0trang", "{count}\u00a0pages"),
    "tab.home": ("Trang chủ", "Home"),
    "tab.certificates": ("Chứng thư", "Certificates"),
    "tab.history": ("Lịch sử", "History"),
    "tab.account": ("Tài khoản", "Account"),
    "connection.unpaired": ("Chưa liên kết", "Not linked"),
    "connection.offline": ("Mất kết nối", "Offline"),
    "connection.connecting": ("Đang kết nối", "Connecting"),
    "connection.online": ("Đã kết nối", "Connected"),
    "connection.frozen": ("Tạm khoá", "Frozen"),
    "connection.refused": ("Bị từ chối", "Not accepted"),
    "connection_help.unpaired": (
        "Điện thoại này chưa liên kết với tài khoản nào.",
        "This phone is not linked to an account.",
    ),
    "connection_help.offline": (
        "Chưa kết nối được với máy chủ. Điện thoại tự thử lại; hãy kiểm tra mạng.",
        "The server is not reached. The phone keeps trying; check your network.",
    ),
    "connection_help.connecting": ("Đang kết nối với máy chủ…", "Connecting to the server…"),
    "connection_help.frozen": (
        "Điện thoại này đang bị tạm khoá nên không ký được. Hãy mở khoá trên trang tài khoản trong trình duyệt.",
        "This phone is frozen and cannot sign. Lift it on your account page in the browser.",
    ),
    "connection_help.refused": (
        "Máy chủ không chấp nhận điện thoại này nữa. Hãy liên hệ bộ phận hỗ trợ trước khi làm gì tiếp.",
        "The server no longer accepts this phone. Ask your support desk before you do anything else.",
    ),
    "welcome.checking": ("Đang kiểm tra mã…", "Checking the code…"),
    "welcome.title": ("Liên kết điện thoại", "Link this phone"),
    "welcome.how": (
        "Trên trình duyệt, mở Tài khoản › Thêm điện thoại. Nhập mã hiện ở đó, hoặc dán nội dung của mã QR.",
        "In the browser, open Account › Add a phone. Type the code shown there, or paste what the QR code holds.",
    ),
    "welcome.code": ("Mã liên kết", "Pairing code"),
    "welcome.scan": ("Quét mã QR", "Scan the QR code"),
    "welcome.picture": ("Mở ảnh mã QR", "Open a picture of the QR code"),
    "welcome.paste": ("Dán", "Paste"),
    "scan.title": ("Quét mã QR", "Scan the QR code"),
    "scan.how": ("Đưa mã QR trên trình duyệt vào giữa khung hình.", "Hold the QR code in the browser in the middle of the picture."),
    "scan.no_camera": (
        "Không mở được máy ảnh. Hãy cho phép ứng dụng dùng máy ảnh, hoặc nhập mã.",
        "The camera does not open. Allow this app to use it, or type the code.",
    ),
    "scan.type": ("Nhập mã", "Type the code"),
    "picture.title": ("Chọn ảnh mã QR", "Choose a picture"),
    "picture.none_here": ("Thư mục này không có ảnh nào.", "There are no pictures in this folder."),
    "picture.up": ("‹ Thư mục trên", "‹ Folder above"),
    "picture.reading": ("Đang đọc {name}…", "Reading {name}…"),
    "picture.no_code": (
        "Không thấy mã liên kết trong {name}. Hãy chụp lại cả mã QR, hoặc nhập mã.",
        "There is no pairing code in {name}. Take the whole QR code again, or type the code.",
    ),
    "welcome.server": ("Địa chỉ máy chủ", "Server address"),
    "welcome.server_wrong": (
        "Địa chỉ máy chủ không đúng. Hãy chép từ trình duyệt, bắt đầu bằng https://",
        "The server address is not right. Copy it from the browser; it begins with https://",
    ),
    "choose_pin.title": ("Chọn mã PIN", "Choose a PIN"),
    "choose_pin.how": (
        "Gồm sáu chữ số, cần nhập mỗi lần ký. Đừng dùng ngày sinh hay dãy số dễ đoán.",
        "Six digits, asked each time you sign. No birthday, nothing easy to guess.",
    ),
    "choose_pin.again": ("Nhập lại mã PIN vừa chọn.", "Type the same PIN again."),
    "choose_pin.differs": (
        "Hai lần nhập không giống nhau. Hãy chọn lại mã PIN.",
        "The two are not the same. Choose your PIN again.",
    ),
    "pairing.title": ("Đang liên kết", "Linking"),
    "pairing.making_keys": ("Đang tạo khoá trên điện thoại này…", "Making keys on this phone…"),
    "pairing.cancelling": ("Đang huỷ…", "Cancelling…"),
    "pairing.confirm_digits": (
        "So sánh sáu số này với sáu số trên trình duyệt. Nếu giống nhau, hãy xác nhận ở đó.",
        "Compare these six digits with those in the browser. If they are the same, confirm there.",
    ),
    "pairing.waiting_first_device": (
        "Tài khoản đã có một điện thoại. Hãy đồng ý trên điện thoại đó; sáu số phải giống nhau.",
        "The account has a phone already. Agree on that phone; the six digits must be the same.",
    ),
    "pairing.note": ("Nếu khác nhau, hãy nhấn Huỷ: có người đang xen vào giữa.", "If they differ, press Cancel: somebody is in between."),
    "pairing.complete": ("Điện thoại đã được liên kết.", "This phone is linked."),
    "home.title": ("Xác nhận ký", "Confirm signing"),
    "home.count": ("Yêu cầu đang chờ: {count}", "Requests waiting: {count}"),
    "home.what": ("muốn bạn ký {documents} ({pages})", "asks you to sign {documents} ({pages})"),
    "home.person": ("Người yêu cầu: {name}", "Asked by: {name}"),
    "home.empty": ("Không có yêu cầu nào đang chờ", "No requests are waiting"),
    "home.empty_how": (
        "Khi có người yêu cầu bạn ký, yêu cầu sẽ hiện ở đây.",
        "When somebody asks for your signature, it appears here.",
    ),
    "home.gone": (
        "Yêu cầu này đã kết thúc trước khi bạn mở. Kết quả nằm trong Lịch sử.",
        "This request ended before you opened it. How it ended stands in History.",
    ),
    "sign_all": ("Ký tất cả ({count})", "Sign all ({count})"),
    "sign_all.place": ("Yêu cầu {number}/{total}", "Request {number} of {total}"),
    "sign_all.later": ("Để sau", "Later"),
    "sign_all.pin": (
        "Một mã PIN để ký {total} yêu cầu, {documents}: {names}.",
        "One PIN to sign {total} requests, {documents}: {names}.",
    ),
    "sign_all.signed": ("Đã ký {signed}/{total} yêu cầu", "Requests signed: {signed} of {total}"),
    "sign_all.put_off": ("Yêu cầu này vẫn chờ bạn ở Trang chủ.", "This request still waits for you on Home."),
    "sign_all.waits": ("Để sau", "Put off"),
    "refuse.title": ("Từ chối ký?", "Refuse to sign?"),
    "refuse.how": (
        "Toàn bộ yêu cầu sẽ bị từ chối. {who} sẽ thấy lý do của bạn.",
        "The whole request is refused. {who} sees your reason.",
    ),
    "refuse.do": ("Từ chối ký", "Refuse to sign"),
    "reason.label": ("Lý do (có thể bỏ trống)", "Reason (may be empty)"),
    "untick.title": ("Không ký chứng từ này?", "Leave this document out?"),
    "untick.do": ("Không ký", "Leave it out"),
    "untick.keep": ("Vẫn ký", "Keep it in"),
    "progress.title": ("Đang xử lý", "Working"),
    "progress.asking": ("Đang mở yêu cầu…", "Opening the request…"),
    "progress.refusing": ("Đang gửi từ chối…", "Sending your refusal…"),
    "progress.offline": ("Đang chờ kết nối tới máy chủ…", "Waiting for the server…"),
    "progress.checking": ("Đang kiểm tra từng chứng từ…", "Checking every document…"),
    "progress.signing": ("Đang ký…", "Signing…"),
    "progress.sending": ("Đang gửi chữ ký…", "Sending the signatures…"),
    "progress.sent": ("Đã gửi. Máy chủ đang ghi chữ ký vào chứng từ…", "Sent. The server is putting the signatures in…"),
    "progress.numbers": ("{done} / {total}", "{done} / {total}"),
    "progress.note": (
        "Bạn có thể rời màn hình này. Việc đã đồng ý vẫn tiếp tục; việc chưa đồng ý vẫn chờ bạn.",
        "You may leave this screen. What you approved goes on; what you did not goes on waiting.",
    ),
    "request.title": ("Thông tin yêu cầu", "Request details"),
    "request.checked": ("đã kiểm tra", "checked"),
    "request.findings": ("Có {count} điều cần chú ý", "{count} to note"),
    "request.findings_title": ("Cần chú ý trước khi ký", "Note before you sign"),
    "request.finding_count": ("{finding} ({documents})", "{finding} ({documents})"),
    "request.before": ("Xem {count} chứng từ trước", "Show the {count} before"),
    "request.more": ("Xem thêm ({left})", "Show more ({left})"),
    "request.sign_count": ("Ký số ({count})", "Sign ({count})"),
    "request.none_left": (
        "Bạn đã bỏ chọn hết. Nếu không ký chứng từ nào, hãy nhấn Từ chối.",
        "Nothing is left to sign. To sign none of them, press Refuse.",
    ),
    "code.title": ("Mã xác nhận", "Code"),
    "code.what": ("muốn bạn ký {documents}:", "asks you to sign {documents}:"),
    "code.more": ("và {documents} nữa", "and {documents} more"),
    "code.which": ("Mã nào đang hiện trên trình duyệt?", "Which code does the browser show?"),
    "code.note": (
        "Chỉ được chọn một lần. Không mã nào khớp, hoặc bạn không mở trình duyệt: hãy từ chối.",
        "You have one try. If none matches, or you have no browser open: refuse.",
    ),
    "pin.title": ("Nhập mã PIN", "Enter your PIN"),
    "pin.sign": ("Để ký {documents} cho {who}.", "To sign {documents} for {who}."),
    "pin.resume": (
        "Bạn đã đồng ý ký {documents} cho {who}, nhưng việc ký bị ngắt. Nhập mã PIN để ký tiếp.",
        "You agreed to sign {documents} for {who}, but signing was interrupted. Enter your PIN to go on.",
    ),
    "pin.approve_device": (
        "Để trả lời về điện thoại mới.",
        "To answer about the new phone.",
    ),
    "pin.wrong": ("Sai mã PIN. Bạn còn {tries} lần thử.", "Wrong PIN. {tries} tries left."),
    "pin.wait_first": ("Lúc này chưa nhập được mã PIN.", "No PIN is accepted right now."),
    "pin.wait": ("Thử lại sau {left}", "Try again in {left}"),
    "result.title": ("Thông báo", "Notice"),
    "result.signed": ("Đã ký: {documents}", "Signed: {documents}"),
    "result.refused": ("Từ chối: {documents}", "Refused: {documents}"),
    "result.failed": ("Không ký được: {documents}", "Failed: {documents}"),
    "result.detail": ("Mã cho bộ phận hỗ trợ: {code}", "Code for the support desk: {code}"),
    "result.go_on": ("Tiếp tục ký ({count})", "Continue signing ({count})"),
    "result.history": ("Xem lịch sử", "View history"),
    "problem.title": ("Chưa làm được", "It did not work"),
    "warning.title": ("Cảnh báo bảo mật", "Security warning"),
    "warning.not_signed": ("Điện thoại không ký gì cả.", "The phone has signed nothing."),
    "warning.next": (
        "Đừng thử lại. Hãy báo cho bộ phận hỗ trợ và đọc cho họ mã dưới đây.",
        "Do not try again. Tell your support desk and read them the code below.",
    ),
    "warning.code": ("Mã: {code}", "Code: {code}"),
    "warning.read": ("Tôi đã đọc", "I have read this"),
    "warning.read_in": ("Hãy đọc cảnh báo ({seconds})", "Read the warning ({seconds})"),
    "new_device.title": ("Điện thoại mới", "A new phone"),
    "new_device.how": (
        "Một điện thoại khác muốn ký bằng tài khoản của bạn. Màn hình của nó phải hiện đúng sáu số này.",
        "Another phone wants to sign for your account. Its screen must show these six digits.",
    ),
    "new_device.until": ("Trả lời trước {moment}", "Answer before {moment}"),
    "new_device.note": (
        "Nếu không phải điện thoại của bạn, hoặc số khác nhau: đừng cho phép.",
        "Not your phone, or other digits: do not allow it.",
    ),
    "new_device.allow": ("Cho phép", "Allow"),
    "new_device.reject": ("Không cho phép", "Do not allow"),
    "history.title": ("Lịch sử", "History"),
    "history.search": ("Tìm theo tên", "Search by name"),
    "history.empty": ("Chưa có giao dịch nào trên điện thoại này.", "Nothing has been answered on this phone yet."),
    "history.none_found": ("Không tìm thấy. Hãy thử tên hoặc bộ lọc khác.", "Nothing found. Try another name or filter."),
    "history.all": ("Tất cả", "All"),
    "history.signed": ("Đã ký", "Signed"),
    "history.refused": ("Từ chối", "Refused"),
    "history.other": ("Khác", "Other"),
    "history.any": ("Mọi lúc", "Any time"),
    "history.week": ("7 ngày", "7 days"),
    "history.month": ("30 ngày", "30 days"),
    "history.export": ("Lưu bằng chứng ra tệp", "Save the evidence to a file"),
    "file.saved": ("Đã lưu vào {path}", "Saved to {path}"),
    "file.not_saved": (
        "Không ghi được vào {path}. Hãy kiểm tra chỗ trống và quyền ghi, rồi thử lại.",
        "{path} cannot be written. Check free space and permissions, then try again.",
    ),
    "evidence.export": ("Lưu bằng chứng ra tệp", "Save the evidence to a file"),
    "evidence.files": (
        "Chứng từ đã ký nằm trên máy chủ; hãy tải về trong trình duyệt.",
        "The signed documents are on the server; download them in the browser.",
    ),
    "history.more": ("Xem thêm", "Show more"),
    "evidence.title": ("Chi tiết giao dịch", "Details"),
    "evidence.when": ("Yêu cầu: {asked}\nKết thúc: {ended}", "Asked: {asked}\nEnded: {ended}"),
    "evidence.documents": ("Chứng từ", "Documents"),
    "evidence.approve": ("Đồng ý ký", "Approved"),
    "evidence.refuse": ("Không ký", "Not signed"),
    "evidence.statements": ("Bằng chứng đang giữ", "Evidence kept"),
    "evidence.audit": ("Nhật ký kiểm toán số {sequence}: {head}", "Audit log, number {sequence}: {head}"),
    "evidence.request_id": ("Mã yêu cầu: {request_id}", "Request: {request_id}"),
    "statement.envelope": ("Yêu cầu của máy chủ", "The server's request"),
    "statement.choice": ("Mã bạn đã chọn", "The code you chose"),
    "statement.verdict": ("Máy chủ xác nhận mã", "The server's verdict on it"),
    "statement.approval": ("Sự đồng ý của bạn", "Your approval"),
    "statement.acknowledgement": ("Máy chủ đã nhận sự đồng ý", "The server's receipt of it"),
    "statement.refusal": ("Sự từ chối", "The refusal"),
    "statement.withdrawal": ("Yêu cầu được thu hồi", "The withdrawal"),
    "statement.outcome": ("Kết quả của máy chủ", "The server's outcome"),
    "key_protection.file": (
        "Khoá nằm trong tệp mã hoá trên thiết bị này, mở bằng mã PIN và máy chủ.",
        "The key is in an encrypted file on this device, opened by your PIN and the server.",
    ),
    "key_protection.android_keystore": (
        "Khoá chỉ mở được trên điện thoại này, bằng kho khoá của bộ xử lý, mã PIN và máy chủ.",
        "The key opens on this phone only: by the processor's key store, your PIN and the server.",
    ),
    "key_protection.strongbox": (
        "Khoá chỉ mở được trên điện thoại này, bằng chip bảo mật, mã PIN và máy chủ.",
        "The key opens on this phone only: by its security chip, your PIN and the server.",
    ),
    **ACCOUNT_TEXTS,
    **CERTIFICATE_TEXTS,
    **PAGE_TEXTS,
    **PHONE_TEXTS,
}  # fmt: skip


PLATFORMS: Final[Mapping[str, str]] = {"android": "Android", "linux": "Linux", "win32": "Windows", "darwin": "macOS", "ios": "iOS"}


class Strings:
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, name: str, /, **values: object) -> str:
        """A name among the values is put in so that it can be seen, however it is made."""
        shown = {key: visible(value) if isinstance(value, str) else value for key, value in values.items()}
        return TEXTS[name][self._column].format(**shown)

    def count(self, what: str, count: int) -> str:
        """``3 chứng từ``, ``3 documents``. ``what``: ``documents`` or ``pages``."""
        return self(f"{what}.{'one' if count == 1 else 'many'}", count=count)

    def moment(self, ms: int) -> str:
        """Milliseconds since 1970 UTC, in the phone's time zone."""
        return _local(ms).strftime("%d/%m/%Y %H:%M" if self.language == "vi" else "%d %b %Y, %H:%M")

    def day(self, ms: int) -> str:
        return _local(ms).strftime("%d/%m/%Y" if self.language == "vi" else "%d %b %Y")

    @staticmethod
    def platform(name: str) -> str:
        """A system as its makers write it; an unknown one as it calls itself."""
        return PLATFORMS.get(name, name)

    @staticmethod
    def file_day(ms: int) -> str:
        """For file names: ISO, in the phone's time zone."""
        return _local(ms).strftime("%Y-%m-%d")

    def problem(self, code: str) -> str:
        """What happened and what to do next."""
        return PROBLEMS.get(code, UNKNOWN_PROBLEM)[self._column].format(code=code)

    def warning(self, code: str) -> str:
        """What a failed check means, in plain words."""
        for beginning, texts in WARNINGS.items():
            if code.startswith(beginning):
                return texts[self._column]
        return UNKNOWN_WARNING[self._column]

    def finding(self, code: str) -> str:
        return FINDINGS.get(code, UNKNOWN_FINDING)[self._column].format(code=code)

    def end(self, result: RequestResult) -> str:
        """How a request ended, as a sentence."""
        name = result.end_result
        if name == "ok" and not result.items_signed and result.items_failed:
            name = "all_failed"
        elif name == "ok" and (result.items_refused or result.items_failed):
            name = "ok_in_part"
        return ENDS.get(name, ENDS["server_error"])[self._column][0]

    def end_word(self, end_result: str) -> str:
        """The same as a word or two, for lists."""
        return ENDS.get(end_result, ENDS["server_error"])[self._column][1]


def _local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000).astimezone()
