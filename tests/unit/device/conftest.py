"""Fixtures of the phone's unit tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.device.phone_kit import Kit


@pytest.fixture
def unpaired(tmp_path: Path) -> Iterator[Kit]:
    kit = Kit(tmp_path / "profile")
    yield kit
    kit.phone.close()


@pytest.fixture
def kit(unpaired: Kit) -> Kit:
    """A paired phone, online."""
    unpaired.pair()
    unpaired.online()
    return unpaired
