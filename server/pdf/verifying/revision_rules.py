"""Which updates pyHanko's comparison of revisions takes for harmless, where its own rules are narrower than honest files.

* The security store (/DSS) draws nothing: whatever is reached through it alone may come, change and go (EN 319 142-1, 5.4.2; makers
  rewrite its /VRI entries). What it holds is judged by ``long_term``.
* A number that nothing used may be freed: what was used is reached in the older revision and stays unexplained.
* Comments and marks (12.5.6; no widgets, nothing that acts) may be added to pages that stay as they are otherwise: that is the level
  ``annotations``, which a certification permits or not, and which is told, since a mark can cover what was signed.
* A trailer key that nobody knows may refer to an object that is not there; a later revision that gives this number to a plain object
  changes nothing. A stream is not taken: one office program reads its own document from such a key.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.commons import assert_not_stream
from pyhanko.sign.diff_analysis.policy_api import SuspiciousModification
from pyhanko.sign.diff_analysis.rules_api import Context, ReferenceUpdate, WhitelistRule

from server.pdf.verifying.pdf_values import entry

_TRAILER = {"/Root", "/Info", "/Encrypt", "/ID", "/Prev", "/Size", "/XRefStm"}
_MARKS = {f"/{kind}" for kind in ("Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline",
          "Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Popup")}  # fmt: skip
_MAX_NODES = 50_000


class SecurityStoreRule(WhitelistRule):
    """Everything that hangs from /DSS and from nothing else in the older revision."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        if "/DSS" not in new.root:
            return
        assert_not_stream(new.root["/DSS"])  # type: ignore[no-untyped-call]
        for reference in _references(new.root.raw_get("/DSS"), new):
            usages = old._get_usages_of_ref(reference)
            if not usages:
                yield ReferenceUpdate(reference)
            for path in usages:
                if tuple(path.path[:2]) == ("/Root", "/DSS"):
                    yield ReferenceUpdate(reference, context_checked=Context.from_absolute(old, path))


class UnknownTrailerKeyRule(WhitelistRule):
    """A number that only an unknown trailer key named, and that had no object."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        for reference in new.explicit_refs_in_revision():  # type: ignore[no-untyped-call]
            if old.reader.xrefs.get_historical_ref(reference, old.revision) is not None:
                continue
            usages = old._get_usages_of_ref(reference)
            if not usages or isinstance(new(reference), generic.StreamObject):
                continue
            for path in usages:
                if path.path[0] not in _TRAILER:
                    yield ReferenceUpdate(reference, context_checked=Context.from_absolute(old, path))


class AnnotationRule(WhitelistRule):
    """New annotations on pages whose dictionaries differ in /Annots alone."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        written = set(new.explicit_refs_in_revision())  # type: ignore[no-untyped-call]
        for page in _pages(old.root.raw_get("/Pages"), old):
            was, now = old(page), new(page)
            if not isinstance(now, generic.DictionaryObject) or not _same_but_annotations(was, now):
                continue
            known, present = _annotations(was), _annotations(now)
            added = [reference for reference in present if reference not in known]
            if set(known) - set(present) or not added or not all(_is_harmless(new(one), old, one) for one in added):
                continue
            array = now.raw_get("/Annots")
            yield from (ReferenceUpdate(one) for one in (page, getattr(array, "reference", page)) if one in written)
            for reference in added:
                below = _references(new(reference), new, stop=known)
                fresh = (one for one in (reference, *below) if one in written and old.is_ref_unassignable(one))
                yield from map(ReferenceUpdate, fresh)


def _pages(root: Any, old: HistoricalResolver) -> Iterator[generic.Reference]:
    """Every page of the older revision."""
    waiting, left = [root], _MAX_NODES
    while waiting and left:
        left -= 1
        one = waiting.pop()
        node = old(one.reference) if isinstance(one, generic.IndirectObject) else None
        if not isinstance(node, generic.DictionaryObject):
            continue
        kids = entry(node, "/Kids")
        if isinstance(kids, generic.ArrayObject):
            waiting += [kids.raw_get(index) for index in range(len(kids))]
        else:
            yield one.reference


def _same_but_annotations(was: generic.DictionaryObject, now: generic.DictionaryObject) -> bool:
    keys = {*was, *now} - {"/Annots", "/LastModified", "/Tabs"}
    return all(key in was and key in now and was.raw_get(key) == now.raw_get(key) for key in keys)


def _annotations(page: generic.DictionaryObject) -> list[generic.Reference]:
    array = entry(page, "/Annots")
    items = [array.raw_get(index) for index in range(len(array))] if isinstance(array, generic.ArrayObject) else []
    return [one.reference for one in items if isinstance(one, generic.IndirectObject)]


def _is_harmless(annotation: Any, old: HistoricalResolver, reference: generic.Reference) -> bool:
    """A fresh mark without an action."""
    kind = entry(annotation, "/Subtype")
    return bool(kind in _MARKS and "/A" not in annotation and "/AA" not in annotation and old.is_ref_unassignable(reference))


def _references(value: Any, new: HistoricalResolver, stop: Iterable[generic.Reference] = ()) -> Iterator[generic.Reference]:
    """Each reference below ``value`` once, up to pages and what is in ``stop``."""
    seen: set[generic.Reference] = set(stop)
    waiting = [value]
    left = _MAX_NODES
    while waiting:
        left -= 1
        if left < 0:
            raise SuspiciousModification("a security store without end")
        one = waiting.pop()
        if isinstance(one, generic.IndirectObject):
            if one.reference in seen:
                continue
            seen.add(one.reference)
            yield one.reference
            one = new(one.reference)
        if isinstance(one, generic.DictionaryObject) and one.get("/Type") not in ("/Page", "/Pages", "/Catalog"):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += [one.raw_get(index) for index in range(len(one))]


REVISION_POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        AnnotationRule().as_qualified(ModificationLevel.ANNOTATIONS),
        *(
            rule.as_qualified(ModificationLevel.LTA_UPDATES)
            for rule in (
                DocInfoRule(),
                XrefStreamRule(),
                ObjectStreamRule(),
                SecurityStoreRule(),
                MetadataUpdateRule(),  # type: ignore[no-untyped-call]
                UnknownTrailerKeyRule(),
            )
        ),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),  # type: ignore[no-untyped-call]
            SigFieldModificationRule(),
            GenericFieldModificationRule(),
        ]
    ),
    reject_object_freeing=False,
)
