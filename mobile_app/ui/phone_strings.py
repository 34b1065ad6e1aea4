"""What the settings say that only some phones have, in Vietnamese and English; ``strings`` joins it to the rest. Rules as there."""

from collections.abc import Mapping
from typing import Final

PHONE_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "switch.on": ("Bật", "Switch on"),
    "switch.off": ("Tắt", "Switch off"),
    "biometrics.title": ("Vân tay hoặc khuôn mặt thay cho mã PIN", "Fingerprint or face instead of the PIN"),
    "biometrics.off": (
        "Đang tắt. Sau khi bật, lần ký tới vẫn hỏi mã PIN; từ đó về sau dùng vân tay hoặc khuôn mặt là đủ.",
        "Off. Once on, the next signing still asks for your PIN; after that your finger or face is enough.",
    ),
    "biometrics.on": (
        "Đang bật, chỉ để ký. Thêm vân tay hoặc khuôn mặt mới trên điện thoại thì tính năng này tự tắt.",
        "On, for signing only. It switches itself off when a new finger or face is added to the phone.",
    ),
    "biometrics.not_enrolled": (
        "Điện thoại chưa có vân tay hay khuôn mặt nào. Hãy thêm trong Cài đặt của điện thoại, rồi quay lại đây.",
        "The phone knows no finger and no face yet. Add one in the phone's Settings, then come back here.",
    ),
    "biometrics.prompt": ("Ký bằng PhoneSeal", "Sign with PhoneSeal"),
    "biometrics.type_instead": ("Nhập mã PIN", "Type the PIN"),
    "biometrics.use": ("Dùng vân tay hoặc khuôn mặt", "Use fingerprint or face"),
    "reachable.title": ("Báo yêu cầu khi dùng ứng dụng khác", "Tell me of requests while I use another app"),
    "reachable.off": (
        "Đang tắt. Yêu cầu chỉ đến khi ứng dụng này đang mở.",
        "Off. Requests arrive only while this app is open.",
    ),
    "reachable.on": (
        "Đang bật. Điện thoại giữ kết nối tới máy chủ và hiện một dòng thông báo. Vuốt tắt ứng dụng thì ngừng báo.",
        "On. The phone keeps its connection to the server and shows a line in its notifications. Swiping the app away ends it.",
    ),
}  # fmt: skip
