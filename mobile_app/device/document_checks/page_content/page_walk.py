"""Follows everything that a page draws, counts it, and has each stream read (ISO 32000-2, 7.8, 8.7.3, 8.10, 9.6.4,
12.5.5).

Rules:
* each owner of a stream (form, pattern cell, glyph, soft mask, appearance) is looked at once a document; what it costs
  is counted as often as it is drawn, so that nested forms cost the check nothing however often they repeat each other;
* nothing draws itself, and nothing lies deeper than ``MAX_FORM_DEPTH``;
* a form has ``/Subtype /Form`` (which an appearance may leave out) and a ``/BBox`` of four numbers; without
  ``/Resources`` of its own it is drawn by a page only;
* a cell has a box, steps that are not 0 and its own resources; a glyph begins with ``d0`` or ``d1``; neither an
  uncoloured cell nor a ``d1`` glyph sets colours.
"""

from collections import Counter
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.drawn_fonts.type_3 import named_by_some
from mobile_app.device.document_checks.limits import (
    MAX_FORM_DEPTH,
    MAX_IMAGE_PIXELS,
    MAX_PAGE_CONTENT_BYTES,
    MAX_PATTERN_CELLS,
)
from mobile_app.device.document_checks.page_content.common_form import joined, read_common_form
from mobile_app.device.document_checks.page_content.images import check_image
from mobile_app.device.document_checks.page_content.reader import read_streams
from mobile_app.device.document_checks.page_content.remembered import Remembered, digest_of
from mobile_app.device.document_checks.page_content.resources import (
    Resources,
    blends,
    check_graphics_state,
    check_knockout,
    check_shading,
    is_number,
    numbers_of,
)
from mobile_app.device.document_checks.page_content.sources import Stream, decoded, filters_of, is_stream, stream_of
from mobile_app.device.document_checks.page_content.summary import Summary
from mobile_app.device.document_checks.page_content.totals import Totals
from mobile_app.device.document_checks.syntax import Ref, Value

_summaries: Final[Remembered[Summary]] = Remembered()
Shown = dict[bytes | None, Counter[bytes]]


class PageWalk:
    """Walks the pages of one document."""

    def __init__(self, document: PreparedDocument) -> None:
        self._document = document
        self._known: dict[tuple[int, int], Totals] = {}
        self._images: set[tuple[int, bool]] = set()
        self._bytes_left = MAX_PAGE_CONTENT_BYTES
        self._area = 0.0
        self._page = 0
        self.has_optional_content = self.has_dots = False

    def page(self, streams: list[Value], resources: Value, area: float) -> Totals:
        """Read a page's own streams; ``area`` of the page in square points. Raises ``doc_content``, ``doc_limits``."""
        self._bytes_left, self._area = MAX_PAGE_CONTENT_BYTES, area
        self._page += 1
        opened = [stream_of(self._document, one, "contents") for one in streams]
        if not opened:
            return Totals()
        return self._owner(opened, Resources(self._document, resources), "page", 0)[1]

    def appearance(self, value: Value) -> Totals:
        """Read an annotation's appearance stream."""
        return self._form(value, None, 0, kinds=("Form", None))

    def _owner(self, streams: list[Stream], resources: Resources, kind: str, level: int) -> tuple[Summary, Totals]:
        summary = self._summary(streams, own_colour=kind == "page")
        if summary.glyph_kind and kind != "glyph":
            refuse("doc_content", "glyph")
        self.has_optional_content |= summary.has_optional_content
        self.has_dots |= summary.has_dots
        totals = Totals(operators=summary.operators, saved_states=summary.saved_states)
        resources.check_colours(summary)
        self._count_images(summary, resources, totals, level)
        self._count_states(summary, resources, totals, level)
        self._count_patterns(summary, resources, totals, level)
        self._count_glyphs(streams, summary, resources, totals, level)
        totals.check()
        return summary, totals

    def _summary(self, streams: list[Stream], *, own_colour: bool) -> Summary:
        parts = [b"\1" if own_colour else b"\0"]
        for dictionary, raw in streams:
            names, parameters = filters_of(self._document, dictionary)
            parts += (repr((names, parameters)).encode(), raw)
        summary = _summaries.get(digest_of(parts), lambda: self._read(streams, own_colour=own_colour))
        self._bytes_left -= summary.length
        if self._bytes_left < 0:
            refuse("doc_limits", "content_bytes")
        return summary

    def _decoded(self, streams: list[Stream]) -> list[bytes]:
        left, contents = self._bytes_left, []
        for stream in streams:
            contents.append(decoded(self._document, stream, left))
            left -= len(contents[-1])
        return contents

    def _read(self, streams: list[Stream], *, own_colour: bool) -> Summary:
        contents = self._decoded(streams)
        together = contents[0] if len(contents) == 1 else joined(contents)
        summary = None if together is None else read_common_form(together)
        return read_streams(contents, own_colour=own_colour) if summary is None else summary

    def _count_images(self, summary: Summary, resources: Resources, totals: Totals, level: int) -> None:
        for image in summary.images:
            totals.images += 1
            totals.pixels += image.width * image.height
        for name, times in summary.drawn:
            value = resources.find("XObject", name)
            if not is_stream(self._document, value):
                refuse("doc_content", "subtype")
            dictionary = self._document.dictionary_now(value)
            if dictionary.get("Subtype") == "Image":
                totals.images += times
                totals.pixels += times * self._pixels(value)
                totals.blends |= is_stream(self._document, dictionary.get("SMask"))
            else:
                totals.add(self._form(value, resources if level == 0 else None, level + 1), times, summary.saved_states)

    def _pixels(self, value: Value, mask: str = "") -> int:
        image = self._document.dictionary_now(value)
        width, height = (self._document.now(image.get(key)) for key in ("Width", "Height"))
        if type(width) is not int or type(height) is not int or width < 1 or height < 1:
            refuse("doc_content", "image")
        pixels = width * height
        if pixels > MAX_IMAGE_PIXELS:
            refuse("doc_limits", "image_pixels")
        self._check_image(value, is_soft_mask=mask == "SMask")
        for key in () if mask else ("SMask", "Mask"):
            if is_stream(self._document, image.get(key)):
                pixels += self._pixels(image[key], key)
        return pixels

    def _check_image(self, value: Value, *, is_soft_mask: bool) -> None:
        assert isinstance(value, Ref)
        if (value.number, is_soft_mask) not in self._images:
            check_image(self._document, value, is_soft_mask=is_soft_mask)
            self._images.add((value.number, is_soft_mask))

    def _form(
        self, value: Value, of_page: Resources | None, level: int, kinds: tuple[str | None, ...] = ("Form",)
    ) -> Totals:
        dictionary, raw = stream_of(self._document, value, "subtype")
        if dictionary.get("Subtype") not in kinds or dictionary.get("Subtype2") is not None:
            refuse("doc_content", "subtype")
        if numbers_of(self._document, dictionary.get("BBox"), 4) is None:
            refuse("doc_content", "form_box")
        self._check_matrix(dictionary)
        own = self._document.now(dictionary.get("Resources"))
        resources = Resources(self._document, own) if own is not None else of_page
        totals = self._once(value, (dictionary, raw), resources, "form", level)
        check_knockout(self._document, dictionary.get("Group"), blends=totals.blends)
        return totals

    def _check_matrix(self, dictionary: dict[str, Value]) -> None:
        if self._document.now(dictionary.get("Matrix")) is not None and not numbers_of(self._document, dictionary["Matrix"], 6):
            refuse("doc_content", "form_box")

    def _once(self, value: Value, stream: Stream, resources: Resources | None, kind: str, level: int) -> Totals:
        """Look at an owner behind a reference, if that wasn't done yet with these resources."""
        assert isinstance(value, Ref)
        # What has no resources of its own may look otherwise on another page.
        has_own = self._document.now(stream[0].get("Resources")) is not None
        key = (value.number, 0 if has_own else self._page)
        known = self._known.get(key)
        if known is not None:
            return known
        if level > MAX_FORM_DEPTH:  # so does what draws itself
            refuse("doc_limits", "form_depth")
        summary, totals = self._owner([stream], resources or Resources(self._document, None), kind, level)
        if kind == "glyph" and not summary.glyph_kind:
            refuse("doc_content", "glyph")
        if summary.sets_colours and (summary.glyph_kind == b"d1" or (kind == "cell" and stream[0].get("PaintType") == 2)):
            refuse("doc_content", "uncoloured")
        self._known[key] = totals
        return totals

    def _count_states(self, summary: Summary, resources: Resources, totals: Totals, level: int) -> None:
        for name, times in summary.graphics_states:
            state = resources.find("ExtGState", name)
            group = check_graphics_state(self._document, state)
            totals.blends |= blends(self._document, state)
            if group is not None:
                totals.add(self._form(group, None, level + 1), times, summary.saved_states)

    def _count_patterns(self, summary: Summary, resources: Resources, totals: Totals, level: int) -> None:
        for paint, times in summary.paints:
            if paint.pattern is None:
                continue
            totals.patterns += times
            value = resources.find("Pattern", paint.pattern)
            dictionary = self._document.dictionary_now(value)
            kind = dictionary.get("PatternType")
            if kind == 1:
                totals.add(self._cell(value, level + 1), times, summary.saved_states)
            elif kind != 2 or not self._document.dictionary_now(dictionary.get("Shading")):
                refuse("doc_content", "pattern")
            else:
                check_shading(self._document, dictionary["Shading"])

    def _cell(self, value: Value, level: int) -> Totals:
        dictionary, raw = stream_of(self._document, value, "subtype")
        box = numbers_of(self._document, dictionary.get("BBox"), 4)
        x_step, y_step = (self._document.now(dictionary.get(key)) for key in ("XStep", "YStep"))
        own = self._document.now(dictionary.get("Resources"))
        if box is None:
            refuse("doc_content", "form_box")
        if (
            not (box[0] < box[2] and box[1] < box[3])
            or dictionary.get("PaintType") not in (1, 2)
            or dictionary.get("TilingType") not in (1, 2, 3)
            or not is_number(x_step)
            or not is_number(y_step)
            or not x_step
            or not y_step
            or not isinstance(own, dict)
        ):
            refuse("doc_content", "pattern")
        self._check_matrix(dictionary)
        a, b, c, d, _, _ = numbers_of(self._document, dictionary.get("Matrix"), 6) or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        if self._area > MAX_PATTERN_CELLS * abs(float(x_step) * float(y_step) * (a * d - b * c)):  # type: ignore[arg-type]
            refuse("doc_limits", "pattern_cells")
        return self._once(value, (dictionary, raw), Resources(self._document, own), "cell", level)

    def _count_glyphs(
        self, streams: list[Stream], summary: Summary, resources: Resources, totals: Totals, level: int
    ) -> None:
        """Every font is there; of Type 3 fonts the glyphs are drawn, as often as they are shown."""
        drawn = {}
        for name in summary.fonts:
            _, font = resources.font(name)
            if font.get("Subtype") == "Type3":
                drawn[name] = font
        if not drawn:
            return
        shown: Shown = {}
        read_streams(self._decoded(streams), own_colour=True, shown=shown)
        for name, font in drawn.items():
            codes: Counter[int] = Counter()
            for text, times in shown.get(name, Counter()).items():
                for code in text:
                    codes[code] += times
            self._count_type_3(font, codes, resources, totals, summary.saved_states, level)

    def _count_type_3(
        self, font: dict[str, Value], codes: Counter[int], of_page: Resources, totals: Totals, states: int, level: int
    ) -> None:
        document = self._document
        if numbers_of(document, font.get("FontMatrix"), 6) is None or numbers_of(document, font.get("FontBBox"), 4) is None:
            refuse("doc_content", "glyph")
        glyphs = document.dictionary_now(font.get("CharProcs"))
        own = document.now(font.get("Resources"))
        resources = Resources(document, own) if own is not None else of_page if level == 0 else None
        for code, times in codes.items():
            for name in named_by_some(document, font, code)[0]:
                stream = stream_of(document, glyphs[name], "glyph")
                totals.add(self._once(glyphs[name], stream, resources, "glyph", level + 1), times, states)
