"""The document list: quick filters with counts, the "Advanced" filter, search, pages by key.

Rules: every filter stands in the address, so a list can be kept and shared; the list reads one page and the counts, whatever the number of
documents behind them.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.documents.import_batch import ImportBatch
from server.documents.list_documents import RIGHTS, SHOWN, DocumentFilter, DocumentPage
from server.ids import is_id
from server.users.user import User
from server.web.document_words import ALWAYS, QUICK, RIGHT_WORDS, row_facts
from server.web.phone_words import SigningPhones, signing_phones
from server.web.ports import Site, WebUseCases
from server.web.sessions import current

PAGE_SIZE = 50
BATCHES_OFFERED = 100


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    @web.get("/")
    def home() -> ResponseReturnValue:
        return redirect(url_for("web.documents"))

    @web.get("/documents")
    def documents() -> str:
        user = current()
        asked = Asked.read()
        seen = lanes.database(_see, app, user, asked)
        has_phone = bool(seen.phones.names)
        return render_template(
            "documents.html",
            section="documents",
            rows=row_facts(seen.page.lines, user),
            filters=_pills(asked, seen.counts),
            asked=asked,
            batch=seen.batch,
            batches=seen.batches,
            rights=[(right, gettext(RIGHT_WORDS[right])) for right in RIGHTS],
            has_phone=has_phone,
            selection_texts=selection_texts(
                None if has_phone else gettext("Pair a phone first: it holds your signing key.")
            ),
            most_per_request=app.config.max_request_items,
            all_waiting=min(seen.counts["waiting"], app.config.max_request_items) if asked.all_waiting else 0,
            newer_url=asked.url(before=None) if asked.before else None,
            older_url=asked.url(before=seen.page.older) if seen.page.older else None,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the list's address; senseless values count as none."""

    show: str | None
    words: str
    import_batch_id: str | None
    right: str | None
    before: str | None

    @classmethod
    def read(cls) -> "Asked":
        show, batch = request.args.get("show"), request.args.get("batch")
        right, before = request.args.get("right"), request.args.get("before")
        return cls(
            show if show in SHOWN else None,
            request.args.get("q", "").strip()[:200],
            batch if is_id(batch, "ib") else None,
            right if right in RIGHTS else None,
            before if is_id(before, "doc") else None,
        )

    @property
    def advanced(self) -> bool:
        return bool(self.import_batch_id or self.right)

    @property
    def narrow(self) -> bool:
        return bool(self.show or self.words or self.advanced)

    @property
    def all_waiting(self) -> bool:
        """Does the list hold all that wait for a signature (of a batch), and nothing else?"""
        return self.show == "waiting" and not self.words and self.right in (None, "sign")

    def filter(self) -> DocumentFilter:
        return DocumentFilter(self.show, self.import_batch_id, self.right, self.words)

    def url(self, **changes: Any) -> str:
        new = replace(self, **changes)
        return url_for(
            "web.documents",
            show=new.show,
            q=new.words or None,
            batch=new.import_batch_id,
            right=new.right,
            before=new.before,
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    page: DocumentPage
    counts: dict[str, int]
    phones: SigningPhones
    batch: ImportBatch | None
    batches: list[ImportBatch]


def _see(app: WebUseCases, user: User, asked: Asked) -> _Seen:
    """All that the list needs, in one visit to the database lane."""
    batch = None
    if asked.import_batch_id is not None:
        batch = app.import_documents.get(asked.import_batch_id, app.portal.relying_party_id, user.user_id)
    return _Seen(
        app.list_documents.page(user.user_id, asked.filter(), asked.before, PAGE_SIZE),
        dict(app.list_documents.counts(user.user_id, asked.import_batch_id)),
        signing_phones(app, user),
        batch,
        app.import_documents.names(user.user_id, BATCHES_OFFERED),
    )


def _pills(asked: Asked, counts: dict[str, int]) -> list[dict[str, object]]:
    pills: list[dict[str, object]] = [
        {
            "words": gettext(words),
            "url": asked.url(show=shown, before=None),
            "active": asked.show == shown,
            "count": counts[shown],
        }
        for shown, words in QUICK.items()
        if shown in ALWAYS or counts[shown] or asked.show == shown
    ]
    every = asked.url(show=None, before=None)
    total = sum(counts.values())
    return [*pills, {"words": gettext("All"), "url": every, "active": asked.show is None, "count": total}]


def selection_texts(why_not: str | None) -> dict[str, str]:
    """What the docked bar says. ``why_not``: why nothing can be signed at all."""
    return {
        "selected_one": gettext("1 document selected"),
        "selected_many": gettext("{n} documents selected"),
        "sign": gettext("Sign ({n})"),
        "same_batch": gettext("same batch “{batch}”"),
        "several_batches": gettext("from several batches"),
        "by_batch_of": gettext("only those of the batch “{batch}” go into the request"),
        "select_every": gettext("Select all {n} to sign"),
        "same_right": gettext("same processing right: {right}"),
        "not_signable": gettext("Only documents that wait for your signature can be signed. Unselect the others."),
        "too_many": gettext("At most {most} documents go into one request."),
        "other_right": gettext("You may not sign all of them: their processing rights differ."),
        "no_phone": why_not or "",
        "unreachable": gettext("The server did not answer. Check the network and try again."),
        "offending": gettext("Unselect this document."),
    }
