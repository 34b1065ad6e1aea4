"""What is told of an accepted file although nothing is wrong with its syntax, at any depth, each beside a file of which nothing is told.

Rules: the findings are those of server and phone alike (``FINDING_TEXTS``); a name that ends in ``_quiet`` tells nothing.
"""

from tests.pdf_corpus.content_case import TEXT_OBJECTS, TEXT_RESOURCES, ContentCase, font_type3, form, stream

SQUARE = b"10 10 100 100 re f\n"
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
IN_FONT = b"/Resources << /Font << /F1 %d 0 R >> >>"
TEXT = b"BT /F1 12 Tf 10 10 Td (A) Tj ET\n"
GROUP = b"<< /Type /OCG /Name (layer) >>"
FORM = b"<< /XObject << /X 5 0 R >> >>"


def _told(name: str, *findings: str, **parts: object) -> ContentCase:
    return ContentCase(name, findings=frozenset(findings), **parts)  # type: ignore[arg-type]


def _layers() -> list[ContentCase]:
    marked = b"/OC /L BDC " + SQUARE + b"EMC\n"
    properties = b"<< /Properties << /L 5 0 R >> >>"
    link = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [10 10 90 90] %s >>]"
    member = b"<< /Type /OCMD /VE [/Not 6 0 R] >>"
    return [
        _told("layer_by_properties", "layers", content=marked, resources=properties, objects=(GROUP,)),
        _told("layer_listed", "layers", content=marked, resources=properties, objects=(GROUP,),
              catalog=b"/OCProperties << /OCGs [5 0 R] /D << >> >>"),
        _told("layer_by_expression", "layers", content=marked, resources=properties, objects=(member, GROUP)),
        _told("layer_of_form", "layers", content=b"/X Do", resources=FORM, objects=(form(SQUARE, b"/OC 6 0 R"), GROUP)),
        _told("layer_in_form", "layers", content=b"/X Do", resources=FORM,
              objects=(form(marked, b"/Resources << /Properties << /L 6 0 R >> >>"), GROUP)),
        _told("layer_of_annotation", "layers", content=SQUARE, objects=(GROUP,), page=link % b"/OC 5 0 R"),
        _told("marked_content_quiet", content=b"/Span /L BDC " + SQUARE + b"EMC\n", resources=properties,
              objects=(b"<< /Lang (vi) >>",)),
        _told("no_groups_quiet", content=SQUARE, catalog=b"/OCProperties << /OCGs [] /D << >> >>"),
    ]  # fmt: skip


def _fonts() -> list[ContentCase]:
    tiling = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 99 99] /XStep 99 /YStep 99 "
    mask = b"<< /ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >> >>"
    grouped = b"/Group << /S /Transparency /CS /DeviceGray >> "
    stamp = b"/Annots [<< /Type /Annot /Subtype /Stamp /Rect [10 10 90 90] /AP << /N 5 0 R >> >>]"
    inner = form(b"/X Do", b"/Resources << /XObject << /X 6 0 R >> >>")
    glyph = stream(b"1000 0 d0 BT /F1 900 Tf (A) Tj ET")
    return [
        _told("font_embedded_quiet", content=TEXT, resources=TEXT_RESOURCES, objects=TEXT_OBJECTS),
        _told("font_on_page", "unembedded_fonts", content=TEXT, resources=TEXT_RESOURCES, objects=(HELVETICA,)),
        _told("font_without_type", "unembedded_fonts", content=TEXT, resources=TEXT_RESOURCES,
              objects=(HELVETICA.replace(b"/Type /Font", b""),)),
        _told("font_in_form", "unembedded_fonts", content=b"/X Do", resources=FORM,
              objects=(inner, form(TEXT, IN_FONT % 7), HELVETICA)),
        _told("font_in_pattern", "unembedded_fonts", content=b"/Pattern cs /X scn 0 0 200 200 re f",
              resources=b"<< /Pattern << /X 5 0 R >> >>", objects=(stream(TEXT, tiling + IN_FONT % 6), HELVETICA)),
        _told("font_in_glyph", "unembedded_fonts", content=TEXT, resources=TEXT_RESOURCES,
              objects=(font_type3(6, IN_FONT % 7), glyph, HELVETICA)),
        _told("font_in_soft_mask", "unembedded_fonts", content=b"/G gs\n" + SQUARE, resources=mask,
              objects=(form(TEXT, grouped + IN_FONT % 6), HELVETICA)),
        _told("font_in_appearance", "unembedded_fonts", "annotations_over_text", content=SQUARE, page=stamp,
              objects=(form(TEXT, IN_FONT % 6), HELVETICA)),
    ]  # fmt: skip


def _fields() -> list[ContentCase]:
    form_of = b"/AcroForm << /Fields [%s] %s >>"
    annotations = b"/Annots [5 0 R]"
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Ff 1 /F 4 /Rect [10 10 90 90] /DA (0 g) %s >>"
    shown = b"/V (A) /AP << /N 6 0 R >>"
    drawn = form(b"0 0 9 9 re f")
    link = b"<< /Type /Annot /Subtype /%s /Rect [10 10 90 90] %s >>"
    return [
        _told("field_quiet", content=SQUARE, page=annotations, objects=(field % shown, drawn), catalog=form_of % (b"5 0 R", b"")),
        _told("field_of_viewers", "need_appearances", content=SQUARE, page=annotations, objects=(field % shown, drawn),
              catalog=form_of % (b"5 0 R", b"/NeedAppearances true")),
        _told("field_not_of_viewers_quiet", content=SQUARE, page=annotations, objects=(field % shown, drawn),
              catalog=form_of % (b"5 0 R", b"/NeedAppearances false")),
        _told("field_without_appearance", "need_appearances", content=SQUARE, page=annotations, objects=(field % b"/V (A)",),
              catalog=form_of % (b"5 0 R", b"")),
        _told("field_without_value_quiet", content=SQUARE, page=annotations, objects=(field % b"",), catalog=form_of % (b"5 0 R", b"")),
        _told("field_loose", "loose_fields", content=SQUARE, page=annotations, objects=(field % shown, drawn),
              catalog=form_of % (b"", b"")),
        _told("link_quiet", content=SQUARE, page=annotations, objects=(link % (b"Link", b""),)),
        _told("link_with_appearance", "link_appearance", content=SQUARE, page=annotations,
              objects=(link % (b"Link", b"/AP << /N 6 0 R >>"), drawn)),
        _told("popup_with_appearance", "link_appearance", content=SQUARE, page=annotations,
              objects=(link % (b"Popup", b"/AP << /N 6 0 R >>"), drawn)),
    ]  # fmt: skip


FINDING_CASES = (*_layers(), *_fonts(), *_fields())
