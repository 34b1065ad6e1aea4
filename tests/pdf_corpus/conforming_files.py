"""Files that keep archive standards, made by code: PDF/A of each part and level, PDF/UA, with each kind of output intent and without one.

Rules: small, of one or two pages, one drawing in the colours that the output intent allows; veraPDF says yes to each (held by the tests);
what differs besides the standard (``SHAPES``) is what made a signature or a rewrite lose a standard, or might.
"""

import io
import struct
from collections.abc import Callable, Iterator, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name, String

_VERSIONS = {"1": "1.4", "4": "2.0"}
_DRAWINGS = {
    "rgb": b"0.5 0.2 0.2 rg\n",
    "gray": b"0.5 g\n",
    "cmyk": b"0.1 0.2 0.3 0 k\n",
    "none": b"/Calibrated cs 0.5 sc\n",
}
_SPACES = {"rgb": (b"RGB ", 3), "gray": (b"GRAY", 1), "cmyk": (b"CMYK", 4)}
_UA_SCHEMA = """
<pdfaExtension:schemas xmlns:pdfaExtension='http://www.aiim.org/pdfa/ns/extension/' xmlns:pdfaSchema='http://www.aiim.org/pdfa/ns/schema#'
 xmlns:pdfaProperty='http://www.aiim.org/pdfa/ns/property#'><rdf:Bag><rdf:li rdf:parseType='Resource'>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA</pdfaSchema:schema><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType='Resource'>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>part</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"""


def _metadata(standards: tuple[str, ...]) -> bytes:
    said = []
    for standard in standards:
        if standard.startswith("ua"):
            said.append(f"<pdfuaid:part xmlns:pdfuaid='http://www.aiim.org/pdfua/ns/id/'>{standard[2]}</pdfuaid:part>")
            if standard == "ua2":
                said.append("<pdfuaid:rev xmlns:pdfuaid='http://www.aiim.org/pdfua/ns/id/'>2024</pdfuaid:rev>")
            said += [_UA_SCHEMA] if len(standards) > 1 else []
            continue
        said.append(f"<pdfaid:part xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'>{standard[0]}</pdfaid:part>")
        key, value = ("conformance", standard[1:].upper()) if standard[1:] else ("rev", "2020")
        said.append(f"<pdfaid:{key} xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'>{value}</pdfaid:{key}>")
    title = "<rdf:Alt><rdf:li xml:lang='x-default'>Hợp đồng</rdf:li></rdf:Alt>"
    return (
        "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''>"
        f"<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'>{title}</dc:title>{''.join(said)}"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def profile(space: bytes) -> bytes:
    """An ICC profile of version 2 with its header and a name (ICC.1:2001-04 6.1)."""
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"none\0" + bytes(78)
    size = 128 + 4 + 12 + len(name)
    kind, between = (b"prtr", b"Lab ") if space == b"CMYK" else (b"mntr", b"XYZ ")
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02100000, kind, space, between) + struct.pack(">6H", 2025, 1, 1, 0, 0, 0)
    head += b"acsp" + bytes(28) + struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    return head.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"desc", 144, len(name)) + name


def conforming(*standards: str, intent: str = "rgb", pages: int = 1, change: Callable[[pikepdf.Pdf], None] | None = None) -> pikepdf.Pdf:
    """A document by these standards (``1b``, ``2u``, ``4``, ``ua1``). ``intent``: rgb, gray, cmyk or none."""
    pdf = pikepdf.new()
    tagged = bool({"ua1", "ua2"} & {*standards}) or standards[0].endswith("a")
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        mark = (b"/Artifact BMC\n", b"EMC\n") if tagged else (b"", b"")
        page.Contents = pdf.make_stream(mark[0] + _DRAWINGS[intent] + b"60 600 200 80 re f\n" + mark[1])
        calibrated = Array([Name.CalGray, Dictionary(WhitePoint=Array([0.9505, 1, 1.089]))])
        page.Resources = Dictionary(ColorSpace=Dictionary(Calibrated=calibrated)) if intent == "none" else Dictionary()
    root = pdf.Root
    root.Metadata = pdf.make_stream(_metadata(standards), Type=Name.Metadata, Subtype=Name.XML)
    if intent != "none":
        space, components = _SPACES[intent]
        embedded = pdf.make_stream(profile(space), N=components)
        named = {"OutputConditionIdentifier": String("Custom"), "Info": String("Custom"), "DestOutputProfile": embedded}
        root.OutputIntents = Array([Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, **named)])
    if tagged:
        tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTree=Dictionary(Nums=Array())))
        tree.K = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree))
        root.StructTreeRoot, root.MarkInfo, root.Lang = tree, Dictionary(Marked=True), String("vi-VN")
        if "ua2" in standards:
            space = pdf.make_indirect(Dictionary(Type=Name.Namespace, NS=String("http://iso.org/pdf2/ssn")))
            tree.Namespaces, tree.K.NS = Array([space]), space
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if change is not None:
        change(pdf)
    return pdf


def written(pdf: pikepdf.Pdf, version: str, *, object_streams: bool = False, linearize: bool = False) -> bytes:
    """The file: as the standards want it, with nothing of today in it."""
    out = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if object_streams else pikepdf.ObjectStreamMode.disable
    pdf.save(
        out, force_version=version, deterministic_id=True, preserve_pdfa=True, object_stream_mode=mode, linearize=linearize,
        compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none, fix_metadata_version=False,
    )  # fmt: skip
    return out.getvalue()


def made(*standards: str, intent: str = "rgb", pages: int = 1, change: Callable[[pikepdf.Pdf], None] | None = None, **how: bool) -> bytes:
    """``conforming``, written."""
    version = "2.0" if "ua2" in standards else _VERSIONS.get(standards[0][0], "1.7")
    return written(conforming(*standards, intent=intent, pages=pages, change=change), version, **how)


def _turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Rotate = 90


def _with_link(pdf: pikepdf.Pdf) -> None:
    """Two pages that name one array of annotations: a rewrite gives each its own."""
    link = {"Border": Array([0, 0, 0]), "F": 4, "A": Dictionary(S=Name.URI, URI=String("https://example.org/"))}
    annotation = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([60, 600, 260, 680]), **link))
    pdf.pages[0].obj.Annots = pdf.pages[1].obj.Annots = pdf.make_indirect(Array([annotation]))


def _field(pdf: pikepdf.Pdf, *, area: bool) -> None:
    """An empty signature field with an appearance that shows nothing."""
    form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 200, 60]), "Resources": Dictionary()}
    widget = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("BenB"), F=4, P=pdf.pages[0].obj,
        Rect=Array([300, 100, 500, 160] if area else [0, 0, 0, 0]), AP=Dictionary(N=pdf.make_stream(b"", **form)),
    )  # fmt: skip
    field = pdf.make_indirect(widget)
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=0)


def _page_intent(pdf: pikepdf.Pdf) -> None:
    """The page has an output intent of its own, which is not RGB (ISO 32000-2 14.11.5)."""
    named = {"OutputConditionIdentifier": String("Other"), "DestOutputProfile": pdf.make_stream(profile(b"GRAY"), N=1)}
    pdf.pages[0].obj.OutputIntents = Array([Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, **named)])
    pdf.pages[0].obj.Contents = pdf.make_stream(b"0.5 g 60 600 200 80 re f\n")


def _beside(data: bytes) -> bytes:
    """A comment between two objects: no standard forbids it, and the grammar has the file rewritten."""
    return data.replace(b"startxref", b"% a remark\nstartxref", 1)


def _cases() -> Iterator[tuple[str, bytes]]:
    for standard in ("1a", "1b", "2a", "2b", "2u", "3a", "3b", "3u", "4"):
        for intent in _DRAWINGS:
            yield f"{standard}_{intent}", made(standard, intent=intent)
    for standards in (("ua1",), ("1a", "ua1"), ("2b", "ua1"), ("3a", "ua1"), ("ua2",), ("4", "ua2")):
        yield "_".join(standards), made(*standards)
    for part in ("1b", "2b", "ua1"):
        yield f"{part}_turned", made(part, change=_turned)
        yield f"{part}_linearized", made(part, linearize=True)
        yield f"{part}_remark", _beside(made(part))
    for part in ("1b", "2b"):
        yield f"{part}_shared_annotations", made(part, pages=2, change=_with_link)
        yield f"{part}_field", made(part, intent="gray", change=lambda pdf: _field(pdf, area=True))
    yield "2b_field_without_area", made("2b", change=lambda pdf: _field(pdf, area=False))
    yield "2b_object_streams", made("2b", intent="none", object_streams=True)
    yield "ua2_turned", made("ua2", change=_turned)
    yield "ua1_object_streams", made("ua1", object_streams=True)
    yield "4_page_intent", made("4", change=_page_intent)


def conforming_files() -> Mapping[str, bytes]:
    """Every case by name."""
    return dict(_cases())
