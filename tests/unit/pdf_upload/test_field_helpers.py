"""Scripts of fields at upload: the viewers' own helpers are told, everything else that runs by itself is refused."""

from collections.abc import Callable

import pytest

from server.errors import Unprocessable
from server.pdf.field_helpers import is_field_helper
from server.pdf.inspect_graph import ObjectGraph
from server.pdf.inspect_result import Inspection
from tests.pdf_corpus.field_helper_cases import FIELD_HELPERS

BuildPdf = Callable[..., bytes]
Inspect = Callable[..., Inspection]

CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [9 0 R] >> %s >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [9 0 R] >>"
FIELD = b"<< /Type /Annot /Subtype /Widget /FT /Tx /Ff 1 /T (a) /Rect [0 0 0 0] /AA %s >>"


@pytest.mark.parametrize("name", FIELD_HELPERS)
def test_each_script_of_a_field(inspect: Inspect, build_pdf: BuildPdf, name: str) -> None:
    triggers, is_told = FIELD_HELPERS[name]
    data = build_pdf({1: CATALOG % b"", 3: PAGE, 9: FIELD % triggers})
    if is_told:
        findings = inspect(data).findings
        assert "field_scripts" in findings and "javascript_on_click" not in findings
        return
    with pytest.raises(Unprocessable) as refused:
        inspect(data)
    assert refused.value.code == "pdf_javascript"


def test_a_helper_that_runs_on_opening_is_refused(inspect: Inspect, build_pdf: BuildPdf) -> None:
    opening = b"/OpenAction << /S /JavaScript /JS (AFTime_Format\\(0\\)) >>"
    with pytest.raises(Unprocessable) as refused:
        inspect(build_pdf({1: CATALOG % opening, 3: PAGE, 9: FIELD % b"<< >>"}))
    assert refused.value.code == "pdf_javascript"


def test_in_an_encrypted_file_nothing_is_a_helper() -> None:
    """The phone can't read its strings."""
    action = {"/S": "/JavaScript", "/JS": "u:AFTime_Format(0)"}
    assert is_field_helper(ObjectGraph({}, {}, set()), action)
    assert not is_field_helper(ObjectGraph({}, {}, set(), encrypted=True), action)
