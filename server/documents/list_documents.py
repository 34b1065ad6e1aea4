"""The document list: by state, import batch, processing right and words, newest first.

Rules: a page is read by key and its rows come whole from one query, the state of an open request included; counts and filters by state
use an index; a search looks at a bounded number of documents, says how far it came and goes on from there.
"""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from server.documents.document import Document, DocumentState

LOOKED_AT = 10_000
"""How many documents one page of a search looks at."""
_DIGITS = re.compile(r"([0-9]{1,18})")
RIGHTS = ("sign", "initial", "approve", "view")
SHOWN = (
    "waiting",
    "waiting_initial",
    "waiting_approve",
    "waiting_view",
    "progress",
    "checking",
    "completed",
    "refused",
)
"""As what a document stands in the list: what its owner has to do, or what happens to it."""


def shown_as(document: Document) -> str:
    """One of ``SHOWN``: what the store's column of this name says too."""
    if document.state is DocumentState.CHECKING:
        return "checking"
    if document.state is DocumentState.REFUSED:
        return "refused"
    if document.in_request:
        return "progress"
    if document.signed_at is not None:
        return "completed"
    return "waiting" if document.processing_right == "sign" else f"waiting_{document.processing_right}"


def search_form(text: str) -> str:
    """The words of ``text`` without case, accents and punctuation, a space before each: "hop dong" finds "Hợp đồng", and a word is found
    by its beginning."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = (c if c.isalnum() else " " for c in parts if unicodedata.category(c) != "Mn")
    return "".join(f" {word}" for word in "".join(kept).split())


def _natural(title: str) -> tuple[tuple[int, str], ...]:
    """Digits count as numbers."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(title.casefold()))


def by_title(found: list[tuple[str, str]]) -> list[str]:
    """The ids of documents (id and title) by title as people sort, 2 before 10: several uploads at once arrive in any order."""
    return [document_id for document_id, title in sorted(found, key=lambda one: (_natural(one[1]), one[0]))]


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """``shown`` is one of ``SHOWN``; None means any. ``words`` all begin words of title, code or file name."""

    shown: str | None = None
    import_batch_id: str | None = None
    processing_right: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """``request_state`` and ``request_end`` are of the document's last sign request, if there was any."""

    document: Document
    shown: str
    batch_name: str | None
    request_state: str | None
    request_end: str | None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """``older``: the key to go on from, None at the end."""

    lines: list[ListedDocument]
    older: str | None


class DocumentList(Protocol):
    def page(self, user_id: str, wanted: DocumentFilter, before: str | None, limit: int) -> DocumentPage: ...
    def many(self, document_ids: list[str]) -> list[ListedDocument]: ...
    def counts(self, user_id: str, import_batch_id: str | None = ...) -> dict[str, int]: ...
    def titles(self, user_id: str, import_batch_id: str | None, shown: str, limit: int) -> list[tuple[str, str]]: ...


class ListTransaction(Protocol):
    @property
    def document_list(self) -> DocumentList: ...


class ListStore(Protocol):
    def read(self) -> AbstractContextManager[ListTransaction]: ...


class ListDocuments:
    def __init__(self, store: ListStore) -> None:
        self._store = store

    def page(self, user_id: str, wanted: DocumentFilter, before: str | None, limit: int) -> DocumentPage:
        """``before``: the last document id of the page before."""
        with self._store.read() as tx:
            return tx.document_list.page(user_id, wanted, before, min(limit, 500))

    def counts(self, user_id: str, import_batch_id: str | None = None) -> Mapping[str, int]:
        """How many of the user's documents stand as what (keys of ``SHOWN``; none is 0); of one import batch, when it is named."""
        with self._store.read() as tx:
            found = tx.document_list.counts(user_id, import_batch_id)
        return {shown: found.get(shown, 0) for shown in SHOWN}

    def waiting(self, user_id: str, import_batch_id: str | None, limit: int) -> list[tuple[str, str]]:
        """The documents that wait for their owner's signature, of one batch when it is named: id and title, oldest first; see also
        ``by_title``."""
        with self._store.read() as tx:
            return tx.document_list.titles(user_id, import_batch_id, "waiting", limit)

    def many(self, user_id: str, document_ids: list[str]) -> list[ListedDocument]:
        """Those of the documents that are the user's, in the order asked for."""
        with self._store.read() as tx:
            found = {line.document.document_id: line for line in tx.document_list.many(document_ids)}
        lines = [found[document_id] for document_id in document_ids if document_id in found]
        return [line for line in lines if line.document.user_id == user_id]
