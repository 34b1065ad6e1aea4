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
    "wake_up.title": ("Đánh thức ứng dụng khi có yêu cầu", "Wake this app when something waits"),
    "wake_up.off": (
        "Đang tắt. Khi bật, ứng dụng push bạn chọn báo khi có yêu cầu, cả lúc PhoneSeal không chạy. Nó không biết ai hỏi hay hỏi gì.",
        "Off. Once on, a push app of your choice rings when something waits, even while PhoneSeal is closed. It learns nothing of it.",
    ),
    "wake_up.none": (
        "Đang tắt. Cần một ứng dụng push theo chuẩn UnifiedPush, ví dụ ntfy. Hãy cài một ứng dụng như vậy, rồi quay lại đây.",
        "Off. It needs a push app that follows UnifiedPush, such as ntfy. Install one, then come back here.",
    ),
    "wake_up.through": ("Bật qua {name}", "Switch on with {name}"),
    "wake_up.asking": (
        "Đang bật qua {name}, chờ kết nối tới máy chủ.",
        "Switched on with {name}; waiting for the server.",
    ),
    "wake_up.registering": (
        "Đang bật, chờ {name} trả lời. Nếu lâu, hãy mở {name} xem.",
        "Switched on; waiting for {name}. If it takes long, open {name}.",
    ),
    "wake_up.on": (
        "Đang bật qua {name}. Khi có yêu cầu, điện thoại hiện thông báo không nêu nội dung, nếu PhoneSeal được phép thông báo.",
        "On, with {name}. When something waits, the phone shows a notification that says nothing of it, if PhoneSeal may notify you.",
    ),
    "wake_up.unavailable": (
        "Máy chủ này không đánh thức điện thoại. Khi máy chủ có tính năng đó, {name} sẽ được dùng.",
        "This server wakes no phones. As soon as it does, {name} is used.",
    ),
    "wake_up.refused": (
        "Máy chủ không nhận địa chỉ của {name}. Hãy tắt và chọn ứng dụng push khác, hoặc hỏi bộ phận hỗ trợ.",
        "The server does not take the address of {name}. Switch off and choose another push app, or ask your support desk.",
    ),
    "wake_up_problem.network": (
        "{name} chưa có mạng. Điện thoại tự thử lại khi kết nối được.",
        "{name} has no network. The phone tries again when it is connected.",
    ),
    "wake_up_problem.action_required": (
        "{name} cần bạn làm gì đó. Hãy mở {name}, rồi tắt và bật lại ở đây.",
        "{name} needs you to do something. Open {name}, then switch off and on again here.",
    ),
    "wake_up_problem.vapid_required": (
        "{name} không nhận khoá của máy chủ. Hãy tắt và chọn ứng dụng push khác.",
        "{name} does not take the server's key. Switch off and choose another push app.",
    ),
    "wake_up_problem.internal_error": (
        "{name} báo lỗi. Điện thoại tự thử lại; nếu vẫn vậy, hãy chọn ứng dụng push khác.",
        "{name} failed. The phone tries again; if it stays so, choose another push app.",
    ),
    "wake_up_problem.unregistered": (
        "{name} đã ngừng báo cho PhoneSeal. Điện thoại tự đăng ký lại khi kết nối được.",
        "{name} has stopped waking PhoneSeal. The phone registers again when it is connected.",
    ),
    "wake_up_problem.temp_unavailable": (
        "{name} tạm thời không báo được. Khi được lại, không cần làm gì thêm.",
        "{name} can't wake this phone for now. Nothing needs to be done when it can again.",
    ),
    "wake_up_problem.endpoint": (
        "{name} đưa một địa chỉ không dùng được: phải là https. Hãy xem cài đặt máy chủ trong {name}.",
        "{name} gave an address that can't be used: it must be https. See the server setting in {name}.",
    ),
    "wake_up_problem.gone": (
        "Ứng dụng push đã chọn không còn trên điện thoại. Hãy tắt rồi chọn ứng dụng khác.",
        "The push app of your choice is no longer on this phone. Switch off, then choose another.",
    ),
}  # fmt: skip
