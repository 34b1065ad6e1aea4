"""What starts by itself but runs nothing is told to the person, and what an older revision said is over."""

import pytest

from mobile_app.device.document_checks import check_prepared_document
from tests.unit.device_checks.document_forge import CATALOG, PAGE, Forge, shifted
from tests.unit.device_checks.forged_attacks import both, with_annotation


def findings(forge: Forge) -> set[str]:
    data, expected = forge.build()
    return set(check_prepared_document(data, expected).findings) - {"unembedded_fonts"}


def test_a_script_behind_a_click_is_told() -> None:
    link = b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/JavaScript/JS(x)>>>>"
    assert findings(with_annotation(link)) == {"javascript_on_click"}


@pytest.mark.parametrize("kind", [b"URI", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE"])
def test_what_goes_outward_by_itself_is_told(kind: bytes) -> None:
    opening = both(CATALOG, b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/%b>>]>>" % kind)
    assert findings(opening) == {"automatic_actions"}
    page = both(PAGE, b"/Type/Page", b"/Type/Page/AA<</C<</S/%b>>>>" % kind)
    assert findings(page) == {"automatic_actions"}


@pytest.mark.parametrize(
    "opening", [b"[3 0 R/XYZ null null 0]", b"<</S/GoTo/D[3 0 R/Fit]>>", b"<</S/Named/N/LastPage>>"]
)
def test_where_a_document_opens_is_not_worth_a_word(opening: bytes) -> None:
    assert findings(both(CATALOG, b"/Type/Catalog", b"/Type/Catalog/OpenAction " + opening)) == set()


def test_an_empty_tree_of_scripts_is_none() -> None:
    names = b"/Type/Catalog/Names<</JavaScript<</Names[]>>>>"
    assert findings(both(CATALOG, b"/Type/Catalog", names)) == set()


def test_actions_that_run_in_a_circle_end() -> None:
    forge = both(CATALOG, b"/Type/Catalog", b"/Type/Catalog/OpenAction 15 0 R")
    forge.original[15] = b"<</S/Named/N/NextPage/Next 15 0 R>>"
    assert findings(forge) == set()


def test_what_a_later_revision_replaced_does_not_count() -> None:
    """Only a signed file has revisions."""
    forge = with_annotation(b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(x)>>>>")
    forge.original[PAGE] = forge.original[PAGE].replace(b"15 0 R", b"15 0 R 16 0 R")
    forge.original[16] = b"<</Subtype/Widget/FT/Sig/T(a)/V 17 0 R/Rect[0 0 0 0]/P 3 0 R>>"
    forge.original[17] = b"<</Type/Sig>>"
    forge.increment = shifted(forge.increment, 20)
    forge.increment[PAGE] = forge.increment[PAGE].replace(b"35 0 R", b"15 0 R 16 0 R")
    first = forge.build_original()
    table = first.rindex(b"xref\n0 1")
    start = len(first)
    body = b"15 0 obj\n<</Subtype/Link/Rect[0 0 9 9]>>\nendobj\n"
    second = b"xref\n15 1\n%010d 00000 n \ntrailer\n<</Size 18/Root 1 0 R/ID[<01><02>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    forge.packed_original = first + body + second % (start, table, start + len(body))
    assert findings(forge) == {"loose_fields"}  # the signed widget, which hangs in no form
