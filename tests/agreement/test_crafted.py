"""A share of the crafted corpus past the product and the four viewers; the whole of it by ``make trial``."""

import pytest

from tests.agreement.corpus import Corpus, Verdict, every_file, share
from tests.agreement.crafted import KINDS, Crafted, files_of
from tests.agreement.journey import Outcome
from tests.agreement.judging import Disagreement

SEED = 8
SHARE = share(SEED, 1)
#: What all four viewers draw takes longest: so many harmless files.
HARMLESS = 6


def test_the_corpus_is_large_enough_and_each_kind_has_both_sides() -> None:
    files = every_file()
    assert len(files) >= 80
    assert len(KINDS) >= 25
    assert len({case.full_name for case in files}) == len(files)
    for name in KINDS:
        assert {case.is_hostile for case in files_of(name)} == {True, False}, name


@pytest.mark.parametrize("case", [case for case in SHARE if case.is_hostile][::2], ids=lambda case: case.full_name)
def test_nothing_hostile_is_signed_in_silence(case: Crafted, corpus: Corpus) -> None:
    outcome = corpus.outcome(case)
    if not outcome.is_accepted or outcome.warnings:
        return
    assert not corpus.verdict(case).complaints()


@pytest.mark.parametrize(
    "case", [case for case in SHARE if not case.is_hostile][::12][:HARMLESS], ids=lambda case: case.full_name
)
def test_harmless_files_are_accepted_and_look_the_same_everywhere(case: Crafted, corpus: Corpus) -> None:
    assert not corpus.verdict(case).complaints()


def test_verdicts_name_what_is_wrong() -> None:
    hostile, harmless = (Crafted("kind", "name", is_hostile, b"") for is_hostile in (True, False))
    differs = (Disagreement("pdfium", "poppler", 0, 1000, (1, 2)),)
    assert Verdict(hostile, Outcome(), differs).fate == "silent"
    assert Verdict(hostile, Outcome(), differs).complaints()
    assert not Verdict(hostile, Outcome(), ()).complaints()
    assert not Verdict(hostile, Outcome(refused_by="upload", code="x"), ()).complaints()
    assert not Verdict(hostile, Outcome(findings=frozenset(("layers",))), differs).complaints()
    assert Verdict(hostile, Outcome(findings=frozenset(("attachments",))), differs).complaints()
    assert Verdict(harmless, Outcome(), differs).complaints()
    assert Verdict(harmless, Outcome(refused_by="phone", code="x"), ()).complaints()
    assert Verdict(harmless, Outcome(findings=frozenset(("layers",))), ()).complaints()
    assert not Verdict(harmless, Outcome(), ()).complaints()
