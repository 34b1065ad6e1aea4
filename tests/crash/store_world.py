"""What the state machine plays on: the real store and use cases with real statements and signature values, and stand-ins for the PDF
work only, so that thousands of steps take seconds."""

import copy
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.app import UseCases
from server.config import Config
from server.processes.housekeeping import Housekeeping
from server.signing.credential import Credential
from server.signing.embed_signatures import EmbedSignatures
from server.signing.give_up import GiveUp
from server.signing.ports import EmbeddedFile, PreparedFile
from server.signing.prepare_documents import PrepareDocuments
from server.signing.sign_request import Item, Placement
from server.users.user import User
from server.work import Job
from tests.unit.server.builders import PASSWORD, HandClock, KnownDocuments, Nudges, Phone, new_installation, open_app
from tests.unit.server.pairing_kit import NewPhone, pair

Step = Callable[[Job], None]


class StandInPreparer:
    """``DocumentPreparer``: marks the bytes as prepared; the digest is theirs."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt

    def prepare(
        self,
        source: Path,
        target: Path,
        placement: Placement | None,
        signer: str,
        signing_time: float,
        digests: frozenset[str],
    ) -> PreparedFile:
        self._interrupt()
        data = b"prepared " + source.read_bytes()
        sha256, sha384 = hashlib.sha256(data), hashlib.sha384(data)
        half = len(data) // 2
        return PreparedFile(
            data=data,
            path=None,
            length=len(data),
            sha256=sha256.hexdigest(),
            byte_range=(0, half, half, len(data) - half),
            field_name="Signature1",
            digest_sha256=sha256.digest(),
            digest_sha384=sha384.digest(),
        )


class StandInEmbedder:
    """``SignatureEmbedder``: the signed file is the prepared one with the value behind it."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt

    def embed(
        self, prepared: Path, target: Path, item: Item, credential: Credential, *, fully: bool, now: float
    ) -> EmbeddedFile:
        self._interrupt()
        data = prepared.read_bytes() + b" signed " + (item.signature_value or b"")
        return EmbeddedFile(data, None, len(data), hashlib.sha256(data).hexdigest())


@functools.cache
def template() -> tuple[Path, User, tuple[Phone, Phone], float]:
    """An installation with one person and two phones, made once a run; ``drop_template`` takes it away."""
    shared = Path("/dev/shm")
    parent = Path(tempfile.mkdtemp(prefix="phoneseal-", dir=shared if os.access(shared, os.W_OK) else None))
    clock = HandClock()
    app = open_app(new_installation(parent / "template", clock), clock)
    user = app.log_in.add_user("an", PASSWORD, "Nguyễn Thị Lấp Lánh Ánh", "an@example.vn")
    assert user.subscriber_id is not None
    first = pair(app, user.subscriber_id, NewPhone("Điện thoại 1"))
    clock.advance(1)
    second = pair(app, user.subscriber_id, NewPhone("Điện thoại 2"), first)
    with app.store.write() as tx:
        tx.outbox.delivered([message.message_id for message in tx.outbox.waiting(1000)])
    app.store.checkpoint()
    app.store.close()
    return parent, user, (first, second), clock.now()


def drop_template() -> None:
    if template.cache_info().currsize:
        shutil.rmtree(template()[0])
        template.cache_clear()


class StoreWorld:
    """One copy of the installation. ``restart`` forgets everything that a process holds in memory. ``meanwhile`` happens once,
    in the middle of what is done next: between what was read and what is written."""

    def __init__(self) -> None:
        parent, self.user, phones, now = template()
        assert self.user.subscriber_id is not None
        self.subscriber_id = self.user.subscriber_id
        self.folder = Path(tempfile.mkdtemp(dir=parent)) / "data"
        shutil.copytree(parent / "template", self.folder)
        self.clock = HandClock(now)
        self.phones = [copy.copy(phone) for phone in phones]
        self.config = Config(data_dir=self.folder, free_disk_bytes=0, workers=2)
        self.meanwhile: Callable[[], object] | None = None
        self._open()

    def interrupt(self) -> None:
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            happening()

    def restart(self) -> None:
        self.app.store.close()
        self._open()

    def _open(self) -> None:
        self.app: UseCases = open_app(self.config, self.clock, Nudges())
        app = self.app
        self.housekeeping = Housekeeping(app.store, app.blobs, app.clock, app.pair_device, app.expire_requests, 3600)
        self.give_up = GiveUp(app.store, app.clock, app.nudge)
        self.steps: dict[str, Step] = {
            "prepare_items": PrepareDocuments(
                app.store, app.blobs, KnownDocuments(), StandInPreparer(self.interrupt), app.clock, app.nudge
            ),
            "make_offers": app.make_offers,
            "embed_items": EmbedSignatures(
                app.store, app.blobs, StandInEmbedder(self.interrupt), app.clock, app.nudge, 0.0
            ),
            "drop_prepared": self.housekeeping.drop_prepared,
        }

        judge = app.accept_signatures._judge

        def judged(*arguments: Any) -> Any:
            found = judge(*arguments)
            self.interrupt()
            return found

        app.accept_signatures._judge = judged  # type: ignore[method-assign]

    def close(self) -> None:
        self.app.store.close()
        shutil.rmtree(self.folder.parent)
