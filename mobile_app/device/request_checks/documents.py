"""Fetching every document of a request and checking each as it comes (design §5, step 4).

Rules:
* The manifest is fetched and its root checked before the first document is asked for.
* Small documents come in bundles of at most 50 and about 2 MiB, big ones piece by piece; no answer may be
  longer than what was asked for.
* The next bundles are fetched, and written where the person will read them, while one is checked; at most three lie in memory. What
  lies there is not read before its check has passed.
* Each document must pass ``document_checks``, have the pages that the manifest says, and its signed
  attributes must be exactly those that the phone works out for itself; beside the signature stand no texts
  but its owner's name and the time. One that fails ends it all, once all were checked: CheckFailed with the ``position`` of
  the first, and in ``positions`` those of all that failed by the same check, so that the others can be asked for again without them.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from mobile_app.device.document_checks import CheckedDocument, ExpectedDocument, check_prepared_document
from mobile_app.device.identity import Identity
from mobile_app.device.interaction import Attention
from mobile_app.device.request_checks.document_store import DocumentStore
from mobile_app.device.request_checks.manifest import ManifestCheck
from mobile_app.device.signed_attributes import check_signed_attributes
from mobile_app.errors import CheckFailed
from mobile_app.link.fields import Malformed
from mobile_app.link.manifest_wire import (
    BUNDLE_HEAD,
    MAX_BUNDLE_ITEMS,
    MAX_MANIFEST_PAGE,
    ManifestItem,
    read_bundle,
    read_manifest_page,
)
from mobile_app.link.server_statements import Envelope

BUNDLE_BYTES: Final = 2 << 20
PIECE_BYTES: Final = 4 << 20
_MAX_PAGE_BYTES: Final = 4 << 20
_AHEAD: Final = 2


class Fetch(Protocol):
    """The part of ``session.Session`` that downloads."""

    def get_json(self, path: str, attention: Attention, *, max_bytes: int) -> object: ...

    def get_bytes(
        self, path: str, attention: Attention, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> bytes: ...


def fetch_manifest(
    fetch: Fetch, envelope: Envelope, signature_algorithm: str, attention: Attention
) -> list[ManifestItem]:
    """All items, root checked. Raises CheckFailed, ServerRefused, AttentionLost."""
    check = ManifestCheck(envelope, signature_algorithm)
    try:
        while not check.complete:
            count = min(MAX_MANIFEST_PAGE, envelope.item_count - check.next_position)
            path = f"{_path(envelope)}/manifest?from={check.next_position}&count={count}"
            check.add(read_manifest_page(fetch.get_json(path, attention, max_bytes=_MAX_PAGE_BYTES)))
    except Malformed as error:
        raise CheckFailed("manifest_malformed", error.details) from error
    return check.finish()


def check_documents(
    fetch: Fetch,
    envelope: Envelope,
    items: Sequence[ManifestItem],
    identity: Identity,
    store: DocumentStore,
    attention: Attention,
    progress: Callable[[int], None],
) -> list[CheckedDocument]:
    """Fetch, check and keep every document. ``progress`` gets the number checked so far. Raises CheckFailed (see the
    module's rules), ServerRefused, AttentionLost."""
    checked: list[CheckedDocument] = []
    failed: dict[int, CheckFailed] = {}
    batches = _Ahead(lambda: _fetched(fetch, envelope, items, store, attention), attention)
    try:
        for batch in batches:
            for found in batch:
                try:
                    checked.append(_check_one(found, identity, store))
                except CheckFailed as error:
                    failed[found.item.position] = error
            progress(len(checked) + len(failed))
    finally:
        batches.stop()
    if failed:
        first = next(iter(failed.values()))
        positions = [position for position, error in failed.items() if error.code == first.code]
        raise first.at(positions) from first
    return checked


@dataclass(frozen=True, slots=True)
class _Fetched:
    """An item, where its bytes begin in the store, and the bytes themselves unless they are many."""

    item: ManifestItem
    start: int
    octets: memoryview | None


def _check_one(found: _Fetched, identity: Identity, store: DocumentStore) -> CheckedDocument:
    item = found.item
    try:
        if found.octets is None:
            with store.mapped(found.start, item.prepared_length) as view:
                checked = check_prepared_document(view, _expected(item))
        else:
            checked = check_prepared_document(bytes(found.octets), _expected(item))
        _check_rest(item, checked, identity)
        store.add(item, found.start)
    except CheckFailed as error:
        raise CheckFailed(error.code, {**error.details, "position": item.position}) from error
    return checked


def _expected(item: ManifestItem) -> ExpectedDocument:
    return ExpectedDocument(
        original_length=item.original_length,
        original_sha256=item.original_sha256,
        prepared_length=item.prepared_length,
        prepared_sha256=item.prepared_sha256,
        byte_range=item.byte_range,
        digest_algorithm="sha384" if item.signature_algorithm == "ecdsa_p384_sha384" else "sha256",
    )


def _check_rest(item: ManifestItem, checked: CheckedDocument, identity: Identity) -> None:
    if checked.page_count != item.pages:
        raise CheckFailed("doc_pages_differ", {"manifest": item.pages, "document": checked.page_count})
    check_signed_attributes(
        item.signed_attributes,
        signing_certificate_der=identity.certificate,
        message_digest=checked.document_digest,
        signature_algorithm=item.signature_algorithm,
    )
    check_texts(dict(checked.signature_texts), identity.subscriber_name)


def check_texts(texts: dict[str, str], subscriber_name: str) -> None:
    """What viewers show beside the signature is signed with it. The person sees the name of their account and the time on this phone;
    a reason, a place or another name would be words put into their mouth."""
    if unseen := sorted(texts.keys() - {"Name", "M"}):
        raise CheckFailed("doc_signature_dictionary", {"what": "text_unseen", "keys": unseen})
    if texts.get("Name", subscriber_name) != subscriber_name:
        raise CheckFailed("doc_signature_dictionary", {"what": "name"})


# -- the way here -----------------------------------------------------------------------------------


def _path(envelope: Envelope) -> str:
    return f"/device/requests/{envelope.request_id}"


def _fetched(
    fetch: Fetch,
    envelope: Envelope,
    items: Sequence[ManifestItem],
    store: DocumentStore,
    attention: Attention,
) -> Iterator[list[_Fetched]]:
    position = 0
    while position < len(items):
        item = items[position]
        if item.prepared_length > BUNDLE_BYTES:
            yield [_fetch_big(fetch, envelope, item, store, attention)]
            position += 1
        else:
            batch = _fetch_bundle(fetch, envelope, _bundle_from(items, position), store, attention)
            yield batch
            position += len(batch)


def _bundle_from(items: Sequence[ManifestItem], position: int) -> list[ManifestItem]:
    """The items from ``position`` that one bundle may hold."""
    wanted: list[ManifestItem] = []
    total = 0
    for item in items[position : position + MAX_BUNDLE_ITEMS]:
        total += item.prepared_length
        if total > BUNDLE_BYTES and wanted:
            break
        wanted.append(item)
    return wanted


def _fetch_bundle(
    fetch: Fetch, envelope: Envelope, wanted: Sequence[ManifestItem], store: DocumentStore, attention: Attention
) -> list[_Fetched]:
    path = f"{_path(envelope)}/documents?from={wanted[0].position}&count={len(wanted)}"
    most = sum(item.prepared_length for item in wanted) + BUNDLE_HEAD * len(wanted)
    body = memoryview(fetch.get_bytes(path, attention, max_bytes=most))
    try:
        found = list(read_bundle(body))
    except Malformed as error:
        raise CheckFailed("bundle_malformed", error.details) from error
    if not 1 <= len(found) <= len(wanted):
        raise CheckFailed("bundle_malformed", {"what": "count"})
    for item, (position, octets) in zip(wanted, found, strict=False):
        if position != item.position or len(octets) != item.prepared_length:
            raise CheckFailed("bundle_malformed", {"what": "item", "position": item.position})
    start = store.reserve(len(body))
    store.write_at(start, body)
    batch = []
    for item, (_, octets) in zip(wanted, found, strict=False):
        start += BUNDLE_HEAD
        batch.append(_Fetched(item, start, octets))
        start += item.prepared_length
    return batch


def _fetch_big(
    fetch: Fetch, envelope: Envelope, item: ManifestItem, store: DocumentStore, attention: Attention
) -> _Fetched:
    start = store.reserve(item.prepared_length)
    path = f"{_path(envelope)}/items/{item.item_id}/document"
    for first in range(0, item.prepared_length, PIECE_BYTES):
        last = min(first + PIECE_BYTES, item.prepared_length) - 1
        piece = fetch.get_bytes(path, attention, max_bytes=last - first + 1, byte_range=(first, last))
        if len(piece) != last - first + 1:
            raise CheckFailed("bundle_malformed", {"what": "length", "position": item.position})
        store.write_at(start + first, piece)
    return _Fetched(item, start, None)


class _Ahead:
    """Runs an iterator on a thread of its own, a little ahead of who reads. What it raises is raised to the
    reader."""

    def __init__(self, make: Callable[[], Iterator[list[_Fetched]]], attention: Attention) -> None:
        self._queue: queue.Queue[list[_Fetched] | BaseException | None] = queue.Queue(_AHEAD)
        self._make = make
        self._attention = attention
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="phone-fetch", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[list[_Fetched]]:
        while True:
            try:
                found = self._queue.get(timeout=0.2)
            except queue.Empty:
                self._attention.check()
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """The thread ends with the download it is in; nobody waits for that, and the closed store takes
        nothing more."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            for batch in self._make():
                if not self._put(batch):
                    return
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the reader, who raises it
            self._put(error)

    def _put(self, found: list[_Fetched] | BaseException | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(found, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False
