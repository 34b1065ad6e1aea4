"""What comes back from the process that parsed hostile bytes: nothing but what it may be is taken."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import pytest

from server.errors import Unprocessable
from server.pdf.inspect_result import Inspection, inspection_from_json, inspection_to_json, record_from_json

WHOLE = Inspection(
    pages=1,
    page_boxes=((595.0, 842.0),),
    length=10,
    sha256=bytes(32),
    source_length=11,
    source_sha256=bytes(32),
    earlier_signatures=0,
    findings=("encrypted",),
    repaired=False,
    repair_reasons=(),
    title="t" * 500,
    stamp_places=((0, 1.0, 2.0, 3.0, 4.0),),
)


@dataclass(frozen=True)
class Word:
    said: Literal["yes", "no"]


def test_an_inspection_comes_back_as_it_was() -> None:
    for one in (WHOLE, replace(WHOLE, title=None, stamp_places=None)):
        assert inspection_from_json(inspection_to_json(one)) == one


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pages", 1.0),
        ("pages", True),
        ("length", -1),
        ("pages", 2),
        ("page_boxes", [[1.0]]),
        ("sha256", "00" * 31),
        ("source_sha256", "zz"),
        ("findings", [7]),
        ("findings", [["encrypted"]]),
        ("title", "t" * 501),
        ("stamp_places", [[0, 1.0]]),
    ],
)
def test_an_answer_of_another_shape_is_refused(key: str, value: Any) -> None:
    plain = inspection_to_json(WHOLE)
    with pytest.raises(Unprocessable) as refused:
        inspection_from_json({**plain, key: value})
    assert refused.value.code == "pdf_broken"
    del plain[key]
    with pytest.raises(Unprocessable):
        inspection_from_json(plain)


def test_a_record_says_only_the_words_that_there_are() -> None:
    assert record_from_json(Word, {"said": "yes"}) == Word("yes")
    for plain in ({"said": "perhaps"}, {}, None):
        with pytest.raises(Unprocessable) as refused:
            record_from_json(Word, plain)
        assert refused.value.code == "pdf_broken"
