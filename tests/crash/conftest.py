"""One server and one phone for a module's tests; both outlive many deaths."""

from collections.abc import Iterator

import pytest

from tests.crash.stand import Stand


@pytest.fixture(scope="module")
def module_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    made = Stand(tmp_path_factory.mktemp("crash"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def stand(module_stand: Stand) -> Stand:
    module_stand.refresh()
    return module_stand
