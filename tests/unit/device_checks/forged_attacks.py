"""For each check of the phone, forged documents that it alone catches."""

import re
from collections.abc import Callable
from dataclasses import replace

from mobile_app.device.document_checks import ExpectedDocument
from tests.unit.device_checks.document_forge import (
    CATALOG,
    CID_FONT,
    CONTENT,
    DESCRIPTOR,
    FIELD,
    FONT,
    FONT_FILE,
    FORM,
    GAP,
    PAGE,
    PAGES,
    SIGNATURE,
    STAMP,
    STAMP_FONT,
    Forge,
    packed,
    redigested,
    shifted,
    stream,
)

Forged = tuple[bytes, ExpectedDocument]


def changed(where: str, number: int, old: bytes, new: bytes) -> Forge:
    """A forge whose object ``number`` of ``original`` or ``increment`` says ``new`` for ``old``."""
    forge = Forge()
    objects: dict[int, bytes] = getattr(forge, where)
    assert old in objects[number]
    objects[number] = objects[number].replace(old, new)
    return forge


def both(number: int, old: bytes, new: bytes) -> Forge:
    """The same change in the original and in the increment, so that they go on saying the same."""
    forge = changed("original", number, old, new)
    assert old in forge.increment[number]
    forge.increment[number] = forge.increment[number].replace(old, new)
    return forge


def wrong_length() -> Forged:
    data, expected = Forge().build()
    return data, replace(expected, prepared_length=expected.prepared_length + 1)


def range_ends_early() -> Forged:
    data, expected = Forge().build()
    first, start, end, rest = expected.byte_range
    data = data.replace(b"%010d]" % rest, b"%010d]" % (rest - 1))
    return data, replace(redigested(data, expected), byte_range=(first, start, end, rest - 1))


def gap_is_not_empty() -> Forged:
    filled = GAP.replace(b"<00", b"<01")
    forge = changed("increment", SIGNATURE, GAP, filled)
    forge.gap = filled
    return forge.build()


def other_original() -> Forged:
    data, expected = Forge().build()
    other = data.replace(b"1,000 dong", b"9,000 dong")
    return other, replace(redigested(other, expected), original_sha256=expected.original_sha256)


def other_prepared() -> Forged:
    data, expected = Forge().build()
    other = data.replace(b"<0001> Tj", b"<0002> Tj")
    return other, expected


def wrong_entry() -> Forged:
    data, _ = Forge().build()
    return Forge(increment_entries={STAMP: data.index(b"8 0 obj") + 1}).build()


def wrong_prev() -> Forged:
    return Forge(prev=9).build()


def other_root() -> Forged:
    return Forge(increment_trailer=b"/Root 2 0 R/ID[<01><03>]").build()


def other_identifier() -> Forged:
    return Forge(increment_trailer=b"/Root 1 0 R/ID[<09><03>]").build()


def gap_is_not_what_the_range_leaves_out() -> Forged:
    return changed("increment", SIGNATURE, b"[0 0000000000 ", b"[0 0000000001 ").build()


def signature_has_appearance() -> Forged:
    return changed("increment", SIGNATURE, b"/Type/Sig", b"/Type/Sig/AP<</N 8 0 R>>").build()


def signature_is_a_timestamp() -> Forged:
    return changed("increment", SIGNATURE, b"ETSI.CAdES.detached", b"ETSI.RFC3161").build()


def field_has_an_option() -> Forged:
    return changed("increment", FIELD, b"/FT/Sig", b"/FT/Sig/DV(old)").build()


def field_takes_a_name() -> Forged:
    forge = both(CATALOG, b"/Type/Catalog", b"/Type/Catalog/Lang(vi)")
    forge.original[CATALOG] = forge.original[CATALOG].replace(b"/Lang(vi)", b"/Lang(vi)/AcroForm 5 0 R")
    forge.original[FONT] = b"<</Fields[4 0 R]>>"
    forge.original[CONTENT] = b"<</FT/Tx/T(PhoneSeal1)>>"
    forge.increment[CATALOG] = forge.original[CATALOG]
    forge.increment[FONT] = b"<</Fields[4 0 R 7 0 R]/SigFlags 3>>"
    del forge.increment[FORM]
    for objects in (forge.original, forge.increment):
        objects[PAGE] = objects[PAGE].replace(b"/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>", b"")
    return forge.build()


def stamp_hides() -> Forged:
    return changed("increment", FIELD, b"/F 4", b"/F 6").build()


def stamp_lies_outside() -> Forged:
    return changed("increment", FIELD, b"[300 100 500 160]", b"[397 100 597 160]").build()


def stamp_covers_the_page() -> Forged:
    forge = changed("increment", FIELD, b"[300 100 500 160]", b"[0 0 595 500]")
    forge.increment[STAMP] = forge.increment[STAMP].replace(b"BBox[0 0 200.000 60.000]", b"BBox[0 0 595 500]")
    return forge.build()


def stamp_changes_under_the_mouse() -> Forged:
    return changed("increment", FIELD, b"<</N 8 0 R>>", b"<</N 8 0 R/R 8 0 R>>").build()


def stamp_has_layers() -> Forged:
    return changed("increment", STAMP, b"/Subtype/Form", b"/Subtype/Form/OC<</Type/OCG>>").build()


def font_is_not_embedded() -> Forged:
    forge = changed("increment", DESCRIPTOR, b"/FontFile2 12 0 R", b"")
    del forge.increment[FONT_FILE]
    return forge.build()


def font_of_the_original() -> Forged:
    forge = changed("increment", STAMP, b"/F1 9 0 R", b"/F1 5 0 R")
    for number in (STAMP_FONT, CID_FONT, DESCRIPTOR, FONT_FILE, 13):
        del forge.increment[number]
    return forge.build()


def page_is_turned() -> Forged:
    return changed("increment", PAGE, b"/Type/Page", b"/Type/Page/Rotate 180").build()


def page_shows_another_text() -> Forged:
    return changed("increment", PAGE, b"/Contents 4 0 R", b"/Contents[4 0 R 4 0 R]").build()


def note_is_dropped() -> Forged:
    return changed("original", PAGE, b"/Type/Page", b"/Type/Page/Annots[5 0 R]").build()


def widget_stands_twice() -> Forged:
    return changed("increment", PAGE, b"/Annots[7 0 R]", b"/Annots[7 0 R 7 0 R]").build()


def catalog_opens_elsewhere() -> Forged:
    return changed("increment", CATALOG, b"/Type/Catalog", b"/Type/Catalog/OpenAction[3 0 R/Fit]").build()


def form_redraws() -> Forged:
    return changed("increment", FORM, b"/SigFlags 3", b"/SigFlags 3/NeedAppearances true").build()


def form_drops_a_field() -> Forged:
    forge = changed("original", CATALOG, b"/Type/Catalog", b"/Type/Catalog/AcroForm<</Fields[5 0 R]>>")
    del forge.increment[FORM]
    forge.increment[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]/SigFlags 3>>>>"
    return forge.build()


def content_is_redefined() -> Forged:
    forge = Forge()
    forge.increment[CONTENT] = stream(b"BT /F1 12 Tf 72 700 Td (9,000 dong) Tj ET")
    return forge.build()


def nobody_needs_it() -> Forged:
    forge = Forge()
    forge.increment[15] = b"<</Type/ObjStm>>"
    return forge.build()


def length_from_the_increment() -> Forged:
    forge = Forge()
    forge.original[CONTENT] = stream(b"q Q")
    forge.increment[FONT] = b"(was a font)"
    return forge.build()


def page_names_what_is_nowhere() -> Forged:
    return both(PAGE, b"/Type/Page", b"/Type/Page/Thumb 77 0 R").build()


def information_of_another_generation() -> Forged:
    forge = Forge(original_trailer=b"/Root 1 0 R/Info 5 1 R/ID[<01><02>]")
    forge.increment_trailer = b"/Root 1 0 R/Info 5 1 R/ID[<01><03>]"
    return forge.build()


def comment_of_an_unsigned_file() -> Forged:
    return Forge(header=b"%PDF-1.7\n% by hand\n").build()


def size_of_an_unsigned_file() -> Forged:
    forge = Forge(original_trailer=b"/Root 1 0 R/ID[<01><02>]")
    forge.packed_original = forge.build_original().replace(b"/Size 6", b"/Size 9")
    forge.increment = shifted(forge.increment, 3)
    return forge.build()


def key_that_is_no_trailers() -> Forged:
    forge = Forge(original_trailer=b"/Root 1 0 R/ID[<01><02>]/Unknown 1")
    forge.increment_trailer = b"/Root 1 0 R/ID[<01><03>]/Unknown 1"
    return forge.build()


def size_is_not_exact() -> Forged:
    data, expected = Forge().build()
    size = int(re.findall(rb"/Size (\d+)/Prev", data)[0])
    data = data.replace(b"/Size %d/Prev" % size, b"/Size %d/Prev" % (size + 1))
    return data, redigested(data, expected)


def packed_page_by_table() -> Forged:
    members = {number: body for number, body in Forge().original.items() if number != CONTENT}
    forge = Forge(packed_original=packed(members), table_always=True)
    forge.increment = shifted(forge.increment, 2)
    return forge.build()


def script_runs_on_opening() -> Forged:
    return both(CATALOG, b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(x)>>").build()


def page_launches() -> Forged:
    return both(PAGE, b"/Type/Page", b"/Type/Page/AA<</O<</S/URI/Next<</S/Launch>>>>>>").build()


def with_annotation(body: bytes) -> Forge:
    """The page carries object 15 as an annotation."""
    forge = changed("original", PAGE, b"/Type/Page", b"/Type/Page/Annots[15 0 R]")
    forge.original[15] = body
    forge.increment[PAGE] = forge.increment[PAGE].replace(b"/Annots[7 0 R]", b"/Annots[15 0 R 7 0 R]")
    return forge


def another_page_runs_a_script() -> Forged:
    forge = changed("original", PAGES, b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 15 0 R]/Count 2")
    forge.original[15] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/AA 16 0 R>>"
    forge.original[16] = b"<</O 17 0 R>>"
    forge.original[17] = b"<</S/JavaScript/JS(x)>>"
    return forge.build()


def link_launches_on_a_click() -> Forged:
    return with_annotation(b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(x)>>>>").build()


def launch_in_disguise() -> Forged:
    return with_annotation(b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/La#75nch/F(x)>>>>").build()


def launch_kept_apart() -> Forged:
    forge = with_annotation(b"<</Subtype/Link/Rect[0 0 9 9]/A<</S 16 0 R/F(x)>>>>")
    forge.original[16] = b"/Launch"
    return forge.build()


def field_calculates() -> Forged:
    return with_annotation(b"<</Subtype/Widget/FT/Tx/T(a)/Rect[0 0 9 9]/AA<</C<</S/JavaScript/JS(x)>>>>>>").build()


def media_runs_a_script() -> Forged:
    return with_annotation(b"<</Subtype/Screen/Rect[0 0 9 9]/AA<</PV<</S/Rendition/JS(x)>>>>>>").build()


def names_hold_a_script() -> Forged:
    forge = both(CATALOG, b"/Type/Catalog", b"/Type/Catalog/Names<</JavaScript 15 0 R>>")
    forge.original |= {15: b"<</Kids[16 0 R]>>", 16: b"<</Names[(a)17 0 R]>>", 17: b"<</S/JavaScript/JS(x)>>"}
    return forge.build()


def packed_page_launches() -> Forged:
    forge = Forge(increment=shifted(Forge().increment, 2))
    members = {number: body for number, body in Forge().original.items() if number != CONTENT}
    old, new = b"/Type/Page/", b"/Type/Page/AA<</C<</S/Launch>>>>/"
    members[PAGE] = members[PAGE].replace(old, new)
    forge.increment[PAGE] = forge.increment[PAGE].replace(old, new)
    forge.packed_original = packed(members)
    return forge.build()


def form_xobject_of_another_file() -> Forged:
    return changed("original", CONTENT, b"<</Length", b"<</Ref<</F(other.pdf)/Page 0>>/Length").build()


def form_is_dynamic() -> Forged:
    forge = changed("original", CATALOG, b"/Type/Catalog", b"/Type/Catalog/AcroForm<</Fields[]/XFA(x)>>")
    del forge.increment[FORM]
    forge.increment[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]/XFA(x)/SigFlags 3>>>>"
    return forge.build()


def text_moves_in_other_viewers() -> Forged:
    return changed("original", CONTENT, b"72 700 Td", b"72 -+9 Td").build()


def form_draws_without_end() -> Forged:
    forge = both(PAGE, b"/Font<</F1 5 0 R>>", b"/XObject<</X 5 0 R>>")
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    forge.original[CONTENT] = stream(b"/X Do " * 1001)
    forge.original[FONT] = stream(b"q Q " * 500, form)
    return forge.build()


ATTACKS: tuple[tuple[str, str, Callable[[], Forged]], ...] = (
    ("check_length", "doc_length", wrong_length),
    ("check_byte_range", "doc_byte_range", range_ends_early),
    ("check_gap_is_empty", "doc_gap_not_empty", gap_is_not_empty),
    ("check_digests", "doc_original_digest", other_original),
    ("check_digests", "doc_prepared_digest", other_prepared),
    ("check_references", "doc_grammar", page_names_what_is_nowhere),
    ("check_references", "doc_grammar", information_of_another_generation),
    ("check_softenings", "doc_grammar", comment_of_an_unsigned_file),
    ("check_softenings", "doc_grammar", size_of_an_unsigned_file),
    ("check_external_streams", "doc_external_stream", form_xobject_of_another_file),
    ("check_increment_cross_reference", "doc_increment_xref", wrong_entry),
    ("check_increment_cross_reference", "doc_increment_xref", packed_page_by_table),
    ("check_previous_cross_reference", "doc_previous_xref", wrong_prev),
    ("check_trailer", "doc_trailer", other_root),
    ("check_trailer", "doc_trailer", other_identifier),
    ("check_trailer", "doc_trailer", key_that_is_no_trailers),
    ("check_trailer", "doc_trailer", size_is_not_exact),
    ("check_gap_is_contents", "doc_gap_not_contents", gap_is_not_what_the_range_leaves_out),
    ("check_signature_dictionary", "doc_signature_dictionary", signature_has_appearance),
    ("check_signature_dictionary", "doc_signature_dictionary", signature_is_a_timestamp),
    ("check_signature_field", "doc_signature_field", field_has_an_option),
    ("check_signature_field", "doc_signature_field", field_takes_a_name),
    ("check_widget", "doc_widget", stamp_hides),
    ("check_widget", "doc_widget", stamp_lies_outside),
    ("check_widget", "doc_widget", stamp_covers_the_page),
    ("check_appearance", "doc_appearance", stamp_changes_under_the_mouse),
    ("check_appearance", "doc_appearance", stamp_has_layers),
    ("check_fonts", "doc_font", font_is_not_embedded),
    ("check_fonts", "doc_font", font_of_the_original),
    ("check_page", "doc_page_changed", page_is_turned),
    ("check_page", "doc_page_changed", page_shows_another_text),
    ("check_annotations", "doc_annotations", note_is_dropped),
    ("check_annotations", "doc_annotations", widget_stands_twice),
    ("check_catalog", "doc_catalog_changed", catalog_opens_elsewhere),
    ("check_form", "doc_form_changed", form_redraws),
    ("check_form", "doc_form_changed", form_drops_a_field),
    ("check_object_kinds", "doc_unknown_object", content_is_redefined),
    ("check_object_kinds", "doc_unknown_object", nobody_needs_it),
    ("check_object_kinds", "doc_unknown_object", length_from_the_increment),
    ("check_active_content", "doc_active_content", script_runs_on_opening),
    ("check_active_content", "doc_active_content", page_launches),
    ("check_active_content", "doc_active_content", another_page_runs_a_script),
    ("check_active_content", "doc_active_content", link_launches_on_a_click),
    ("check_active_content", "doc_active_content", launch_in_disguise),
    ("check_active_content", "doc_active_content", launch_kept_apart),
    ("check_active_content", "doc_active_content", field_calculates),
    ("check_active_content", "doc_active_content", media_runs_a_script),
    ("check_active_content", "doc_active_content", names_hold_a_script),
    ("check_active_content", "doc_active_content", packed_page_launches),
    ("check_active_content", "doc_active_content", form_is_dynamic),
    ("check_page_content", "doc_content", text_moves_in_other_viewers),
    ("check_page_content", "doc_limits", form_draws_without_end),
)
