"""Which updates pyHanko's comparison of revisions takes for harmless, where its own rules are narrower than honest files.

* The security store (/DSS) draws nothing: whatever is reached through it alone may come, change and go (EN 319 142-1, 5.4.2; makers
  rewrite its /VRI entries). What it holds is judged by ``long_term``.
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

_TRAILER = {"/Root", "/Info", "/Encrypt", "/ID", "/Prev", "/Size", "/XRefStm"}
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


def _references(value: Any, new: HistoricalResolver) -> Iterator[generic.Reference]:
    """Each reference below ``value`` once."""
    seen: set[generic.Reference] = set()
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
        if isinstance(one, generic.DictionaryObject):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += [one.raw_get(index) for index in range(len(one))]


REVISION_POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
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
)
