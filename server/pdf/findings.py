"""What the inspection of an uploaded PDF can say to the person, in Vietnamese and English.

Three tables, keyed by stable codes (never reused, never renamed):

* ``FINDING_TEXTS``: the file is accepted, but something in it may look different later or elsewhere, or is
  not on the page. Browser and phone list these before the person signs (design section 5.5).
* ``REPAIR_TEXTS``: why the file was rewritten before anyone looked (rule_texts.py). Only unsigned files are ever rewritten; the
  reasons are shown to the person and kept in the audit log.
* ``REFUSAL_TEXTS``: why the file was not accepted, and what to do next. The codes are those of the errors
  that inspection and the sandbox raise.

Every entry has exactly the languages ``vi`` and ``en``.
"""

from collections.abc import Mapping
from typing import Final

from server.pdf.rule_texts import FORMER_RULE_TEXTS, MENDED_TEXTS, RULE_TEXTS

Bilingual = Mapping[str, str]

FINDING_TEXTS: Final[Mapping[str, Bilingual]] = {
    "layers": {
        "vi": "Tài liệu có các lớp (layer) có thể bật hoặc tắt; người khác có thể thấy nội dung khác.",
        "en": "The document has layers that can be switched on and off; others may see different content.",
    },
    "unembedded_fonts": {
        "vi": "Một số phông chữ không được nhúng; chữ có thể hiển thị khác trên máy khác.",
        "en": "Some fonts are not embedded; the text may look different on other machines.",
    },
    "attachments": {
        "vi": "Có tệp đính kèm bên trong chứng từ; chữ ký bao gồm cả tệp đó, hãy mở xem trước khi ký.",
        "en": "Files are attached inside the document and will be signed too: look at them before signing.",
    },
    "unlocked_fields": {
        "vi": "Có ô biểu mẫu vẫn điền được sau khi ký.",
        "en": "There are form fields that can still be filled in after signing.",
    },
    "empty_signature_fields": {
        "vi": "Có ô chữ ký còn trống dành cho người khác.",
        "en": "There are empty signature fields meant for others.",
    },
    "annotations_over_text": {
        "vi": "Có chú thích hoặc con dấu đặt trên trang; chúng có thể che nội dung.",
        "en": "Notes or stamps lie on top of a page; they may cover content.",
    },
    "earlier_signature_broken": {
        "vi": "Một chữ ký có sẵn trong tệp không còn hiệu lực hoặc chưa hoàn tất.",
        "en": "A signature that the file carries does not hold, or was never completed.",
    },
    "earlier_signature_doubtful": {
        "vi": "Một chữ ký có sẵn trong tệp đáng ngờ: có thay đổi sau khi ký hoặc điều bất thường. Hãy kiểm tra tệp trước khi ký.",
        "en": "A signature that the file carries is doubtful: changes after it, or something odd. Verify the file before you sign.",
    },
    "hidden_annotations": {
        "vi": "Có chú thích bị ẩn trên màn hình hoặc khi in.",
        "en": "Some notes are hidden on screen or in print.",
    },
    "javascript_on_click": {
        "vi": "Có nút chạy mã lệnh khi bấm vào.",
        "en": "There are buttons that run a script when clicked.",
    },
    "field_scripts": {
        "vi": "Có ô biểu mẫu dùng hàm sẵn có của trình xem để định dạng hoặc kiểm tra; giá trị có thể hiển thị khác nhau.",
        "en": "Some form fields use the viewer's own functions to format or check values, which may look different elsewhere.",
    },
    "automatic_actions": {
        "vi": "Tài liệu tự mở liên kết hoặc gửi dữ liệu khi được mở; không bấm đồng ý nếu trình xem hỏi.",
        "en": "The document opens a link or sends data by itself when opened; decline if your viewer asks.",
    },
    "multimedia": {
        "vi": "Có âm thanh, phim hoặc nội dung 3D mà bản xem trước không hiển thị.",
        "en": "There is sound, video or 3D content that the preview does not show.",
    },
    "damaged_streams": {
        "vi": "Một phần dữ liệu trong chứng từ bị hỏng; các trình xem có thể hiển thị khác nhau.",
        "en": "Some data in the document is damaged; viewers may show it differently.",
    },
    "usage_rights": {
        "vi": "Tài liệu có quyền sử dụng mở rộng của Adobe Reader; quyền này mất hiệu lực sau khi ký.",
        "en": "The document carries Adobe Reader usage rights; they end once it is signed.",
    },
    "encrypted": {
        "vi": "Tài liệu có mật khẩu chủ sở hữu; tệp đã ký vẫn giữ lớp mã hóa này.",
        "en": "The document has an owner password; the signed file keeps this encryption.",
    },
    "need_appearances": {
        "vi": "Có ô biểu mẫu do từng trình xem tự vẽ; giá trị có thể hiển thị khác nhau.",
        "en": "Some form fields are drawn by each viewer itself; their values may look different elsewhere.",
    },
    "loose_fields": {
        "vi": "Có ô biểu mẫu không thuộc biểu mẫu nào hoặc bị ghi là ẩn; một số trình xem không hiển thị ô này.",
        "en": "Some form fields belong to no form or are marked as invisible; some viewers do not show them.",
    },
    "link_appearance": {
        "vi": "Có liên kết hoặc ghi chú bật lên kèm hình vẽ hoặc khung dày mà một số trình xem không hiển thị.",
        "en": "Some links or pop-ups carry a drawing or a thick frame that some viewers do not show.",
    },
    "ambiguous_fonts": {
        "vi": "Có phông chữ mà các bảng bên trong mâu thuẫn; chữ có thể hiển thị thành chữ khác.",
        "en": "A font contradicts itself; some viewers may show other letters.",
    },
    "dots_without_length": {
        "vi": "Có dấu chấm được vẽ bằng nét không có độ dài; một số trình xem không hiển thị chúng.",
        "en": "Some dots are drawn as lines without length; some viewers do not show them.",
    },
    "conformance_lost": {
        "vi": "Tài liệu theo chuẩn PDF/UA-1 (trợ năng): chữ ký hiển thị trên trang sẽ làm mất chuẩn này, chữ ký ẩn thì không.",
        "en": "The document keeps PDF/UA-1 (accessibility): a signature shown on a page would end that, an invisible one would not.",
    },
    "alternate_images": {
        "vi": "Có hình ảnh mà bản in khác với bản trên màn hình.",
        "en": "There are images that print differently from what the screen shows.",
    },
}

REPAIR_TEXTS: Final[Mapping[str, Bilingual]] = {**RULE_TEXTS, **MENDED_TEXTS, **FORMER_RULE_TEXTS}

_REMOVE_AND_RETRY_VI = "Hãy mở tệp, chọn In rồi «Lưu thành PDF», và tải bản mới lên."
_REMOVE_AND_RETRY_EN = "Open it, choose Print, then “Save as PDF”, and upload the new copy."
_ASK_SENDER_VI = "Hãy xin người gửi một bản khác."
_ASK_SENDER_EN = "Ask the sender for another copy."
_ASK_SIGNER_VI = "Hãy xin người ký trước một bản khác."
_ASK_SIGNER_EN = "Ask the earlier signer for another copy."

REFUSAL_TEXTS: Final[Mapping[str, Bilingual]] = {
    "pdf_empty": {
        "vi": "Tệp này trống. Hãy chọn lại tệp rồi tải lên.",
        "en": "This file is empty. Choose the file again and upload it.",
    },
    "pdf_not_pdf": {
        "vi": "Tệp này không phải PDF. Hãy lưu tài liệu thành PDF rồi tải lên lại.",
        "en": "This file is not a PDF. Save the document as PDF and upload it again.",
    },
    "pdf_truncated": {
        "vi": "Tệp này bị cắt cụt, có thể do tải chưa xong. Hãy tải lại bản gốc rồi thử lại.",
        "en": "This file is cut short, perhaps by an unfinished download. Fetch the original and try again.",
    },
    "pdf_broken": {
        "vi": f"Tệp này hỏng và không sửa được. {_ASK_SENDER_VI}",
        "en": f"This file is damaged beyond repair. {_ASK_SENDER_EN}",
    },
    "pdf_password": {
        "vi": "Tệp này cần mật khẩu để mở. Hãy gỡ mật khẩu rồi tải lên lại.",
        "en": "This file needs a password to open. Remove the password and upload it again.",
    },
    "pdf_encryption_unsupported": {
        "vi": "Tệp mở được không cần mật khẩu nhưng kiểu mã hoá của nó không giữ được khi ký. " + _REMOVE_AND_RETRY_VI,
        "en": "The file opens without a password, but its kind of encryption can't be kept when it is signed. " + _REMOVE_AND_RETRY_EN,
    },
    "pdf_too_large": {
        "vi": "Tệp này quá lớn. Hãy giảm dung lượng hoặc chia nhỏ tệp.",
        "en": "This file is too large. Make it smaller or split it.",
    },
    "pdf_too_many_pages": {
        "vi": "Tài liệu có quá nhiều trang. Hãy chia thành nhiều tệp.",
        "en": "The document has too many pages. Split it into several files.",
    },
    "pdf_bomb": {
        "vi": f"Tệp này phình ra quá lớn khi mở nên bị từ chối. {_ASK_SENDER_VI}",
        "en": f"This file grows far too large when opened and is refused. {_ASK_SENDER_EN}",
    },
    "pdf_too_complex": {
        "vi": f"Tệp này quá phức tạp để kiểm tra hoặc hiển thị trên điện thoại. {_REMOVE_AND_RETRY_VI}",
        "en": f"This file is too complex to be checked, or to be shown on a phone. {_REMOVE_AND_RETRY_EN}",
    },
    "pdf_content_malformed": {
        "vi": f"Có trang chứa lệnh vẽ sai, mỗi trình xem có thể hiển thị khác nhau. {_REMOVE_AND_RETRY_VI}",
        "en": f"A page holds drawing commands that viewers may show differently. {_REMOVE_AND_RETRY_EN}",
    },
    "pdf_no_pages": {
        "vi": f"Tài liệu không có trang nào. {_ASK_SENDER_VI}",
        "en": f"The document has no pages. {_ASK_SENDER_EN}",
    },
    "pdf_circular": {
        "vi": f"Cấu trúc tệp tự quay vòng nên không đọc được. {_ASK_SENDER_VI}",
        "en": f"The file's structure runs in a circle and can't be read. {_ASK_SENDER_EN}",
    },
    "pdf_xfa": {
        "vi": f"Tệp dùng biểu mẫu động XFA, nội dung có thể đổi sau khi ký. {_REMOVE_AND_RETRY_VI}",
        "en": f"The file uses XFA forms, whose content can change after signing. {_REMOVE_AND_RETRY_EN}",
    },
    "pdf_external_stream": {
        "vi": f"Tệp lấy nội dung từ bên ngoài, nội dung đó có thể đổi sau khi ký. {_REMOVE_AND_RETRY_VI}",
        "en": f"The file takes content from elsewhere, which can change. {_REMOVE_AND_RETRY_EN}",
    },
    "pdf_launch_action": {
        "vi": f"Tệp có lệnh mở chương trình khác nên bị từ chối. {_REMOVE_AND_RETRY_VI}",
        "en": f"The file can start other programs and is refused. {_REMOVE_AND_RETRY_EN}",
    },
    "pdf_javascript": {
        "vi": f"Tệp có mã lệnh tự chạy nên bị từ chối. {_REMOVE_AND_RETRY_VI}",
        "en": f"The file runs scripts by itself and is refused. {_REMOVE_AND_RETRY_EN}",
    },
    "pdf_earlier_signature_would_break": {
        "vi": "Ký thêm sẽ làm hỏng chữ ký đã có trong tệp. Hãy xin một bản chưa ký, hoặc hỏi người đã ký.",
        "en": "Another signature would break one that the file carries. Ask for an unsigned copy, or whoever signed it.",
    },
    "pdf_rewrite_loses": {
        "vi": "Không sửa được tệp mà không mất tệp đính kèm. " + _ASK_SENDER_VI,
        "en": "The file can't be repaired without losing a file attached to it. " + _ASK_SENDER_EN,
    },
    "pdf_certified_no_changes": {
        "vi": "Tài liệu đã được chứng nhận không cho thay đổi nên không ký thêm được. Hãy hỏi người chứng nhận.",
        "en": "The document is certified against changes: no signature can be added. Ask whoever certified it.",
    },
    "pdf_signed_bad_structure": {
        "vi": f"Tệp đã ký này không theo được từng byte (quy tắc {{rule}}, byte {{offset}}), viết lại thì hỏng chữ ký cũ. {_ASK_SIGNER_VI}",
        "en": f"This signed file can't be followed byte by byte (rule {{rule}}, byte {{offset}}); rewriting it would break its signatures."
        f" {_ASK_SIGNER_EN}",
    },
    "pdf_two_readings": {
        "vi": f"Các trình xem có thể đọc tệp này theo hai cách khác nhau nên không thể ký. {_REMOVE_AND_RETRY_VI}",
        "en": f"Viewers may read this file in two different ways, so it can't be signed. {_REMOVE_AND_RETRY_EN}",
    },
}
