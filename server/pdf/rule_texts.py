"""One sentence for each rule of the grammar that a file can break, in Vietnamese and English.

They say why a file was rewritten at upload, so they speak of the file as it came. The codes are the grammar's words
(server/pdf/grammar/breach.py). ``FORMER_RULE_TEXTS`` are the codes of records from before the grammar; no new record gets them.
"""

from collections.abc import Mapping
from typing import Final

Bilingual = Mapping[str, str]

RULE_TEXTS: Final[Mapping[str, Bilingual]] = {
    "header": {"vi": "Tệp không bắt đầu như một tệp PDF.", "en": "The file did not begin as a PDF does."},
    "version_bytes": {
        "vi": "Phiên bản PDF ghi ở đầu tệp không tồn tại.",
        "en": "The PDF version in the file's header does not exist.",
    },
    "comment": {
        "vi": "Có dòng ghi chú của phần mềm nằm giữa cấu trúc tệp.",
        "en": "A program had left comments within the file's structure.",
    },
    "junk": {
        "vi": "Có dữ liệu lạ giữa các đối tượng của tệp.",
        "en": "There was foreign data between the file's objects.",
    },
    "object_header": {"vi": "Có đối tượng được đánh số sai quy cách.", "en": "Objects were numbered in a wrong form."},
    "offset": {
        "vi": "Bảng tham chiếu của tệp chỉ sai vị trí.",
        "en": "The file's cross-reference table pointed at wrong places.",
    },
    "generation": {
        "vi": "Số thế hệ của đối tượng trong tệp không khớp.",
        "en": "Generation numbers in the file did not match.",
    },
    "duplicate_number": {
        "vi": "Tệp có nhiều đối tượng trùng số.",
        "en": "The file had several objects with the same number.",
    },
    "unlisted": {
        "vi": "Tệp có đối tượng không được liệt kê.",
        "en": "The file had objects that its table did not list.",
    },
    "listed_free": {
        "vi": "Tệp có đối tượng bị ghi là đã bỏ.",
        "en": "The file had objects that its table listed as deleted.",
    },
    "packed_redefined": {
        "vi": "Có đối tượng nén được thay theo cách mỗi trình xem hiểu một kiểu.",
        "en": "A packed object was replaced in a way that viewers read differently.",
    },
    "value": {"vi": "Có giá trị trong tệp không đúng chuẩn PDF.", "en": "The file held values that are no PDF syntax."},
    "reference_value": {
        "vi": "Có đối tượng chỉ là lời nhắc đến đối tượng khác.",
        "en": "An object was nothing but a reference to another.",
    },
    "depth": {"vi": "Dữ liệu trong tệp lồng nhau quá sâu.", "en": "Data in the file were nested too deeply."},
    "name_length": {"vi": "Tệp có tên dài quá 127 byte.", "en": "The file had names of more than 127 bytes."},
    "integer": {"vi": "Tệp có số nguyên quá lớn.", "en": "The file had whole numbers that are too large."},
    "number": {"vi": "Tệp có số viết sai quy cách.", "en": "The file had numbers written in a wrong form."},
    "duplicate_key": {"vi": "Có mục bị ghi hai lần trong tệp.", "en": "An entry stood twice in the file."},
    "stream_start": {
        "vi": "Luồng dữ liệu trong tệp bắt đầu sai quy cách.",
        "en": "A data stream began in a wrong form.",
    },
    "stream_length": {
        "vi": "Độ dài luồng dữ liệu ghi trong tệp bị sai.",
        "en": "The file stated wrong lengths for its data streams.",
    },
    "length_value": {
        "vi": "Tệp không ghi độ dài của một luồng dữ liệu.",
        "en": "The file did not state the length of a data stream.",
    },
    "abbreviated_key": {
        "vi": "Có mục viết tắt mà chỉ một số trình xem đọc được.",
        "en": "The file held abbreviated entries that only some viewers read.",
    },
    "external_data": {"vi": "Tệp lấy dữ liệu từ tệp khác.", "en": "The file took data from another file."},
    "table_entries": {
        "vi": "Bảng tham chiếu của tệp sai quy cách.",
        "en": "The file's cross-reference table had a wrong form.",
    },
    "entry_zero": {
        "vi": "Dòng đầu của bảng tham chiếu bị sai.",
        "en": "The first line of the file's cross-reference table was wrong.",
    },
    "xref_stream_size": {
        "vi": "Bảng tham chiếu nén của tệp thiếu hoặc thừa dữ liệu.",
        "en": "The file's packed cross-reference table had too few or too many data.",
    },
    "xref_stream_filter": {
        "vi": "Bảng tham chiếu của tệp nén theo cách lạ.",
        "en": "The file's cross-reference table was packed in an unusual way.",
    },
    "xref_kind": {
        "vi": "Bảng tham chiếu của tệp có mục thuộc loại lạ.",
        "en": "The file's cross-reference table held entries of an unknown kind.",
    },
    "object_stream": {
        "vi": "Khối đối tượng nén trong tệp bị sai.",
        "en": "A block of packed objects in the file was wrong.",
    },
    "object_stream_member": {
        "vi": "Đối tượng nén không khớp với bảng tham chiếu.",
        "en": "Packed objects did not match the file's table.",
    },
    "size": {"vi": "Số đối tượng ghi trong tệp bị sai.", "en": "The file stated a wrong number of objects."},
    "root": {"vi": "Tệp không chỉ rõ mục gốc.", "en": "The file did not name its root."},
    "startxref": {
        "vi": "Cuối tệp không chỉ đúng bảng tham chiếu.",
        "en": "The end of the file did not name its cross-reference table.",
    },
    "eof": {
        "vi": "Phần cuối tệp bị thiếu hoặc có dữ liệu thừa phía sau.",
        "en": "The end of the file was missing, or data followed it.",
    },
    "dangling": {
        "vi": "Tệp nhắc đến đối tượng không có trong tệp.",
        "en": "The file referred to objects that it does not hold.",
    },
    "freed_reference": {
        "vi": "Tệp nhắc đến đối tượng đã bị bỏ.",
        "en": "The file referred to objects that had been deleted.",
    },
    "revisions": {
        "vi": "Tệp mang theo các phiên bản cũ; bản mới nhất được giữ lại.",
        "en": "The file carried older versions of itself; the newest was kept.",
    },
    "linearised": {
        "vi": "Tệp được sắp xếp để mở nhanh trên web.",
        "en": "The file was arranged for quick opening on the web.",
    },
    "hybrid": {
        "vi": "Tệp có hai bảng tham chiếu song song.",
        "en": "The file had two cross-reference tables side by side.",
    },
    "unreachable": {
        "vi": "Tệp có đối tượng không được dùng đến.",
        "en": "The file held objects that nothing uses.",
    },
    "prev": {
        "vi": "Các phần của tệp nối với nhau không đúng thứ tự.",
        "en": "The parts of the file were chained in a wrong order.",
    },
    "page_type": {
        "vi": "Danh sách trang của tệp có mục sai loại.",
        "en": "The file's list of pages held entries of a wrong kind.",
    },
    "page_count": {"vi": "Số trang ghi trong tệp bị sai.", "en": "The file stated a wrong number of pages."},
    "page_parent": {
        "vi": "Các trang trong tệp nối với nhau không đúng.",
        "en": "The pages in the file were linked wrongly.",
    },
    "page_repeated": {"vi": "Có trang được liệt kê hai lần.", "en": "A page was listed twice."},
    "page_box": {
        "vi": "Có trang thiếu kích thước hoặc kích thước sai.",
        "en": "A page had no size, or a wrong one.",
    },
    "annots_shared": {
        "vi": "Hai trang dùng chung một danh sách chú thích.",
        "en": "Two pages shared one list of annotations.",
    },
}

MENDED_TEXTS: Final[Mapping[str, Bilingual]] = {
    "form_holes": {
        "vi": "Biểu mẫu liệt kê những ô không còn hoặc bị hỏng.",
        "en": "The form listed fields that are gone or damaged.",
    },
}
"""Reasons of a rewrite that break no rule of the grammar."""

FORMER_RULE_TEXTS: Final[Mapping[str, Bilingual]] = {
    "junk_before_header": {
        "vi": "Có dữ liệu lạ trước phần đầu tệp PDF.",
        "en": "There was foreign data before the PDF header.",
    },
    "header_version_wrong": RULE_TEXTS["version_bytes"],
    "trailing_junk": {
        "vi": "Có dữ liệu lạ sau phần cuối tệp PDF.",
        "en": "There was foreign data after the end of the PDF.",
    },
    "strict_parse_failed": {
        "vi": "Cấu trúc tệp không đúng chuẩn PDF.",
        "en": "The file's structure did not follow the PDF standard.",
    },
    "dangling_references": RULE_TEXTS["dangling"],
    "xref_wrong": {
        "vi": "Bảng tham chiếu chéo của tệp bị sai.",
        "en": "The file's cross-reference table was wrong.",
    },
    "illegal_generation": RULE_TEXTS["generation"],
    "hybrid_xref": RULE_TEXTS["hybrid"],
    "duplicate_objects": RULE_TEXTS["duplicate_number"],
    "overlapping_objects": {
        "vi": "Các đối tượng trong tệp chồng lên nhau.",
        "en": "Objects in the file overlapped.",
    },
    "unlisted_objects": RULE_TEXTS["unlisted"],
    "unlisted_bytes": RULE_TEXTS["junk"],
    "wrong_stream_length": RULE_TEXTS["stream_length"],
    "parser_warnings": {
        "vi": "Bộ đọc PDF phải sửa một số lỗi khi mở tệp.",
        "en": "The PDF reader had to correct errors when opening the file.",
    },
    "size_wrong": RULE_TEXTS["size"],
    "page_tree_wrong": {"vi": "Danh sách trang của tệp bị sai.", "en": "The file's list of pages was wrong."},
    "page_size_wrong": RULE_TEXTS["page_box"],
    "unsafe_older_revision": {
        "vi": "Một phiên bản cũ nằm trong tệp chứa nội dung không an toàn; phiên bản cũ đã được bỏ.",
        "en": "An older version kept inside the file held unsafe content; it was dropped.",
    },
}
