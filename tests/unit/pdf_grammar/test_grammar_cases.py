"""The server's reader over the shared cases: each rule is found, each softening holds only under its condition."""

import pytest

from server.pdf.grammar import RULES, judge
from server.pdf.inspect_limits import Meter, UploadLimits
from tests.pdf_corpus.grammar_cases import CASES, GrammarCase


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_has_its_verdict(case: GrammarCase) -> None:
    verdict = judge(case.data, Meter(UploadLimits()))
    if case.rule is None:
        assert verdict.breaches == ()
        assert verdict.signed is case.signed
        return
    assert {case.rule, *case.rule_may} & set(verdict.rules)
    assert verdict.signed in (None, case.signed)
    assert all(0 <= one.offset <= len(case.data) for one in verdict.breaches)


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES if case.rule} == RULES
    assert all(set(case.rule_may) <= RULES for case in CASES)
