"""What the account's screens say, in Vietnamese and English; ``strings`` joins it to the rest. Rules as there."""

from collections.abc import Mapping
from typing import Final

ACCOUNT_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "account.title": ("Tài khoản", "Account"),
    "account.since": ("Liên kết từ {moment}", "Linked since {moment}"),
    "account.clock_behind": (
        "Đồng hồ điện thoại chậm hơn máy chủ {gap}. Hạn ký tính theo giờ máy chủ. Hãy bật tự động đặt giờ trên điện thoại.",
        "The phone's clock is {gap} behind the server's. Deadlines go by the server's. Set the phone's time to automatic.",
    ),
    "account.clock_ahead": (
        "Đồng hồ điện thoại nhanh hơn máy chủ {gap}. Hạn ký tính theo giờ máy chủ. Hãy bật tự động đặt giờ trên điện thoại.",
        "The phone's clock is {gap} ahead of the server's. Deadlines go by the server's. Set the phone's time to automatic.",
    ),
    "account.seconds": ("{count} giây", "{count} seconds"),
    "account.minutes": ("{count} phút", "{count} min"),
    "account.hours": ("{count} giờ", "{count} h"),
    "account.days": ("{count} ngày", "{count} d"),
    "account.language": ("Ngôn ngữ", "Language"),
    "account.theme": ("Giao diện", "Theme"),
    "account.light": ("Sáng", "Light"),
    "account.dark": ("Tối", "Dark"),
    "account.log_out": ("Đăng xuất", "Log out"),
    "account.log_out_title": ("Đăng xuất?", "Log out?"),
    "account.log_out_how": (
        "Ứng dụng khoá lại và hỏi mã PIN khi mở. Điện thoại vẫn liên kết; yêu cầu vẫn đến và chờ bạn.",
        "The app locks and asks for your PIN to open. The phone stays linked; requests still arrive and wait for you.",
    ),
    "account.asking": ("Đang hỏi máy chủ…", "Asking the server…"),
    "account.try_again": ("Thử lại", "Try again"),
    "account.needs_connection": ("Cần có kết nối", "A connection is needed"),
    "account.not_done": ("Chưa làm được", "It did not work"),
    "account_pin.title": ("Đổi mã PIN", "Change PIN"),
    "account_pin.row": ("Sáu chữ số, cần nhập mỗi lần ký", "Six digits, asked each time you sign"),
    "account_pin.old": ("Nhập mã PIN hiện tại.", "Enter your present PIN."),
    "account_pin.new": (
        "Chọn mã PIN mới: sáu chữ số, không phải ngày sinh, không dễ đoán.",
        "Choose the new PIN: six digits, no birthday, nothing easy to guess.",
    ),
    "account_pin.again": ("Nhập lại mã PIN mới.", "Type the new PIN again."),
    "account_pin.checking": ("Đang kiểm tra mã PIN…", "Checking the PIN…"),
    "account_pin.changing": ("Đang đổi mã PIN…", "Changing the PIN…"),
    "account_pin.done_title": ("Đã đổi mã PIN", "PIN changed"),
    "account_pin.done": ("Từ bây giờ hãy dùng mã PIN mới.", "Use the new PIN from now on."),
    "account_devices.title": ("Điện thoại", "Phones"),
    "account_devices.row": ("Mọi điện thoại của tài khoản; khoá, huỷ liên kết", "All phones of the account; freeze, unlink"),
    "account_devices.this": ("Máy này", "This phone"),
    "account_devices.active": ("Đang dùng", "Active"),
    "account_devices.frozen": ("Tạm khoá", "Frozen"),
    "account_devices.since": ("Liên kết: {moment}", "Linked: {moment}"),
    "account_devices.seen": ("Kết nối gần nhất: {moment}", "Last connected: {moment}"),
    "account_devices.never": ("Chưa kết nối lần nào", "Never connected"),
    "account_devices.others": (
        "Máy khác bị mất? Hãy khoá hoặc huỷ liên kết nó trên trang tài khoản trong trình duyệt.",
        "Lost another phone? Freeze or unlink it on your account page in the browser.",
    ),
    "account_devices.freeze": ("Tạm khoá máy này", "Freeze this phone"),
    "account_devices.freeze_title": ("Tạm khoá máy này?", "Freeze this phone?"),
    "account_devices.freeze_how": (
        "Máy này không ký được nữa cho đến khi bạn mở khoá trên trang tài khoản trong trình duyệt. Yêu cầu đang chờ vẫn chờ; "
        "việc ký đang dở sẽ dừng.",
        "This phone cannot sign until you lift it on your account page in the browser. Requests that wait go on waiting; "
        "signing that is under way stops.",
    ),
    "account_devices.unpair": ("Huỷ liên kết máy này", "Unlink this phone"),
    "account_devices.unpair_title": ("Huỷ liên kết máy này?", "Unlink this phone?"),
    "account_devices.unpair_how": (
        "Khoá ký trên máy này bị xoá hẳn và chứng thư của nó hết dùng. Chứng từ đã ký vẫn có giá trị; lịch sử vẫn còn. Nếu đây là máy "
        "duy nhất, muốn liên kết lại phải nhờ bộ phận hỗ trợ.",
        "The signing key on this phone is destroyed and its certificate ends. What you signed stays valid; the history stays. If this is "
        "your only phone, linking one again takes your support desk.",
    ),
    "account_devices.waiting_end": (
        "Yêu cầu đang chờ ({count}): điện thoại khác của bạn vẫn ký được; nếu đây là máy duy nhất, chúng kết thúc và người yêu cầu "
        "được báo.",
        "Requests that wait ({count}): another phone of yours can still sign them; if this is the only one, they end and whoever "
        "asked is told.",
    ),
    "account_devices.forget": ("Xoá khỏi máy này", "Remove from this phone"),
    "account_devices.forget_how": (
        "Máy chủ không còn chấp nhận máy này. Xoá liên kết và khoá ký khỏi máy để liên kết lại từ đầu; lịch sử vẫn còn.",
        "The server no longer accepts this phone. Remove the link and its signing key from it, so that it can be linked anew; "
        "the history stays.",
    ),
    "account_devices.unlinked": ("Điện thoại này đã huỷ liên kết.", "This phone is unlinked."),
    "account_blocked.title": ("Người bị chặn", "Blocked requesters"),
    "account_blocked.row": ("Không gửi được yêu cầu ký cho bạn", "They cannot ask you to sign"),
    "account_blocked.how": (
        "Máy chủ từ chối mọi yêu cầu mới của họ. Muốn chặn ai, hãy mở yêu cầu của họ rồi nhấn Chặn người yêu cầu.",
        "The server refuses whatever they ask. To block somebody, open a request of theirs and press Block the requester.",
    ),
    "account_blocked.none": ("Bạn chưa chặn ai.", "You have blocked nobody."),
    "account_blocked.whole": ("Mọi yêu cầu của đơn vị này", "Everything this organisation asks"),
    "account_blocked.person": ("Người yêu cầu qua {who}", "Asks through {who}"),
    "account_blocked.since": ("Chặn từ {moment}", "Blocked since {moment}"),
    "account_blocked.block": ("Chặn người yêu cầu", "Block the requester"),
    "account_blocked.block_title": ("Chặn {who}?", "Block {who}?"),
    "account_blocked.block_whole": (
        "Máy chủ sẽ từ chối mọi yêu cầu ký mà đơn vị này gửi cho bạn, ai gửi cũng vậy. Yêu cầu của họ đang chờ kết thúc như bị từ chối. "
        "Bạn bỏ chặn được trong mục Tài khoản.",
        "The server will refuse whatever this organisation asks you to sign, whoever sends it. What they have waiting ends as refused. "
        "You can unblock them under Account.",
    ),
    "account_blocked.block_person": (
        "Máy chủ sẽ từ chối mọi yêu cầu ký mà người này gửi cho bạn qua {who}; người khác vẫn gửi được. Yêu cầu của họ đang chờ "
        "kết thúc như bị từ chối. Bạn bỏ chặn được trong mục Tài khoản.",
        "The server will refuse whatever this person asks you to sign through {who}; others can still ask. What they have waiting "
        "ends as refused. You can unblock them under Account.",
    ),
    "account_blocked.do": ("Chặn", "Block"),
    "account_blocked.done": ("Đã chặn {who}.", "{who} is blocked."),
    "account_blocked.already": ("{who} đã bị chặn từ trước.", "{who} is blocked already."),
    "account_blocked.unblock": ("Bỏ chặn", "Unblock"),
    "account_about.title": ("Giới thiệu", "About"),
    "account_about.row": ("Phiên bản {version}, máy chủ, giấy phép", "Version {version}, server, licences"),
    "account_about.version": ("PhoneSeal {version}", "PhoneSeal {version}"),
    "account_about.key": ("Khoá ký không bao giờ rời khỏi điện thoại này.", "Your signing key never leaves this phone."),
    "account_about.server": ("Máy chủ", "Server"),
    "account_about.fingerprint": (
        "Vân tay khoá của máy chủ. Hỏi quản trị viên: phải giống từng ký tự.",
        "Fingerprint of the server's key. Ask your administrator: every character must be the same.",
    ),
    "account_about.device": ("Mã thiết bị", "Device"),
    "account_about.licences": ("Giấy phép", "Licences"),
    "account_about.made_with": (
        "PhoneSeal là phần mềm tự do theo giấy phép MIT. Ứng dụng dùng:",
        "PhoneSeal is free software under the MIT licence. The app is made with:",
    ),
    "locked.title": ("Đã đăng xuất", "Logged out"),
    "locked.how": ("Nhập mã PIN để mở ứng dụng.", "Enter your PIN to open the app."),
    "locked.open": ("Mở", "Open"),
}  # fmt: skip

ACCOUNT_PROBLEMS: Final[Mapping[str, tuple[str, str]]] = {
    "pin_unchanged": (
        "Mã PIN mới giống mã cũ. Hãy chọn mã khác.",
        "The new PIN is the same as the old one. Choose another.",
    ),
    "pin_change_unfinished": (
        "Mã PIN đang được đổi nhưng máy chủ chưa trả lời. Điện thoại sẽ tự hoàn tất khi có kết nối; từ lúc đó hãy dùng mã PIN mới.",
        "The change is decided but the server has not answered. The phone finishes it as soon as there is a connection; "
        "use the new PIN from then on.",
    ),
    "pin_change_unknown": (
        "Lần đổi mã PIN này không còn hiệu lực. Mã PIN cũ vẫn dùng được; hãy đổi lại từ đầu.",
        "This PIN change is void. The old PIN still counts; begin the change again.",
    ),
    "block_unknown": (
        "Không có mục chặn này nữa. Hãy mở lại danh sách.",
        "This block is gone. Open the list again.",
    ),
    "request_unknown": (
        "Máy chủ không biết yêu cầu này, nên không chặn được người yêu cầu từ đây.",
        "The server does not know this request, so its maker cannot be blocked from here.",
    ),
}  # fmt: skip

LICENCES: Final[tuple[tuple[str, str], ...]] = (
    ("Python", "PSF-2.0"),
    ("Kivy", "MIT"),
    ("cryptography", "Apache-2.0 / BSD-3-Clause"),
    ("OpenSSL", "Apache-2.0"),
    ("python-socketio", "MIT"),
    ("websocket-client", "Apache-2.0"),
    ("requests", "Apache-2.0"),
    ("pypdfium2, PDFium", "BSD-3-Clause / Apache-2.0"),
    ("Be Vietnam Pro", "OFL-1.1"),
)
"""What the app stands on, and under which licence."""
