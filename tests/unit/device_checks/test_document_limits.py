"""The phone's numbers are those of the vector, each and no other, and a stamp's place is judged as it says."""

import json
from pathlib import Path

import pytest

from mobile_app.device.document_checks import limits
from mobile_app.device.document_checks.signature_field import problem_of

VECTOR = json.loads((Path(__file__).parents[2] / "protocol" / "vectors" / "document_limits.json").read_text("utf-8"))
NUMBERS = VECTOR["syntax"] | VECTOR["content"] | VECTOR["increment"]


def test_every_number_is_the_vectors() -> None:
    own = {name.lower(): value for name, value in vars(limits).items() if name.isupper()}
    assert {name: sorted(value) if isinstance(value, frozenset) else value for name, value in own.items()} == NUMBERS


@pytest.mark.parametrize("corner", [(0.0, 0.0), (-300.0, 50.0)])
@pytest.mark.parametrize("unit", [1.0, 0.5, 2.5])
@pytest.mark.parametrize("case", VECTOR["boxes"], ids=lambda case: f"{case['box']} on {case['page']}")
def test_a_place_is_judged_as_the_vector_says(case: dict[str, list[float]], unit: float, corner: tuple[float, float]) -> None:
    def moved(x: float, y: float) -> tuple[float, float]:
        return corner[0] + x / unit, corner[1] + y / unit

    (x0, y0, x1, y1), (width, height) = case["box"], case["page"]
    assert problem_of((*moved(x0, y0), *moved(x1, y1)), (*moved(0, 0), *moved(width, height)), unit) == case["problem"]
