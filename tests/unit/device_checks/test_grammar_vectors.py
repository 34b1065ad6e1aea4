"""The phone judges the small files of the grammar as the server does: the same verdict on each, and the same word but where two rules
see one fault and the phone comes to the other first."""

import pytest

from mobile_app.errors import CheckFailed
from tests.pdf_corpus.grammar_cases import BY_NAME, CASES
from tests.unit.device_checks.revision_forge import judge

# The phone's word, where it has its own.
OWN_WORDS = {
    "xref_stream_damaged": "structure_stream_data",
    "member_nested": "duplicate_number",
    "hybrid_freed_number": "packed_redefined",
    "reference_zeros_first": "value",
    "reference_zeros_second": "value",
    "reference_long_first": "integer",
    "reference_long_second": "value",
    "reference_to_zero": "freed_reference",
    "generation_65536": "generation",
    "number_1000002_unlisted": "unlisted",
    "stream_without_dictionary": "value",
    "stream_of_array": "stream_start",
    "length_back_into_string": "stream_length",
    "xref_stream_without_size": "xref_stream_size",
    "index_1000001": "size",
    "index_number_twice": "xref_stream_size",
    "index_without_zero": "entry_zero",
    "members_number_zero": "object_stream_member",
    "members_number_1000001": "object_stream_member",
    "linearised_startxref_front": "linearised",
    "linearised_number_twice": "linearised",
    "hybrid_place_of_nothing": "object_header",
    "hybrid_place_of_catalog": "startxref",
    "hybrid_place_of_string": "startxref",
    "hybrid_place_of_dictionary": "startxref",
    "section_in_stream": "eof",
    "hybrid_streams_of_one_number": "hybrid",
}
# What the phone asks elsewhere (shared arrays of annotations), or judges by a measurement of its own: a CropBox that stands out is
# taken where viewers cut it alike.
ELSEWHERE = {"annotations_shared", "crop_box_outside", "crop_box_below", "crop_box_right", "crop_box_above"}


@pytest.mark.parametrize("name", [case.name for case in CASES if case.name.split("/")[0] not in ELSEWHERE])
def test_phone_and_server_agree(name: str) -> None:
    case = BY_NAME[name]
    try:
        judge(case.data)
        found = None
    except CheckFailed as refused:
        found = refused.details["what"]
    expected = OWN_WORDS.get(name.split("/")[0], case.rule)
    assert found == expected or found in case.rule_may
