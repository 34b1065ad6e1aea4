"""Walks the original's page tree (ISO 32000-2, 7.7.3), once, in order."""

from typing import Final

from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.syntax import Ref, unfollowable

MAX_NODES: Final = 200_000


def pages_of(original: OriginalFile) -> list[Ref]:
    """Return the references of all pages in order. A tree that comes back to a node, or holds what is no
    node, is refused."""
    catalog = original.value(original.trailer.get("Root"))
    root = catalog.get("Pages") if isinstance(catalog, dict) else None
    pages: list[Ref] = []
    seen: set[int] = set()
    waiting: list[object] = [root]
    while waiting:
        reference = waiting.pop()
        if not isinstance(reference, Ref) or reference.number in seen or len(seen) >= MAX_NODES:
            unfollowable("page_tree")
        seen.add(reference.number)
        node = original.value(reference)
        if not isinstance(node, dict):
            unfollowable("page_tree")
        kids = original.value(node.get("Kids"))
        if isinstance(kids, list) and node.get("Type", "Pages") == "Pages":
            waiting.extend(reversed(kids))
        elif kids is None and node.get("Type", "Page") == "Page":
            pages.append(reference)
        else:
            unfollowable("page_tree")
    return pages
