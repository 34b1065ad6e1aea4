"""The wire's readers: every example of the vectors is read, every spoilt one is refused as bad input and never otherwise."""

import contextlib
import copy
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.errors import BadInput
from server.sockets import wire
from tests.unit.server.vector_files import load

Json = dict[str, Any]
READERS: dict[str, Callable[[object], object]] = {
    "hello": wire.read_hello,
    "prove": lambda message: wire.only_statement(message, "statement"),
    "waiting": wire.read_empty,
    "opened": wire.read_opened,
    "choose_code": wire.read_choice,
    "pin_challenge": wire.read_empty,
    "release_share": wire.read_release,
    "change_pin": wire.read_change_pin,
    "approve": wire.read_approval,
    "refuse": wire.read_refusal,
    "signatures": wire.read_signatures,
    "resume": wire.read_resume,
    "approve_device": lambda message: wire.only_statement(message, "statement"),
    "freeze": lambda message: wire.only_statement(message, "statement"),
    "unpair": lambda message: wire.only_statement(message, "statement"),
    "finish_pin_change": wire.read_finish_pin_change,
    "devices": wire.read_empty,
    "blocked": wire.read_empty,
    "block": lambda message: wire.only_statement(message, "statement"),
    "unblock": lambda message: wire.only_statement(message, "statement"),
    "push_gateway": wire.read_empty,
    "set_push": wire.read_set_push,
    "pairing_check": wire.read_check,
    "pairing_begin": wire.read_begin,
    "pairing_reveal": wire.read_reveal,
    "pairing_status": wire.read_status,
}


def examples() -> Iterator[tuple[str, Json]]:
    vector = load("messages")
    for example in itertools.chain(vector["events"], vector["http"]):
        name = example.get("event") or example["http"]
        if name in READERS and example["request"] is not None:
            message = copy.deepcopy(example["request"])
            if name == "signatures":  # a binary attachment: its placeholder stands in the vectors
                message["values"] = bytes.fromhex(load("request_flow")["values_hex"])
            yield name, message


EXAMPLES = list(examples())
IDS = [f"{name}{number}" for number, (name, _) in enumerate(EXAMPLES)]


def test_there_is_an_example_for_every_reader() -> None:
    assert {name for name, _ in EXAMPLES} == set(READERS)


@pytest.mark.parametrize(("name", "message"), EXAMPLES, ids=IDS)
def test_examples_are_read(name: str, message: Json) -> None:
    READERS[name](message)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a message, its root too."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*path, index))


def put(message: Json, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(message)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def spoilt(message: Json) -> Iterator[Any]:
    """Fields dropped and added, values of other types, and values that are too long, at every place."""
    for path in places(message):
        at: Any = message
        for step in path:
            at = at[step]
        if isinstance(at, dict):
            yield put(message, path, {**at, "extra": 1})
            for key in at:
                yield put(message, path, {k: v for k, v in at.items() if k != key})
        for other in (None, True, 1.5, -1, "", [], {}, b"", 2**53, "x" * 600_000, "\x00", "é" * 65, ["x"] * 9):
            if type(other) is not type(at) or isinstance(at, int | str | bytes):
                yield put(message, path, other)


FREE = {
    ("hello", "app_version"),
    ("hello", "platform"),
    ("pairing_check", "code"),
    ("pairing_begin", "code"),
    ("pairing_begin", "device_name"),
    ("pairing_begin", "platform"),
    ("pairing_begin", "app_version"),
    ("pairing_reveal", "signature_algorithm"),
    ("pairing_reveal", "key_protection"),
    ("hello", "key_counter"),
}
"""Fields whose form the reader leaves to what comes after it; their length and type it checks all the same."""


def may_pass(name: str, message: Json, changed: Any) -> bool:
    """Changes that leave a message in its form: other text in a free field, other bytes, a statement whose content is wrong."""
    if not isinstance(changed, dict) or set(changed) != set(message):
        return False
    different = [field for field in message if changed[field] != message[field]]
    for field in different:
        old, new = message[field], changed[field]
        if (name, field, new) == ("set_push", "subscription", None):
            return True
        if type(new) is not type(old):
            return False
        if (name, field) in FREE and (not isinstance(new, str) or 0 < len(new) <= 64):
            return True
        if isinstance(new, dict) and {"purpose", "body"} <= set(old) and set(new) == set(old):
            return all(isinstance(part, str) for part in new.values())
        if name == "pairing_reveal" and field in ("device_key", "approval_key", "csr") and new == "":
            return True
        if isinstance(new, dict) and field == "proofs" and set(new) == set(old) and "" in new.values():
            return True
        if name == "pairing_status" and field == "proof" and new == "":
            return True
        if name == "signatures" and field == "values" and new == b"":
            return True
    return not different


@pytest.mark.parametrize(("name", "message"), EXAMPLES, ids=IDS)
def test_spoilt_messages_are_bad_input_and_nothing_else(name: str, message: Json) -> None:
    count = 0
    for changed in spoilt(message):
        try:
            READERS[name](changed)
        except BadInput as error:
            assert error.code in ("bad_message", "message_too_large", "version_unsupported")  # noqa: PT017
            count += 1
        else:
            assert may_pass(name, message, changed), repr(changed)[:500]
    assert count > 10


@pytest.mark.parametrize(("name", "message"), EXAMPLES, ids=IDS)
def test_random_letters_raise_nothing_else(name: str, message: Json) -> None:
    """Seeded: each text is changed in some places, to letters of every kind."""
    dice = random.Random(f"{name}-7")
    letters = 'aZ09-_=+/ \n\x00\u202eÉ\ud800😀{}"\\'
    paths = [path for path in places(message) if path]
    for _ in range(200 if paths else 1):
        changed: Any = message
        for path in dice.sample(paths, min(len(paths), 2)):
            at: Any = message
            for step in path:
                at = at[step]
            if isinstance(at, str) and at:
                text = list(at)
                for _ in range(dice.randint(1, 3)):
                    text[dice.randrange(len(text))] = dice.choice(letters)
                changed = put(changed, path, "".join(text))
        with contextlib.suppress(BadInput):
            READERS[name](changed)


@pytest.mark.parametrize("message", [None, 1, "x", [], b"", True, [1, 2], {"": 0}])
@pytest.mark.parametrize("name", sorted(READERS))
def test_what_is_no_message_at_all(name: str, message: object) -> None:
    with pytest.raises(BadInput):
        READERS[name](message)


def test_versions_are_one_to_eight_different_ones() -> None:
    hello = next(message for name, message in EXAMPLES if name == "hello")
    wire.read_hello(hello | {"versions": [1, 2, 3, 4, 5, 6, 7, 8]})
    for versions in ([], [1, 1], list(range(1, 10)), [0, 1], ["1"], [1, True]):
        with pytest.raises(BadInput) as caught:
            wire.read_hello(hello | {"versions": versions})
        assert caught.value.code == "bad_message", versions
    with pytest.raises(BadInput) as caught:
        wire.read_hello(hello | {"versions": [2, 3]})
    assert (caught.value.code, caught.value.details) == ("version_unsupported", {"versions": [1]})


def test_an_approval_may_be_larger_than_other_statements() -> None:
    approve = next(message for name, message in EXAMPLES if name == "approve")
    refuse = next(message for name, message in EXAMPLES if name == "refuse")
    padded = " " * 70_000
    wire.read_approval(put(approve, ("approval", "body"), approve["approval"]["body"] + padded))
    with pytest.raises(BadInput) as caught:
        wire.read_refusal(put(refuse, ("refusal", "body"), refuse["refusal"]["body"] + padded))
    assert caught.value.code == "message_too_large"


def test_errors_go_out_without_what_is_inside() -> None:
    assert wire.internal_answer() == {"error": {"code": "internal", "message": "", "details": {}}}
    answer = wire.error_answer(BadInput("x" * 900, code="bad_message", details={"limit": 3}))
    assert answer == {"error": {"code": "bad_message", "message": "x" * 500, "details": {"limit": 3}}}
