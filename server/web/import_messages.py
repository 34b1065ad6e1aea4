"""Sentences about import batches and about choosing documents together."""

from collections.abc import Mapping
from typing import Final

from server.pdf.findings import Bilingual

IMPORT_TEXTS: Final[Mapping[str, Bilingual]] = {
    "import_name_missing": {
        "vi": "Lô import cần có tên. Hãy đặt tên rồi thử lại.",
        "en": "An import batch needs a name. Give it one and try again.",
    },
    "import_unknown": {
        "vi": "Không có lô import này, hoặc bạn không được xem. Hãy quay lại danh sách.",
        "en": "There is no such import batch, or you may not see it. Go back to the list.",
    },
    "import_batch_full": {
        "vi": "Một lô chứa tối đa {limit} tệp. Phần còn lại hãy import thành lô khác.",
        "en": "A batch holds at most {limit} files. Import the rest as another batch.",
    },
    "import_batch_too_large": {
        "vi": "Lô này đã đạt dung lượng tối đa. Phần còn lại hãy import thành lô khác.",
        "en": "This batch has reached the most bytes that one may hold. Import the rest as another batch.",
    },
    "archive_broken": {
        "vi": "Tệp ZIP bị hỏng hoặc không phải ZIP. Hãy nén lại rồi tải lên.",
        "en": "The ZIP archive is damaged, or is none. Make it again and upload it.",
    },
    "archive_too_many_files": {
        "vi": "Tệp ZIP có quá {limit} tệp. Hãy chia nhỏ rồi tải lên.",
        "en": "The ZIP archive holds more than {limit} files. Split it and upload the parts.",
    },
    "archive_bomb": {
        "vi": "Tệp này trong ZIP bung ra quá lớn nên bị từ chối. Hãy tải riêng tệp này lên.",
        "en": "This file in the ZIP archive inflates too much and was refused. Upload it by itself.",
    },
    "archive_too_large": {
        "vi": "Tệp ZIP quá lớn. Hãy chia thành nhiều tệp nhỏ hơn rồi tải lên.",
        "en": "The ZIP archive is too large. Split it into smaller ones and upload those.",
    },
    "archive_entry_broken": {
        "vi": "Tệp này trong ZIP bị hỏng hoặc nén theo cách không đọc được. Hãy tải riêng tệp này lên.",
        "en": "This file in the ZIP archive is damaged, or packed in a way that can't be read. Upload it by itself.",
    },
    "archive_entry_twice": {
        "vi": "Trong ZIP có hai tệp giống hệt nhau, cùng tên. Chỉ một tệp được đưa vào lô.",
        "en": "The ZIP archive holds this very file twice, under one name. Only one of them was taken.",
    },
    "archive_entry_locked": {
        "vi": "Tệp này trong ZIP có mật khẩu. Hãy bỏ mật khẩu rồi tải lên lại.",
        "en": "This file in the ZIP archive is locked with a password. Remove it and upload the file again.",
    },
    "processing_right_mixed": {
        "vi": "Bạn không có quyền ký số {count} chứng từ đã chọn: {named}. Hãy bỏ chọn rồi thử lại.",
        "en": "You may not sign {count} of the documents: {named}. Unselect them and try again.",
    },
    "import_batch_mixed": {
        "vi": "Có {count} chứng từ không thuộc lô import này: {named}. Hãy bỏ chọn, hoặc ký không theo lô.",
        "en": "Not of this import batch ({count}): {named}. Unselect them, or sign across batches.",
    },
    "placement_page_missing": {
        "vi": "Có {count} chứng từ không có trang {page}: {named}. Hãy chọn trang cuối, hoặc bỏ các chứng từ đó ra.",
        "en": "Without a page {page} ({count}): {named}. Choose the last page, or leave these documents out.",
    },
    "placement_too_large": {
        "vi": "Khung chữ ký quá lớn so với trang của {count} chứng từ: {named}. Hãy chọn khung nhỏ hơn, hoặc bỏ các chứng từ đó ra.",
        "en": "The box is too large for the page of {count} documents: {named}. Make it smaller, or leave these documents out.",
    },
    "request_not_over": {
        "vi": "Yêu cầu này chưa kết thúc. Hãy chờ kết quả rồi thử lại.",
        "en": "This request is still open. Wait for its result, then try again.",
    },
    "nothing_to_retry": {
        "vi": "Không còn chứng từ nào của yêu cầu này cần ký lại.",
        "en": "No document of this request is left to be signed.",
    },
    "nothing_signed": {
        "vi": "Chưa có chứng từ nào của yêu cầu này được ký. Hãy chờ kết quả rồi tải lại.",
        "en": "No document of this request is signed yet. Wait for the result, then download again.",
    },
    "waits_for_person": {
        "vi": "Yêu cầu này đang chờ người ký trên điện thoại, không chờ máy chủ. Không có gì để chạy lại.",
        "en": "This request waits for the person at the phone, not for the server. There is nothing to run again.",
    },
    "request_not_failed": {
        "vi": "Chỉ bỏ qua được yêu cầu đã thất bại. Yêu cầu này còn người xử lý hoặc đã kết thúc cách khác.",
        "en": "Only a request that failed can be set aside. In this one somebody acts next, or it ended otherwise.",
    },
    "operators_only": {
        "vi": "Trang này chỉ dành cho người vận hành. Hãy hỏi quản trị viên nếu bạn cần xem.",
        "en": "This page is for operators only. Ask your administrator if you need to see it.",
    },
}
