"""Which documents of a batch take the full validation: all that stand alone, and in a big batch exactly one of each hundred."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from server.signing.embed_signatures import EmbedSignatures
from server.signing.sign_request import SignRequest


def sampled(total: int, share: float, request_id: str = "sr_1", group: int = 50) -> list[int]:
    nothing = cast(Any, None)
    embed = EmbedSignatures(nothing, nothing, nothing, nothing, nothing, share)
    request = cast(SignRequest, SimpleNamespace(request_id=request_id, items_total=total))
    return [p for p in range(total) if embed._sampled(request, p, p % group)]


@pytest.mark.parametrize("share", [0.0, 0.01, 1.0])
def test_a_document_alone_is_always_validated(share: float) -> None:
    assert sampled(1, share) == [0]


@pytest.mark.parametrize(("total", "expected"), [(101, 2), (250, 3), (1000, 10), (10_000, 100)])
def test_each_hundred_gives_one(total: int, expected: int) -> None:
    chosen = sampled(total, 0.01)
    assert sorted({position // 100 for position in chosen}) == list(range(expected))
    assert len(chosen) == expected


def test_small_requests_give_the_first_of_each_group() -> None:
    assert sampled(100, 0.01) == [0, 50]


def test_a_share_of_all_is_all() -> None:
    assert sampled(30, 1.0) == list(range(30))


def test_another_request_draws_another_lot() -> None:
    assert len({tuple(sampled(300, 0.01, f"sr_{n}")) for n in range(20)}) > 15
