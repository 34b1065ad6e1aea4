"""Kinds of crafted files: layers, images, masks, colours and patterns (ISO 32000-2, 8)."""

import io
import zlib
from collections.abc import Iterator

from PIL import Image, ImageDraw

from tests.agreement.contract import FREE, PAGE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_content import FORM, MORE, PAID
from tests.pdf_corpus.pdf_writer import PdfWriter

_FONTS = "/Resources << /Font << /F1 3 0 R >> >>"


def _image(data: bytes, entries: str, size: tuple[int, int] = (40, 20)) -> PdfWriter:
    writer = contract(content=b"q 200 0 0 100 40 80 cm /X Do Q", resources="/XObject << /X 8 0 R >>")
    writer.put_stream(FREE, data, f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} {entries}")
    return writer


def _word(text: str, mode: str = "L", size: tuple[int, int] = (40, 20)) -> Image.Image:
    picture = Image.new(mode, size, 255 if mode == "L" else "white")
    ImageDraw.Draw(picture).text((2, 4), text, fill=0 if mode == "L" else "black")
    return picture


def _encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


#: As many samples as the page has pixels in a viewer's picture: nothing is made larger or smaller.
_LARGE = (600, 300)
GREY = "/BitsPerComponent 8 /ColorSpace /DeviceGray"


@kind
def images() -> Iterator[Part]:
    """Images whose data are too few, too many, or of another size than the dictionary says."""
    word = _word("1,000").tobytes()
    yield harmless("plain", _image(word, GREY))
    yield harmless("decoded_otherwise", _image(word, f"{GREY} /Decode [1 0]"))
    yield hostile("too_short", _image(word[:400], GREY))
    yield hostile("no_colour_space", _image(word, "/BitsPerComponent 8"))
    yield hostile("bits_of_three", _image(word, "/BitsPerComponent 3 /ColorSpace /DeviceGray"))
    yield hostile("two_decodes", _image(word, f"{GREY} /Decode [0 1] /D [1 0]"))
    yield hostile(
        "predictor_unknown",
        _image(zlib.compress(word), f"{GREY} /Filter /FlateDecode /DecodeParms << /Predictor 99 >>"),
    )
    jpeg = _encoded(_word("1,000", size=(80, 40)), "JPEG", quality=95)
    yield harmless("jpeg", _image(jpeg, f"{GREY} /Filter /DCTDecode", (80, 40)))
    yield hostile("jpeg_of_other_size", _image(jpeg, f"{GREY} /Filter /DCTDecode", (80, 20)))
    yield hostile(
        "jpeg_of_other_colours", _image(jpeg, "/BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode", (80, 40))
    )


@kind
def alternate_images() -> Iterator[Part]:
    """An image with another one for printing (8.9.5.4)."""
    word = _word("1,000").tobytes()
    yield harmless("none", _image(word, GREY))
    writer = _image(word, f"{GREY} /Alternates [<< /Image 9 0 R /DefaultForPrinting true >>]")
    writer.put_stream(9, _word("9,000").tobytes(), f"/Type /XObject /Subtype /Image /Width 40 /Height 20 {GREY}")
    yield hostile("for_printing", writer)


@kind
def masks() -> Iterator[Part]:
    """Masks of images: soft, hard, by colour, with matte, and several at once (8.9.6, 11.6.5.3)."""
    word, black = _word("1,000").tobytes(), bytes(800)
    inverted = bytes(255 - grey for grey in word)
    for name, entries, mask, bad in (
        ("soft", f"{GREY} /SMask 9 0 R", f"{GREY}", False),
        ("soft_with_matte", f"{GREY} /SMask 9 0 R", f"{GREY} /Matte [0.5]", True),
        ("soft_and_hard", f"{GREY} /SMask 9 0 R /Mask [0 0]", f"{GREY}", True),
        ("by_colour_reals", f"{GREY} /Mask [0.0 0.0]", f"{GREY}", True),
        ("soft_of_colours", f"{GREY} /SMask 9 0 R", "/BitsPerComponent 8 /ColorSpace /DeviceRGB", True),
        (
            "soft_by_indexed",
            f"{GREY} /SMask 9 0 R",
            "/BitsPerComponent 8 /ColorSpace [/Indexed /DeviceGray 1 <FF00>]",
            True,
        ),
    ):
        writer = _image(black, entries)
        writer.put_stream(9, inverted, f"/Type /XObject /Subtype /Image /Width 40 /Height 20 {mask}")
        yield hostile(name, writer) if bad else harmless(name, writer)
    stencil = Image.frombytes("L", (40, 20), word).convert("1", dither=Image.Dither.NONE).tobytes()
    yield harmless("stencil", _image(stencil, "/ImageMask true /BitsPerComponent 1"))
    yield hostile("stencil_of_eight_bits", _image(word, "/ImageMask true /BitsPerComponent 8"))


@kind
def soft_mask_groups() -> Iterator[Part]:
    """Soft masks of the graphics state: groups with backdrop and transfer function (11.6.5.2)."""
    for name, mask, bad in (
        ("luminosity", "/S /Luminosity /G 9 0 R", False),
        ("backdrop", "/S /Luminosity /G 9 0 R /BC [1]", True),
        ("transfer", "/S /Luminosity /G 9 0 R /TR << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>", True),
        ("alpha", "/S /Alpha /G 9 0 R", False),
        ("unknown", "/S /Shade /G 9 0 R", True),
    ):
        writer = contract(content=b"q /M gs " + PAID + b" Q", resources="/ExtGState << /M 8 0 R >>")
        writer.put(FREE, f"<< /Type /ExtGState /SMask << /Type /Mask {mask} >> >>")
        group = "/Group << /S /Transparency /CS /DeviceGray >> /Resources << >>"
        writer.put_stream(9, b"1 g 0 0 420 300 re f", f"{FORM} /BBox [0 0 420 300] {group}")
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def blending() -> Iterator[Part]:
    """Blend modes, also unknown ones and lists; overprint; transfer functions."""
    inverse = "<< /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>"
    for name, state, bad in (
        ("normal", "/BM /Normal", False),
        ("multiply", "/BM /Multiply", False),
        ("unknown", "/BM /Foo", True),
        ("list_of_unknown", "/BM [/Foo /Difference]", True),
        ("transfer", f"/TR {inverse}", True),
        ("transfer_2", f"/TR2 {inverse}", True),
        ("overprint", "/OP true /op true /OPM 1", True),
        ("alpha_below_zero", "/ca -1", True),
        ("alpha_above_one", "/ca 7", True),
    ):
        content = (
            b"q 0.8 1 0.8 rg 30 130 300 60 re f /G gs 0 0 0 0 k " + MORE + b" 0 g 1 0 0 1 0 -50 cm " + PAID + b" Q"
        )
        writer = contract(
            content=content if "overprint" in name else content.replace(b"0 0 0 0 k", b"0 g"),
            resources="/ExtGState << /G 8 0 R >>",
        )
        writer.put(FREE, f"<< /Type /ExtGState {state} >>")
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def colour_spaces() -> Iterator[Part]:
    """Spot colours that are no colours, and default spaces that turn black into white."""
    tint = "<< /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>"
    for name, space, bad in (
        ("spot", f"[/Separation /Ink /DeviceGray {tint}]", False),
        ("none", f"[/Separation /None /DeviceGray {tint}]", True),
        ("all", f"[/Separation /All /DeviceGray {tint}]", False),
        ("device_n_none", f"[/DeviceN [/None] /DeviceGray {tint}]", True),
        ("indexed_short", "[/Indexed /DeviceGray 255 <FF00>]", True),
        ("unknown", "[/Foo /DeviceGray]", True),
    ):
        content = b"/C cs 1 scn " + MORE
        yield (hostile if bad else harmless)(name, contract(content=content, resources=f"/ColorSpace << /C {space} >>"))
    yield hostile(
        "default_grey",
        contract(content=MORE, resources=f"/ColorSpace << /DefaultGray [/Separation /Ink /DeviceGray {tint}] >>"),
    )


@kind
def patterns() -> Iterator[Part]:
    """Text painted by patterns and shadings, right and broken ones."""
    for name, entries, bad in (
        ("tiles", "/BBox [0 0 5 5] /XStep 5 /YStep 5", False),
        ("no_step", "/BBox [0 0 5 5] /XStep 0 /YStep 0", True),
        ("no_box", "/XStep 5 /YStep 5", True),
        ("negative_step", "/BBox [0 0 5 5] /XStep -5 /YStep -5", False),
    ):
        writer = contract(content=b"/Pattern cs /P scn 40 120 200 60 re f", resources="/Pattern << /P 8 0 R >>")
        writer.put_stream(
            FREE,
            b"0.5 g 0 0 3 3 re f",
            f"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 {entries} /Resources << >>",
        )
        yield hostile(name, writer) if bad else harmless(name, writer)
    function = "/Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >>"
    for name, shading, bad in (
        ("axial", f"/ShadingType 2 /ColorSpace /DeviceGray /Coords [40 0 240 0] {function}", False),
        ("no_function", "/ShadingType 2 /ColorSpace /DeviceGray /Coords [40 0 240 0]", True),
        ("type_9", f"/ShadingType 9 /ColorSpace /DeviceGray /Coords [40 0 240 0] {function}", True),
    ):
        writer = contract(content=b"q 40 120 200 60 re W n /S sh Q", resources=f"/Shading << /S << {shading} >> >>")
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def jpeg_2000() -> Iterator[Part]:
    """JPEG 2000 images that bring colours or transparency of their own (7.4.9)."""
    picture = _word("1,000").resize(_LARGE, Image.Resampling.NEAREST)
    data = _encoded(picture, "JPEG2000", irreversible=False)
    yield harmless("grey", _image(data, f"{GREY} /Filter /JPXDecode", _LARGE))
    yield hostile(
        "space_against_its_own",
        _image(
            data,
            "/BitsPerComponent 8 /ColorSpace [/Separation /Ink /DeviceGray "
            "<< /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>] /Filter /JPXDecode",
            _LARGE,
        ),
    )
    layered = Image.merge("RGBA", [picture.convert("L")] * 3 + [Image.eval(picture, lambda grey: 255 - grey)])
    clear = _encoded(layered, "JPEG2000", irreversible=False)
    yield hostile("transparent_said", _image(clear, "/SMaskInData 1 /Filter /JPXDecode", _LARGE))
    yield hostile("transparent_unsaid", _image(clear, "/Filter /JPXDecode", _LARGE))
    white = Image.merge("RGBA", [Image.new("L", _LARGE, 0)] * 3 + [Image.eval(picture, lambda grey: 255 - grey)])
    yield hostile(
        "text_in_alpha_only", _image(_encoded(white, "JPEG2000", irreversible=False), "/Filter /JPXDecode", _LARGE)
    )


@kind
def fax_images() -> Iterator[Part]:
    """Fax images whose parameters do not fit their data (7.4.6)."""
    picture = _word("1,000", size=(80, 40)).convert("1")
    tiff = Image.open(io.BytesIO(_encoded(picture, "TIFF", compression="group4")))
    at, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    data = _encoded(picture, "TIFF", compression="group4")[at : at + length]
    one_bit = "/BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode"
    black = str(tiff.tag_v2.get(262, 0) != 0).lower()
    for name, parameters, bad in (
        ("right", f"/K -1 /Columns 80 /Rows 40 /BlackIs1 {black}", False),
        ("other_columns", f"/K -1 /Columns 96 /Rows 40 /BlackIs1 {black}", True),
        ("other_rows", f"/K -1 /Columns 80 /Rows 10 /BlackIs1 {black}", True),
        ("other_kind", f"/K 0 /Columns 80 /Rows 40 /BlackIs1 {black}", True),
    ):
        writer = _image(data, f"{one_bit} /DecodeParms << {parameters} >>", (80, 40))
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def transparency_groups() -> Iterator[Part]:
    """Groups of pages and forms: isolated, knocked out, in other colour spaces."""
    for name, group, bad in (
        ("isolated", "/Group << /S /Transparency /I true /CS /DeviceRGB >>", False),
        ("knockout", "/Group << /S /Transparency /K true /CS /DeviceRGB >>", True),
        ("unknown", "/Group << /S /Foo >>", True),
        ("knockout_opaque", "/Group << /S /Transparency /K true /CS /DeviceRGB >>", False),
    ):
        blending = "" if name == "knockout_opaque" else "/ca 0.5 /BM /Multiply"
        state = f"<< /Type /ExtGState {blending} >>"
        writer = contract(content=b"0.6 g 40 100 200 80 re f /X Do", resources="/XObject << /X 8 0 R >>")
        resources = f"/Resources << /ExtGState << /G {state} >> /Font << /F1 3 0 R >> >>"
        writer.put_stream(
            FREE,
            b"q /G gs 0.3 g 60 110 80 60 re f 100 120 120 30 re f " + MORE + b" Q",
            f"{FORM} /BBox [0 0 420 300] {group} {resources}",
        )
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def page_extras() -> Iterator[Part]:
    """What a page may carry beside its content."""
    yield harmless("thumbnail", _with_thumbnail())
    yield harmless("duration", contract(page="/Dur 5 /Trans << /S /Dissolve >>"))
    yield hostile("other_boxes", contract(page="/TrimBox [0 200 420 300] /ArtBox [0 200 420 300] /BleedBox [(x)]"))
    yield hostile(
        "view_area",
        contract(
            page="/CropBox [0 100 420 300]", catalog="/ViewerPreferences << /ViewArea /MediaBox /ViewClip /MediaBox >>"
        ),
    )
    yield hostile("separation", contract(page="/SeparationInfo << /Pages [4 0 R] /DeviceColorant /Cyan >>"))


def _with_thumbnail() -> PdfWriter:
    writer = contract(page="/Thumb 8 0 R")
    writer.put_stream(FREE, bytes(16), "/Width 4 /Height 4 /BitsPerComponent 8 /ColorSpace /DeviceGray")
    assert b"/Thumb" in writer.bodies[PAGE]
    return writer
