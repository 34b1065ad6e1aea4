"""JSON of strangers: a value that later code can use, or ValueError, at every edge."""

import pytest

from server.strict_json import read_json
from tests.unit.server.test_device_http import Web, problem
from tests.unit.server.world import World

GOOD = {
    '{"a": "Đồng ý"}': {"a": "Đồng ý"},
    r'["\ud83d\ude00"]': ["\U0001f600"],
    r'["\\ud800"]': [r"\ud800"],
    "[1, -2.5e3]": [1, -2500.0],
}
BAD = {
    "half a character": r'["\ud800"]',
    "the other half": r'["\udc00"]',
    "halves the wrong way round": r'["\ude00\ud83d"]',
    "a half behind a written one": r'["\\ud83d\ude00"]',
    "a half as a name": r'{"\ud800": 1}',
    "digits without end": "[" + "9" * 4301 + "]",
    "brackets without end": "[" * 60_000,
    "no number": "[NaN]",
    "no JSON": "{",
    "nothing": "",
}


@pytest.mark.parametrize("text", GOOD)
def test_what_can_be_used_is_read(text: str) -> None:
    assert read_json(text) == read_json(text.encode()) == GOOD[text]


@pytest.mark.parametrize("what", BAD)
def test_what_later_code_would_stumble_over_is_refused(what: str) -> None:
    for text in (BAD[what], BAD[what].encode()):
        with pytest.raises(ValueError):
            read_json(text)
    with pytest.raises(ValueError):
        read_json(b"\xff")
    with pytest.raises(ValueError):
        read_json("\ud800")


@pytest.mark.parametrize("what", BAD)
def test_a_phones_call_answers_it_with_400(world: World, what: str) -> None:
    web = Web(world)
    answer = web.client.post("/device/pairing/begin", data=BAD[what] or " ", content_type="application/json")
    problem(answer, 400, "bad_message")
