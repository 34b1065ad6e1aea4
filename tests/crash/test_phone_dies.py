"""SIGKILL in the phone at each of its places; its owner starts it again, and the request ends as it should."""

import pytest

from tests.crash.stand import REFUSE, SIGN, WRONG, Stand
from tests.server_process import wait_for

GROUPS = {
    "receiving": ("request.journal.received.before", "request.journal.received.after", "request.opened.sent"),
    "choosing": ("request.journal.choice.before", "request.journal.choice.after", "request.choice.sent"),
    "unlocking": ("request.journal.verdict.after", "request.share.released"),
    "approving": ("request.journal.approval.before", "request.journal.approval.after", "request.approval.sent"),
    "signing": (
        "request.journal.acknowledgement.after",
        "request.journal.values.before",
        "request.journal.values.after",
    ),
    "sending": ("request.values.sent",),
    "sent": ("request.journal.receipt.after",),
    "ending": ("request.journal.outcome.before", "request.journal.outcome.after"),
}
REFUSING = ("request.journal.refusal.before", "request.journal.refusal.after", "request.refusal.sent")


@pytest.mark.parametrize(
    ("name", "count"), [*((name, 1) for name in GROUPS), ("approving", 3), ("signing", 3), ("sending", 3), ("sent", 3)]
)
def test_a_request_is_signed_once_wherever_the_phone_dies(stand: Stand, name: str, count: int) -> None:
    before = stand.phone.deaths
    with stand.dying(phone=GROUPS[name]):
        asker, asked, _ = stand.sign(SIGN, count)
    wait_for(lambda: stand.phone.deaths == before + len(GROUPS[name]), "the owner does not notice")
    stand.assert_completed(asker, asked, count)


def test_a_refusal_survives(stand: Stand) -> None:
    with stand.dying(phone=REFUSING):
        _, asked, ended = stand.sign(REFUSE)
    assert (ended["state"], ended["end_result"], ended["reason"]) == ("REFUSED", "user_refused", "Sai số tiền")
    stand.assert_settled(asked)


def test_a_wrong_code_is_chosen_once(stand: Stand) -> None:
    with stand.dying(phone=GROUPS["choosing"]):
        _, asked, ended = stand.sign(WRONG)
    assert (ended["state"], ended["end_result"]) == ("REFUSED", "wrong_verification_code")
    stand.assert_settled(asked)


def test_everything_dies_at_once(stand: Stand) -> None:
    """Phone, web process and worker, each several times, in one request."""
    server = (
        "push.after_emit",
        "approve.after_commit",
        "signatures.after_commit",
        "embed.after_blobs",
        "finish.after_commit",
    )
    phone = ("request.journal.choice.after", "request.journal.approval.after", "request.journal.values.after")
    with stand.dying(server=server, phone=phone):
        asker, asked, _ = stand.sign(SIGN, 3)
    stand.assert_completed(asker, asked, 3)
