"""``python -m tests.agreement.honest_findings FOLDER …``: findings about viewers on files that carry nothing of the kind.

Rules: what a file carries is read here from all its objects, generously and by another library (pikepdf), whether or not a page uses
them: a finding on a file that holds no such object anywhere is a false one. At most 1 % of the files that carry nothing of a kind may
be told it. The folders are the good files of tests/pdf_corpus by default; only what upload and phone accept counts; nothing is drawn.
"""

import argparse
import collections
import io
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

from server.errors import PhoneSealError
from server.pdf.sandbox import Sandbox
from tests.agreement.journey import Journeys

GOOD = Path(__file__).resolve().parents[1] / "pdf_corpus" / "good"
MOST_FALSE = 0.01

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_SIMPLE_FONTS = ("/Type1", "/TrueType", "/MMType1", "/CIDFontType0", "/CIDFontType2")
_QUIET = ("/Link", "/Widget", "/Popup")


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, direct ones too; of streams their dictionaries."""
    waiting = [*pdf.objects, pdf.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += [inner for inner in one if not getattr(inner, "is_indirect", False)]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            waiting += [
                inner for _, inner in one.items() if isinstance(inner, pikepdf.Object) and not inner.is_indirect
            ]


def _is_layer(one: Any) -> bool:
    return "/OC" in one or "/OCProperties" in one or one.get("/Type") in ("/OCG", "/OCMD")


def _is_unembedded(one: Any) -> bool:
    if one.get("/Subtype") not in _SIMPLE_FONTS or "/BaseFont" not in one:
        return False
    descriptor = one.get("/FontDescriptor")
    return not isinstance(descriptor, pikepdf.Dictionary) or not any(key in descriptor for key in _FONT_FILES)


def _is_ambiguous(one: Any) -> bool:
    """A TrueType file whose cmap subtables give one ASCII code different glyphs, or one that can't be read, or another kind of file."""
    if "/FontFile3" in one:
        return True
    if "/FontFile2" not in one:
        return False
    try:
        font = TTFont(io.BytesIO(one["/FontFile2"].read_bytes()), lazy=True)
        tables = [table.cmap for table in font["cmap"].tables] if "cmap" in font else []
    except Exception:  # noqa: BLE001 (a font that fontTools can't read may be anything)
        return True
    return not tables or any(len(_glyphs(tables, code)) > 1 for code in range(32, 127))


def _glyphs(tables: list[dict[int, str]], code: int) -> set[str]:
    """What the subtables say that a code is, those of symbol fonts included (their codes begin at F000)."""
    return {table[one] for table in tables for one in (code, 0xF000 + code) if one in table} - {".notdef"}


def _has_no_appearance(one: Any) -> bool:
    if one.get("/NeedAppearances") is not None:
        return True
    normal = one.get("/AP", {}).get("/N") if isinstance(one.get("/AP", {}), pikepdf.Dictionary) else None
    turned = isinstance(normal, pikepdf.Stream) and "/Matrix" in normal
    return one.get("/Subtype") == "/Widget" and (not isinstance(normal, pikepdf.Stream) or turned)


def _is_drawn_link(one: Any) -> bool:
    framed = any(key in one for key in ("/Border", "/BS"))
    return one.get("/Subtype") in ("/Link", "/Popup") and ("/AP" in one or framed)


def _is_annotation(one: Any) -> bool:
    return ("/Rect" in one or one.get("/Type") == "/Annot") and one.get("/Subtype") not in _QUIET


def _is_script(one: Any) -> bool:
    return "/JS" in one


def _is_widget(one: Any) -> bool:
    return one.get("/Subtype") == "/Widget"


#: Finding → whether an object is of its kind. ``loose_fields`` needs a widget, whatever tree it hangs in.
CARRIES: dict[str, Callable[[Any], bool]] = {
    "layers": _is_layer,
    "unembedded_fonts": _is_unembedded,
    "ambiguous_fonts": _is_ambiguous,
    "need_appearances": _has_no_appearance,
    "loose_fields": _is_widget,
    "link_appearance": _is_drawn_link,
    "annotations_over_text": _is_annotation,
    "field_scripts": _is_script,
}


def carried(data: bytes) -> frozenset[str]:
    """The findings that something in the file could justify."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found: set[str] = set()
        for one in _dictionaries(pdf):
            found |= {name for name, is_of_kind in CARRIES.items() if name not in found and is_of_kind(one)}
    return frozenset(found)


def count(folders: list[Path], journeys: Journeys) -> tuple[collections.Counter[str], dict[str, list[str]]]:
    """For each finding how many accepted files carry nothing of the kind, and which of them were told it."""
    without: collections.Counter[str] = collections.Counter()
    false: dict[str, list[str]] = {name: [] for name in CARRIES}
    for path in sorted(path for folder in folders for path in folder.rglob("*.pdf")):
        data = path.read_bytes()
        try:
            outcome = journeys.take(data)
            if not outcome.is_accepted:
                continue
            justified = carried(data)
        except (PhoneSealError, pikepdf.PdfError):
            continue
        for name in CARRIES.keys() - justified:
            without[name] += 1
            if name in outcome.findings:
                false[name].append(path.name)
    return without, false


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.honest_findings", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*", default=[GOOD])
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        without, false = count(given.folders, Journeys(sandbox, Path(folder)))
    sys.stdout.write("| finding | files that carry nothing of the kind | told it all the same |\n|---|---|---|\n")
    sys.stdout.writelines(f"| {name} | {without[name]} | {len(false[name])} |\n" for name in CARRIES)
    sys.stdout.writelines(f"false: {name}: {', '.join(files[:20])}\n" for name, files in false.items() if files)
    return 1 if any(len(files) > MOST_FALSE * without[name] for name, files in false.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
