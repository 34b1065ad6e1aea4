"""The page, the schemas and the vectors say the same: nothing named in one is missing in another.

What the two halves make of the vectors is tested beside each half; here only the contract is held together. That the vectors can be made
again is shown in ``test_vectors_made_again.py``.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from referencing import Registry, Resource

HERE = Path(__file__).parent
SCHEMAS = HERE / "schema"
VECTORS = HERE / "vectors"
PAGE = (HERE.parents[1] / "docs" / "protocol.md").read_text(encoding="utf-8")

Json = dict[str, Any]


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


INDEX: Json = load(SCHEMAS / "index.json")
FILES = {path.name: load(path) for path in SCHEMAS.glob("*.schema.json")}
REGISTRY: Registry[Any] = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in FILES.values()])


def check(file: str, message: object) -> None:
    Draft202012Validator(FILES[file], registry=REGISTRY).validate(message)


def vector(name: str) -> Json:
    content: Json = load(VECTORS / f"{name}.json")
    return content


def strict(text: str) -> Any:
    """JSON by the rules of section 1.1, or ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> Json:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    def never(text: str) -> Any:
        raise ValueError(f"{text} is no integer")

    try:
        return json.loads(text, object_pairs_hook=once, parse_float=never, parse_constant=never)
    except RecursionError:
        raise ValueError("nested too deeply") from None


# --- schemas -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(FILES))
def test_schema_is_valid(file: str) -> None:
    Draft202012Validator.check_schema(FILES[file])


def _objects(schema: Any) -> Iterator[Json]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from _objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _objects(part)


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_object_is_closed_and_complete(file: str) -> None:
    for schema in _objects(FILES[file]):
        if schema == {"type": "object"}:  # `details` of an error depends on its code
            continue
        assert schema["additionalProperties"] is False
        assert sorted(schema["required"]) == sorted(schema["properties"])


def _indexed_files() -> Iterator[str]:
    yield "common.schema.json"
    yield from INDEX["answers"].values()
    for group in ("statements", "events", "http"):
        for entry in INDEX[group].values():
            yield from (value for value in entry.values() if isinstance(value, str) and value.endswith(".schema.json"))


def test_index_names_every_schema_file() -> None:
    assert set(_indexed_files()) == set(FILES)


# --- the page ----------------------------------------------------------------------------------------------------------------------------


def test_purposes_of_the_page_and_of_the_schemas() -> None:
    named = set(re.findall(r"phoneseal\.[a-z_]+\.v\d+", PAGE))
    assert named == set(INDEX["statements"]) | set(INDEX["tags"])


def _events_of_the_page() -> set[str]:
    in_text = set(re.findall(r"`([a-z_]+)` \{", PAGE))
    rows, reading = set(), False
    for line in PAGE.splitlines():
        if line.startswith("| event |"):
            reading = True
        elif reading and (row := re.match(r"\| `([a-z_]+)` \|", line)):
            rows.add(row[1])
        elif not line.startswith("|"):
            reading = False
    return in_text | rows


def test_events_of_the_page_and_of_the_schemas() -> None:
    said_without_braces = {"unpair"}
    assert "`unpair` likewise" in PAGE
    assert _events_of_the_page() - set(INDEX["errors_with_details"]) == set(INDEX["events"]) - said_without_braces


def test_endpoints_of_the_page_and_of_the_schemas() -> None:
    named = {f"{method} {path}" for method, path in re.findall(r"`(GET|POST) (/device/[^?`]*)", PAGE)}
    assert named == {entry["endpoint"] for entry in INDEX["http"].values()}


def _braces_after(mark: str) -> Iterator[str]:
    """The text between the braces that follow each place where the mark stands, if they follow soon."""
    for found in re.finditer(re.escape(mark), PAGE):
        start = PAGE.find("{", found.end())
        if start < 0 or start - found.end() > 75 or re.search(r"`phoneseal\.|\|", PAGE[found.end() : start]):
            continue
        depth = 0
        for position in range(start, len(PAGE)):
            depth += {"{": 1, "}": -1}.get(PAGE[position], 0)
            if depth == 0:
                yield PAGE[start + 1 : position]
                break


def _fields(braces: str) -> set[str]:
    flat, depth = "", 0
    for letter in braces:
        depth += {"{": 1, "[": 1, "(": 1}.get(letter, 0)
        flat += letter if depth == 0 else ""
        depth -= {"}": 1, "]": 1, ")": 1}.get(letter, 0)
    return {name[0] for part in flat.split(",") if (name := re.match(r"[a-z_0-9]+", part.strip()))}


@pytest.mark.parametrize("purpose", sorted(INDEX["statements"]))
def test_fields_of_a_body_are_those_of_the_page(purpose: str) -> None:
    said = [_fields(braces) for braces in _braces_after(f"`{purpose}`")]
    if purpose in ("phoneseal.outcome.v1", "phoneseal.approval.v1", "phoneseal.envelope.v1", "phoneseal.unpair.v1"):
        mark = {
            "phoneseal.outcome.v1": "### 4.6 Outcome: `phoneseal.outcome.v1`\n",
            "phoneseal.approval.v1": "Approval body:",
            "phoneseal.envelope.v1": "by the server, one per request and device\n",
            "phoneseal.unpair.v1": "`phoneseal.freeze.v1`",
        }[purpose]
        said = [_fields(braces) for braces in _braces_after(mark)]
    assert said, "the page does not list the fields"
    assert said[0] == set(FILES[INDEX["statements"][purpose]["body"]]["properties"])


def test_states_end_results_and_algorithms_are_those_of_the_page() -> None:
    shared = FILES["common.schema.json"]["$defs"]
    states = re.search(r"<!-- states:begin.*?states:end -->", PAGE, re.S)
    assert states
    assert re.findall(r"^\| ([A-Z]+) \|", states[0], re.M) == shared["state"]["enum"]
    results = re.search(r"^End results: (.*)$", PAGE, re.M)
    assert results
    assert re.findall(r"`([a-z_]+)`", results[1]) == shared["end_result"]["enum"]
    assert set(re.findall(r"^\| `((?:rsa|ecdsa)_[a-z0-9_]+)` \| (?:RSA|P-)", PAGE, re.M)) == set(shared["signature_algorithm"]["enum"])


# --- vectors against schemas -------------------------------------------------------------------------------------------------------------

MESSAGES = vector("messages")
VALID = vector("statements_valid")["cases"]
INVALID = vector("statements_invalid")["cases"]


def test_examples_cover_every_message() -> None:
    assert {example["event"] for example in MESSAGES["events"]} == set(INDEX["events"])
    assert {example["http"] for example in MESSAGES["http"]} == {name for name, entry in INDEX["http"].items() if entry["answer"]}


@pytest.mark.parametrize("example", [*MESSAGES["events"], *MESSAGES["http"]], ids=lambda example: example.get("event") or example["http"])
def test_examples_pass_their_schemas(example: Json) -> None:
    entry = INDEX["events"][example["event"]] if "event" in example else INDEX["http"][example["http"]]
    for side in ("request", "answer"):
        if entry[side] is None:
            assert example[side] is None
        else:
            check(entry[side], example[side])


def test_errors_pass_their_schemas() -> None:
    for error in MESSAGES["errors"]:
        check(INDEX["answers"]["error"], error)
    for problem in MESSAGES["problems"]:
        check(INDEX["answers"]["problem"], problem)


def test_every_purpose_has_a_valid_statement() -> None:
    assert {case["purpose"] for case in VALID} == set(INDEX["statements"])


def _every_statement(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if set(value) == {"purpose", "key_id", "body", "signature"}:
            yield value
        for part in value.values():
            yield from _every_statement(part)
    elif isinstance(value, list):
        for part in value:
            yield from _every_statement(part)


@pytest.mark.parametrize("name", ["statements_valid", "request_flow", "messages"])
def test_valid_statements_pass_their_schemas(name: str) -> None:
    found = list(_every_statement(vector(name)))
    assert len(found) > 10
    for statement in found:
        entry = INDEX["statements"][statement["purpose"]]
        check(entry["statement"], statement)
        body = strict(statement["body"])
        check(entry["body"], body)
        assert len(statement["body"].encode()) <= entry["body_limit"]


@pytest.mark.parametrize("case", INVALID, ids=lambda case: f"{case['layer']}: {case['reason']}")
def test_invalid_statements_break_what_they_say(case: Json) -> None:
    entry, statement = INDEX["statements"][case["purpose"]], case["statement"]
    layer = case["layer"]
    if layer == "wrapper":
        with pytest.raises(ValidationError):
            check(entry["statement"], statement)
        return
    if layer == "purpose":
        assert statement["purpose"] != case["purpose"]
        return
    if layer == "json":
        with pytest.raises(ValueError):
            strict(statement["body"])
        return
    body = strict(statement["body"])
    if layer == "body":
        with pytest.raises(ValidationError):
            check(entry["body"], body)
    else:
        check(entry["body"], body)


@pytest.mark.parametrize("item", [*vector("items")["items"], *vector("request_flow")["manifest"]["items"]])
def test_items_pass_their_schema(item: Json) -> None:
    check("item.schema.json", item.get("item", item))


def test_identifiers_base64url_and_text_agree_with_the_schemas() -> None:
    shared = FILES["common.schema.json"]
    prefixes = {"sr": "request_id", "it": "item_id", "dev": "device_id", "cr": "credential_id", "sub": "subscriber_id",
                "rp": "relying_party_id", "pa": "pairing_id", "doc": "document_id", "usr": "user_id", "srv": "server_id",
                "blk": "block_id"}  # fmt: skip
    for prefix in prefixes:
        assert f"`{prefix}_`" in PAGE

    def passes(definition: str, value: str) -> bool:
        schema = {"$ref": f"{shared['$id']}#/$defs/{definition}"}
        return bool(Draft202012Validator(schema, registry=REGISTRY).is_valid(value))

    for case in vector("identifiers")["valid"]:
        assert passes(prefixes[case["prefix"]], case["id"])
    for case in vector("identifiers")["invalid"]:
        assert not passes(prefixes[case["prefix"]], case["id"]), case["reason"]
    for text in vector("text")["valid"]:
        assert passes("name", text)
        assert unicodedata.is_normalized("NFC", text)
    for case in vector("text")["invalid"]:
        assert not passes("name", case["text"]) or not unicodedata.is_normalized("NFC", case["text"]), case["reason"]


def test_a_wake_up_has_the_length_of_the_page_and_endpoints_have_their_form() -> None:
    wake_up = vector("wake_up")
    said = re.search(r"\(so (\d+) bytes in all\)", PAGE)
    assert said
    assert len(bytes.fromhex(wake_up["wake_up"]["body_hex"])) == int(said[1])
    for endpoint in [*wake_up["endpoints"]["allowed"], *(case["endpoint"] for case in wake_up["endpoints"]["refused"])]:
        subscription = {**wake_up["subscription"], "endpoint": endpoint}
        check("event.set_push.request.schema.json", {"subscription": subscription})
    for endpoint in ["", "https://push.example.net/" + "x" * 976, "https://push.example.net/é", "https://push.example.net/ x"]:
        with pytest.raises(ValidationError):
            check("event.set_push.request.schema.json", {"subscription": {**wake_up["subscription"], "endpoint": endpoint}})
