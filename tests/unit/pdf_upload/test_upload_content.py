"""What stands on a page is held to the table of crafted pages, one rule each, that phone and upload share."""

from dataclasses import replace

import pytest

from server.errors import Unprocessable
from tests.pdf_corpus.content_case import image
from tests.pdf_corpus.content_cases import CASES
from tests.unit.pdf_upload.conftest import Inspect

ACCEPTED = [name for name, case in CASES.items() if case.code is None]
REFUSED = [name for name, case in CASES.items() if case.code is not None]


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_harmless_neighbour_is_accepted_with_its_findings(name: str, inspect: Inspect) -> None:
    found = inspect(CASES[name].build())
    assert set(found.findings) == CASES[name].findings
    assert not found.repaired


@pytest.mark.parametrize("name", REFUSED)
def test_the_broken_page_is_refused_by_its_rule_and_page(name: str, inspect: Inspect) -> None:
    case = CASES[name]
    with pytest.raises(Unprocessable) as refused:
        inspect(case.build())
    details = refused.value.details
    assert (refused.value.code, details.get("what", details.get("limit"))) == (case.code, case.what)
    assert details["page"] == 1


@pytest.mark.parametrize("entry", ["/D [1 0]", "/CS /DeviceRGB", "/IM true", "/BPC 8", "/W 8", "/H 8", "/I true"])
def test_a_picture_with_a_key_of_inline_images_is_refused(entry: str, inspect: Inspect) -> None:
    """poppler and mupdf read the abbreviation, PDFium does not; on the phone the grammar of the file refuses it."""
    case = replace(CASES["image_harmless"], objects=(image(16, 16, entry.encode()),))
    with pytest.raises(Unprocessable) as refused:
        inspect(case.build())
    assert (refused.value.code, refused.value.details["what"]) == ("pdf_content_malformed", "image")
