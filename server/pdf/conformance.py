"""Which archive standards a document claims to keep, and what the update needs so that it keeps them.

Rules: the claim is what the document's own metadata say (ISO 19005-1 6.7.11, ISO 14289-1 5); nobody judges here whether it is true. What
the standards ask of a signature beyond ISO 32000:

* PDF/A-1: fonts list their glyphs (``/CIDSet``, ISO 19005-1 6.3.5), every widget has an appearance (6.9);
* PDF/A of any part: DeviceRGB stands for the output intent's colours only where that is RGB, else for those of a ``/DefaultRGB``
  (ISO 19005-2 6.2.4.3); the output intent of a page (ISO 19005-4) is not read: there a default is given too;
* PDF/UA: a page with annotations has ``/Tabs /S`` (ISO 14289-1 7.18.3, 14289-2 8.9.3.3). For part 2 a widget says what it is, in
  ``/Contents`` (8.10.2.3). For part 1 a visible one would have to stand in the structure tree (7.18.4), which no update of ours changes:
  the requester is told when the file comes in (``conformance_lost``).

Each of these is written only where it is claimed: most documents get the shape that every phone knows."""

import re
from dataclasses import dataclass

from server.pdf.pdf_syntax import NoEncryption, UnreadableSyntax, as_reference, split_array
from server.pdf.source_document import READER_ERRORS, SourceDocument, read_dictionary, resolve

_PDFA_PART = re.compile(rb"pdfaid:part(?:\s{0,9}=\s{0,9}[\"']|(?:\s[^<>]{0,999})?>)\s{0,9}([1-9])\s{0,9}[\"'<]")
_PDFUA_PART = re.compile(rb"pdfuaid:part(?:\s{0,9}=\s{0,9}[\"']|(?:\s[^<>]{0,999})?>)\s{0,9}([1-9])\s{0,9}[\"'<]")
_RGB = b"RGB "
DESCRIPTION = "Chữ ký số"
"""What a signature's widget is, for those who do not see it."""


@dataclass(frozen=True)
class Conformance:
    """What the update has to keep."""

    pdfa_part: int = 0
    """0 for a document that is no PDF/A, and for encrypted ones, which can't be."""
    pdfua_part: int = 0
    rgb_intent: bool = False
    """Whether plain RGB has a meaning of its own in the whole document."""

    @property
    def cid_sets(self) -> bool:
        """Do fonts list their glyphs?"""
        return self.pdfa_part == 1

    @property
    def needs_appearance(self) -> bool:
        """Does a widget without area need an appearance?"""
        return self.pdfa_part == 1

    @property
    def needs_description(self) -> bool:
        """Does a widget say what it is?"""
        return self.pdfua_part > 1

    def calibrated(self, page: dict[bytes, bytes]) -> bool:
        """Does what is drawn on this page in RGB need a default colour space?"""
        return bool(self.pdfa_part) and not (self.rgb_intent and b"/OutputIntents" not in page)


def claims(metadata: bytes) -> tuple[int, int]:
    """The parts of PDF/A and PDF/UA that an XMP packet claims, 0 for none."""
    text = metadata.replace(b"\0", b"")  # UTF-16 and UTF-32 of what is ASCII
    pdfa, pdfua = _PDFA_PART.search(text), _PDFUA_PART.search(text)
    return int(pdfa[1]) if pdfa else 0, int(pdfua[1]) if pdfua else 0


def read_conformance(source: SourceDocument, catalog: dict[bytes, bytes]) -> Conformance:
    """What can't be read claims nothing: it would not conform either."""
    reference = as_reference(catalog.get(b"/Metadata", b""))
    if reference is None:
        return Conformance()
    try:
        part, pdfua_part = claims(source.stream_data(reference))
        if not part or not isinstance(source.encryption, NoEncryption):
            return Conformance(pdfua_part=pdfua_part)
        return Conformance(part, pdfua_part, _has_rgb_intent(source, catalog))
    except (UnreadableSyntax, *READER_ERRORS):
        return Conformance()


def _has_rgb_intent(source: SourceDocument, catalog: dict[bytes, bytes]) -> bool:
    if b"/OutputIntents" not in catalog:
        return False
    for value in split_array(resolve(source, catalog[b"/OutputIntents"])):
        intent = read_dictionary(source, value)
        profile = as_reference(intent.get(b"/DestOutputProfile", b""))
        if resolve(source, intent.get(b"/S", b"")) == b"/GTS_PDFA1" and profile is not None:
            return source.stream_data(profile)[16:20] == _RGB  # ICC.1 7.2.6; all of them have one profile
    return False
