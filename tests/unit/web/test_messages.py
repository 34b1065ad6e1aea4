"""Every code has its sentence, every text its Vietnamese, every state its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from server import errors
from server.api.problems import API_TEXTS
from server.pdf.findings import FINDING_TEXTS, REFUSAL_TEXTS, REPAIR_TEXTS
from server.signing.sign_request import EndResult, State
from server.web.messages import ERROR_TEXTS, GROUP_TEXTS, code_text, error_text, text_of_code
from server.web.panel_words import END_WORDS, STATE_WORDS
from server.web.problems import problem_json, status_of
from server.web.technical_messages import TECHNICAL_TEXTS

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "server" / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def codes_raised() -> Iterator[tuple[str, str]]:
    """Codes written as ``code="…"`` in a call or as a class's ``code = "…"`` anywhere in the server."""
    for path in sorted((ROOT / "server").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            value: ast.expr | None = None
            if (isinstance(node, ast.keyword) and node.arg == "code") or (
                isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "code" for t in node.targets)
            ):
                value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value, path.name


def test_every_code_that_the_server_raises_has_a_sentence() -> None:
    raised = set(codes_raised())
    assert len(raised) > 100
    codes = {code for code, _ in raised if re.fullmatch(r"[a-z][a-z0-9_]+", code)}
    assert sorted(code for code in codes if text_of_code(code) is None and code not in API_TEXTS) == []


def test_sentences_are_complete_in_both_languages() -> None:
    for table in (ERROR_TEXTS, GROUP_TEXTS, TECHNICAL_TEXTS, FINDING_TEXTS, REPAIR_TEXTS, REFUSAL_TEXTS):
        for code, texts in table.items():
            assert set(texts) == {"vi", "en"}, code
            assert set(PLACEHOLDER.findall(texts["vi"])) == set(PLACEHOLDER.findall(texts["en"])), code
            assert all(text.endswith((".", "?")) for text in texts.values()), code


def test_no_code_stands_in_two_tables() -> None:
    tables = (ERROR_TEXTS, GROUP_TEXTS, TECHNICAL_TEXTS, REFUSAL_TEXTS)
    codes = [code for table in tables for code in table]
    assert sorted(codes) == sorted(set(codes))


def extracted() -> set[str | tuple[str, ...]]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found: set[str | tuple[str, ...]] = set()
    for top in ("server/web", "web_client/templates"):
        mapping = [("**.py", "python"), ("**.html", "jinja2")]
        for _, _, message, _, _ in extract_from_dir(ROOT / top, mapping, keywords=keywords):
            found.add(message)
    return found


def test_vietnamese_catalogue_is_complete_and_keeps_the_names() -> None:
    with CATALOGUE.open("rb") as source:
        catalogue = {message.id: message for message in read_po(source, locale="vi") if message.id}
    texts = extracted()
    assert len(texts) > 200
    assert texts - set(catalogue) == set()
    assert set(catalogue) - texts == set(), "texts that nobody uses any more"
    for message in catalogue.values():
        assert message.string, message.id
        assert not message.fuzzy, message.id
        singular = message.id if isinstance(message.id, str) else message.id[-1]
        translated = message.string if isinstance(message.string, str) else message.string[0]
        assert set(PLACEHOLDER.findall(singular)) == set(PLACEHOLDER.findall(translated)), message.id


def test_every_state_and_end_result_is_said() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(END_WORDS) == set(EndResult) - {EndResult.OK}
    for words in END_WORDS.values():
        assert words.title
        assert words.text, "an end says what happened and what next"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.BadInput, 400),
        (errors.NotAuthenticated, 401),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.TooLarge, 413),
        (errors.Unprocessable, 422),
        (errors.VerificationFailed, 422),
        (errors.TooManyTries, 429),
        (errors.Unavailable, 503),
        (errors.IllegalMove, 500),
    ],
)
def test_groups_have_their_status(kind: type[errors.PhoneSealError], status: int) -> None:
    assert status_of(kind("x")) == status


def test_problem_names_code_and_details_but_nothing_of_our_bugs() -> None:
    told = problem_json(errors.TooLarge("x", code="too_many_items", details={"limit": 7}), "en")
    assert told["status"] == 413
    assert told["code"] == "too_many_items"
    assert "at most 7 documents" in told["detail"]
    assert told["errors"] == {"limit": 7}
    hidden = problem_json(errors.IllegalMove("PREPARING -> SIGNING", details={"x": 1}), "en")
    assert hidden["code"] == "internal"
    assert "errors" not in hidden
    assert "PREPARING" not in str(hidden)


def test_unknown_code_takes_its_groups_sentence() -> None:
    assert error_text(errors.Conflict("x", code="no_such_code_yet"), "vi") == GROUP_TEXTS["conflict"]["vi"]
    assert code_text("no_such_code_yet", "xx") == GROUP_TEXTS["unprocessable"]["vi"]
