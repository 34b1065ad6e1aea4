"""Demos that are ended whatever happens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.demo.demo_kit import Demo


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the demo's programs make temporary files: empty again when all is well."""
    return tmp_path / "temporary"


@pytest.fixture
def start_demo(temporary: Path) -> Iterator[Callable[..., Demo]]:
    made: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        made.append(Demo(temporary, *arguments, **environment))
        return made[-1]

    yield start
    for demo in made:
        demo.clean_up()
