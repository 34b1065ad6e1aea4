"""One document: click → on the phone, and PIN entered → signed and shown in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.users.user import User
from tests.bench.browser import Browser
from tests.bench.contracts import make_contracts
from tests.bench.figures import Figure, spread
from tests.bench.phone import Phone
from tests.bench.stand import Stand

CLICK_TO_PHONE_MS = 50.0
TAP_TO_SHOWN_MS = 150.0


@dataclass
class Latencies:
    """Seconds of each single document."""

    click_to_phone: list[float] = field(default_factory=list)
    tap_to_shown: list[float] = field(default_factory=list)


def sign_one_by_one(stand: Stand, user: User, browser: Browser, phone: Phone, count: int) -> Latencies:
    found = Latencies()
    for document_id in stand.add_documents(user, make_contracts(count)):
        request_id, clicked = browser.sign([document_id])
        arrived = phone.wait("request", request_id).at
        phone.tell_code(request_id)
        shown, snapshot = browser.wait_final(request_id)
        assert snapshot["state"] == "COMPLETED", snapshot
        tapped = phone.wait("pin", request_id).at
        phone.wait("outcome", request_id)
        found.click_to_phone.append(arrived - clicked)
        found.tap_to_shown.append(shown - tapped)
    return found


def figures_of(found: Latencies, phones: int, *, goals: bool) -> Sequence[Figure]:
    where = f"with_{phones}_other_phones"
    return [
        *spread(f"one.click_to_phone.{where}", found.click_to_phone, CLICK_TO_PHONE_MS if goals else None),
        *spread(f"one.tap_to_shown.{where}", found.tap_to_shown, TAP_TO_SHOWN_MS if goals else None),
    ]
