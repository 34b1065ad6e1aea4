"""The document runs nothing by itself, and starts no program at all, wherever it stands in the file.

Rules (ISO 32000-2, actions 12.6, triggers 12.6.3, name dictionary 7.7.4):
* refused: an XFA form; a script that runs without a click (on opening, by the name tree, or under any ``/AA``:
  catalog, pages, annotations, fields; not the helpers of ``field_helpers.py``); an action that launches a program, even on a click;
* told: a script behind a click, a field's helper, and anything else outward that starts without one (a web address, sending
  the form, importing data, another file);
* every live object is looked at, those in object streams too. One pattern sorts out the objects that can
  matter before any is read: it costs a document about as much as counting its bytes;
* revisions that a later one replaced don't count.
The server refuses the same at upload; the phone does not take its word for it.
"""

import re
from collections.abc import Iterator
from typing import Final

from mobile_app.device.document_checks.cross_references import IN_FILE, IN_OBJECT_STREAM
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.field_helpers import TRIGGERS, is_field_helper
from mobile_app.device.document_checks.syntax import END, Ref, Value, read_value

AUTOMATIC_ACTIONS: Final = "automatic_actions"
SCRIPT_ON_CLICK: Final = "javascript_on_click"
FIELD_SCRIPTS: Final = "field_scripts"

_OUTWARD: Final = frozenset(("URI", "SubmitForm", "ImportData", "GoToR", "GoToE"))
_MAX_ACTIONS: Final = 20_000
# The names themselves, or a name with an escape that could hide one of them.
_MATTERS = re.compile(
    rb"/(?:AA|OpenAction|JavaScript|Launch|Rendition)" + END + rb"|/[^\x00\t\n\x0c\r ()<>\[\]{}/%#]*+#"
)
_KINDS: Final = frozenset(("JavaScript", "Launch", "Rendition"))


def check_active_content(document: PreparedDocument) -> None:
    """No dynamic form, no program, no script without a click. Notes what the person is to be told."""
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    form = document.dictionary_before(catalog.get("AcroForm"))
    if form.get("XFA") is not None or catalog.get("NeedsRendering") is True:
        refuse("doc_active_content", "xfa")
    automatic: list[Value] = []
    for holder in _dictionaries(_live_values(document)):
        kind = document.original.value(holder.get("S"))
        if kind == "Launch":
            refuse("doc_active_content", "action", kind=kind)
        if _is_script(kind, holder):
            document.active_findings.add(FIELD_SCRIPTS if is_field_helper(document, holder) else SCRIPT_ON_CLICK)
        automatic.append(holder.get("OpenAction"))
        automatic += [
            action
            for trigger, action in document.dictionary_before(holder.get("AA")).items()
            if trigger not in TRIGGERS or not is_field_helper(document, action)
        ]
        automatic += _named(document, holder.get("JavaScript"))
    _check_automatic(document, automatic)


def _check_automatic(document: PreparedDocument, waiting: list[Value]) -> None:
    """Walk the actions that run without a click, with all that follow them through ``/Next``."""
    seen: set[Ref] = set()
    count = 0
    while waiting:
        action = waiting.pop()
        if isinstance(action, Ref):
            if action in seen:
                continue
            seen.add(action)
            action = document.original.value(action)
        if isinstance(action, list):
            waiting += action
        if not isinstance(action, dict):
            continue
        count += 1
        if count > _MAX_ACTIONS:
            refuse("doc_active_content", "too_many_actions")
        kind = document.original.value(action.get("S"))
        if _is_script(kind, action):  # what launches a program has been refused, wherever it stands
            refuse("doc_active_content", "action", kind=kind)
        if kind in _OUTWARD:
            document.active_findings.add(AUTOMATIC_ACTIONS)
        waiting.append(action.get("Next"))


def _is_script(kind: Value, action: dict[str, Value]) -> bool:
    return kind == "JavaScript" or (kind == "Rendition" and action.get("JS") is not None)


def _named(document: PreparedDocument, tree: Value) -> list[Value]:
    """All values of the name tree of scripts (7.9.6). (An action's own ``/JavaScript`` is a name: no tree.)"""
    found: list[Value] = []
    waiting, seen = [tree], set()
    while waiting:
        where = waiting.pop()
        if isinstance(where, Ref):
            if where in seen:
                continue
            seen.add(where)
        node = document.dictionary_before(where)
        for key, into in (("Names", found), ("Kids", waiting)):
            values = document.original.value(node.get(key))
            if isinstance(values, list):
                into += values[1::2] if key == "Names" else values
    return found


def _dictionaries(values: Iterator[Value]) -> Iterator[dict[str, Value]]:
    """Every dictionary in the values, also inside of others. The parser has bounded how deep they go."""
    for value in values:
        waiting = [value]
        if isinstance(value, str) and value in _KINDS:
            # Some action's kind, kept apart from it: nobody writes that but to hide it.
            refuse("doc_active_content", "action", kind=value)
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                yield one
                waiting += one.values()
            elif isinstance(one, list):
                waiting += one


def _live_values(document: PreparedDocument) -> Iterator[Value]:
    """The values of the original's live objects that hold one of the names that matter."""
    original = document.original
    data, live = document.data, None
    values = document.bodies.values
    for start, value_start, value_end in zip(document.bodies.starts, values[::2], values[1::2], strict=True):
        if _MATTERS.search(data, value_start, value_end):
            if live is None:
                live = {entry[1] for entry in original.entries.values() if entry[0] == IN_FILE}
            if start in live:
                yield read_value(data, value_start, original.length)[0]
    containers: dict[int, list[int]] = {}
    for kind, container, index in original.entries.values():
        if kind == IN_OBJECT_STREAM:
            containers.setdefault(container, []).append(index)
    for container, indices in containers.items():
        opened = original.object_stream(container)
        if _MATTERS.search(opened.data):
            for index in indices:
                if index < len(opened.members):
                    yield read_value(opened.data, opened.members[index][1], len(opened.data))[0]
