"""A phone for each test: Android 15 with StrongBox and a finger, unless the test says otherwise."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fake_android import Screen, android
from fake_java import FakeJava
from fake_keystore import Phone

from mobile_app.device.profile import Profile


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def sdk() -> int:
    return 35


@pytest.fixture
def java(phone: Phone, screen: Screen, sdk: int) -> Iterator[FakeJava]:
    with android(phone, screen, sdk) as running:
        yield running


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    kept = Profile(tmp_path / "profile")
    yield kept
    kept.close()
