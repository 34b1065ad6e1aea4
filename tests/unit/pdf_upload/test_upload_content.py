"""What stands on a page is held to the table of crafted pages, one rule each, that phone and upload share."""


import pytest

from server.errors import Unprocessable
from tests.pdf_corpus.content_cases import CASES
from tests.unit.pdf_upload.conftest import Inspect

ACCEPTED = [name for name, case in CASES.items() if case.code is None]
REFUSED = [name for name, case in CASES.items() if case.code is not None]


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_harmless_neighbour_is_accepted_with_its_findings(name: str, inspect: Inspect) -> None:
    found = inspect(CASES[name].build())
    assert set(found.findings) == CASES[name].findings | CASES[name].of_upload
    assert not found.repaired


@pytest.mark.parametrize("name", REFUSED)
def test_the_broken_page_is_refused_by_its_rule_and_page(name: str, inspect: Inspect) -> None:
    case = CASES[name]
    with pytest.raises(Unprocessable) as refused:
        inspect(case.build())
    details = refused.value.details
    assert (refused.value.code, details.get("what", details.get("limit"))) == (case.code, case.what)
    assert details["page"] == 1
