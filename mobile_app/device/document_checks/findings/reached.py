"""Everything that the pages can reach through their resources, at any depth (ISO 32000-2, 7.8.3).

Rules: forms, pattern cells, glyphs of Type 3 fonts, soft masks and appearances of annotations are followed, used or not; each once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.findings.fields import key_of, listed
from mobile_app.device.document_checks.page_content import resources_of, streams_of
from mobile_app.device.document_checks.syntax import Ref, Value


@dataclass(frozen=True, slots=True)
class Owner:
    """Who draws: its streams, by reference (found when they are asked for), and the resources that they name."""

    streams: Callable[[], list[Value]]
    resources: dict[str, Value]


class Reached:
    """``owners`` of content, ``fonts`` by their keys, and whether an XObject is optional."""

    def __init__(self, document: PreparedDocument) -> None:
        self._document = document
        self.owners: list[Owner] = []
        self.fonts: dict[int, dict[str, Value]] = {}
        self.has_optional_content = False
        self._waiting: list[Owner] = []
        self._seen: set[tuple[int, int]] = set()
        self._seen_resources: set[int] = set()
        for page in document.pages:
            resources = document.dictionary_before(resources_of(document, page))
            self.owners.append(owner := Owner(partial(streams_of, document, page), resources))
            self._look_into(owner)
            for annotation in listed(document, document.dictionary_before(page).get("Annots")):
                self._reach_appearances(annotation, owner)
            while self._waiting:
                self._look_into(self._waiting.pop())

    def _reach_appearances(self, annotation: Value, owner: Owner) -> None:
        appearances = self._document.dictionary_before(self._document.dictionary_before(annotation).get("AP"))
        for value in appearances.values():
            for one in (value, *self._document.dictionary_before(value).values()):
                if isinstance(one, Ref):
                    self._reach(one, owner)

    def _reach(self, value: Value, caller: Owner) -> None:
        """Remember a form, cell, glyph or appearance; without resources of its own it draws with its caller's."""
        own = self._document.original.value(self._document.dictionary_before(value).get("Resources"))
        resources = own if isinstance(own, dict) else caller.resources
        key = (key_of(value), id(resources))
        if key not in self._seen:
            self._seen.add(key)
            self.owners.append(owner := Owner(lambda: [value], resources))
            self._waiting.append(owner)

    def _look_into(self, owner: Owner) -> None:
        if id(owner.resources) in self._seen_resources:
            return
        self._seen_resources.add(id(owner.resources))
        document = self._document
        for value in document.dictionary_before(owner.resources.get("Font")).values():
            self._look_at_font(value, owner)
        for value in document.dictionary_before(owner.resources.get("XObject")).values():
            dictionary = document.dictionary_before(value)
            self.has_optional_content |= dictionary.get("OC") is not None
            if dictionary.get("Subtype") != "Image":
                self._reach(value, owner)
        for value in document.dictionary_before(owner.resources.get("Pattern")).values():
            self._reach(value, owner)
        for value in document.dictionary_before(owner.resources.get("ExtGState")).values():
            state = document.dictionary_before(value)
            self._reach(document.dictionary_before(state.get("SMask")).get("G"), owner)

    def _look_at_font(self, value: Value, owner: Owner) -> None:
        if key_of(value) in self.fonts:
            return
        font = self._document.dictionary_before(value)
        self.fonts[key_of(value)] = font
        if font.get("Subtype") == "Type3":
            own = self._document.original.value(font.get("Resources"))
            caller = Owner(list, own if isinstance(own, dict) else owner.resources)
            for glyph in self._document.dictionary_before(font.get("CharProcs")).values():
                self._reach_glyph(glyph, caller)
            self._waiting.append(caller)

    def _reach_glyph(self, value: Value, caller: Owner) -> None:
        if (key_of(value), id(caller.resources)) not in self._seen:
            self._seen.add((key_of(value), id(caller.resources)))
            self.owners.append(Owner(lambda: [value], caller.resources))
