"""All current objects of a PDF as plain Python values.

qpdf (through pikepdf) reads the file and each object is taken over once as JSON: dictionaries, lists,
numbers, booleans; names are strings that begin with ``/`` (with ``#xx`` resolved), text begins with ``u:`` or
``b:``, and a reference is a string ``"7 0 R"``. So every check runs over every object, however it was reached
or hidden in an object stream, and nothing in the file can call back into a parser while it is being judged.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import pikepdf

from server.errors import Unprocessable
from server.pdf.inspect_limits import Meter

_REFERENCE = re.compile(r"\d+ \d+ R").fullmatch
_MAX_HOPS = 32

Value = Any  # a JSON value as json.loads gives it
Dictionary = dict[str, Any]


@dataclass
class ObjectGraph:
    """The objects by reference (``"7 0 R"``), the trailer, and which of them are streams."""

    objects: dict[str, Value]
    trailer: Dictionary
    streams: set[str]
    encrypted: bool = False
    warnings: list[str] = field(default_factory=list)

    def resolve(self, value: Value) -> Value:
        """Follow references; a reference to nothing is ``None`` (ISO 32000-2, 7.3.10). A ring is refused."""
        for _ in range(_MAX_HOPS):
            if not (isinstance(value, str) and is_reference(value)):
                return value
            value = self.objects.get(value)
        raise Unprocessable("references run in a circle", code="pdf_circular")

    def get(self, dictionary: Value, key: str) -> Value:
        """The resolved value under ``key``, or ``None`` when there is none or the thing is no dictionary."""
        return self.resolve(dictionary.get(key)) if isinstance(dictionary, dict) else None

    def dictionary(self, value: Value) -> Dictionary:
        """The resolved value if it is a dictionary, otherwise an empty one."""
        found = self.resolve(value)
        return cast(Dictionary, found) if isinstance(found, dict) else {}

    def array(self, value: Value) -> list[Value]:
        """The resolved value if it is an array, otherwise an empty one."""
        found = self.resolve(value)
        return found if isinstance(found, list) else []

    @property
    def catalog(self) -> Dictionary:
        return self.dictionary(self.trailer.get("/Root"))

    def dictionaries(self) -> Iterator[tuple[str, Dictionary]]:
        """Every dictionary of the file at any depth, with the reference of the object that holds it."""
        for reference, top in [*self.objects.items(), ("trailer", self.trailer)]:
            if not isinstance(top, dict | list):
                continue
            waiting: list[Value] = [top]
            while waiting:
                value = waiting.pop()
                if isinstance(value, dict):
                    yield reference, value
                    waiting.extend(inner for inner in value.values() if isinstance(inner, dict | list))
                else:
                    waiting.extend(inner for inner in value if isinstance(inner, dict | list))


def is_reference(value: Value) -> bool:
    """Whether a JSON value stands for an indirect reference."""
    return isinstance(value, str) and _REFERENCE(value) is not None


def text(value: Value) -> str | None:
    """A PDF text string as Python text, ``None`` for anything else."""
    if not isinstance(value, str):
        return None
    if value.startswith("u:"):
        return value[2:]
    if value.startswith("b:"):
        try:
            return bytes.fromhex(value[2:]).decode("utf-8", "replace")
        except ValueError:
            return None
    return None


def number(value: Value) -> float | None:
    """A PDF number, ``None`` for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def open_with_qpdf(source: Path | BinaryIO, *, recover: bool) -> pikepdf.Pdf:
    """Open without a password; raises ``pdf_password``, or ``pikepdf.PdfError`` for what qpdf can't read.

    An empty owner password opens a file for qpdf, but for no reader that asks for the user's.
    """
    try:
        pdf = pikepdf.open(
            source,
            attempt_recovery=recover,
            inherit_page_attributes=False,
            suppress_warnings=True,
            access_mode=pikepdf.AccessMode.stream,
            conversion_mode="explicit",
        )
    except pikepdf.PasswordError as error:
        raise Unprocessable("needs a password", code="pdf_password") from error
    except pikepdf.PdfError as error:
        if "Loop detected in /Pages" in str(error):
            raise Unprocessable("the page tree runs in a circle", code="pdf_circular") from error
        raise
    if pdf.is_encrypted and not pdf.user_password_matched:
        pdf.close()
        raise Unprocessable("needs a password", code="pdf_password")
    return pdf


def read_graph(pdf: pikepdf.Pdf, meter: Meter) -> ObjectGraph:
    """Take over all current objects. Raises ``pdf_too_complex`` when there are too many."""
    handles = pdf.objects
    meter.check_objects(len(handles))
    objects: dict[str, Value] = {}
    streams: set[str] = set()
    for count, handle in enumerate(cast("list[pikepdf.Object | None]", list(handles))):
        if count % 256 == 0:
            meter.check_time()
        if handle is None:  # the null object: as good as absent (7.3.9)
            continue
        object_number, generation = handle.objgen
        reference = f"{object_number} {generation} R"
        objects[reference] = json.loads(handle.to_json(dereference=True))
        if isinstance(handle, pikepdf.Stream):
            streams.add(reference)
    trailer = json.loads(pdf.trailer.to_json(dereference=True))
    return ObjectGraph(
        objects=objects,
        trailer=trailer if isinstance(trailer, dict) else {},
        streams=streams,
        encrypted=bool(pdf.is_encrypted),
        warnings=[str(warning) for warning in pdf.get_warnings()],
    )


def refuse_losses(warnings: Sequence[str]) -> None:
    """qpdf puts null in the place of an object that it could not hold, and only warns: refuse, or content is
    lost.

    Raises ``pdf_bomb`` when it ran out of memory, ``pdf_broken`` when the object went beyond its limits.
    """
    for warning in warnings:
        if "bad_alloc" in warning or "length_error" in warning:
            raise Unprocessable("qpdf ran out of memory", code="pdf_bomb")
        if "limits error" in warning:
            raise Unprocessable(f"qpdf left something out: {warning[-100:]}", code="pdf_broken")


def refuse_circles(graph: ObjectGraph) -> None:
    """Raises ``pdf_circular`` when parents, neighbours or extended object streams lead back to where they
    began.

    Readers that follow such a chain never end. (Article beads are meant to be rings: other keys.)
    """
    for key in ("/Parent", "/Next", "/Prev", "/Extends"):
        done: set[str] = set()
        for start in graph.objects:
            path: dict[str, None] = {}
            at: Value = start
            while isinstance(at, str) and at not in done and at in graph.objects:
                if at in path:
                    raise Unprocessable(f"{key} runs in a circle", code="pdf_circular")
                path[at] = None
                top = graph.objects[at]
                at = top.get(key) if isinstance(top, dict) else None
            done.update(path)
