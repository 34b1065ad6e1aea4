"""Every code that can come out has its sentence in both languages, and no sentence is left over."""

import re
from pathlib import Path

import pytest

from server.pdf.findings import FINDING_TEXTS, REFUSAL_TEXTS, REPAIR_TEXTS
from server.pdf.grammar import RULES
from server.pdf.inspect_preparation import PREPARATION_REFUSALS
from server.pdf.rule_texts import FORMER_RULE_TEXTS, MENDED_TEXTS, RULE_TEXTS

PACKAGE = Path(__file__).parents[3] / "server" / "pdf"
SOURCES = "\n".join(
    path.read_text()
    for pattern in (
        "inspect_*.py",
        "sandbox*.py",
        "rewrite*.py",
        "compare_pages.py",
        "page_images.py",
        "grammar/*.py",
        "content/*.py",
    )
    for path in PACKAGE.glob(pattern)
)


def test_every_refusal_has_a_sentence() -> None:
    translated = {code for code, told in PREPARATION_REFUSALS.items() if code != told}
    raised = set(re.findall(r'"(pdf_[a-z_]+)"', SOURCES)) - translated
    assert raised == REFUSAL_TEXTS.keys()


def test_every_finding_and_every_reason_can_come_out() -> None:
    named = set(re.findall(r'"([a-z_]+)"', SOURCES))
    assert FINDING_TEXTS.keys() | MENDED_TEXTS.keys() <= named
    assert RULE_TEXTS.keys() == RULES


def test_reasons_on_record_keep_their_sentences() -> None:
    assert REPAIR_TEXTS.keys() == RULES | MENDED_TEXTS.keys() | FORMER_RULE_TEXTS.keys()
    assert not (RULES | MENDED_TEXTS.keys()) & FORMER_RULE_TEXTS.keys()


@pytest.mark.parametrize("texts", [FINDING_TEXTS, RULE_TEXTS, REFUSAL_TEXTS])
def test_both_languages_in_whole_sentences(texts: dict[str, dict[str, str]]) -> None:
    for code, languages in texts.items():
        assert set(languages) == {"vi", "en"}, code
        for sentence in languages.values():
            assert sentence[0].isupper() and sentence.endswith("."), code
        assert re.search(r"[àáảãạăâđèéêìíòóôơùúưỳýếệ]", languages["vi"]), code
    assert len({languages["vi"] for languages in texts.values()}) == len(texts)
