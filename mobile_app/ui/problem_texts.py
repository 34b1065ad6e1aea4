"""What went wrong and how it ended: by the stable codes of device and protocol, in Vietnamese and English."""

from collections.abc import Mapping
from typing import Final

from mobile_app.ui.account_strings import ACCOUNT_PROBLEMS

Pair = tuple[str, str]

UNKNOWN_PROBLEM: Final[Pair] = (
    "Chưa làm được. Hãy thử lại; nếu vẫn vậy, đọc mã này cho bộ phận hỗ trợ: {code}",
    "It did not work. Try again; if it stays so, read this code to your support desk: {code}",
)
_REACH: Final[Pair] = (
    "Không kết nối được với máy chủ. Hãy kiểm tra mạng và địa chỉ máy chủ, rồi thử lại.",
    "The server cannot be reached. Check your network and the server's address, then try again.",
)
_CODE: Final[Pair] = (
    "Mã liên kết không đúng hoặc đã hết hạn. Hãy lấy mã mới trên trình duyệt.",
    "The pairing code is wrong or has expired. Get a new one in the browser.",
)
_BUSY: Final[Pair] = (
    "Máy chủ đang bận. Hãy chờ một phút rồi thử lại.",
    "The server is busy. Wait a minute and try again.",
)

PROBLEMS: Final[Mapping[str, Pair]] = {
    **ACCOUNT_PROBLEMS,
    "pin_weak": (
        "Mã PIN này dễ đoán. Hãy chọn mã khác: không lặp, không theo dãy, không phải ngày tháng.",
        "This PIN is easy to guess. Choose another: no repeats, no runs, no dates.",
    ),
    "pin_locked": (
        "Mã PIN đã bị khoá vì sai quá nhiều lần. Hãy nhờ bộ phận hỗ trợ, hoặc liên kết lại điện thoại.",
        "Your PIN is locked after too many wrong tries. Ask your support desk, or link the phone again.",
    ),
    "certificate_expired": (
        "Chứng thư của bạn chưa có hoặc không còn hiệu lực, nên chưa có gì được ký. Hãy xin chứng thư mới, hoặc liên kết lại điện thoại.",
        "Your certificate is not valid today, so nothing was signed. Ask for a new one, or link the phone again.",
    ),
    "device_frozen": (
        "Điện thoại này đang bị tạm khoá. Hãy mở khoá trên trang tài khoản trong trình duyệt.",
        "This phone is frozen. Lift it on your account page in the browser.",
    ),
    "device_unpaired": (
        "Điện thoại này đã bị huỷ liên kết. Hãy liên kết lại từ trình duyệt.",
        "This phone was unlinked. Link it again from the browser.",
    ),
    "pairing_code_malformed": (
        "Mã liên kết gồm 10 chữ cái và chữ số. Hãy chép lại đúng như trên trình duyệt.",
        "A pairing code has 10 letters and digits. Copy it exactly as the browser shows it.",
    ),
    "pairing_code_unknown": _CODE,
    "pairing_unknown": _CODE,
    "pairing_expired": (
        "Mã liên kết đã hết hạn. Hãy lấy mã mới trên trình duyệt.",
        "The pairing code has expired. Get a new one in the browser.",
    ),
    "pairing_rejected": (
        "Việc liên kết đã bị từ chối trên trình duyệt hoặc trên điện thoại đầu tiên.",
        "Linking was rejected in the browser or on the first phone.",
    ),
    "already_paired": (
        "Điện thoại này đã được liên kết.",
        "This phone is linked already.",
    ),
    "server_key_unknown": (
        "Máy chủ này không phải máy chủ trong mã QR. Đừng thử lại: hãy báo cho bộ phận hỗ trợ.",
        "This server is not the one in the QR code. Do not try again: tell your support desk.",
    ),
    "tls_required": (
        "Địa chỉ máy chủ phải bắt đầu bằng https://. Hãy sửa lại.",
        "The server's address must begin with https://. Mend it.",
    ),
    "connection_failed": _REACH,
    "connection_lost": _REACH,
    "no_answer": _REACH,
    "offline": _REACH,
    "server_unavailable": _REACH,
    "link_error": _REACH,
    "too_many_tries": _BUSY,
    "too_many_events": _BUSY,
    "unavailable": _BUSY,
    "no_space": (
        "Điện thoại không còn chỗ cho các chứng từ. Hãy xoá bớt dữ liệu rồi mở lại yêu cầu.",
        "There is no room for the documents. Free some space, then open the request again.",
    ),
    "reasons_too_long": (
        "Các lý do quá dài. Hãy viết ngắn hơn.",
        "The reasons are too long. Shorten them.",
    ),
    "page_unreadable": (
        "Không vẽ được trang này trên điện thoại. Nếu không chắc, hãy từ chối.",
        "This page cannot be drawn on the phone. If you are not sure, refuse.",
    ),
    "page_too_slow": (
        "Trang này quá phức tạp nên điện thoại đã dừng vẽ. Hãy xem trên trình duyệt; nếu không chắc, hãy từ chối.",
        "This page is too complex: the phone stopped drawing it. Look at it in the browser; if you are not sure, refuse.",
    ),
    "doc_pages_drawn": (
        "Số trang vẽ được khác với số trang đã kiểm tra. Yêu cầu này không ký được nữa.",
        "As many pages are not drawn as were checked. This request cannot be signed any more.",
    ),
    "document_changed": (
        "Tệp trên điện thoại đã đổi sau khi kiểm tra. Yêu cầu này không ký được nữa; hãy báo cho bộ phận hỗ trợ.",
        "The file on this phone changed after it was checked. This request cannot be signed any more; tell your support desk.",
    ),
    "vault_tampered": (
        "Kho khoá trên điện thoại này bị hỏng hoặc bị sửa. Hãy báo cho bộ phận hỗ trợ.",
        "The key store on this phone is damaged or was changed. Tell your support desk.",
    ),
    "keystore_unavailable": (
        "Kho khoá của điện thoại không trả lời. Hãy khởi động lại điện thoại rồi thử lại.",
        "The phone's key store does not answer. Restart the phone, then try again.",
    ),
    "biometrics_changed": (
        "Vân tay hoặc khuôn mặt trên điện thoại đã thay đổi, nên tính năng này đã tắt. Hãy nhập mã PIN; bật lại trong Tài khoản.",
        "A finger or face on this phone has changed, so this was switched off. Type your PIN; switch it on again in Account.",
    ),
    "wake_up_refused": (
        "Điện thoại không cho phép. Hãy thử lại; nếu vẫn vậy, khởi động lại điện thoại.",
        "The phone does not allow it. Try again; if it stays so, restart the phone.",
    ),
    "reachability_refused": (
        "Android không cho phép. Hãy cho phép PhoneSeal thông báo trong Cài đặt của điện thoại, rồi bật lại.",
        "Android did not allow it. Allow PhoneSeal's notifications in the phone's Settings, then switch it on again.",
    ),
    "internal": (
        "Ứng dụng gặp lỗi. Hãy mở lại yêu cầu; nếu vẫn vậy, báo cho bộ phận hỗ trợ.",
        "The app failed. Open the request again; if it stays so, tell your support desk.",
    ),
}

_DOCUMENT: Final[Pair] = (
    "Chứng từ mà máy chủ gửi không đúng với những gì sẽ được ký, hoặc có phần không kiểm tra được. Yêu cầu đã bị từ chối.",
    "A document that the server sent is not what would be signed, or part of it cannot be checked. The request was refused.",
)
WARNINGS: Final[Mapping[str, Pair]] = {
    "document_changed": (
        "Tệp trên điện thoại đã đổi sau khi được kiểm tra. Có thể có ứng dụng khác sửa dữ liệu của PhoneSeal. Yêu cầu đã bị từ chối.",
        "The file on this phone changed after it was checked. Another program may be changing PhoneSeal's data. The request was refused.",
    ),
    "doc_content": (
        "Có trang mà mỗi trình xem có thể hiện khác nhau. Không có gì được ký. Hãy nhờ người gửi in lại tệp ra PDF.",
        "A page is written so that viewers may show it differently. Nothing was signed. Ask the sender to print the file to PDF again.",
    ),
    "doc_limits": (
        "Một trang quá phức tạp để hiện trên điện thoại. Không có gì được ký. Hãy nhờ người gửi in lại tệp ra PDF đơn giản hơn.",
        "A page is too complex to show on a phone. Nothing was signed. Ask the sender to print the file to a simpler PDF.",
    ),
    "doc": _DOCUMENT,
    "manifest": _DOCUMENT,
    "bundle": _DOCUMENT,
    "attributes": _DOCUMENT,
    "server_key": (
        "Máy chủ nói chuyện với điện thoại bằng một khoá lạ. Có thể có kẻ giả làm máy chủ.",
        "The server speaks with a key that this phone does not know. Somebody may be posing as the server.",
    ),
    "server_hello": (
        "Máy chủ không chứng minh được nó là máy chủ đã liên kết. Có thể có kẻ giả làm máy chủ.",
        "The server could not prove that it is the one this phone is linked to. Somebody may be posing as the server.",
    ),
    "envelope": (
        "Yêu cầu ký không dành cho điện thoại này, hoặc đã bị thay đổi giữa chừng.",
        "The request is not meant for this phone, or was changed on the way.",
    ),
}
"""By how the check's code begins."""
UNKNOWN_WARNING: Final[Pair] = (
    "Điều máy chủ gửi không qua được kiểm tra của điện thoại.",
    "What the server sent did not pass the phone's checks.",
)

End = tuple[Pair, Pair]
ENDS: Final[Mapping[str, End]] = {
    "ok": (
        ("Giao dịch của bạn đã được ký số thành công", "Đã ký"),
        ("Your transaction was signed successfully", "Signed"),
    ),
    "ok_in_part": (
        ("Đã ký số những chứng từ bạn đồng ý", "Đã ký"),
        ("The documents that you agreed to were signed", "Signed"),
    ),
    "all_failed": (
        ("Không chứng từ nào được ký. Hãy hỏi người yêu cầu.", "Không ký được"),
        ("No document was signed. Ask whoever requested it.", "Failed"),
    ),
    "user_refused": (("Bạn đã từ chối ký", "Đã từ chối"), ("You refused to sign", "Refused")),
    "cancelled": (
        ("Người yêu cầu đã thu hồi yêu cầu này. Bạn không cần làm gì.", "Đã thu hồi"),
        ("Whoever asked has withdrawn the request. You need do nothing.", "Withdrawn"),
    ),
    "expired": (
        ("Yêu cầu đã hết hạn trước khi bạn trả lời. Nếu vẫn muốn ký, hãy nhờ gửi lại.", "Hết hạn"),
        ("The request expired before you answered. If you still want to sign, have it sent again.", "Expired"),
    ),
    "timeout": (
        ("Việc ký kéo dài quá hạn. Chứng từ chưa ký xong cần được gửi lại.", "Quá thời gian"),
        ("Signing took too long. What was not signed must be sent again.", "Timed out"),
    ),
    "wrong_verification_code": (
        ("Mã bạn chọn không phải mã trên trình duyệt. Yêu cầu đã kết thúc, không có gì được ký.", "Sai mã xác nhận"),
        ("The code you chose is not the browser's. The request has ended; nothing was signed.", "Wrong code"),
    ),
    "document_mismatch": (
        ("Chứng từ không qua được kiểm tra. Điện thoại đã từ chối ký.", "Không khớp"),
        ("A document did not pass the checks. The phone refused to sign.", "Mismatch"),
    ),
    "device_error": (
        ("Điện thoại không ký được. Hãy nhờ gửi lại; nếu vẫn vậy, báo cho bộ phận hỗ trợ.", "Lỗi thiết bị"),
        ("The phone could not sign. Have it sent again; if it stays so, tell your support desk.", "Device error"),
    ),
    "answered_elsewhere": (
        ("Yêu cầu đã được trả lời trên điện thoại khác của bạn.", "Trả lời ở máy khác"),
        ("The request was answered on another phone of yours.", "Answered elsewhere"),
    ),
    "no_device": (
        ("Yêu cầu đã kết thúc vì điện thoại này không còn được liên kết.", "Không còn liên kết"),
        ("The request ended because this phone is no longer linked.", "Not linked"),
    ),
    "server_error": (
        ("Máy chủ không hoàn tất được. Hãy hỏi người yêu cầu trước khi ký lại.", "Lỗi máy chủ"),
        ("The server could not finish it. Ask whoever requested it before you sign again.", "Server error"),
    ),
}
"""By end result: the sentence and the word, in each language."""
