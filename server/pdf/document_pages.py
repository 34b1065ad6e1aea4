"""The pages of a document that is being prepared (ISO 32000-2 7.7.3), and the widget on one of them.

Rules: a page that gains a widget gets an array of annotations of its own, in its own dictionary: the array that it
had may be another page's too, or a field's, and would show the widget there as well. Of the page nothing else
changes, but for the order of its annotations where PDF/UA wants one."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.errors import BadInput
from server.pdf.geometry import Box, PageView, visible_box
from server.pdf.increment import IncrementWriter
from server.pdf.pdf_syntax import (
    Reference,
    UnreadableSyntax,
    as_number,
    as_reference,
    split_array,
    write_dictionary,
    write_object,
)
from server.pdf.source_document import SourceDocument, read_dictionary, resolve

MAX_TREE_DEPTH = 48
MAX_PAGES = 100_000
_INHERITED = (b"/MediaBox", b"/CropBox", b"/Rotate")
_MAX_UNIT = 1e6
_MAX_PARENTS = 64


@dataclass(frozen=True)
class Page:
    """A page object, and how it is shown."""

    reference: Reference
    entries: dict[bytes, bytes]
    view: PageView


def reference_of(value: bytes | None, what: str) -> Reference:
    """The reference that must stand there. Raises UnreadableSyntax."""
    reference = as_reference(value or b"")
    if reference is None:
        raise UnreadableSyntax(f"{what} is not an indirect object")
    return reference


def read_box(source: SourceDocument, value: bytes | None) -> Box | None:
    """Four numbers, or None for what is no rectangle."""
    if value is None:
        return None
    numbers = [as_number(resolve(source, number)) for number in split_array(resolve(source, value))]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def find_page(source: SourceDocument, catalog: dict[bytes, bytes], index: int) -> Page:
    """The page with this zero-based index. Raises BadInput(``page_not_found``), UnreadableSyntax."""
    inherited: dict[bytes, bytes] = {}
    reference = reference_of(catalog.get(b"/Pages"), "the page tree")
    before = 0
    for _ in range(MAX_TREE_DEPTH):
        entries = _node(source, reference, inherited)
        if b"/Kids" not in entries:
            if before != index:
                raise BadInput(f"there is no page {index}", code="page_not_found")
            return Page(reference, entries, _view(source, entries, inherited))
        for kid_value in split_array(resolve(source, entries[b"/Kids"])):
            kid = reference_of(kid_value, "a page")
            pages = _page_count(source, kid)
            if before + pages > index:
                reference = kid
                break
            before += pages
        else:
            raise BadInput(f"there is no page {index}", code="page_not_found")
    raise UnreadableSyntax("the page tree is too deep")


def each_page(source: SourceDocument, catalog: dict[bytes, bytes]) -> Iterator[Page]:
    """All pages in order. Raises UnreadableSyntax."""
    root = reference_of(catalog.get(b"/Pages"), "the page tree")
    waiting: list[tuple[Reference, dict[bytes, bytes], int]] = [(root, {}, 0)]
    for _ in range(MAX_PAGES):
        if not waiting:
            return
        reference, above, depth = waiting.pop()
        inherited = dict(above)
        entries = _node(source, reference, inherited)
        if b"/Kids" not in entries:
            yield Page(reference, entries, _view(source, entries, inherited))
            continue
        if depth > MAX_TREE_DEPTH:
            raise UnreadableSyntax("the page tree is too deep")
        kids = split_array(resolve(source, entries[b"/Kids"]))
        waiting.extend((reference_of(kid, "a page"), inherited, depth + 1) for kid in reversed(kids))
    raise UnreadableSyntax("the page tree has too many nodes")


def _node(source: SourceDocument, reference: Reference, inherited: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """A node of the tree; what its kids inherit from it goes into ``inherited``."""
    entries = read_dictionary(source, b"%d %d R" % reference)
    inherited.update({key: entries[key] for key in _INHERITED if key in entries})
    return entries


def _page_count(source: SourceDocument, reference: Reference) -> int:
    entries = read_dictionary(source, b"%d %d R" % reference)
    if b"/Kids" not in entries:
        return 1
    return max(0, int(as_number(resolve(source, entries.get(b"/Count", b"")))))


def _view(source: SourceDocument, entries: dict[bytes, bytes], inherited: dict[bytes, bytes]) -> PageView:
    box = visible_box(read_box(source, inherited.get(b"/MediaBox")), read_box(source, inherited.get(b"/CropBox")))
    degrees = int(as_number(resolve(source, inherited.get(b"/Rotate", b"0"))))
    unit = as_number(resolve(source, entries.get(b"/UserUnit", b"1")))
    return PageView(box, degrees // 90 % 4, unit if 0 < unit < _MAX_UNIT else 1.0)


def annotations_of(source: SourceDocument, page: Page) -> list[bytes]:
    """The elements of the page's array of annotations."""
    array = resolve(source, page.entries.get(b"/Annots", b"null"))
    return [] if array.strip() == b"null" else split_array(array)


def any_signed_widget(source: SourceDocument, catalog: dict[bytes, bytes]) -> bool:
    """Whether a signature field with a value stands on a page, in the form's tree or not (12.5.6.19)."""
    return any(_is_signed(source, widget) for page in each_page(source, catalog) for widget in annotations_of(source, page))


def _is_signed(source: SourceDocument, value: bytes) -> bool:
    for _ in range(_MAX_PARENTS):
        if resolve(source, value).strip() == b"null":
            return False
        field = read_dictionary(source, value)
        if resolve(source, field.get(b"/FT", b"")) == b"/Sig" and resolve(source, field.get(b"/V", b"null")).strip() != b"null":
            return True
        if b"/Parent" not in field:
            return False
        value = field[b"/Parent"]
    return False


def add_field_to_page(
    source: SourceDocument, writer: IncrementWriter, page: Page, field: int, *, tabs: bool = False
) -> None:
    """Puts the widget last among the page's annotations. ``tabs``: the page, if it says nothing of the order in which keys
    reach them, says that it is that of the structure (table 31)."""
    array = own_array(source, page.entries.get(b"/Annots"), page.reference, b"%d 0 R" % field)
    number, generation = page.reference
    order = {b"/Tabs": b"/S"} if tabs and b"/Tabs" not in page.entries else {}
    entries = write_dictionary({**page.entries, **order, b"/Annots": array})
    writer.add(number, write_object(number, entries, generation=generation), generation)


def own_array(source: SourceDocument, array: bytes | None, owner: Reference, new: bytes) -> bytes:
    """The array with ``new`` behind, as ``owner`` may hold it in its own dictionary; an array that is missing or null
    counts as empty. Raises UnreadableSyntax."""
    reference = as_reference(array or b"")
    text = source.value(reference, owner) if reference is not None else array or b"[]"
    if text.strip() == b"null":
        text = b"[]"
    split_array(text)  # refuses what is no array
    return text.strip()[:-1] + b" " + new + b"]"
