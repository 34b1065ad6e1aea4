"""A server with one user and two paired phones, made once and copied for each test."""

import copy
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from server.config import Config
from server.users.user import User
from tests.unit.server.builders import PASSWORD, HandClock, Phone, new_installation, open_app
from tests.unit.server.pairing_kit import NewPhone, pair
from tests.unit.server.world import World


@dataclass(frozen=True)
class Template:
    folder: Path
    user: User
    phones: tuple[Phone, ...]
    clock_at: float


@pytest.fixture(scope="session")
def memory_folder() -> Iterator[Path]:
    """Files in memory where the system has room for them: these tests show what is written, not that it survives a power cut."""
    shared = "/dev/shm"
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 256 << 20
    with tempfile.TemporaryDirectory(prefix="phoneseal-", dir=shared if roomy else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template(memory_folder: Path) -> Template:
    folder = memory_folder / "template"
    clock = HandClock()
    app = open_app(new_installation(folder, clock), clock)
    user = app.log_in.add_user("an", PASSWORD, "Nguyễn Thị Lấp Lánh Ánh", "an@example.vn")
    assert user.subscriber_id is not None
    first = pair(app, user.subscriber_id, NewPhone("Điện thoại 1"))
    clock.advance(1)
    second = pair(app, user.subscriber_id, NewPhone("Điện thoại 2"), first)
    app.store.checkpoint()
    app.store.close()
    return Template(folder, user, (first, second), clock.now())


@pytest.fixture
def make_world(template: Template, memory_folder: Path) -> Iterator[Callable[..., World]]:
    """Opens a copy of the template; ``phones`` says how many of its two phones are still paired, ``settings`` go into the config."""
    made: list[World] = []

    def make(phones: int = 1, **settings: Any) -> World:
        folder = Path(tempfile.mkdtemp(dir=memory_folder)) / "data"
        shutil.copytree(template.folder, folder)
        config = Config(data_dir=folder, free_disk_bytes=0, workers=1, **settings)
        world = World(config, HandClock(template.clock_at), template.user, copy.copy(template.phones))
        world.phones = [copy.copy(phone) for phone in template.phones]
        made.append(world)
        for phone in world.phones[phones:]:
            world.app.end_device.unpair(phone.device_id, "test")
        world.phones = world.phones[:phones]
        with world.app.store.write() as tx:
            tx.outbox.delivered([message.message_id for message in tx.outbox.waiting(1000)])
        return world

    yield make
    for world in made:
        world.close()
        shutil.rmtree(world.config.data_dir.parent)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """One phone."""
    return make_world(1)


@pytest.fixture
def two_phones(make_world: Callable[..., World]) -> World:
    return make_world(2)


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


@pytest.fixture
def empty(make_world: Callable[..., World]) -> World:
    """A subscriber who never had a phone."""
    world = make_world(1)
    world.user = world.app.log_in.add_user("moi", PASSWORD, "Người Mới", "")
    world.phones = []
    return world
