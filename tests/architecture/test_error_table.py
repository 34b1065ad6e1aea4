"""docs/protocol.md §8 and the code name the same errors."""

import re

from server.errors import PhoneSealError
from tests.architecture.error_codes import BEGIN, END, PAGE, codes, table, with_table


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert with_table(page) == page, "run: python tests/architecture/error_codes.py --write"


def test_every_code_has_its_form_and_its_sentence() -> None:
    for row in table().splitlines()[2:]:
        code, statuses, sentence = re.fullmatch(r"\| `([^`]+)` \| ([\d, ]+) \| (.*) \|", row).groups()  # type: ignore[union-attr]
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code), "docs/protocol.md §1.1"
        assert sentence.endswith((".", "?")), code
        assert len(statuses.split(", ")) <= 2, f"{code}: a code says one thing"


def test_known_codes_are_found() -> None:
    found = codes()
    for code, status in {
        "wrong_pin": 403, "pin_wait": 429, "request_over": 409, "device_frozen": 403, "pdf_unreadable": 422,
        "statement_signature_invalid": 422, "too_many_items": 413, "disk_full": 503, "internal": 500, "not_proved": 401,
    }.items():  # fmt: skip
        assert status in found.get(code, ()), code
    assert "lease_lost" not in found
    assert PhoneSealError.code in found
