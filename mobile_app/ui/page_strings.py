"""What the screens say about the pages of a document and the place of the signature, in Vietnamese and English."""

from collections.abc import Mapping
from typing import Final

PAGE_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "viewer.title": ("Chứng từ {number}/{total}", "Document {number}/{total}"),
    "viewer.page": ("Trang {number}/{total}", "Page {number}/{total}"),
    "viewer.loading": ("Đang vẽ…", "Drawing…"),
    "viewer.slow": (
        "Trang này vẽ rất lâu. Bạn có thể chờ, xem chứng từ trên trình duyệt, hoặc từ chối.",
        "This page takes very long. You can wait, look at it in the browser, or refuse.",
    ),
    "viewer.unseen": (
        "Trang này có {count} ô điền hoặc ghi chú có thể không hiện ở đây. Hãy xem trên trình duyệt trước khi ký.",
        "Fields or notes on this page that may not show here: {count}. Look at them in the browser before you sign.",
    ),
    "viewer.stamp_here": ("Chữ ký của bạn sẽ đứng ở đây", "Your signature goes here"),
    "viewer.stamp_elsewhere": ("Chữ ký của bạn: {place} ›", "Your signature: {place} ›"),
    "viewer.smaller": ("Thu nhỏ", "Smaller"),
    "viewer.larger": ("Phóng to", "Larger"),
    "viewer.previous_page": ("Trang trước", "Previous page"),
    "viewer.next_page": ("Trang sau", "Next page"),
    "viewer.sign_this": ("Ký chứng từ này", "Sign this document"),
    "viewer.left_out": ("Không ký chứng từ này", "This document is left out"),
    "viewer.previous_document": ("Chứng từ trước", "Previous"),
    "viewer.next_document": ("Chứng từ sau", "Next"),
    "stamp.title": ("Vị trí chữ ký của bạn", "Where your signature goes"),
    "stamp.place": ("trang {page}, {corner}", "page {page}, {corner}"),
    "stamp.place_of": ("{place} ({documents})", "{place} ({documents})"),
    "stamp.elsewhere": ("vị trí khác ({documents})", "elsewhere ({documents})"),
    "stamp.none": ("không hiện trên trang nào", "shown on no page"),
    "stamp.signed_at": ("ký ở {place}", "signature on {place}"),
    "stamp.looking": ("Đang xem vị trí này có trống không…", "Looking whether the place is empty…"),
    "stamp.clear": ("Vị trí này đang trống.", "Nothing else stands there."),
    "stamp.over": (
        "Chữ ký sẽ nằm trên nội dung của trang. Hãy mở chứng từ xem trước khi ký.",
        "It will lie over content of the page. Open the document and look before you sign.",
    ),
    "stamp.unseen": (
        "Điện thoại chưa xem được vị trí này có trống không. Hãy mở chứng từ để xem.",
        "The phone could not see whether the place is empty. Open the document to look.",
    ),
    "stamp.counted": (
        "Đã xem {looked}/{total} vị trí: {over} chữ ký nằm trên nội dung của trang.",
        "Places looked at: {looked} of {total}. Signatures over content of the page: {over}.",
    ),
    "stamp.going_on": (
        "Bạn có thể ký ngay; những vị trí chưa xem thì chưa biết.",
        "You may sign now; what was not looked at is not known.",
    ),
    "stamp.uncounted": (
        "Không xem được {count} vị trí: hãy mở những chứng từ đó.",
        "Not to be seen: {count}. Open those documents.",
    ),
    "corner.top_left": ("góc trên bên trái", "top left"),
    "corner.top_centre": ("phía trên, ở giữa", "top centre"),
    "corner.top_right": ("góc trên bên phải", "top right"),
    "corner.middle_left": ("giữa trang, bên trái", "middle left"),
    "corner.middle_centre": ("chính giữa trang", "in the middle"),
    "corner.middle_right": ("giữa trang, bên phải", "middle right"),
    "corner.bottom_left": ("góc dưới bên trái", "bottom left"),
    "corner.bottom_centre": ("phía dưới, ở giữa", "bottom centre"),
    "corner.bottom_right": ("góc dưới bên phải", "bottom right"),
}
