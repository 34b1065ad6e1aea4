"""Good files that qpdf (through pikepdf) and pypdf wrote from a reportlab contract: other structures, encryption, embedded font.

Encrypted files carry an owner password only: everybody may read them, and signing must keep them encrypted.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any

from tests.pdf_corpus.sample import Sample
from tests.pdf_corpus.source_material import need, reportlab_document, write_contract


def rewritten(change: Callable[[Any], None] | None = None, **options: Any) -> bytes:
    """The contract, changed and saved by pikepdf with ``options`` of ``Pdf.save``."""
    pikepdf = need("pikepdf")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(reportlab_document(write_contract))) as pdf:
        if change:
            change(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def qpdf_sample(name: str, kind: str, data: bytes, *findings: str, pages: int = 2) -> Sample:
    """A good file written by qpdf's library."""
    may = ("encrypted",) if "password" in name else ()
    return Sample(f"good/qpdf_{name}.pdf", "qpdf", kind, data, findings=findings, findings_may=may, pages=pages)


def from_pikepdf() -> Iterator[Sample]:
    """Object streams, linearised, PDF 2.0, QDF, no /ID, encryption of four kinds, layers."""
    pikepdf = need("pikepdf")
    packed = pikepdf.ObjectStreamMode.generate
    yield qpdf_sample("object_streams", "object streams", rewritten(object_stream_mode=packed))
    yield qpdf_sample("linearised", "linearised", rewritten(linearize=True))
    data = rewritten(linearize=True, object_stream_mode=packed)
    yield qpdf_sample("linearised_object_streams", "linearised, object streams", data)
    yield qpdf_sample("pdf_2_0", "header PDF 2.0", rewritten(force_version="2.0"))
    yield qpdf_sample("readable", "QDF, uncompressed", rewritten(qdf=True))
    for name, revision, aes, limits in (
        ("rc4_128", 3, False, {}),
        ("aes_128", 4, True, {}),
        ("aes_256", 6, True, {}),
        ("aes_256_limited", 6, True, {"modify_other": False, "modify_assembly": False, "extract": False}),
    ):
        encryption = pikepdf.Encryption(
            owner="chu so huu", user="", R=revision, aes=aes, metadata=aes, allow=pikepdf.Permissions(**limits)
        )
        data = rewritten(encryption=encryption, force_version="2.0" if revision == 6 else "")
        yield qpdf_sample(f"owner_password_{name}", f"owner password only, {name.replace('_', ' ')}", data)
    encryption = pikepdf.Encryption(owner="chu so huu", user="", R=6)
    data = rewritten(encryption=encryption, object_stream_mode=packed)
    yield qpdf_sample("owner_password_packed", "owner password only, AES-256, object streams", data)

    def turn(pdf: Any) -> None:
        for page, angle in zip(pdf.pages, (90, 270), strict=True):
            page.Rotate = angle
            page.CropBox = pikepdf.Array([30.5, 50, 500, 800])

    yield qpdf_sample("turned_cropped", "turned and cropped pages, embedded font", rewritten(turn))

    def layer(pdf: Any) -> None:
        group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Bản nháp"))
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary(Order=[group], ON=[group]))

    yield qpdf_sample("layers", "an optional content group, embedded font", rewritten(layer), "layers")

    def attach(pdf: Any) -> None:
        pdf.attachments["phụ lục.txt"] = "Phụ lục hợp đồng\n".encode()

    yield qpdf_sample("attachment", "attached text file", rewritten(attach), "attachments")


def from_pypdf() -> Iterator[Sample]:
    """pypdf: pages copied into a new file."""
    pypdf = need("pypdf")
    writer = pypdf.PdfWriter()
    source = pypdf.PdfReader(io.BytesIO(reportlab_document(write_contract)))
    for page in [*source.pages, source.pages[0]]:
        writer.add_page(page)
    writer.add_metadata({"/Title": "Hợp đồng"})
    out = io.BytesIO()
    writer.write(out)
    yield Sample("good/pypdf_merged.pdf", "pypdf", "pages of one file joined anew", out.getvalue(), pages=3)


def makers() -> list[Callable[[], Iterator[Sample]]]:
    """All functions of this module that make files."""
    return [from_pikepdf, from_pypdf]
