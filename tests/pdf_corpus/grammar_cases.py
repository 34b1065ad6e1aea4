"""The grammar of a PDF as small files: the vectors that hold the phone's and the server's reader together.

``CASES`` holds a ``GrammarCase`` for each rule and each softening: its bytes, the rule that it breaks (None: it complies) and whether
it counts as signed. A case marked ``rule_may`` is broken either way and may be told by those words too, since more than one rule sees
it. Deterministic; to add a case is to add it for both sides.
"""

from tests.pdf_corpus import (
    grammar_cases_bounds,
    grammar_cases_objects,
    grammar_cases_pages,
    grammar_cases_phone,
    grammar_cases_places,
    grammar_cases_revisions,
    grammar_cases_sections,
    grammar_cases_updates,
)
from tests.pdf_corpus.grammar_case import GrammarCase

__all__ = ["BY_NAME", "CASES", "GrammarCase"]

CASES: tuple[GrammarCase, ...] = (
    *grammar_cases_objects.cases(),
    *grammar_cases_sections.cases(),
    *grammar_cases_revisions.cases(),
    *grammar_cases_updates.cases(),
    *grammar_cases_pages.cases(),
    *grammar_cases_bounds.cases(),
    *grammar_cases_phone.cases(),
    *grammar_cases_places.cases(),
)
BY_NAME = {case.name: case for case in CASES}
