"""A sleeping phone is woken: real server, real socket, and a push service that is a real HTTP listener and reads with another
implementation. The phone leaves its address over its own connection and goes away; somebody asks for a signature."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.devices.push_subscription import PushSubscription
from server.devices.wake_phones import LEASE
from tests.crash.asker import Asked, Asker
from tests.integration.processes.phone_on_socket import PhoneOnSocket
from tests.server_process import Person, ServerProcess, wait_for
from tests.unit.gateways.push_service import Arrived, PushService, Receiver, read_authorization, unb64
from tests.unit.server.builders import Phone
from tests.unit.server.pairing_kit import NewPhone, confirmed, pair

SERVER_SETTINGS = {"wake_up_private_addresses": True}
CONTENT = b"phoneseal.wake_up.v1"
PLACES = ("wake_up.before_send", "wake_up.after_send")


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as made:
        yield made


@dataclass
class Sleeper:
    """A person whose phone has left its address and is away."""

    server: ServerProcess
    person: Person
    phone: Phone
    receiver: Receiver
    endpoint: str
    vapid_key: bytes

    def ask(self) -> Asked:
        return Asker(self.server.url, self.server.add_relying_party(), self.person.login).ask("Hợp đồng")

    def stored(self) -> PushSubscription | None:
        with self.server.app.store.read() as tx:
            return tx.push_subscriptions.find(self.phone.device_id)

    def settled(self) -> bool:
        """Nothing is wanted and nobody is sending."""
        found = self.stored()
        return found is None or (found.wake_at is None and found.lease_until == 0.0)

    def on_socket(self, **options: Any) -> PhoneOnSocket:
        return PhoneOnSocket(self.server, self.phone, **options)


def sleeper(server: ServerProcess, service: PushService) -> Sleeper:
    person = server.add_person()
    phone = pair(server.app, person.subscriber_id, NewPhone())
    made = Sleeper(server, person, phone, Receiver(), service.endpoint(person.login), b"")
    with made.on_socket() as line:
        told = line.ok("push_gateway", {})
        assert told["subscribed"] is False
        made.vapid_key = unb64(told["vapid_key"])
        assert line.ok("set_push", {"subscription": made.receiver.subscription(made.endpoint)}) == {"set": True}
        assert line.ok("push_gateway", {})["subscribed"] is True
        line.ok("waiting", {})
    return made


@pytest.fixture
def asleep(running_server: ServerProcess, service: PushService) -> Sleeper:
    return sleeper(running_server, service)


def arrived(service: PushService, count: int) -> list[Arrived]:
    return wait_for(lambda: service.arrived if len(service.arrived) >= count else None, f"no wake-up number {count}", 20)


def test_a_sleeping_phone_is_woken_and_finds_what_waits(asleep: Sleeper, service: PushService) -> None:
    asked = asleep.ask()
    [wake_up] = arrived(service, 1)
    assert asleep.receiver.read(wake_up.body) == CONTENT
    assert wake_up.path == asleep.endpoint.removeprefix(service.origin)
    claims = read_authorization(wake_up.headers["authorization"], asleep.vapid_key)
    assert claims["aud"] == service.origin
    assert "sub" not in claims, "this server has no https address"
    assert abs(claims["exp"] - time.time() - asleep.server.clock_offset - 12 * 3600) < 60
    assert 3500 < int(wake_up.headers["ttl"]) <= 3600
    assert (wake_up.headers["urgency"], wake_up.headers["topic"]) == ("high", "phoneseal")
    with asleep.on_socket() as line:
        [waiting] = line.ok("waiting", {})["requests"]
        assert asked.request_id in waiting["envelope"]["body"]
    wait_for(asleep.settled, "the wake-up is not settled")
    assert len(service.arrived) == 1
    log = asleep.server.log()
    assert f"phone {asleep.phone.device_id} was called: sent (201)" in log
    secret = asleep.receiver.subscription(asleep.endpoint)
    for word in ("/secret-", str(service.port), secret["auth"], secret["p256dh"], "vapid t="):
        assert word not in log


def test_a_phone_that_answers_in_time_is_not_woken(asleep: Sleeper, service: PushService) -> None:
    with asleep.on_socket() as line:
        line.ok("waiting", {})
        asleep.ask()
        wait_for(lambda: [event for event, _ in line.got] == ["sign_request"], "the request is not pushed")
        wait_for(asleep.settled, "it is not seen that nothing waits")
    assert service.arrived == []


def test_a_phone_that_does_not_answer_is_woken_though_its_connection_stands(asleep: Sleeper, service: PushService) -> None:
    with asleep.on_socket(deaf=True) as line:
        line.ok("waiting", {})
        asleep.ask()
        [wake_up] = arrived(service, 1)
        assert [event for event, _ in line.got] == ["sign_request"]
    assert asleep.receiver.read(wake_up.body) == CONTENT


def test_a_new_phone_asks_for_the_sleeping_ones_word(asleep: Sleeper, service: PushService) -> None:
    confirmed(asleep.server.app, asleep.person.subscriber_id, NewPhone())
    [wake_up] = arrived(service, 1)
    assert asleep.receiver.read(wake_up.body) == CONTENT
    assert 600 < int(wake_up.headers["ttl"]) <= 900, "as long as the pairing lives"


def test_a_phone_that_was_asked_over_its_socket_is_not_woken(asleep: Sleeper, service: PushService) -> None:
    with asleep.on_socket() as line:
        line.ok("waiting", {})
        _, pairing = confirmed(asleep.server.app, asleep.person.subscriber_id, NewPhone())
        wait_for(lambda: [event for event, _ in line.got] == ["new_device"], "the phone is not asked")
        wait_for(asleep.settled, "it is not seen that nothing waits")
    found = asleep.stored()
    assert found is not None and found.asked_about == pairing.pairing_id
    assert service.arrived == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_dropped(asleep: Sleeper, service: PushService, status: int) -> None:
    service.answers.append((status, {}))
    asleep.ask()
    arrived(service, 1)
    wait_for(lambda: asleep.stored() is None, "the subscription stays")
    with asleep.on_socket() as line:
        assert line.ok("push_gateway", {})["subscribed"] is False


def test_a_push_service_that_is_out_of_order_is_tried_again(asleep: Sleeper, service: PushService) -> None:
    service.answers.append((503, {"Retry-After": "60"}))
    asleep.ask()
    arrived(service, 1)
    found = wait_for(lambda: (one := asleep.stored()) and one.tries == 1 and one, "it is not put off")
    assert found.wake_at is not None
    assert abs(found.wake_at - asleep.server.app.clock.now() - 60) < 30
    asleep.server.move_clock(61)
    assert asleep.receiver.read(arrived(service, 2)[1].body) == CONTENT
    wait_for(asleep.settled, "the wake-up is not settled")


def test_a_redirect_is_not_followed(asleep: Sleeper, service: PushService) -> None:
    service.answers.append((307, {"Location": f"{service.origin}/elsewhere"}))
    asleep.ask()
    arrived(service, 1)
    wait_for(asleep.settled, "the wake-up is not settled")
    assert [one.path for one in service.arrived] == [asleep.endpoint.removeprefix(service.origin)]


def test_frozen_and_unpaired_phones_sleep_on(asleep: Sleeper, service: PushService) -> None:
    server = asleep.server
    server.app.end_device.freeze(asleep.phone.device_id, "owner")
    with server.app.store.write() as tx:  # as a request that was made just before would have it
        tx.push_subscriptions.want(asleep.phone.device_id, 0.0, within=0.0, at_most_every=0.0)
    wait_for(asleep.settled, "the frozen phone is not left in peace")
    server.app.end_device.unpair(asleep.phone.device_id, "owner")
    assert asleep.stored() is None
    assert service.arrived == []


def test_private_addresses_are_refused_unless_the_operator_says_otherwise(server_factory: Callable[..., ServerProcess]) -> None:
    """A subscription from the time of another setting is not used either."""
    server = server_factory()
    person = server.add_person()
    phone = pair(server.app, person.subscriber_id, NewPhone())
    with PushService() as service:
        receiver = Receiver()
        with PhoneOnSocket(server, phone) as line:
            for endpoint in (service.endpoint(), "https://127.0.0.1/x", "https://[::ffff:127.0.0.1]/x", "https://10.0.0.8/x"):
                answer = line.ask("set_push", {"subscription": receiver.subscription(endpoint)})
                assert answer["error"]["code"] == "push_endpoint_not_allowed"
        one = Sleeper(server, person, phone, receiver, service.endpoint(), b"")
        with server.app.store.write() as tx:
            tx.push_subscriptions.set(
                PushSubscription(phone.device_id, service.endpoint(), receiver.p256dh, receiver.auth, 0.0)
            )
        one.ask()
        wait_for(one.settled, "the wake-up is not given up")
        assert service.arrived == []
    wait_for(lambda: "was called: refused (push_endpoint_not_allowed)" in server.log(), "the log does not say so")


def test_a_process_that_dies_before_and_after_sending(
    server_factory: Callable[..., ServerProcess], service: PushService, tmp_path: Path
) -> None:
    """kill -9 between commit and send: whoever comes next sends; after it: it is sent again, and then it is over."""
    dies = tmp_path / "dies"
    server = server_factory(start=False, **SERVER_SETTINGS)
    server.start(crash_at=f"@{dies}")
    one = sleeper(server, service)
    dies.write_text("\n".join(PLACES), "ascii")
    one.ask()
    wait_for(lambda: dies.read_text("ascii") == PLACES[1], "nobody dies before sending")
    server.wait_until_ready()
    assert service.arrived == []
    server.move_clock(LEASE + 1)
    arrived(service, 1)
    wait_for(lambda: dies.read_text("ascii") == "", "nobody dies after sending")
    server.wait_until_ready()
    assert not one.settled()
    server.move_clock(LEASE + 1)
    assert [one.receiver.read(each.body) for each in arrived(service, 2)] == [CONTENT] * 2
    wait_for(one.settled, "the wake-up is not settled")
