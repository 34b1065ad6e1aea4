"""Where phones can be woken, and which wake-ups are wanted, leased and done."""

import sqlite3
from dataclasses import asdict

from server.devices.push_subscription import PushSubscription, WakeUp
from server.storage.rows import insert, to_entity

_FAR = 7200.0
"""Seconds: nothing is put off, and no lease given, for so long."""


class PushSubscriptionTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def set(self, subscription: PushSubscription) -> None:
        """Takes the place of an earlier one, unless it is the same. A wake-up that is wanted goes to the new one, and so does
        doubt: who has a bad name is not rid of it by another address."""
        earlier = self.find(subscription.device_id)
        if earlier is None:
            insert(self._db, "push_subscriptions", asdict(subscription))
        elif (earlier.endpoint, earlier.p256dh, earlier.auth) != (
            subscription.endpoint,
            subscription.p256dh,
            subscription.auth,
        ):
            self._db.execute(
                "UPDATE push_subscriptions SET endpoint = ?, p256dh = ?, auth = ?, registered_at = ? WHERE device_id = ?",
                (
                    subscription.endpoint,
                    subscription.p256dh,
                    subscription.auth,
                    subscription.registered_at,
                    subscription.device_id,
                ),
            )

    def find(self, device_id: str) -> PushSubscription | None:
        row = self._db.execute("SELECT * FROM push_subscriptions WHERE device_id = ?", (device_id,)).fetchone()
        return to_entity(PushSubscription, row, {}) if row else None

    def drop(self, device_id: str) -> None:
        self._db.execute("DELETE FROM push_subscriptions WHERE device_id = ?", (device_id,))

    def want(self, device_id: str, now: float, *, within: float, at_most_every: float) -> None:
        """One is due ``within`` seconds, not sooner than ``at_most_every`` after the last. One that waits already stays as it is; one that
        is just being sent was for earlier reasons, so that another one follows. What a clock that was set back since then left in the
        future holds up nothing."""
        self._db.execute(
            "UPDATE push_subscriptions SET wake_at = max(?, iif(woken_at <= ?, woken_at + ?, 0.0)),"
            " lease_until = iif(lease_until > ?, 0.0, lease_until) WHERE device_id = ?"
            " AND (wake_at IS NULL OR lease_until > ? OR wake_at > ?)",
            (now + within, now, at_most_every, now + _FAR, device_id, now, now + _FAR),
        )

    def due(self, now: float, limit: int, *, doubtful: bool) -> list[PushSubscription]:
        """Those that are wanted by now and that nobody is sending; the doubtful ones, or the others."""
        rows = self._db.execute(
            "SELECT * FROM push_subscriptions INDEXED BY push_subscriptions_wanted WHERE wake_at <= ? AND lease_until <= ?"
            " AND (tries > 0) = ? ORDER BY wake_at LIMIT ?",
            (now, now, doubtful, limit),
        )
        return [to_entity(PushSubscription, row, {}) for row in rows]

    def rest(self, device_id: str) -> None:
        """Nothing waits any more."""
        self._db.execute("UPDATE push_subscriptions SET wake_at = NULL WHERE device_id = ?", (device_id,))

    def lease(self, subscription: PushSubscription, until: float) -> bool:
        done = self._db.execute(
            "UPDATE push_subscriptions SET lease_until = ? WHERE device_id = ? AND wake_at = ? AND lease_until = ?",
            (until, subscription.device_id, subscription.wake_at, subscription.lease_until),
        )
        return done.rowcount == 1

    def woken(self, wake_up: WakeUp, at: float, not_before: float, tries: int) -> None:
        """Done with, unless another reason came up, or another subscription, while it was sent: then again, not before that."""
        sent = wake_up.subscription
        self._db.execute(
            "UPDATE push_subscriptions SET lease_until = 0.0, woken_at = ?, tries = ?,"
            " wake_at = CASE WHEN wake_at = ? AND endpoint = ? AND p256dh = ? AND auth = ? THEN NULL ELSE max(wake_at, ?) END"
            " WHERE device_id = ? AND lease_until = ?",
            (
                at,
                tries,
                sent.wake_at,
                sent.endpoint,
                sent.p256dh,
                sent.auth,
                not_before,
                sent.device_id,
                wake_up.lease_until,
            ),
        )

    def put_off(self, wake_up: WakeUp, until: float, tries: int) -> None:
        self._db.execute(
            "UPDATE push_subscriptions SET lease_until = 0.0, tries = ?, wake_at = max(wake_at, ?)"
            " WHERE device_id = ? AND lease_until = ?",
            (tries, until, wake_up.subscription.device_id, wake_up.lease_until),
        )

    def gone(self, wake_up: WakeUp) -> None:
        """The push service knows this subscription no more. Another one that came meanwhile stays, and is used."""
        sent = wake_up.subscription
        self._db.execute(
            "DELETE FROM push_subscriptions WHERE device_id = ? AND endpoint = ? AND lease_until = ?",
            (sent.device_id, sent.endpoint, wake_up.lease_until),
        )
        self._db.execute(
            "UPDATE push_subscriptions SET lease_until = 0.0 WHERE device_id = ? AND lease_until = ?",
            (sent.device_id, wake_up.lease_until),
        )

    def set_asked(self, device_id: str, pairing_id: str) -> None:
        self._db.execute("UPDATE push_subscriptions SET asked_about = ? WHERE device_id = ?", (pairing_id, device_id))
