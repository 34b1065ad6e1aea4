"""Cases of what an update takes away, begins its table with, or lists a little early (ISO 32000-2, 7.5.4, 7.5.6 and 7.5.7)."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, signed_only
from tests.pdf_corpus.grammar_writer import GrammarFile, base, open_document, pack

_CONTENT_OTHER = b"<< /Length 6 >>\nstream\nq q Q \nendstream"


def cases() -> Iterator[GrammarCase]:
    yield from signed_only("update_frees_object_stream", "object_stream_member", _container_gone(freed=True))
    yield from signed_only("update_replaces_object_stream", "object_stream_member", _container_gone(freed=False))
    yield from signed_only("update_table_from_1", "table_entries", _update_from_one(b"f"), "freed_reference")
    yield from signed_only("update_table_from_1_in_use", None, _update_from_one(b"n"))
    yield from signed_only("update_offset_before_body", None, _early_in_update(1))
    yield from signed_only("update_offset_in_body_before", "offset", _early_in_update(2), "dangling", "object_header")


def _container_gone(*, freed: bool) -> bytes:
    """The object stream with catalog and page tree's root is freed, or its number means something else."""
    objects = base(True)
    file = GrammarFile()
    for number in sorted(set(objects) - {1, 2}):
        file.put(number, objects[number])
    file.put(8, pack({1: objects[1], 2: objects[2]}))
    file.close_stream(9, {1: (8, 0), 2: (8, 1)})
    if freed:
        file.free(8)
    else:
        file.put(8, b"(x)")
    return file.close_stream(10).done()


def _update_from_one(kind: bytes) -> bytes:
    """An update whose table begins at 1: with the catalog again, or with a number that nothing used."""
    objects = base(True)
    renumbered = {number + 1: body for number, body in objects.items()}
    for number in sorted(objects, reverse=True):
        old, new = b"%d 0 R" % number, b"%d 0 R" % (number + 1)
        renumbered = {key: body.replace(old, new) for key, body in renumbered.items()}
    file = GrammarFile()
    for number, body in renumbered.items():
        file.put(number, body)
    if kind == b"n":
        file.put(1, b"(x)")
    else:
        file.free(1, 1)
    file.close(root=b"/Root 2 0 R")
    if kind == b"n":
        file.put(1, b"(y)")
    else:
        file.free(1, 2)
    file.put(5, _CONTENT_OTHER)
    return file.close(root=b"/Root 2 0 R").done()


def _early_in_update(by: int) -> bytes:
    """The first object of an update is listed where the line end of the body before stands, or further back."""
    file = open_document(True).close()
    offset = file.put(4, _CONTENT_OTHER)
    file.entries[4] = (offset - by, 0, b"n")
    return file.close().done()
