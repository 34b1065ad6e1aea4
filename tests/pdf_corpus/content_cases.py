"""Every crafted page by name: what upload refuses, what the phone refuses, and what both tell the person.

Rules: names are unique; ``code`` is the server's code, ``PHONE_CODES`` the phone's for the same; ``what`` is the same word on both sides
(the server: ``what`` or ``limit`` of the error's details; the phone: ``what`` of the refusal). A file that upload accepts the phone
accepts, with the same findings.
"""

from tests.pdf_corpus.content_case import MALFORMED, TOO_COMPLEX, ContentCase
from tests.pdf_corpus.content_cases_annotations import ANNOTATION_CASES
from tests.pdf_corpus.content_cases_bounds import BOUND_CASES
from tests.pdf_corpus.content_cases_drawing import DRAWING_CASES
from tests.pdf_corpus.content_cases_edges import EDGE_CASES
from tests.pdf_corpus.content_cases_fax import FAX_CASES
from tests.pdf_corpus.content_cases_findings import FINDING_CASES
from tests.pdf_corpus.content_cases_fonts import FONT_CASES
from tests.pdf_corpus.content_cases_glyphs import GLYPH_CASES
from tests.pdf_corpus.content_cases_images import IMAGE_CASES
from tests.pdf_corpus.content_cases_limits import LIMIT_CASES
from tests.pdf_corpus.content_cases_phone import PHONE_CASES
from tests.pdf_corpus.content_cases_syntax import SYNTAX_CASES

PHONE_CODES = {MALFORMED: "doc_content", TOO_COMPLEX: "doc_limits"}
_ALL = (
    *SYNTAX_CASES,
    *DRAWING_CASES,
    *LIMIT_CASES,
    *FINDING_CASES,
    *FONT_CASES,
    *GLYPH_CASES,
    *ANNOTATION_CASES,
    *IMAGE_CASES,
    *BOUND_CASES,
    *EDGE_CASES,
    *FAX_CASES,
    *PHONE_CASES,
)
CASES: dict[str, ContentCase] = {case.name: case for case in _ALL}
