"""A batch of several chunks whose phone or server dies between them: it goes on at the first item that is missing, and no value is taken
or sent twice."""

import json

import pytest

from server.documents.document import Document, DocumentState
from server.ids import new_id
from server.pdf.checker_version import CHECKER_VERSION
from tests.crash.asker import Asked, Asker, a_pdf
from tests.crash.stand import SIGN, Stand

COUNT = 210
CHUNKS = [200, 10]  # as many as the phone hands in at once (docs/protocol.md §4.5)


def a_batch(stand: Stand) -> tuple[Asker, list[str]]:
    """Whoever asks, and documents that were uploaded and inspected before."""
    app = stand.server.app
    party = app.parties.add(f"Công ty {new_id('rp', 0.0)}").relying_party_id
    asker = Asker(stand.server.url, app.parties.add_key(party, "x", ("documents", "sign-requests")), stand.person.login)
    now, contents = app.clock.now(), [a_pdf(f"{party} {number}") for number in range(COUNT)]
    digests = app.blobs.write_group("documents", contents)
    with app.store.write() as tx:
        documents = [
            Document(
                new_id("doc", now), party, None, SIGN, "", "x.pdf", DocumentState.READY, sha256, sha256, len(content), now, pages=1,
                page_boxes=((595.0, 842.0),),
                checked_by=CHECKER_VERSION,
            )
            for content, sha256 in zip(contents, digests, strict=True)
        ]  # fmt: skip
        for document in documents:
            tx.documents.add(document)
    return asker, [document.document_id for document in documents]


def accepted(stand: Stand, asked: Asked) -> list[int]:
    """How many values each commit took, by the audit log."""
    with stand.server.app.store.read() as tx:
        entries = [e for e in tx.audit.of_subject(asked.request_id) if e.kind == "signatures_accepted"]
    return [json.loads(entry.facts)["accepted"] for entry in entries]


@pytest.mark.parametrize(
    ("server", "phone"),
    [
        (("signatures.before_commit",), ()),
        (("signatures.after_commit",), ()),
        (("delivered.before_commit",), ("request.values.sent", "request.journal.receipt.after")),
    ],
    ids=("chunk lost", "receipt lost", "both die"),
)
def test_a_batch_goes_on_at_the_first_missing_item(stand: Stand, server: tuple[str, ...], phone: tuple[str, ...]) -> None:
    asker, documents = a_batch(stand)
    with stand.dying(server=server, phone=phone):
        asked = asker.ask_for(documents)
        stand.tell_code(asked)
        ended = asker.await_end(asked)
    assert ended["state"] == "COMPLETED"
    assert accepted(stand, asked) == CHUNKS
    _, items = stand.assert_settled(asked)
    assert [str(item.state) for item in items] == ["SIGNED"] * COUNT
    for item in (items[0], items[199], items[200]):
        stand.assert_signed_once(asker.file(item.document_id))
