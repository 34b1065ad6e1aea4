"""The content cases that upload and phone share: both refuse the same under the same word, and tell the same."""

import pytest

from mobile_app.device.document_checks import check_prepared_document
from mobile_app.errors import CheckFailed
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.pdf_corpus.content_case import ContentCase
from tests.pdf_corpus.content_cases import CASES, PHONE_CODES
from tests.unit.device_checks.test_documents_of_the_corpus import PLACE, TIME, expectation

# The phone says of these where it stumbled, which is another place.
OTHER_WORDS = {
    "inline_image_filter_unknown": "content_data",
    "inline_image_lzw_misnamed": "content_data",
    "inline_image_end_alone": "operator",
}

@pytest.fixture(scope="module")
def preparer() -> DocumentPreparer:
    return DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_upload_and_phone_agree(case: ContentCase, preparer: DocumentPreparer) -> None:
    original = case.build()
    prepared = preparer.prepare(original, PLACE, TIME)
    expected = expectation(original, prepared)
    if case.code is None:
        assert set(check_prepared_document(prepared.data, expected).findings) == case.findings
        return
    with pytest.raises(CheckFailed) as refused:
        check_prepared_document(prepared.data, expected)
    word = OTHER_WORDS.get(case.name, case.what)
    assert (refused.value.code, refused.value.details["what"]) == (PHONE_CODES[case.code], word)
