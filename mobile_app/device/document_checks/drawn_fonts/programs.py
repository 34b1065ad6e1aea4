"""The glyphs that a font brings along: which program, of which kind, and whether it is whole (ISO 32000-2, 9.9).

Rules: there is one program, under one of the three keys, and it is what the key says: TrueType under ``FontFile2``; Compact Font Format
under ``FontFile3``, alone or as a table of OpenType; Type 1 under ``FontFile``. Its data are decoded to their end. A program of
another kind, or one in which no glyph is found, is drawn by some viewers and replaced by others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.truetype import TrueType, tables_of
from mobile_app.device.document_checks.drawn_fonts.type1 import NamedGlyphs, read_compact, read_type_1
from mobile_app.device.document_checks.page_content.remembered import Remembered, digest_of
from mobile_app.device.document_checks.page_content.sources import decoded, filters_of, is_stream, stream_of
from mobile_app.device.document_checks.syntax import Value

MAX_PROGRAM: Final = 32 * 1024 * 1024
KEYS: Final = ("FontFile", "FontFile2", "FontFile3")
Doubt = Callable[[bytes], bool]
"""Whether a text holds a code that viewers draw as different glyphs."""


def everything(text: bytes) -> bool:
    """Nothing of this font can be told."""
    return bool(text)


@dataclass(frozen=True, slots=True)
class Program:
    """One of the two, ``is_open_type`` with a cmap beside the outlines; or none of them for a program that can't
    be read; ``digest`` of all that it was read from."""

    digest: bytes
    truetype: TrueType | None = None
    compact: NamedGlyphs | None = None
    is_open_type: bool = False


_known: Final[Remembered[Program]] = Remembered()


def program_of(document: PreparedDocument, descriptor: dict[str, Value]) -> Program | None:
    """The embedded program, ``None`` without one. Raises ``CheckFailed`` for data that can't be decoded."""
    keys = [key for key in KEYS if is_stream(document, descriptor.get(key))]
    if not keys:
        return None
    if len(keys) > 1:
        return Program(b"")
    stream = stream_of(document, descriptor[keys[0]], "font")
    digest = digest_of([keys[0].encode(), repr(filters_of(document, stream[0])).encode(), stream[1]])
    return _known.get(digest, lambda: _read(digest, keys[0], decoded(document, stream, MAX_PROGRAM)))


def _read(digest: bytes, key: str, data: bytes) -> Program:
    if key == "FontFile2":
        program = TrueType(data)
        return Program(digest, truetype=program if program.glyphs else None)
    is_open_type = key == "FontFile3" and data[:4] == b"OTTO"
    if is_open_type:
        data = tables_of(data).get(b"CFF ", b"")
    glyphs = read_compact(data) if key == "FontFile3" else read_type_1(data)
    return Program(digest, compact=glyphs if glyphs.names or glyphs.numbers else None, is_open_type=is_open_type)
