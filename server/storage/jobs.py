"""Jobs under lease, and the outbox. Both are tables, so that a restart finds what was to be done."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from server.errors import LeaseLost
from server.signing.unstick_request import WaitingWork
from server.storage.rows import dump
from server.work import BULK, DEATH_COUNTS_FOR, HOUSEKEEPING, Job, Message, Topic


def _job(row: sqlite3.Row) -> Job:
    return Job(
        row["job_id"],
        row["kind"],
        row["subject"],
        json.loads(row["body"]),
        row["priority"],
        row["lease_epoch"],
        row["lease_until"],
        row["attempts"],
    )


class JobTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(
        self,
        kind: str,
        subject: str,
        body: dict[str, Any],
        *,
        now: float,
        priority: int = BULK,
        unique_key: str | None = None,
        not_before: float = 0.0,
    ) -> None:
        """A job whose ``unique_key`` is waiting already is not added twice."""
        self._db.execute(
            "INSERT INTO jobs (kind, subject, body, unique_key, priority, not_before, lease_epoch, lease_until, attempts, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT (unique_key) DO NOTHING",
            (kind, subject, dump(body), unique_key, priority, not_before, now),
        )

    def add_many(self, kind: str, subject: str, bodies: list[dict[str, Any]], *, now: float, priority: int) -> None:
        """One job for each body, in this order."""
        self._db.execute(
            "INSERT INTO jobs (kind, subject, body, priority, not_before, lease_epoch, lease_until, attempts, created_at)"
            " SELECT ?, ?, value, ?, 0, 0, 0, 0, ? FROM json_each(?) ORDER BY key",
            (kind, subject, priority, now, dump(bodies)),
        )

    def take(self, owner: str, now: float, lease_seconds: float, up_to: int = HOUSEKEEPING) -> Job | None:
        """The first free job of a priority ``up_to`` this, leased to ``owner`` under a new epoch."""
        row = self._db.execute(
            "SELECT * FROM jobs INDEXED BY jobs_to_take WHERE lease_until <= ? AND not_before <= ? AND priority <= ?"
            " ORDER BY priority, job_id LIMIT 1",
            (now, now, up_to),
        ).fetchone()
        if row is None:
            return None
        self._db.execute(
            "UPDATE jobs SET lease_owner = ?, lease_epoch = lease_epoch + 1, lease_until = ?, attempts = attempts + 1 WHERE job_id = ?",
            (owner, now + lease_seconds, row["job_id"]),
        )
        taken = self._db.execute("SELECT * FROM jobs WHERE job_id = ?", (row["job_id"],)).fetchone()
        return _job(taken)

    def hold(self, job: Job, now: float) -> None:
        row = self._db.execute("SELECT lease_epoch, lease_until FROM jobs WHERE job_id = ?", (job.job_id,)).fetchone()
        if row is None or row[0] != job.lease_epoch or row[1] <= now:
            raise LeaseLost(f"job {job.job_id}")

    def extend(self, job: Job, now: float, lease_seconds: float) -> None:
        """What renews its lease gets on: earlier attempts are forgiven."""
        self.hold(job, now)
        self._db.execute(
            "UPDATE jobs SET lease_until = ?, attempts = 1 WHERE job_id = ?", (now + lease_seconds, job.job_id)
        )

    def release(self, owner_prefix: str) -> int:
        """Ends the leases of owners whose names begin so: they are known to be dead, perhaps of the job, so that it counts for more
        than a failure. Returns how many."""
        done = self._db.execute(
            "UPDATE jobs SET lease_until = 0, lease_owner = NULL, attempts = attempts + ?, last_error = 'its worker died'"
            " WHERE substr(lease_owner, 1, ?) = ?",
            (DEATH_COUNTS_FOR - 1, len(owner_prefix), owner_prefix),
        )
        return done.rowcount

    def done(self, job: Job) -> None:
        self._db.execute("DELETE FROM jobs WHERE job_id = ? AND lease_epoch = ?", (job.job_id, job.lease_epoch))

    def put_back(self, job: Job, error: str, not_before: float, *, counted: bool = True) -> bool:
        """False when the job is another's by now: nothing is put back. ``counted`` False: the try does not count against the job."""
        done = self._db.execute(
            "UPDATE jobs SET lease_until = 0, lease_owner = NULL, last_error = ?, not_before = ?, attempts = attempts - ?"
            " WHERE job_id = ? AND lease_epoch = ?",
            (error, not_before, 0 if counted else 1, job.job_id, job.lease_epoch),
        )
        return done.rowcount == 1

    def names(self, kind: str, text: str) -> bool:
        """Does any job of ``kind`` name ``text`` in its body?"""
        row = self._db.execute("SELECT 1 FROM jobs WHERE kind = ? AND instr(body, ?) LIMIT 1", (kind, text)).fetchone()
        return row is not None

    def forget(self, subject: str) -> None:
        """Drops the work that is still waiting for ``subject``; a running worker finds its lease gone."""
        self._db.execute("DELETE FROM jobs WHERE subject = ?", (subject,))

    def last_error(self, subject: str) -> str | None:
        """Why the newest job about ``subject`` was put back, if it was."""
        row = self._db.execute(
            "SELECT last_error FROM jobs WHERE subject = ? AND last_error IS NOT NULL ORDER BY job_id DESC LIMIT 1",
            (subject,),
        ).fetchone()
        return row[0] if row else None

    def work_of(self, subject: str) -> WaitingWork:
        """What waits to be done about ``subject``."""
        row = self._db.execute(
            "SELECT count(*), coalesce(max(attempts), 0), coalesce(max(not_before), 0) FROM jobs WHERE subject = ?",
            (subject,),
        ).fetchone()
        return WaitingWork(row[0], row[1], self.last_error(subject), row[2])

    def put_forward(self, subject: str, now: float) -> int:
        """Takes pause and count of attempts from the jobs that no worker holds now. Returns how many there are."""
        done = self._db.execute(
            "UPDATE jobs SET not_before = 0, attempts = 0 WHERE subject = ? AND lease_until <= ?", (subject, now)
        )
        return done.rowcount

    def any_to_take(self, now: float, up_to: int = HOUSEKEEPING) -> bool:
        """Could any job be taken right now? Counting them would read all that wait, each time anew."""
        row = self._db.execute(
            "SELECT 1 FROM jobs INDEXED BY jobs_to_take WHERE lease_until <= ? AND not_before <= ? AND priority <= ?"
            " ORDER BY priority, job_id LIMIT 1",
            (now, now, up_to),
        ).fetchone()
        return row is not None

    def waiting(self, now: float) -> int:
        """How many jobs could be taken right now."""
        row = self._db.execute(
            "SELECT count(*) FROM jobs WHERE lease_until <= ? AND not_before <= ?", (now, now)
        ).fetchone()
        return int(row[0])


class OutboxTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, topic: Topic, subject: str, body: dict[str, Any], now: float) -> None:
        self._db.execute(
            "INSERT INTO outbox (topic, subject, body, created_at) VALUES (?, ?, ?, ?)",
            (topic, subject, dump(body), now),
        )

    def waiting(self, limit: int, resting: Sequence[int] = ()) -> list[Message]:
        """The oldest messages, without those that rest."""
        rows = self._db.execute(
            "SELECT * FROM outbox WHERE message_id NOT IN (SELECT value FROM json_each(?)) ORDER BY message_id LIMIT ?",
            (json.dumps(list(resting)), limit),
        )
        return [Message(row["message_id"], row["topic"], row["subject"], json.loads(row["body"])) for row in rows]

    def delivered(self, message_ids: list[int]) -> None:
        self._db.execute(
            "DELETE FROM outbox WHERE message_id IN (SELECT value FROM json_each(?))", (json.dumps(message_ids),)
        )


class SettingTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set(self, name: str, value: str) -> None:
        self._db.execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )


class ThrottleTable:
    """Leaky buckets that a restart does not empty."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def pour(self, bucket: str, now: float, *, capacity: float, leak_per_second: float, amount: float = 1.0) -> float:
        """Adds ``amount`` and returns 0, or, when the bucket would overflow, adds nothing and returns the seconds to wait."""
        row = self._db.execute("SELECT level, filled_at FROM throttles WHERE bucket = ?", (bucket,)).fetchone()
        level = max(0.0, row[0] - max(0.0, now - row[1]) * leak_per_second) if row else 0.0
        full = level + amount > capacity
        # set back while it is full, the clock lets it leak from here on, and not only when that time has come anew
        if not full or (row and now < row[1]):
            self._db.execute(
                "INSERT INTO throttles (bucket, level, filled_at) VALUES (?, ?, ?) ON CONFLICT (bucket) DO UPDATE SET"
                " level = excluded.level, filled_at = excluded.filled_at",
                (bucket, level if full else level + amount, now),
            )
        return (level + amount - capacity) / leak_per_second if full else 0.0

    def take_back(self, bucket: str, amount: float = 1.0) -> None:
        """What was counted turned out to be none."""
        self._db.execute("UPDATE throttles SET level = max(0.0, level - ?) WHERE bucket = ?", (amount, bucket))

    def empty(self, bucket: str) -> None:
        self._db.execute("DELETE FROM throttles WHERE bucket = ?", (bucket,))

    def forget_before(self, filled_before: float) -> None:
        self._db.execute("DELETE FROM throttles WHERE filled_at < ?", (filled_before,))
