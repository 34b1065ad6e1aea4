"""The server's numbers are those of the vector, each and no other, and boxes are judged as it says."""

import pytest

from server import document_limits
from server.signing.stamp_place import problem_of
from tests.unit.server.vector_files import load

VECTOR = load("document_limits")
NUMBERS = VECTOR["syntax"] | VECTOR["content"] | VECTOR["increment"]


def test_every_number_is_the_vectors() -> None:
    own = {name.lower(): value for name, value in vars(document_limits).items() if name.isupper()}
    assert {name: sorted(value) if isinstance(value, frozenset) else value for name, value in own.items()} == NUMBERS


@pytest.mark.parametrize("case", VECTOR["boxes"], ids=lambda case: f"{case['box']} on {case['page']}")
def test_a_box_is_judged_as_the_vector_says(case: dict[str, list[float]]) -> None:
    x0, y0, x1, y1 = case["box"]
    width, height = case["page"]
    assert problem_of((x0, y0, x1, y1), (width, height)) == case["problem"]


@pytest.mark.parametrize("side", range(4))
def test_what_is_no_number_is_no_box(side: int) -> None:
    box = [10.0, 10.0, 200.0, 100.0]
    box[side] = float("nan")
    assert problem_of((box[0], box[1], box[2], box[3]), (595.0, 842.0)) == "too_small"
