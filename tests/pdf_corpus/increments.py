"""Signature increments by hand on documents of ``pdf_writer.plain_document``: the well-formed base that attacks and spoiled files vary.

Rules: the base's catalog is object 1, its page tree 2, font 3, first page 4; the increment rewrites catalog and first page and adds
signature dictionary, widget and appearance (strokes only, no font); a classical cross-reference table follows.
``SignatureIncrement.build`` is well-formed unless the caller puts something else in.
"""

import re
from dataclasses import dataclass, field

from tests.pdf_corpus.pdf_writer import CATALOG, FONT, PAGES, PdfWriter, plain_document
from tests.pdf_corpus.signing_kit import PreparedDocument, complete_byte_range, signature_dictionary

FIRST_PAGE = 4
FIRST_CONTENT = 5


def last_startxref(data: bytes) -> int:
    """The offset that the last ``startxref`` names."""
    return int(re.findall(rb"startxref\s+(\d+)", data)[-1])


def trailer_size(data: bytes) -> int:
    """The last trailer's /Size."""
    return int(re.findall(rb"/Size (\d+)", data)[-1])


@dataclass
class SignatureIncrement:
    """One signature behind ``base``. Numbers of the new objects follow from the base's /Size."""

    base: bytes
    field_name: str = "Signature1"
    fields: list[int] = field(default_factory=list)
    annotations: list[int] = field(default_factory=list)
    catalog_extra: str = ""
    acroform_extra: str = ""
    page_extra: str = ""
    page_contents: str = f"{FIRST_CONTENT} 0 R"
    page_resources: str = f"<< /Font << /F1 {FONT} 0 R >> >>"
    signature_extra: str = ""
    field_extra: str = ""
    signature_body: bytes | None = None
    trailer_extra: str = ""
    prev: int | None = None

    def __post_init__(self) -> None:
        self.signature_number = trailer_size(self.base)
        self.field_number = self.signature_number + 1
        self.appearance_number = self.signature_number + 2
        self.writer = PdfWriter(base=self.base)

    def put_objects(self) -> PdfWriter:
        """Puts signature, widget, appearance, page and catalog in this order."""
        w = self.writer
        w.put(self.signature_number, self.signature_body or signature_dictionary(extra=self.signature_extra))
        w.put(
            self.field_number,
            f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({self.field_name}) /V {self.signature_number} 0 R /F 132 "
            f"/Rect [300 60 520 120] /P {FIRST_PAGE} 0 R /AP << /N {self.appearance_number} 0 R >> {self.field_extra} >>",
        )
        w.put_stream(
            self.appearance_number,
            b"q 0.9 0.95 1 rg 0 0 220 60 re f 0.1 0.3 0.7 RG 2 w 10 20 m 60 45 l 110 15 l 200 40 l S Q",
            "/Type /XObject /Subtype /Form /BBox [0 0 220 60] /Resources << >>",
        )
        annotations = " ".join(f"{n} 0 R" for n in [*self.annotations, self.field_number])
        w.put(
            FIRST_PAGE,
            f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 595 842] /Contents {self.page_contents} "
            f"/Resources {self.page_resources} /Annots [{annotations}] {self.page_extra} >>",
        )
        fields = " ".join(f"{n} 0 R" for n in [*self.fields, self.field_number])
        w.put(
            CATALOG,
            f"<< /Type /Catalog /Pages {PAGES} 0 R /AcroForm << /SigFlags 3 /Fields [{fields}] "
            f"{self.acroform_extra} >> {self.catalog_extra} >>",
        )
        return w

    def build(self) -> PreparedDocument:
        """The prepared document."""
        self.put_objects()
        return self.finish()

    def finish(self) -> PreparedDocument:
        """The prepared document from the objects that ``writer`` holds by now (``put_objects`` and what was added or changed)."""
        prev = last_startxref(self.base) if self.prev is None else self.prev
        data = self.writer.build(f"/Root {CATALOG} 0 R {self.trailer_extra}", prev=prev)
        size = len(self.base)
        return complete_byte_range(data, after=size, original_length=size, field_name=self.field_name)


def plain_prepared(**changes: object) -> PreparedDocument:
    """A well-formed prepared document over the plain contract; ``changes`` are fields of ``SignatureIncrement``."""
    return SignatureIncrement(plain_document().build(), **changes).build()  # type: ignore[arg-type]
