"""Relying parties on a real server, over TCP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.api.api_caller import PREFIX, Caller
from tests.server_process import Person, ServerProcess


def describe(server: ServerProcess) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{server.url}{PREFIX}/openapi.json", timeout=30).json()
    return found


def new_caller(server: ServerProcess, description: dict[str, Any], scopes: tuple[str, ...]) -> Caller:
    party = server.app.parties.add("Công ty Minh Tú")
    key = server.app.parties.add_key(party.relying_party_id, "tests", scopes)
    return Caller(server, key, party.relying_party_id, description)


@pytest.fixture(scope="module")
def description(running_server: ServerProcess) -> dict[str, Any]:
    return describe(running_server)


@pytest.fixture
def make_caller(running_server: ServerProcess, description: dict[str, Any]) -> Callable[..., Caller]:
    """``make_caller(*scopes)``: another relying party with a key of its own, all scopes by default."""

    def make(*scopes: str) -> Caller:
        return new_caller(running_server, description, scopes or ("documents", "sign-requests"))

    return make


@pytest.fixture
def caller(make_caller: Callable[..., Caller]) -> Caller:
    return make_caller()


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("phone") / "profile"


@pytest.fixture(scope="module")
def person(running_server: ServerProcess, profile: Path) -> Person:
    """Somebody with a paired phone."""
    person = running_server.add_person()
    running_server.pair(profile, person, "--algorithm", "ecdsa_p256_sha256")
    return person
