"""What was found in a document and is no reason to refuse it: by the checks' stable words, in Vietnamese and English."""

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

UNKNOWN_FINDING: Final[Pair] = ("Điều cần chú ý: {code}", "To note: {code}")
FINDINGS: Final[Mapping[str, Pair]] = {
    "layers": (
        "Có các lớp bật tắt được: người khác có thể thấy nội dung khác.",
        "Has layers that can be switched: others may see other content.",
    ),
    "unembedded_fonts": (
        "Phông chữ không nhúng: chữ có thể hiện khác trên máy khác.",
        "Fonts are not embedded: text may look different elsewhere.",
    ),
    "attachments": (
        "Có tệp đính kèm bên trong; chữ ký bao gồm cả tệp đó.",
        "Files are attached inside; they will be signed too.",
    ),
    "unlocked_fields": (
        "Có ô điền được sau khi ký.",
        "Has form fields that can be filled in after signing.",
    ),
    "need_appearances": (
        "Có ô điền mà mỗi trình xem tự vẽ: người khác có thể thấy chữ khác.",
        "Has filled fields that each viewer draws by itself: others may see other text.",
    ),
    "loose_fields": (
        "Có ô điền không thuộc biểu mẫu hoặc bị ghi là ẩn: có nơi hiện, có nơi không.",
        "Has fields outside of the form or marked invisible: some viewers show them, some don't.",
    ),
    "link_appearance": (
        "Có liên kết mang hình vẽ hoặc khung dày: có nơi hiện, có nơi không.",
        "Has links with drawings or thick frames: some viewers show them, some don't.",
    ),
    "ambiguous_fonts": (
        "Có phông chữ mà mỗi trình xem có thể đọc khác: người khác có thể thấy chữ khác.",
        "Has fonts that viewers may read differently: others may see other text.",
    ),
    "dots_without_length": (
        "Có dấu chấm vẽ bằng nét không độ dài: có nơi hiện, có nơi không.",
        "Has dots drawn as lines without length: some viewers show them, some don't.",
    ),
    "conformance_lost": (
        "Theo chuẩn PDF/UA-1 (trợ năng): chữ ký hiển thị trên trang làm mất chuẩn này.",
        "Keeps PDF/UA-1 (accessibility): a signature shown on a page ends that.",
    ),
    "empty_signature_fields": (
        "Có ô chữ ký trống dành cho người khác.",
        "Has empty signature fields meant for others.",
    ),
    "annotations_over_text": (
        "Có chú thích hoặc con dấu có thể che nội dung.",
        "Has notes or stamps that may cover content.",
    ),
    "hidden_annotations": (
        "Có chú thích bị ẩn trên màn hình hoặc khi in.",
        "Has notes that are hidden on screen or in print.",
    ),
    "javascript_on_click": (
        "Có nút chạy mã lệnh khi bấm.",
        "Has buttons that run a script.",
    ),
    "field_scripts": (
        "Có ô điền do hàm sẵn có của trình xem định dạng: có nơi có thể hiện khác.",
        "Has fields that the viewer's own functions format: some may show them differently.",
    ),
    "automatic_actions": (
        "Tự mở liên kết hoặc gửi dữ liệu khi mở tệp.",
        "Opens a link or sends data by itself when opened.",
    ),
    "multimedia": (
        "Có âm thanh, phim hoặc 3D mà bản xem không hiện.",
        "Has sound, video or 3D that the viewer does not show.",
    ),
    "damaged_streams": (
        "Một phần dữ liệu bị hỏng: mỗi nơi có thể hiện khác.",
        "Part of it is damaged: viewers may show it differently.",
    ),
    "usage_rights": (
        "Có quyền mở rộng của Adobe Reader, mất hiệu lực sau khi ký.",
        "Has Adobe Reader usage rights, which end once signed.",
    ),
    "encrypted": (
        "Có mật khẩu chủ sở hữu; tệp đã ký vẫn giữ.",
        "Has an owner password; the signed file keeps it.",
    ),
    "earlier_signature_broken": (
        "Có chữ ký trước đó không còn hiệu lực hoặc chưa hoàn tất.",
        "Carries a signature that does not hold or was never completed.",
    ),
    "earlier_signature_doubtful": (
        "Có chữ ký trước đó đáng ngờ: tệp đã đổi sau khi ký, hoặc có điều bất thường.",
        "Carries a doubtful signature: changed after it, or something is odd.",
    ),
    "alternate_images": (
        "Có hình khi in khác với trên màn hình.",
        "Has images that print differently from the screen.",
    ),
    "stamp_over_content": (
        "Chữ ký của bạn sẽ nằm trên nội dung của trang.",
        "Your signature will lie over content of the page.",
    ),
    "unseen_annotations": (
        "Có ô điền hoặc ghi chú mà điện thoại này có thể không hiện: hãy xem trên trình duyệt.",
        "Has fields or notes that this phone may not show: look at them in the browser.",
    ),
    "large_stamp": (
        "Ô chữ ký che hơn một phần tư trang.",
        "The signature's box covers more than a quarter of the page.",
    ),
}
