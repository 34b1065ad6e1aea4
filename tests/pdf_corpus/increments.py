"""Signature increments by hand on documents of ``pdf_writer.plain_document``: the well-formed base that attacks and spoiled files vary.

Rules: the base's catalog is object 1, its page tree 2, font 3, first page 4; the increment rewrites catalog and first page and adds
form, fonts, signature dictionary, widget and appearance, of the shape that the product's server writes; a classical cross-reference
table follows. ``SignatureIncrement.build`` is well-formed unless the caller puts something else in.
"""

import re
from dataclasses import dataclass, field

from tests.pdf_corpus import stamp_by_hand
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
    field_name: str = "PhoneSeal1"
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
        self.form_number = trailer_size(self.base)
        self.font_numbers = self.form_number + 1, self.form_number + 6
        self.signature_number = self.form_number + 11
        self.field_number = self.signature_number + 1
        self.appearance_number = self.signature_number + 2
        self.writer = PdfWriter(base=self.base)

    def put_objects(self) -> PdfWriter:
        """Puts signature, widget, appearance, form, fonts, page and catalog in this order."""
        w = self.writer
        w.put(self.signature_number, self.signature_body or signature_dictionary(extra=f"/Name (An) {self.signature_extra}"))
        w.put(
            self.field_number,
            f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({self.field_name}) /V {self.signature_number} 0 R /F 4 "
            f"/Rect [300 60 500 120] /P {FIRST_PAGE} 0 R /AP << /N {self.appearance_number} 0 R >> {self.field_extra} >>",
        )
        w.put(self.appearance_number, stamp_by_hand.form(first=self.font_numbers[0], second=self.font_numbers[1]))
        fields = " ".join(f"{n} 0 R" for n in [*self.fields, self.field_number])
        w.put(self.form_number, f"<< /Fields [{fields}] /SigFlags 3 {self.acroform_extra} >>")
        for number in self.font_numbers:
            for part, body in stamp_by_hand.font(number).items():
                w.put(part, body)
        annotations = " ".join(f"{n} 0 R" for n in [*self.annotations, self.field_number])
        w.put(
            FIRST_PAGE,
            f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 595 842] /Contents {self.page_contents} "
            f"/Resources {self.page_resources} /Annots [{annotations}] {self.page_extra} >>",
        )
        w.put(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R /AcroForm {self.form_number} 0 R {self.catalog_extra} >>")
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
