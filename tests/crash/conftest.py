"""One server and one phone for the tests of this folder; both outlive many deaths."""

from collections.abc import Iterator

import pytest

from tests.crash.stand import Stand


@pytest.fixture(scope="session")
def shared_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    made = Stand(tmp_path_factory.mktemp("crash"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def stand(shared_stand: Stand) -> Stand:
    shared_stand.refresh()
    return shared_stand
