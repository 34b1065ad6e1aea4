"""A socket that a test leaves open is that test's fault, not the fault of whichever runs when it is collected."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _nothing_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if request.module.__name__.rpartition(".")[2] != "test_vectors_phone":  # hundreds of cases without a socket
        gc.collect()
