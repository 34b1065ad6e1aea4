"""SIGKILL in the web process and in the worker, before and after each commit and outward act of a request's way: the request still ends
as it should, each document signed exactly once."""

import pytest

from tests.crash.stand import IGNORE, REFUSE, SIGN, UNTICK, WRONG, Stand
from tests.server_process import wait_for

COMMITS = (
    "upload", "inspect", "queue", "take", "prepare", "offer", "want_offers", "pushed", "opened", "code", "pin_try", "share", "approve",
    "signatures", "finish", "delivered", "drop_prepared", "prove", "take_over",
)  # fmt: skip
TOGETHER = {name: (f"{name}.before_commit", f"{name}.after_commit") for name in COMMITS} | {
    "prepared files": ("prepare.before_blobs", "prepare.after_blobs"),
    "signed files": ("embed.before_blobs", "embed.after_blobs"),
    "prepared files go": ("drop_prepared.before_files", "drop_prepared.after_files"),
    # whoever dies while telling, tells again; the phone may have asked by then, so each of these dies alone
    "before push": ("push.before_emit",),
    "after push": ("push.after_emit",),
    "before outcome": ("outcome.before_emit",),
    "after outcome": ("outcome.after_emit",),
}
ENDS = ("refuse", "cancel", "expire")
"""Their deaths stand in the tests below."""
THREE = ("prepare", "prepared files", "approve", "signatures", "signed files", "finish")


@pytest.mark.parametrize("name", TOGETHER)
def test_a_request_is_signed_once_whoever_dies_where(stand: Stand, name: str) -> None:
    count = 3 if name in THREE else 1
    with stand.dying(server=TOGETHER[name]):
        if name in ("prove", "want_offers"):  # a phone says hello
            stand.phone.kill()
        if name == "take_over":
            stand.server.kill("worker-0")
        asker, asked, _ = stand.sign(SIGN, count)
    stand.assert_completed(asker, asked, count)


def test_an_item_that_was_unticked_stays_so(stand: Stand) -> None:
    with stand.dying(server=("approve.after_commit", "finish.after_commit")):
        asker, asked, _ = stand.sign(UNTICK, 3)
    stand.assert_completed(asker, asked, 2, refused=1)


def test_a_refusal_is_taken_once(stand: Stand) -> None:
    with stand.dying(server=("refuse.before_commit", "refuse.after_commit")):
        _, asked, ended = stand.sign(REFUSE)
    assert (ended["state"], ended["end_result"], ended["reason"]) == ("REFUSED", "user_refused", "Sai số tiền")
    stand.assert_settled(asked)


def test_a_wrong_code_ends_the_request_once(stand: Stand) -> None:
    with stand.dying(server=("code.before_commit", "code.after_commit")):
        _, asked, ended = stand.sign(WRONG)
    assert (ended["state"], ended["end_result"]) == ("REFUSED", "wrong_verification_code")
    stand.assert_settled(asked)


def test_a_request_is_cancelled_once(stand: Stand) -> None:
    asker = stand.asker()
    asked = asker.ask(IGNORE)
    wait_for(lambda: asker.status(asked)["state"] == "OPENED", "the phone does not open it")
    with stand.dying(server=("cancel.before_commit", "cancel.after_commit")):
        asker.cancel(asked)
    assert asker.await_end(asked)["state"] == "CANCELLED"
    stand.assert_settled(asked)


def test_a_request_expires_once(stand: Stand) -> None:
    asker = stand.asker()
    asked = asker.ask(IGNORE, lifetime=600)
    wait_for(lambda: asker.status(asked)["state"] == "OPENED", "the phone does not open it")
    with stand.dying(server=("expire.before_commit", "expire.after_commit")):
        stand.server.move_clock(601)
        assert asker.await_end(asked)["state"] == "EXPIRED"
    stand.assert_settled(asked)


def test_a_deadline_in_signing_passes_once(stand: Stand) -> None:
    """The phone is gone after its approval: what it had not signed fails by timeout, and it learns that when it comes back."""
    asker = stand.asker()
    stand.phone.stop()
    stand.phone.start(once_at="request.journal.acknowledgement.after")
    asked = asker.ask(SIGN, 2)
    stand.tell_code(asked)
    wait_for(lambda: stand.phone.ended, "the phone does not die")
    assert asker.status(asked)["state"] == "SIGNING"
    with stand.dying(server=("expire.before_commit", "expire.after_commit")):
        stand.server.move_clock(3601)
        ended = asker.await_end(asked)
    assert (ended["state"], ended["end_result"]) == ("CANCELLED", "timeout")
    stand.phone.start()
    request, items = stand.assert_settled(asked)
    assert [item.end_result for item in items] == ["timeout", "timeout"]
    assert request.audit_sequence is not None


def test_prepared_files_of_a_cancelled_request_do_not_stay(stand: Stand) -> None:
    """Whoever dies while they go."""
    asker = stand.asker()
    asked = asker.ask(IGNORE, 3)
    with stand.dying(server=("drop_prepared.before_files", "drop_prepared.before_commit")):
        asker.cancel(asked)
    stand.assert_settled(asked)
