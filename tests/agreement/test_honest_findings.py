"""The second reader of what a file carries: it sees what each kind of hostile file holds, and nothing in the honest contract."""

import pytest

from tests.agreement.contract import contract
from tests.agreement.corpus import MODULES
from tests.agreement.crafted import files_of
from tests.agreement.honest_findings import carried

#: Finding → a file that carries it.
FILES = {
    "layers": ("layers_in_content", "not_listed"),
    "unembedded_fonts": ("unembedded_fonts", "three_forms_deep"),
    "ambiguous_fonts": ("ambiguous_cmaps", "mac_and_unicode_4_plain"),
    "need_appearances": ("appearances_made_up", "value_only"),
    "loose_fields": ("loose_widgets", "no_form"),
    "link_appearance": ("appearances_of_links", "popup"),
    "field_scripts": ("field_scripts", "helper"),
    "annotations_over_text": ("annotation_kinds", "square"),
}


@pytest.mark.parametrize("finding", FILES)
def test_what_a_file_carries_is_seen(finding: str) -> None:
    assert MODULES
    kind, name = FILES[finding]
    (data,) = [case.data for case in files_of(kind) if case.name == name]
    assert isinstance(data, bytes)
    assert finding in carried(data)


def test_the_honest_contract_carries_nothing() -> None:
    assert carried(contract().build()) == frozenset()


def test_two_tables_that_agree_are_not_ambiguous() -> None:
    (data,) = [case.data for case in files_of("ambiguous_cmaps") if case.name == "same_in_both"]
    assert isinstance(data, bytes)
    assert "ambiguous_fonts" not in carried(data)
