"""Everything that a server, or somebody on the way, may falsify in a request: the phone refuses it, says so, and signs nothing."""

import hashlib
import json

import pytest

from mobile_app.device.interaction import Approve, Mismatch
from mobile_app.device.request_checks import documents as document_fetching
from tests.unit.device.fake_server import attributes_of, b64, body_of, new_id, unb64
from tests.unit.device.phone_kit import Kit, wait_for
from tests.unit.device_checks.document_forge import Forge


def signed_nothing(kit: Kit) -> bool:
    return "approve" not in kit.server.seen and "signatures" not in kit.server.seen


def refused_with(kit: Kit, request, code: str, positions: str = "") -> None:
    """The request ended as ``document_mismatch`` with the check's code (and where), signed, and the person was warned."""
    result = kit.person.result()
    assert result.end_result == "document_mismatch"
    said = body_of(request.refusal)
    assert (said["end_result"], said["detail"]) == ("document_mismatch", f"{code} {positions}".strip())
    assert kit.person.warnings.get(timeout=20).code == code
    assert kit.person.views == []
    assert signed_nothing(kit)


# -- envelope ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["server_id", "subscriber_id", "device_id", "credential_id", "certificate_sha256"])
def test_an_envelope_for_somebody_else(kit: Kit, name: str):
    kinds = {"server_id": "srv", "subscriber_id": "sub", "device_id": "dev", "credential_id": "cr"}
    other = new_id(kinds[name]) if name in kinds else "0" * 64
    kit.offer(kit.server.ask(**{name: other}))
    warning = kit.person.warnings.get(timeout=20)
    assert (warning.code, warning.details["what"]) == ("envelope_not_ours", name)
    assert kit.phone.pending() == []


def test_an_envelope_by_another_key(kit: Kit):
    other = kit.server.recovery
    request = kit.server.ask()
    request.envelope = kit.server.say("envelope", {**body_of(request.envelope)}, other)
    kit.offer(request)
    assert kit.person.warnings.get(timeout=20).code == "server_key_unknown"
    assert kit.phone.pending() == []


def test_an_envelope_changed_on_the_way(kit: Kit):
    request = kit.server.ask()
    request.envelope["body"] = request.envelope["body"].replace("Trần Văn Bình", "Trần Văn Minh")
    kit.offer(request)
    assert kit.person.warnings.get(timeout=20).code == "statement_signature_invalid"
    assert kit.phone.pending() == []


def test_an_envelope_with_an_unknown_field(kit: Kit):
    kit.offer(kit.server.ask(note="nothing"))
    assert kit.person.warnings.get(timeout=20).code == "statement_malformed"


def test_an_envelope_that_lives_too_long(kit: Kit):
    request = kit.server.ask(expires_at=kit.server.ms() + 25 * 3600 * 1000)
    kit.offer(request)
    refused_with(kit, request, "envelope_times_wrong")


def test_an_envelope_from_the_future(kit: Kit):
    request = kit.server.ask(issued_at=kit.server.ms() + 120_000)
    kit.offer(request)
    refused_with(kit, request, "envelope_times_wrong")


def test_equal_verification_codes(kit: Kit):
    request = kit.server.ask(verification_codes=["4711", "0042", "4711"])
    kit.offer(request)
    refused_with(kit, request, "envelope_codes_wrong")


def test_an_envelope_that_ran_out_is_dropped_quietly(kit: Kit):
    kit.offer(kit.server.ask(issued_at=kit.server.ms() - 10_000, expires_at=kit.server.ms() - 1))
    assert kit.phone.pending() == []
    assert kit.person.warnings.empty()


def test_another_envelope_under_the_same_id(kit: Kit):
    kit.person.on_decide = lambda request, attention: attention.wait(60)
    request = kit.server.ask()
    kit.offer(request)
    wait_for(kit.person.asked.is_set)
    body = {**body_of(request.envelope), "requested_by": "Ai khác"}
    body.pop("version")
    kit.links.push("sign_request", kit.server.say("envelope", body))
    kit.server.finish(request, "CANCELLED", "cancelled")
    kit.links.push("withdrawn", kit.server.withdrawal(request, "cancelled"))
    warning = kit.person.warnings.get(timeout=20)
    assert warning.code == "envelope_changed"
    evidence = kit.phone.evidence(request.request_id)
    assert "Ai khác" not in evidence.statements["envelope"]


def test_the_same_envelope_twice_is_one_request(kit: Kit):
    request = kit.server.ask()
    kit.offer(request)
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    kit.offer(request)
    assert kit.phone.pending() == []
    assert len(kit.person.views) == 1


# -- manifest ---------------------------------------------------------------------------------------


def change(name, value):
    def act(items):
        items[0][name] = value

    return act


def test_a_manifest_that_is_not_the_roots(kit: Kit):
    request = kit.server.ask(2)
    request.items[1]["title"] = "Hợp đồng khác"
    kit.offer(request)
    refused_with(kit, request, "manifest_root_wrong")


@pytest.mark.parametrize("name", ["item_count", "total_pages", "total_bytes"])
@pytest.mark.parametrize("more", [-1, 1])
def test_counts_that_are_not_the_envelopes(kit: Kit, name: str, more: int):
    def falsify(body):
        body[name] += more

    request = kit.server.ask(3, change_body=falsify)
    kit.offer(request)
    result = kit.person.result()
    assert result.end_result == "document_mismatch"
    assert body_of(request.refusal)["detail"] in (
        "manifest_counts_wrong",
        "manifest_positions_wrong",
        "manifest_malformed",
    )
    assert signed_nothing(kit)


@pytest.mark.parametrize(
    ("change_items", "code"),
    [
        (change("position", 1), "manifest_positions_wrong"),
        (change("signature_algorithm", "rsa_pkcs1_sha256"), "manifest_algorithm_wrong"),
        (change("original_length", 100_000), "manifest_items_wrong"),
        (change("note", "x"), "manifest_malformed"),
        (change("title", "Hợp đồng \u202etxt"), "manifest_malformed"),
        (change("findings", ["layers", "attachments"]), "manifest_malformed"),
        (lambda items: items[1].update(item_id=items[0]["item_id"]), "manifest_items_wrong"),
    ],
    ids=["position", "algorithm", "length", "unknown-field", "bidi-title", "unsorted-findings", "item-twice"],
)
def test_items_that_are_not_allowed(kit: Kit, monkeypatch, change_items, code: str):
    import tests.unit.device.fake_server as fake

    monkeypatch.setattr(fake, "record_of", lambda item: json.dumps(item).encode())
    request = kit.server.ask(2, change_items=change_items)
    kit.offer(request)
    refused_with(kit, request, code)


@pytest.mark.parametrize("right", ["view", "initial", "approve"])
def test_another_right_than_to_sign_makes_no_signature(kit: Kit, right: str):
    """The root is right: only what the item says forbids it."""
    request = kit.server.ask(2, change_items=change("processing_right", right))
    kit.offer(request)
    refused_with(kit, request, "manifest_items_wrong")


@pytest.mark.parametrize("days", [366, -1], ids=["expired", "not-yet-valid"])
def test_nothing_is_shown_or_signed_with_a_certificate_that_is_not_valid(kit: Kit, days: int):
    """By the server's clock: the phone's own may be wrong."""
    now = kit.server.now
    kit.server.now = lambda: now() + days * 86_400
    kit.restart()
    kit.online()
    request = kit.server.ask()
    kit.offer(request)
    result = kit.person.result()
    assert (result.end_result, body_of(request.refusal)["detail"]) == ("device_error", "certificate_expired")
    assert kit.person.problems.get(timeout=5)[0] == "certificate_expired"
    assert not kit.person.asked.is_set()
    assert signed_nothing(kit)


def test_a_manifest_page_that_says_a_wrong_next(kit: Kit):
    request = kit.server.ask(2)
    kit.server.spoil["manifest"] = lambda answer: {**answer, "next": 1}
    kit.offer(request)
    refused_with(kit, request, "manifest_positions_wrong")


# -- documents --------------------------------------------------------------------------------------


def test_documents_that_are_not_the_manifests(kit: Kit):
    request = kit.server.ask(2)
    request.documents[1] = request.documents[1].replace(b"1,000 dong", b"9,000 dong")
    kit.offer(request)
    result = kit.person.result()
    assert result.end_result == "document_mismatch"
    warning = kit.person.warnings.get(timeout=20)
    assert (warning.details["position"], warning.details["positions"]) == (1, [1])
    assert body_of(request.refusal)["detail"] == f"{warning.code} 1"
    assert signed_nothing(kit)


def test_a_refusal_names_all_documents_that_failed_alike(kit: Kit):
    """So that the others can be asked for again at once; what failed by another check is found the next time."""
    request = kit.server.ask(6)
    for position in (1, 3, 4):
        request.documents[position] = request.documents[position].replace(b"1,000 dong", b"9,000 dong")
    request.documents[5] = b"%PDF-1.7 nothing of the kind".ljust(len(request.documents[5]))
    kit.offer(request)
    warning = kit.person.warnings.get(timeout=20)
    named = body_of(request.refusal)["detail"]
    assert named == f"{warning.code} 1,3,4"
    assert signed_nothing(kit)


def test_a_refusal_names_as_many_as_the_field_holds(kit: Kit):
    kit.person.decision = Mismatch("document_changed", {"positions": list(range(9_500, 10_000))})
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.result().end_result == "document_mismatch"
    detail = body_of(request.refusal)["detail"]
    assert len(detail) <= 500
    assert detail == "document_changed " + ",".join(str(n) for n in range(9_500, 9_500 + detail.count(",") + 1))
    assert detail.count(",") > 80


def test_a_document_whose_structure_the_phone_cannot_follow(kit: Kit):
    forge = Forge()
    forge.increment[99] = b"<</Type/Whatever>>"
    request = kit.server.ask(documents=[forge.build()])
    kit.offer(request)
    assert kit.person.result().end_result == "document_mismatch"
    assert body_of(request.refusal)["detail"].startswith("doc_")


def test_a_page_count_that_is_not_the_documents(kit: Kit):
    request = kit.server.ask(change_items=change("pages", 2))
    kit.offer(request)
    refused_with(kit, request, "doc_pages_differ", positions="0")


@pytest.mark.parametrize("what", ["digest", "certificate"])
def test_signed_attributes_for_something_else(kit: Kit, what: str):
    def falsify(items):
        certificate = kit.server.device["root" if what == "certificate" else "certificate"]
        items[0]["signed_attributes"] = b64(
            attributes_of(hashlib.sha256(b"other").digest(), certificate, "ecdsa_p256_sha256")
        )

    request = kit.server.ask(change_items=falsify)
    kit.offer(request)
    assert kit.person.result().end_result == "document_mismatch"
    assert signed_nothing(kit)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[:-1],
        lambda body: body[:5],
        lambda body: b"",
        lambda body: (1).to_bytes(4, "big") + body[4:],
    ],
    ids=["cut", "head-cut", "empty", "another-position"],
)
def test_bundles_that_break_the_protocol(kit: Kit, spoil):
    kit.server.spoil["documents"] = spoil
    request = kit.server.ask()
    kit.offer(request)
    refused_with(kit, request, "bundle_malformed")


def test_a_bundle_longer_than_asked_is_not_read(kit: Kit):
    """The link stops reading; the phone asks again, and is never fed more than it asked for."""
    tries = []

    def once(body):
        tries.append(len(body))
        return body + b"x" if len(tries) == 1 else body

    kit.server.spoil["documents"] = once
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    assert len(tries) == 2


def test_big_documents_come_piece_by_piece_and_are_checked(kit: Kit, monkeypatch):
    monkeypatch.setattr(document_fetching, "BUNDLE_BYTES", 1000)
    monkeypatch.setattr(document_fetching, "PIECE_BYTES", 700)
    opened = []
    kit.person.on_decide = lambda request, attention: opened.extend(request.open_document(p) for p in (0, 1))
    request = kit.server.ask(2)
    kit.offer(request)
    assert kit.complete(request).items_signed == 2
    assert opened == request.documents
    falsified = kit.server.ask(1)
    falsified.documents[0] = falsified.documents[0].replace(b"1,000 dong", b"9,000 dong")
    kit.offer(falsified)
    assert kit.person.result().end_result == "document_mismatch"


@pytest.mark.parametrize("code", ["doc_pages_drawn", "document_changed"])
def test_a_document_drawn_as_another_one_than_was_checked(kit: Kit, code: str):
    """Whoever draws it for the person says so in the place of a decision."""
    kit.person.decision = Mismatch(code, {"drawn": 2, "checked": 1})
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.result().end_result == "document_mismatch"
    said = body_of(request.refusal)
    assert (said["end_result"], said["detail"]) == ("document_mismatch", code)
    warning = kit.person.warnings.get(timeout=20)
    assert (warning.code, warning.details["drawn"]) == (code, 2)
    assert signed_nothing(kit)


def test_the_person_is_given_what_drawing_needs(kit: Kit):
    kit.person.on_decide = lambda request, attention: attention.wait(0)
    request = kit.server.ask(2)
    kit.offer(request)
    kit.complete(request)
    for view in kit.person.views[0].documents:
        assert view.stamp is not None
        assert view.stamp.page == 0
        assert 0 < view.stamp.left < view.stamp.right < 1
        assert 0 < view.original_length < view.prepared_length
        assert request.documents[view.position][: view.original_length].rstrip().endswith(b"%%EOF")


def test_too_little_room_is_a_problem_not_a_mismatch(kit: Kit):
    request = kit.server.ask(change_items=change("prepared_length", 1 << 20), total_bytes=4 << 30)
    import shutil

    real = shutil.disk_usage
    try:
        shutil.disk_usage = lambda path: real(path)._replace(free=1 << 20)
        kit.offer(request)
        assert kit.person.problems.get(timeout=20)[0] == "no_space"
    finally:
        shutil.disk_usage = real
    assert len(kit.phone.pending()) == 1


# -- what the server says later ---------------------------------------------------------------------


def falsified(kit: Kit, purpose: str, field_name: str, value):
    def act(answer):
        name = next(iter(answer))
        body = {**body_of(answer[name]), field_name: value}
        body.pop("version")
        return {name: kit.server.say(purpose, body)}

    return act


@pytest.mark.parametrize(
    ("field_name", "value"),
    [("choice_sha256", "0" * 64), ("envelope_sha256", "0" * 64), ("request_id", "sr_" + "0" * 26)],
)
def test_a_verdict_about_something_else_asks_for_no_pin(kit: Kit, field_name: str, value: str):
    kit.server.spoil["choose_code"] = falsified(kit, "verdict", field_name, value)
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.warnings.get(timeout=20).code == "verdict_wrong"
    assert kit.person.purposes == []
    assert signed_nothing(kit)
    assert body_of(request.refusal)["end_result"] == "device_error"


def test_a_verdict_that_somebody_turned_to_right(kit: Kit):
    def turn(answer):
        answer["verdict"]["body"] = answer["verdict"]["body"].replace('"wrong"', '"right"')
        return answer

    kit.person.decision = Approve(code="4711")
    kit.server.spoil["choose_code"] = turn
    kit.offer(kit.server.ask())
    assert kit.person.warnings.get(timeout=20).code == "statement_signature_invalid"
    assert kit.person.purposes == []


@pytest.mark.parametrize(
    ("field_name", "value"),
    [("statement_sha256", "0" * 64), ("envelope_sha256", "0" * 64), ("request_id", "sr_" + "0" * 26)],
)
def test_an_acknowledgement_of_something_else_signs_nothing(kit: Kit, field_name: str, value: str):
    kit.server.spoil["approve"] = falsified(kit, "acknowledgement", field_name, value)
    kit.offer(kit.server.ask())
    assert kit.person.warnings.get(timeout=20).code == "acknowledgement_wrong"
    assert "signatures" not in kit.server.seen


@pytest.mark.parametrize(
    ("field_name", "value"),
    [("values_sha256", "0" * 64), ("approval_sha256", "0" * 64), ("request_id", "sr_" + "0" * 26)],
)
def test_a_receipt_for_something_else_is_no_receipt(kit: Kit, field_name: str, value: str):
    kit.server.spoil["signatures"] = falsified(kit, "receipt", field_name, value)
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.warnings.get(timeout=20).code == "receipt_wrong"
    assert [p.state for p in kit.phone.pending()] == ["SIGNING"]


def test_outcomes_and_withdrawals_are_believed_when_signed_and_ours(kit: Kit):
    kit.person.on_decide = lambda request, attention: attention.wait(60)
    request = kit.server.ask()
    kit.offer(request)
    wait_for(kit.person.asked.is_set)
    withdrawal = kit.server.withdrawal(request, "cancelled")
    kit.links.push("withdrawn", {**withdrawal, "body": withdrawal["body"].replace("cancelled", "expired")})
    wrong = {**body_of(withdrawal), "envelope_sha256": "0" * 64}
    wrong.pop("version")
    kit.links.push("withdrawn", kit.server.say("withdrawal", wrong))
    outcome = kit.server.finish(request, "COMPLETED", "ok")
    wrong = {**body_of(outcome), "items_signed": 2}
    wrong.pop("version")
    kit.links.push("outcome", kit.server.say("outcome", wrong))
    wrong = {**body_of(outcome), "server_id": new_id("srv")}
    wrong.pop("version")
    kit.links.push("outcome", kit.server.say("outcome", wrong))
    assert len(kit.phone.pending()) == 1
    assert kit.person.results.empty()
    kit.links.push("withdrawn", withdrawal)
    assert kit.person.result().end_result == "cancelled"
    codes = {kit.person.warnings.get(timeout=20).code for _ in range(3)}
    assert codes == {"statement_signature_invalid", "withdrawal_wrong", "outcome_wrong"}


def test_the_verified_bytes_are_hashed_again_when_opened(kit: Kit):
    def falsify(request, attention):
        store = request._store
        start, _item = store._places[0]
        store.write_at(start, b"%PDF-1.8")
        with pytest.raises(Exception, match="document_changed"):
            request.open_document(0)

    kit.person.on_decide = falsify
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    assert unb64(request.items[0]["signed_attributes"])
