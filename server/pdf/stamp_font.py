"""The stamp's fonts: shaping with HarfBuzz, and a subset that is embedded as a composite font (ISO 32000-2
9.7).

Rules: only the glyphs that one signer's stamp can need are embedded (a few kilobytes); text stays
extractable through ToUnicode. What a font has no sign for is drawn by its number ([U+20BB7]), never by an empty
box, a bare letter or a "?": two names that differ look different. ``shown`` says beforehand what will stand
there. No ligatures, so that each glyph stands for one character. Subsetting takes half a millisecond, and is
still done only once per signer and worker."""

import hashlib
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb

from server.pdf.pdf_syntax import ObjectEncryption, write_object

_FEATURES = {"liga": False, "clig": False, "dlig": False, "calt": False, "kern": True}
_DROPPED_TABLES = (
    "cmap", "OS/2", "name", "post", "gasp", "GDEF", "GPOS", "GSUB", "DSIG", "STAT",
    "BASE", "JSTF", "MATH", "VDMX", "vhea", "vmtx", "FFTM", "PfEd", "TeX ", "prop",
)  # fmt: skip
OBJECTS_PER_FONT = 5


def clean_text(text: str) -> str:
    """NFC on one line, without control, format (bidi marks among them), private or unassigned characters."""
    spaced = "".join(
        " " if character.isspace() else character for character in unicodedata.normalize("NFC", text)
    )
    visible = "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cn", "Cs"})
    return " ".join(visible.split())


@dataclass(frozen=True)
class ShapedText:
    """Glyphs of one run: (glyph of the full font, its text, advance, x offset), widths in 1/1000 of the
    font size."""

    glyphs: tuple[tuple[int, str, int, int], ...]
    width: int


class StampFont:
    """One font file, loaded once per process."""

    def __init__(self, path: Path) -> None:
        self.face = hb.Face(hb.Blob.from_file_path(str(path)))
        self.font = hb.Font(self.face)
        self.name = path.stem
        self._scale = 1000 / self.face.upem
        extents = self.font.get_font_extents("ltr")
        self.ascender = round(extents.ascender * self._scale)
        self.descender = round(extents.descender * self._scale)

    def _drawable(self, text: str) -> str:
        return "".join(one if self._has(one) else f"[U+{ord(one):04X}]" for one in text)

    def _has(self, character: str) -> bool:
        return bool(self.font.get_nominal_glyph(ord(character)))

    def has_all(self, text: str) -> bool:
        """Is there a sign for every character of ``text``, which should come from clean_text()?"""
        return all(map(self._has, text))

    def shown(self, text: str) -> str:
        """What will be drawn for ``text``."""
        return self._drawable(clean_text(text))

    def shape(self, text: str) -> ShapedText:
        """``text`` should come from clean_text()."""
        drawable = self._drawable(text)
        buffer = hb.Buffer()
        buffer.add_str(drawable)
        buffer.guess_segment_properties()
        hb.shape(self.font, buffer, _FEATURES)
        glyphs = []
        seen: set[int] = set()
        for glyph, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            character = "" if glyph.cluster in seen else drawable[glyph.cluster]
            seen.add(glyph.cluster)
            advance, offset = round(position.x_advance * self._scale), round(position.x_offset * self._scale)
            glyphs.append((glyph.codepoint, character, advance, offset))
        return ShapedText(tuple(glyphs), sum(advance for _, _, advance, _ in glyphs))


class FontSubset:
    """The glyphs of some runs as an embeddable font. Immutable after it is made."""

    def __init__(self, font: StampFont, runs: Iterable[ShapedText]) -> None:
        text_of = {glyph: character for run in runs for glyph, character, _, _ in reversed(run.glyphs)}
        wanted = hb.SubsetInput()
        wanted.flags = (
            hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
        )
        wanted.glyph_set.update(text_of)
        wanted.drop_table_tag_set.update(
            int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED_TABLES
        )
        plan = hb.SubsetPlan(font.face, wanted)
        program = plan.execute().blob.data
        self._font = font
        self._cid_of = dict(plan.old_to_new_glyph_mapping)
        self._program = zlib.compress(program, 9)
        self._program_length = len(program)
        digest = hashlib.sha256(program).digest()
        self.name = "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + font.name
        cids = sorted(self._cid_of.items(), key=lambda pair: pair[1])
        scale = 1000 / font.face.upem
        self._advances = [round(font.font.get_glyph_h_advance(glyph) * scale) for glyph, _ in cids]
        self._to_unicode = zlib.compress(
            _to_unicode_cmap({self._cid_of[g]: t for g, t in text_of.items() if t}), 9
        )

    def show(self, run: ShapedText) -> bytes:
        """The operand of ``TJ`` for a run whose glyphs are all in the subset."""
        parts: list[bytes] = [b"["]
        pending = ""
        drift = 0  # how far the pen is behind the place that shaping wants, in 1/1000
        for glyph, _, advance, offset in run.glyphs:
            cid = self._cid_of[glyph]
            if drift + offset:
                parts.append(b"<%b>%d" % (pending.encode("ascii"), -(drift + offset)))
                pending = ""
            pending += f"{cid:04x}"
            drift = advance - self._advances[cid] - offset
        parts.append(b"<%b>]" % pending.encode("ascii"))
        return b"".join(parts)

    def cid_hex(self, glyph: int) -> bytes:
        """Four hex digits that show this glyph of the full font."""
        return b"%04x" % self._cid_of[glyph]

    def objects(self, first_number: int, encryption: ObjectEncryption, *, cid_set: bool = False) -> list[bytes]:
        """The five indirect objects numbered from ``first_number``: Type0 font, CIDFont, descriptor, font
        file, ToUnicode. ``cid_set``: a sixth lists the glyphs, as PDF/A-1 wants it (ISO 19005-1 6.3.5)."""
        name = self.name.encode("ascii")
        number = first_number
        widths = b" ".join(b"%d" % advance for advance in self._advances)
        registry, ordering = (encryption.string(number + 1, text) for text in (b"Adobe", b"Identity"))
        font = self._font
        return [
            write_object(
                number,
                b"/Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]"
                b"/ToUnicode %d 0 R"
                % (name, number + 1, number + 4),
            ),
            write_object(
                number + 1,
                b"/Type/Font/Subtype/CIDFontType2/BaseFont/%b"
                b"/CIDSystemInfo<</Registry%b/Ordering%b/Supplement 0>>/FontDescriptor %d 0 R/DW 0/W[0[%b]]/CIDToGIDMap/Identity"
                % (name, registry, ordering, number + 2, widths),
            ),
            write_object(
                number + 2,
                b"/Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[-150 -280 1200 1200]"
                b"/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 740/StemV 90/FontFile2 %d 0 R%b"
                % (name, font.ascender, font.descender, number + 3, b"/CIDSet %d 0 R" % (number + 5) if cid_set else b""),
            ),
            write_object(
                number + 3,
                b"/Length1 %d/Filter/FlateDecode" % self._program_length,
                encryption.stream(number + 3, self._program),
            ),
            write_object(number + 4, b"/Filter/FlateDecode", encryption.stream(number + 4, self._to_unicode)),
            *([write_object(number + 5, b"", encryption.stream(number + 5, _all_of(len(self._advances))))] if cid_set else []),
        ]


_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = b"""endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _all_of(glyphs: int) -> bytes:
    """A bit for each glyph, the first the highest of the first byte (ISO 32000-1 table 124)."""
    size = -(-glyphs // 8)
    return (((1 << glyphs) - 1) << (8 * size - glyphs)).to_bytes(size, "big")


def _to_unicode_cmap(text_of_cid: dict[int, str]) -> bytes:
    """A ToUnicode CMap (ISO 32000-2 9.10.3); at most 100 entries a block."""
    lines = [
        b"<%04x> <%b>\n" % (cid, text.encode("utf-16-be").hex().encode("ascii"))
        for cid, text in sorted(text_of_cid.items())
    ]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = [b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block)) for block in blocks]
    return _CMAP_HEAD + b"".join(body) + _CMAP_TAIL
