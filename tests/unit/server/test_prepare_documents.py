"""Preparing and offering: a bad document fails alone, what phones are shown is whole, and a lease that ran out changes nothing."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.documents.document import Document
from server.errors import Unprocessable
from server.pdf import checker_version
from server.pdf.adapters import StampingPreparer
from server.pdf.checker_version import CHECKER_VERSION
from server.signing.manifest import ManifestBuilder
from server.signing.prepare_documents import PrepareDocuments
from server.signing.sign_request import Placement, SignRequest, State
from tests.unit.server.builders import KnownDocuments, a_pdf, body_of, code_of
from tests.unit.server.pairing_kit import NewPhone, pair
from tests.unit.server.world import World

BAD = b"%PDF-1.7\nnothing that anybody could follow\n%%EOF\n"


def with_bad_ones(world: World, pattern: str) -> SignRequest:
    """``b`` stands for a document that can't be prepared, ``g`` for a good one; each has its letter and place as title."""
    documents = [
        world.document(BAD if letter == "b" else a_pdf(), title=f"{letter}{index}")
        for index, letter in enumerate(pattern)
    ]
    return world.app.queue_request(world.wanted(documents))


def test_prepared_documents_are_stored_with_their_digests(world: World) -> None:
    request = world.offered(2)
    for item in world.items(request):
        original = world.app.blobs.read("documents", item.source_sha256)
        content = world.app.blobs.read(f"prepared/{request.request_id}", item.prepared_sha256 or "")
        assert hashlib.sha256(content).hexdigest() == item.prepared_sha256
        assert len(content) == item.prepared_length
        assert content.startswith(original)
        start, first, second, last = item.byte_range or (0, 0, 0, 0)
        assert (start, second + last) == (0, len(content))
        assert item.digest_sha256 == hashlib.sha256(content[:first] + content[second:]).digest()
        assert item.digest_sha384 is None


def test_each_digest_that_a_phone_signs_over_is_made(world: World) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    phone = NewPhone("P-384", algorithm="ecdsa_p384_sha384", signing_key=key)
    world.phones.append(pair(world.app, world.subscriber_id, phone, world.phone))
    request = world.offered()
    [item] = world.items(request)
    assert (len(item.digest_sha256 or b""), len(item.digest_sha384 or b"")) == (32, 48)
    roots = {phone.name: world.offer(request, phone).manifest_root for phone in world.phones}
    assert len(set(roots.values())) == 2, "attributes and so the root differ from phone to phone"
    world.choose(request, world.phones[1])
    world.approve(request, world.phones[1])
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED


@pytest.mark.parametrize("pattern", ["gb", "bg", "gbg", "bbggb", "gggbg"])
def test_a_bad_document_fails_alone(world: World, pattern: str) -> None:
    request = with_bad_ones(world, pattern)
    world.work()
    good = pattern.count("g")
    assert world.state(request) is State.QUEUED
    assert world.item_states(request) == ["PREPARED"] * good + ["FAILED"] * (len(pattern) - good)
    assert all(item.end_result == "document_refused" and item.reason for item in world.items(request)[good:])
    shown = world.app.fetch_documents.manifest(request.request_id, world.phone.device_id, 0, 500)
    assert [item["position"] for item in shown["items"]] == list(range(good)), "phones refuse gaps"
    assert [item["title"] for item in shown["items"]] == [f"g{i}" for i, letter in enumerate(pattern) if letter == "g"]
    assert body_of(world.offer(request).envelope)["item_count"] == good


@pytest.mark.parametrize("pattern", ["bg", "gbg"])
def test_the_good_documents_of_a_batch_are_signed(world: World, pattern: str) -> None:
    request = with_bad_ones(world, pattern)
    world.work()
    world.choose(request)
    world.approve(request)
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED
    assert {item.title: str(item.state) for item in world.items(request)} == {
        f"{letter}{index}": "SIGNED" if letter == "g" else "FAILED" for index, letter in enumerate(pattern)
    }


def test_a_batch_of_bad_documents_fails(world: World) -> None:
    request = with_bad_ones(world, "bb")
    world.work()
    after = world.read(request)
    assert (after.state, after.end_result) == (State.FAILED, "document_refused")
    assert world.item_states(request) == ["FAILED", "FAILED"]
    assert world.app.push_request.waiting(world.phone.device_id) == []


def test_manifest_pages_and_bundles_go_on_where_they_stopped(world: World) -> None:
    request = with_bad_ones(world, "gbgbg")
    world.work()
    fetch, device_id = world.app.fetch_documents, world.phone.device_id
    seen, at = [], 0
    while at is not None:
        page = fetch.manifest(request.request_id, device_id, at, 1)
        seen += [item["position"] for item in page["items"]]
        at = page["next"]
    assert seen == [0, 1, 2]
    assert [part.position for part in fetch.bundle(request.request_id, device_id, 1, 50)] == [1, 2]
    assert code_of(fetch.bundle, request.request_id, device_id, 3, 50) == "item_unknown"
    assert code_of(fetch.bundle, request.request_id, device_id, 0, 51) == "count_invalid"
    assert code_of(fetch.manifest, request.request_id, device_id, 0, 501) == "count_invalid"
    failed = world.items(request)[-1]
    assert code_of(fetch.document, request.request_id, device_id, failed.item_id) == "item_unknown"


def test_a_bundle_stops_at_two_mebibytes(world: World) -> None:
    request = world.app.queue_request(world.wanted([world.document(a_pdf(padding=900 << 10)) for _ in range(3)]))
    world.work()
    fetch, device_id = world.app.fetch_documents, world.phone.device_id
    assert [part.position for part in fetch.bundle(request.request_id, device_id, 0, 50)] == [0, 1]
    assert [part.position for part in fetch.bundle(request.request_id, device_id, 2, 50)] == [2]


def test_a_bundle_holds_at_least_one_document(world: World) -> None:
    request = world.app.queue_request(world.wanted([world.document(a_pdf(padding=(2 << 20) + 1)), world.document()]))
    world.work()
    parts = world.app.fetch_documents.bundle(request.request_id, world.phone.device_id, 0, 50)
    assert [(part.position, part.length) for part in parts] == [(0, world.items(request)[0].prepared_length)]


def test_only_the_phone_that_was_asked_may_fetch(two_phones: World) -> None:
    world = two_phones
    request = world.queue()
    first, second = (phone.device_id for phone in world.phones)
    fetch, request_id = world.app.fetch_documents, request.request_id
    assert code_of(fetch.manifest, request_id, first, 0, 1) == "request_unknown"
    world.work()
    item_id = world.items(request)[0].item_id
    assert fetch.document(request_id, second, item_id).exists()
    world.choose(request)
    world.approve(request)
    for ask in (
        lambda device_id: fetch.manifest(request_id, device_id, 0, 1),
        lambda device_id: fetch.bundle(request_id, device_id, 0, 1),
        lambda device_id: fetch.document(request_id, device_id, item_id),
    ):
        ask(first)
        assert code_of(ask, second) == "request_over"
    world.send(request)
    world.work()
    assert code_of(fetch.manifest, request_id, first, 0, 1) == "request_over"


def test_an_item_of_another_request_is_not_given(world: World) -> None:
    ours, theirs = world.offered(), world.offered()
    item_id = world.items(theirs)[0].item_id
    assert (
        code_of(world.app.fetch_documents.document, ours.request_id, world.phone.device_id, item_id) == "item_unknown"
    )


def test_envelope_says_what_is_asked(world: World) -> None:
    request = world.offered(3, requested_by="Trần Văn Bình")
    offer = world.offer(request)
    fields = body_of(offer.envelope)
    with world.app.store.read() as tx:
        credential = tx.devices.credential(world.phone.credential_id)
    items = world.items(request)
    assert fields["manifest_root"] == ManifestBuilder(credential).root(items).hex()
    assert fields["total_bytes"] == sum(item.prepared_length for item in items)
    assert (fields["item_count"], fields["total_pages"]) == (3, 3)
    assert fields["requested_by"] == "Trần Văn Bình"
    assert fields["verification_codes"] == list(request.verification_codes)
    assert fields["expires_at"] == int(request.expires_at * 1000)
    assert offer.envelope_sha256 == offer.envelope.digest.hex()
    assert world.messages("push") == [("push", request.request_id, {"device_id": world.phone.device_id})]


def test_a_late_phone_is_offered_what_waits(two_phones: World) -> None:
    world = two_phones
    second = world.phones[1]
    world.app.end_device.freeze(second.device_id, "test")
    request = world.offered()
    assert code_of(world.offer, request, second) == "request_unknown"
    world.app.end_device.thaw(second.device_id, "test")
    world.app.push_request.want_offers(second.device_id)
    world.app.push_request.want_offers(second.device_id)
    world.work()
    assert json.loads(world.offer(request, second).envelope.body)["device_id"] == second.device_id
    assert [body["device_id"] for _, _, body in world.messages("push")] == [p.device_id for p in world.phones]


# --- judged by an older version ---------------------------------------------------------------------------------------------------


def judged_anew(world: World, verdict: Callable[[Document], Document]) -> None:
    """The worker's checker is another one than that which judged the documents."""
    app = world.app
    judge = KnownDocuments("newer", lambda document: replace(verdict(document), checked_by="newer"))
    world.steps["prepare_items"] = PrepareDocuments(app.store, app.blobs, judge, StampingPreparer(), app.clock, app.nudge)


def test_a_document_that_another_checker_judged_is_judged_anew_once(world: World) -> None:
    looked: list[str] = []
    judged_anew(world, lambda document: looked.append(document.document_id) or replace(document, findings=("layers",)))  # type: ignore[func-returns-value]
    request = world.offered(2)
    items = world.items(request)
    assert looked == [item.document_id for item in items]
    assert {item.findings for item in items} == {("layers",)}
    assert {world.read_document(item.document_id).checked_by for item in items} == {"newer"}
    world.app.cancel_request(request.request_id, "test")
    with world.app.store.read() as tx:
        documents = tx.documents.many([item.document_id for item in items])
    world.app.queue_request(world.wanted(documents))
    world.work()
    assert len(looked) == 2


def test_what_is_rewritten_then_is_what_the_phone_is_shown(world: World) -> None:
    other = a_pdf(pages=2)
    [sha256] = world.app.blobs.write_group("documents", [other])

    def rewritten(document: Document) -> Document:
        return replace(document, current_sha256=sha256, current_length=len(other), pages=2, repairs=("comments",))

    judged_anew(world, rewritten)
    request = world.offered(1)
    [item] = world.items(request)
    assert (item.source_sha256, item.source_length, item.pages) == (sha256, len(other), 2)
    assert world.app.blobs.read(f"prepared/{request.request_id}", item.prepared_sha256 or "").startswith(other)
    document = world.read_document(item.document_id)
    assert (document.current_sha256, document.repairs) == (sha256, ("comments",))
    assert "document_rewritten" in world.audit_kinds(document.document_id)
    shown = world.app.fetch_documents.manifest(request.request_id, world.phone.device_id, 0, 9)["items"]
    assert (shown[0]["original_sha256"], shown[0]["pages"]) == (sha256, 2)


def test_what_is_not_taken_any_more_fails_alone_and_stays(world: World) -> None:
    """Nothing of it is lost: the document is there as it was, and would be judged again."""
    bad = world.document(title="bad")

    def verdict(document: Document) -> Document:
        if document.document_id == bad.document_id:
            raise Unprocessable("no", code="pdf_signed_bad_structure")
        return document

    judged_anew(world, verdict)
    request = world.app.queue_request(world.wanted([bad, world.document(title="good")]))
    world.work()
    assert world.state(request) is State.QUEUED
    ends = {item.title: (item.state, item.end_result, item.reason) for item in world.items(request)}
    assert ends["bad"] == ("FAILED", "document_refused", "pdf_signed_bad_structure")
    assert ends["good"][0] == "PREPARED"
    after = world.read_document(bad.document_id)
    assert (after.state, after.current_sha256, after.checked_by) == (bad.state, bad.current_sha256, bad.checked_by)


def test_a_place_that_is_no_more_is_not_offered(world: World) -> None:
    judged_anew(world, lambda document: replace(document, page_boxes=((100.0, 100.0),)))
    request = world.app.queue_request(world.wanted([world.document()], Placement(0, 300, 100, 480, 160)))
    world.work()
    assert world.read(request).end_result == "document_refused"
    assert [item.reason for item in world.items(request)] == ["placement_invalid"]


def test_the_checkers_name_follows_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checker_version._version() == CHECKER_VERSION
    copy = tmp_path / "server" / "pdf"
    shutil.copytree(Path(checker_version.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(checker_version.__file__).parents[1] / "document_limits.py", copy.parent)
    monkeypatch.setattr(checker_version, "_HERE", copy)
    seen = {checker_version._version()}
    assert seen == {CHECKER_VERSION}
    for name in ("grammar/judge.py", "content/judge.py", "inspect_pages.py", "rewrite.py", "../document_limits.py"):
        (copy / name).write_text((copy / name).read_text() + "# other\n")
        seen.add(checker_version._version())
    assert len(seen) == 6
