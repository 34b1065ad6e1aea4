"""What upload does with each of the grammar's cases: taken, rewritten with the rule on record, or refused; never taken when broken."""

import pytest

from server.errors import PhoneSealError
from server.pdf.findings import REFUSAL_TEXTS
from tests.pdf_corpus.grammar_cases import BY_NAME, CASES, GrammarCase
from tests.unit.pdf_upload.conftest import Inspect

# Broken so that something else says so first.
_OTHER_CODES = set(
    "pdf_truncated pdf_broken pdf_external_stream pdf_two_readings pdf_circular pdf_content_malformed pdf_no_pages".split()  # noqa: SIM905
)


def _of(*, signed: bool, broken: bool) -> list[GrammarCase]:
    return [case for case in CASES if case.signed is signed and (case.rule is not None) is broken]


@pytest.mark.parametrize("case", _of(signed=False, broken=False), ids=lambda case: case.name)
def test_plain_file_is_taken_as_it_is(case: GrammarCase, inspect: Inspect) -> None:
    assert not inspect(case.data).repaired


@pytest.mark.parametrize("case", _of(signed=False, broken=True), ids=lambda case: case.name)
def test_broken_file_is_rewritten_or_refused(case: GrammarCase, inspect: Inspect) -> None:
    told = _told(case, inspect)
    assert {case.rule, *case.rule_may} & told or (told and told <= _OTHER_CODES & REFUSAL_TEXTS.keys())


def _told(case: GrammarCase, inspect: Inspect) -> set[str]:
    """The reasons of a rewrite, or the code of the refusal."""
    try:
        return set(inspect(case.data).repair_reasons)
    except PhoneSealError as refused:
        return {refused.code}


@pytest.mark.parametrize("case", _of(signed=True, broken=False), ids=lambda case: case.name)
def test_signed_file_within_the_softenings_is_taken_as_it_is(case: GrammarCase, inspect: Inspect) -> None:
    inspection = inspect(case.data)
    assert not inspection.repaired and inspection.earlier_signatures == 1


@pytest.mark.parametrize("case", _of(signed=True, broken=True), ids=lambda case: case.name)
def test_signed_file_that_breaks_a_rule_is_refused_with_it(case: GrammarCase, inspect: Inspect) -> None:
    with pytest.raises(PhoneSealError) as refused:
        inspect(case.data)
    if refused.value.code == "pdf_signed_bad_structure":
        assert refused.value.details["rule"] in {case.rule, *case.rule_may}
        assert isinstance(refused.value.details["offset"], int)
    else:
        assert refused.value.code in ("pdf_truncated", "pdf_broken")


@pytest.mark.parametrize("name", ["image_W", "image_escaped_57", "stream_DP", "rotate_null", "resources_null_in_node", "table_descending"])
def test_what_a_rewrite_mends_is_mended(name: str, inspect: Inspect) -> None:
    case = BY_NAME[f"{name}/unsigned"]
    assert inspect(case.data).repair_reasons == (case.rule,)
