"""The four viewers and the product's way, once for the process. A missing viewer is a named skip, and a failure where CI is true."""

import os
from collections.abc import Iterator

import pytest

from server.pdf.sandbox import Sandbox
from tests.agreement.corpus import Corpus
from tests.agreement.journey import Journeys
from tests.agreement.judging import Judges
from tests.agreement.viewers import Viewers, missing


@pytest.fixture(scope="session")
def viewers() -> Iterator[Viewers]:
    if absent := missing():
        told = f"viewers that must agree are missing: {', '.join(absent)}"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with Viewers() as all_four:
        yield all_four


@pytest.fixture(scope="session")
def corpus(viewers: Viewers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("agreement")
    with Sandbox() as sandbox:
        yield Corpus(Journeys(sandbox, folder), Judges(viewers, folder))
