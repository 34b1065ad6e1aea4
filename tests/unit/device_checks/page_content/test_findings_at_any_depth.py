"""What is told is told wherever it lies, and not told where nothing of the kind is."""

import pytest

from tests.unit.device_checks.document_forge import CATALOG, Forge, stream
from tests.unit.device_checks.page_content.content_forge import CELL, FONT, checked, page_forge
from tests.unit.device_checks.page_content.content_forge import FORM as BOXED

BOX = b"0 0 9 9 re f"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
GROUP = b"<</Type/OCG/Name(layer)>>"
TEXT = b"BT /F1 9 Tf (a) Tj ET"


def told(forge: Forge) -> set[str]:
    return set(checked(forge).findings)


def draws(*extra: bytes, resources: bytes = b"/XObject<</X 6 0 R>>", content: bytes = b"/X Do", page: bytes = b"") -> Forge:
    return page_forge(content, resources, list(extra), annotations=page)


def form(entries: bytes = b"", data: bytes = BOX) -> bytes:
    return stream(data, BOXED + entries)


LAYERS = [
    (draws(form()), draws(form(b"/OC 7 0 R"), GROUP)),
    (draws(form()), draws(form(b"/Resources<</XObject<</X 7 0 R>>>>", b"/X Do"), form(b"/OC 8 0 R"), GROUP)),
    (
        draws(b"<</Lang(vi)>>", resources=b"/Properties<</P 6 0 R>>", content=b"/Span/P BDC EMC"),
        draws(GROUP, resources=b"/Properties<</P 6 0 R>>", content=b"/OC/P BDC EMC"),
    ),
    (
        draws(GROUP, resources=b"/Properties<</P 6 0 R>>", content=b"/OCX/P BDC EMC"),
        draws(b"<</Type/OCMD/VE[/Not 7 0 R]>>", GROUP, resources=b"/Properties<</P 6 0 R>>", content=b"/O#43/P BDC EMC"),
    ),
    (draws(form(data=b"/Span BMC EMC")), draws(form(data=b"/OC/P BDC EMC"))),
    (
        draws(stream(b"0", b"/Subtype/Image/ImageMask true/Width 1/Height 1")),
        draws(stream(b"0", b"/Subtype/Image/ImageMask true/Width 1/Height 1/OC 7 0 R"), GROUP),
    ),
    (
        page_forge(BOX, FONT, [b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>"], annotations=b"6 0 R"),
        page_forge(BOX, FONT, [b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/OC 7 0 R>>", GROUP], annotations=b"6 0 R"),
    ),
]


@pytest.mark.parametrize(("quiet", "layered"), LAYERS, ids=range(len(LAYERS)))
def test_layers(quiet: Forge, layered: Forge) -> None:
    assert "layers" not in told(quiet)
    assert "layers" in told(layered)


@pytest.mark.parametrize(("groups", "found"), [(b"[]", False), (b"[6 0 R]", True)])
def test_layers_are_groups_and_no_empty_list(groups: bytes, found: bool) -> None:
    forge = page_forge(BOX, b"", [GROUP] if found else [])
    for objects in (forge.original, forge.increment):
        objects[CATALOG] = objects[CATALOG].replace(b"/Catalog", b"/Catalog/OCProperties<</OCGs" + groups + b"/D<<>>>>")
    assert ("layers" in told(forge)) is found


FONTS = {
    "form": draws(form(b"/Resources<</Font<</F1 7 0 R>>>>"), HELVETICA),
    "form in form": draws(
        form(b"/Resources<</XObject<</X 7 0 R>>>>", b"/X Do"), form(b"/Resources<</Font<</F1 8 0 R>>>>"), HELVETICA
    ),
    "cell": draws(
        stream(b"", CELL.replace(b"/Resources<<>>", b"/Resources<</Font<</F1 7 0 R>>>>")),
        HELVETICA,
        resources=b"/Pattern<</P 6 0 R>>",
        content=b"/Pattern cs /P scn",
    ),
    "mask": draws(
        form(b"/Group<</S/Transparency>>/Resources<</Font<</F1 7 0 R>>>>"),
        HELVETICA,
        resources=b"/ExtGState<</G<</SMask<</S/Alpha/G 6 0 R>>>>>>",
        content=b"/G gs",
    ),
    "glyph": draws(
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<</a 7 0 R>>"
        b"/Encoding<</Differences[97/a]>>/Resources<</Font<</F1 8 0 R>>>>>>",
        stream(b"9 0 d0"),
        HELVETICA,
        resources=b"/Font<</F1 6 0 R>>",
        content=TEXT,
    ),
    "appearance": page_forge(
        BOX,
        b"",
        [
            b"<</Type/Annot/Subtype/Stamp/F 4/Rect[0 0 9 9]/AP<</N<</On 7 0 R>>>>/AS/On>>",
            form(b"/Resources<</Font<</F1 8 0 R>>>>"),
            HELVETICA,
        ],
        annotations=b"6 0 R",
    ),
}


@pytest.mark.parametrize("place", FONTS)
def test_fonts_without_glyphs_are_told_at_any_depth(place: str) -> None:
    assert "unembedded_fonts" in told(FONTS[place])
    assert "unembedded_fonts" not in told(page_forge(BOX, b""))


def annotation(subtype: bytes, entries: bytes = b"") -> Forge:
    one = b"<</Type/Annot/Subtype/" + subtype + b"/F 4/Rect[0 0 9 9]" + entries + b">>"
    drawn = [form()] if b"7 0 R" in entries else []
    return page_forge(BOX, b"", [one, *drawn], annotations=b"6 0 R")


@pytest.mark.parametrize("subtype", [b"Link", b"Popup"])
def test_links_and_pop_ups_with_a_drawing(subtype: bytes) -> None:
    assert told(annotation(subtype)) == set()
    assert told(annotation(subtype, b"/AP<</N 7 0 R>>")) == {"link_appearance"}


def test_a_widget_of_no_form() -> None:
    assert told(annotation(b"Widget", b"/FT/Tx/AP<</N 7 0 R>>")) == {"loose_fields"}
