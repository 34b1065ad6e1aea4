"""Fonts of which viewers draw the same, or of which the person is told, each beside a font of which nothing is told.

Rules: a name that ends in ``_quiet`` tells nothing. The page shows the codes 49 and 50 of a simple font, or 0001 and 0002 of a composite
one; the glyphs of the made fonts are squares of different sizes.
"""

from dataclasses import replace

from tests.pdf_corpus.content_case import TEXT_RESOURCES, ContentCase, stream
from tests.pdf_corpus.made_fonts import Tables, character_map, compact, open_type, truetype, type_1

RIGHT = {49: "one", 50: "two"}
WRONG = {49: "two", 50: "one"}
UNICODE: Tables = {(3, 1): RIGHT}
WINDOWS = b"/Encoding /WinAnsiEncoding"
LATIN, SYMBOLIC = 32, 4
TOLD = frozenset(("ambiguous_fonts",))
UNEMBEDDED = frozenset(("unembedded_fonts",))


def _text(shown: bytes) -> bytes:
    return b"BT /F1 12 Tf 10 10 Td %b Tj ET\n" % shown


def _descriptor(flags: int, file: bytes) -> bytes:
    return (
        b"<< /Type /FontDescriptor /FontName /AAAAAA+Made /Flags %d /FontBBox [0 -200 800 800] /ItalicAngle 0 /Ascent 800 "
        b"/Descent -200 /CapHeight 700 /StemV 80 %b >>" % (flags, file)
    )


def _simple(
    name: str,
    told: frozenset[str],
    encoding: bytes = WINDOWS,
    data: bytes = b"",
    *,
    flags: int = LATIN,
    kind: bytes = b"TrueType",
    file: bytes = b"/FontFile2 7 0 R",
    entries: bytes = b"",
    shown: bytes = b"(12)",
) -> ContentCase:
    font = (
        b"<< /Type /Font /Subtype /%b /BaseFont /AAAAAA+Made /FirstChar 49 /LastChar 50 /Widths [800 800] "
        b"/FontDescriptor 6 0 R %b >>" % (kind, encoding)
    )
    program = data or truetype(UNICODE)
    objects = (font, _descriptor(flags, file), stream(program, entries or b"/Length1 %d" % len(program)))
    return ContentCase(name, content=_text(shown), resources=TEXT_RESOURCES, objects=objects, findings=told)


def _tables() -> list[ContentCase]:
    private, private_wrong = {0xF031: "one", 0xF032: "two"}, {0xF031: "two", 0xF032: "one"}
    return [
        _simple("font_tables_agree_quiet", frozenset(), data=truetype({(1, 0): RIGHT, (3, 1): RIGHT})),
        _simple("font_tables_disagree", TOLD, data=truetype({(1, 0): WRONG, (3, 1): RIGHT})),
        _simple("font_symbols_agree_quiet", frozenset(), b"", truetype({(1, 0): RIGHT, (3, 0): private}), flags=SYMBOLIC),
        _simple("font_symbols_disagree", TOLD, b"", truetype({(1, 0): RIGHT, (3, 0): private_wrong}), flags=SYMBOLIC),
        _simple("font_one_table_quiet", frozenset(), b"", truetype({(1, 0): WRONG}), flags=SYMBOLIC),
        _simple("font_disagrees_elsewhere_quiet", frozenset(), data=truetype({(1, 0): {65: "one"}, (3, 1): {**RIGHT, 65: "two"}})),
        _simple("font_disagrees_outside_widths", TOLD, data=truetype({(1, 0): {65: "one"}, (3, 1): {65: "two"}}), shown=b"(A)"),
    ]


def _names() -> list[ContentCase]:
    def named(
        name: str, glyph: bytes, told: frozenset[str] = TOLD, *, flags: int = LATIN, code: int = 49, data: bytes = b""
    ) -> ContentCase:
        encoding = b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [%d /%b] >>" % (code, glyph)
        return _simple(name, told, encoding, data, flags=flags)

    spelt = {0x1EAD: "one", 0x3B1: "one", 0x3CE: "one", 0x416: "one", 0x458: "one", 50: "two"}
    letters = truetype({(3, 1): spelt})
    compact_names = (("A", b"A", frozenset()), ("foo", b"foo", TOLD))
    return [
        named("glyph_name_known_quiet", b"two", frozenset()),
        named("glyph_name_by_number_quiet", b"uni0032", frozenset()),
        named("glyph_name_vietnamese_quiet", b"acircumflexdotbelow", frozenset(), data=letters),
        named("glyph_name_greek_quiet", b"alpha", frozenset(), data=letters),
        named("glyph_name_greek_accent_quiet", b"omegatonos", frozenset(), data=letters),
        named("glyph_name_cyrillic_quiet", b"afii10024", frozenset(), data=letters),
        named("glyph_name_serbian_quiet", b"afii10105", frozenset(), data=letters),
        named("glyph_name_unknown", b"foo"),
        named("glyph_name_of_glyph", b"g2"),
        named("glyph_name_long", b"u00000032"),
        named("glyph_name_without_glyph", b"Euro"),
        named("glyph_name_nothing", b".notdef"),
        named("glyph_name_symbolic", b"two", flags=SYMBOLIC),
        named("glyph_name_not_shown_quiet", b"foo", frozenset(), code=65),
        *(
            _simple(f"compact_{name}{'' if told else '_quiet'}", told, b"/Encoding << /Differences [49 /%b /B] >>" % glyph,
                    compact(((49, "A"), (50, "B"))), kind=b"Type1", file=b"/FontFile3 7 0 R", entries=b"/Subtype /Type1C")
            for name, glyph, told in compact_names
        ),
    ]  # fmt: skip


def _without(data: bytes, tag: bytes) -> bytes:
    return data.replace(tag, b"xxxx", 1)


def _damaged(case: ContentCase) -> ContentCase:
    """Upload tells of any stream that its filter does not decode."""
    is_damaged = case.name in ("font_filter_wrong", "composite_map_damaged")
    return replace(case, of_upload=frozenset(("damaged_streams",))) if is_damaged else case


def _damage() -> list[ContentCase]:
    data, cff = truetype(UNICODE), compact(((49, "A"), (50, "B")))
    type1 = type_1([(49, "A"), (50, "B")], ("A", "B", ".notdef"))
    one = {"kind": b"Type1", "file": b"/FontFile 7 0 R", "encoding": b"", "flags": SYMBOLIC}
    three = {"kind": b"Type1", "file": b"/FontFile3 7 0 R", "encoding": b"", "flags": SYMBOLIC, "entries": b"/Subtype /Type1C"}
    packed_in = {**three, "data": open_type(((49, "A"), (50, "B"))), "entries": b"/Subtype /OpenType"}
    loca = data.index(b"loca")
    at = int.from_bytes(data[loca + 8 : loca + 12], "big")
    packed = b"/Length1 9 /Filter /%b"
    cases = [
        ("font_whole_quiet", frozenset(), {"data": data}),
        ("font_cut", TOLD, {"data": data[: len(data) // 2]}),
        ("font_empty", TOLD, {"data": b"\n"}),
        ("font_without_outlines", TOLD, {"data": _without(data, b"glyf")}),
        ("font_without_metrics", TOLD, {"data": _without(data, b"hmtx")}),
        ("font_outline_outside", TOLD, {"data": data[:at] + b"\xff\xff" * 4 + data[at + 8 :]}),
        ("font_two_programs", TOLD, {"file": b"/FontFile2 7 0 R /FontFile3 7 0 R"}),
        ("font_program_no_stream", UNEMBEDDED, {"file": b"/FontFile2 (x) /Lang 7 0 R"}),
        ("font_filter_unknown", TOLD, {"entries": packed % b"NoDecode"}),
        ("font_filter_of_pictures", TOLD, {"entries": packed % b"DCTDecode"}),
        ("font_filter_wrong", TOLD, {"entries": packed % b"LZWDecode"}),
        ("type_1_whole_quiet", frozenset(), {"data": type1, **one}),
        ("type_1_cut", TOLD, {"data": type1[: type1.index(b"eexec") + 330], **one}),
        ("type_1_under_other_key", TOLD, {"data": type1, **one, "file": b"/FontFile2 7 0 R"}),
        ("compact_whole_quiet", frozenset(), {"data": cff, **three}),
        ("compact_cut", TOLD, {"data": cff[: len(cff) - 9], **three}),
        ("compact_in_open_type_quiet", frozenset(), {**packed_in, "encoding": b"/Encoding << /Differences [49 /A /B] >>"}),
        ("compact_in_open_type_without_names", TOLD, packed_in),
        ("truetype_under_other_key", TOLD, {"data": data, **three}),
    ]  # fmt: skip
    return [_damaged(_simple(name, told, **parts)) for name, told, parts in cases]  # type: ignore[arg-type]


def _composite(
    name: str,
    told: frozenset[str],
    *,
    encoding: bytes = b"/Identity-H",
    to_glyphs: bytes = b"/CIDToGIDMap /Identity",
    shown: bytes = b"<00010002>",
    kind: bytes = b"CIDFontType2",
    descendants: bytes = b"[6 0 R]",
    data: bytes = b"",
    file: bytes = b"/FontFile2 8 0 R",
    extra: tuple[bytes, ...] = (),
) -> ContentCase:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Made /Encoding %b /DescendantFonts %b >>" % (encoding, descendants)
    glyphs = (
        b"<< /Type /Font /Subtype /%b /BaseFont /AAAAAA+Made /DW 800 /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> %b >>" % (kind, to_glyphs)
    )
    program = data or truetype({})
    entries = b"/Subtype /CIDFontType0C" if file.startswith(b"/FontFile3") else b"/Length1 %d" % len(program)
    objects = (font, glyphs, _descriptor(SYMBOLIC, file), stream(program, entries), *extra)
    return ContentCase(name, content=_text(shown), resources=TEXT_RESOURCES, objects=objects, findings=told)


def _composites() -> list[ContentCase]:
    quiet: frozenset[str] = frozenset()
    map_at = b"/CIDToGIDMap 9 0 R"
    identity = b"/CIDToGIDMap /Identity"
    cff = {"kind": b"CIDFontType0", "to_glyphs": b"", "data": compact(), "file": b"/FontFile3 8 0 R"}
    cases = [
        ("composite_identity_quiet", quiet, {}),
        ("composite_downwards_quiet", quiet, {"encoding": b"/Identity-V"}),
        ("composite_no_map_quiet", quiet, {"to_glyphs": b""}),
        ("composite_map_quiet", quiet, {"to_glyphs": map_at, "extra": (stream(b"\0\0\0\1\0\2"),)}),
        ("composite_map_short", TOLD, {"to_glyphs": map_at, "extra": (stream(b"\0\0\0\1"),)}),
        ("composite_map_to_nothing", TOLD, {"to_glyphs": map_at, "extra": (stream(b"\0\0\0\1\0\3"),)}),
        ("composite_map_damaged", TOLD, {"to_glyphs": map_at, "extra": (stream(b"\0\0\0\1\0\2", b"/Filter /FlateDecode"),)}),
        ("composite_map_unknown", TOLD, {"to_glyphs": b"/CIDToGIDMap /Other"}),
        ("composite_widths_quiet", quiet, {"to_glyphs": identity + b" /W [1 [500 500] 5 9 500 3 [] 4 4 200]"}),
        ("composite_widths_twice", TOLD, {"to_glyphs": identity + b" /W [1 [500 500] 2 4 700]"}),
        ("composite_widths_within", TOLD, {"to_glyphs": identity + b" /W [0 9 500 4 [200]]"}),
        ("composite_widths_backwards", TOLD, {"to_glyphs": identity + b" /W [4 2 500]"}),
        ("composite_widths_cut", TOLD, {"to_glyphs": identity + b" /W [1 2]"}),
        ("composite_widths_of_names", TOLD, {"to_glyphs": identity + b" /W [/A [500]]"}),
        ("composite_widths_no_list", TOLD, {"to_glyphs": identity + b" /W 500"}),
        ("composite_beyond_the_glyphs", TOLD, {"shown": b"<00010003>"}),
        ("composite_odd_text", TOLD, {"shown": b"<000100>"}),
        ("composite_unknown_encoding", TOLD, {"encoding": b"/NoSuch-H"}),
        ("composite_unicode_encoding", TOLD, {"encoding": b"/UniJIS-UCS2-H"}),
        ("composite_two_descendants", TOLD, {"descendants": b"[6 0 R 6 0 R]"}),
        ("composite_cut", TOLD, {"data": truetype({})[:-300]}),
        ("composite_compact_quiet", quiet, cff),
        ("composite_compact_beyond", TOLD, {**cff, "shown": b"<00010006>"}),
        ("composite_compact_of_other_kind", TOLD, {**cff, "kind": b"CIDFontType2"}),
        ("composite_compact_with_map", TOLD, {**cff, "to_glyphs": map_at, "extra": (stream(b"\0\0\0\1\0\2"),)}),
        ("composite_truetype_of_other_kind", TOLD, {"kind": b"CIDFontType0"}),
    ]
    return [_damaged(_composite(name, told, **parts)) for name, told, parts in cases]  # type: ignore[arg-type]


def _maps() -> list[ContentCase]:
    chars = "2 begincidchar\n<01> 1\n<02> 2\nendcidchar"
    wide = character_map("1 begincidrange\n<8101> <8102> 1\nendcidrange", "<8101> <81FE>")
    own = character_map(chars)
    cases = [
        ("cmap_own_quiet", own, b"", b"<0102>"),
        ("cmap_of_two_bytes_quiet", wide, b"", b"<81018102>"),
        ("cmap_commented_quiet", character_map("% a remark\n" + chars), b"", b"<0102>"),
        ("cmap_level_quiet", character_map(chars, more="/WMode 0 def"), b"/WMode 0", b"<0102>"),
        ("cmap_uses_another", own, b"/UseCMap /Identity-H", b"<0102>"),
        ("cmap_uses_another_inside", character_map(chars, more="/Identity-H usecmap"), b"", b"<0102>"),
        ("cmap_code_without_number", own, b"", b"<0103>"),
        ("cmap_contradiction", character_map(chars + "\n1 begincidchar\n<01> 2\nendcidchar"), b"", b"<0102>"),
        ("cmap_count_wrong", character_map(chars.replace("2 b", "1 b")), b"", b"<0102>"),
        ("cmap_of_names", character_map("1 beginbfchar\n<01> <0041>\nendbfchar"), b"", b"<01>"),
        ("cmap_without_numbers", character_map("1 beginnotdefrange\n<01> <02> 1\nendnotdefrange"), b"", b"<01>"),
        ("cmap_outside_its_codes", character_map(chars, "<02> <FF>"), b"", b"<0102>"),
        ("cmap_above_its_codes", character_map(chars, "<00> <01>"), b"", b"<0102>"),
        ("cmap_of_two_lengths", character_map(chars, "<00> <80>\n<8100> <FFFF>").replace(b"1 begincodes", b"2 begincodes"), b"", b"<0102>"),
        ("cmap_range_over_bytes", character_map("1 begincidrange\n<8101> <8202> 1\nendcidrange", "<8101> <82FE>"), b"", b"<8101>"),
        ("cmap_number_too_large", character_map("1 begincidrange\n<01> <02> 65535\nendcidrange"), b"", b"<01>"),
        ("cmap_strange_word", character_map(chars, more="foo"), b"", b"<0102>"),
        ("cmap_strange_sign", character_map(chars, more="{ }"), b"", b"<0102>"),
        ("cmap_real_number", character_map(chars.replace("<01> 1\n", "<01> 1.5 1\n")), b"", b"<0102>"),
        ("cmap_not_ended", character_map(chars.replace("endcidchar", "")), b"", b"<0102>"),
        ("cmap_downwards", character_map(chars, more="/WMode 1 def"), b"", b"<0102>"),
        ("cmap_downwards_said", own, b"/WMode 1", b"<0102>"),
    ]  # fmt: skip
    return [
        _composite(
            name,
            frozenset() if name.endswith("_quiet") else TOLD,
            encoding=b"9 0 R",
            shown=shown,
            extra=(stream(data, b"/Type /CMap /CMapName /Own " + entries),),
        )
        for name, data, entries, shown in cases
    ]


FONT_CASES = (*_tables(), *_names(), *_damage(), *_composites(), *_maps())
