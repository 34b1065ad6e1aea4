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
    "archive_broken": {
        "vi": "Tệp ZIP bị hỏng hoặc không phải ZIP. Hãy nén lại rồi tải lên.",
        "en": "The ZIP archive is damaged, or is none. Make it again and upload it.",
    },
    "archive_too_many_files": {
        "vi": "Tệp ZIP có quá {limit} tệp. Hãy chia nhỏ rồi tải lên.",
        "en": "The ZIP archive holds more than {limit} files. Split it and upload the parts.",
    },
    "archive_bomb": {
        "vi": "Một tệp trong ZIP bung ra quá lớn nên bị từ chối. Hãy tải riêng từng tệp PDF lên.",
        "en": "A file in the ZIP archive inflates too much and was refused. Upload the PDFs by themselves.",
    },
    "processing_right_mixed": {
        "vi": "Có chứng từ bạn không có quyền ký số. Hãy bỏ chọn các chứng từ đó rồi thử lại.",
        "en": "You may not sign some of these documents. Unselect them and try again.",
    },
    "import_batch_mixed": {
        "vi": "Có chứng từ không thuộc lô import này. Hãy bỏ chọn các chứng từ đó hoặc ký không theo lô.",
        "en": "Some documents are not of this import batch. Unselect them, or sign across batches.",
    },
}
