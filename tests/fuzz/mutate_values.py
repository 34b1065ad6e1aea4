"""Mutations of values in objects: numbers, names, strings, references, keys; and of the page tree and forms by their keys."""

import re

from tests.fuzz.choices import Choices, NothingToMutate
from tests.fuzz.pdf_model import Item, Model, Row
from tests.fuzz.tokens import other_name, other_number, other_string, parts_of, replaced, tokens

# What a key of a page, of the tree, of a form or of its surroundings may wrongly hold.
_VALUES: dict[bytes, tuple[bytes, ...]] = {
    b"Type": (b"/Pages", b"/Page", b"/Catalog", b"/XObject", b"/Template", b"(Page)", b"null", b"/#50age", b"[/Page]", b"4 0 R"),
    b"Count": (b"0", b"1", b"2", b"3", b"-1", b"1.0", b"2.0", b"99999999", b"null", b"(1)", b"4 0 R"),
    b"Kids": (b"[]", b"[3 0 R 3 0 R]", b"[null 3 0 R]", b"[[3 0 R]]", b"[4 0 R]", b"[2 0 R]", b"3 0 R", b"[99 0 R 3 0 R]",
    b"[3 1 R]", b"[5 0 R 3 0 R]"),
    b"Parent": (b"1 0 R", b"3 0 R", b"99 0 R", b"null", b"[2 0 R]", b"2 1 R", b"<</Type/Pages/MediaBox[0 0 99 99]>>"),
    b"MediaBox": (
        b"[0 0 120 240]", b"[240 120 0 0]", b"[0 0 240]", b"[0 0 240 120 0]", b"[0 0 0 0]", b"[0 0 1e2 1e2]", b"[0 0 240 null]",
        b"[-50 -50 190 70]", b"[0 0 99999 99999]",
        b"[0 0 240.4 119.6]", b"[(0) 0 240 120]", b"[0 0 +240 120]", b"[0 0 240. .5]", b"null", b"[0 0 4 0 R 120]",
        b"[0 0 0.0001 120]", b"[0 0 240 --120]",
    ),
    b"CropBox": (
        b"[0 0 100 50]", b"[100 50 0 0]", b"[-100 -100 400 400]", b"[300 300 400 400]", b"[0 0 0 0]", b"[10 10 10 50]",
        b"[0 0 1e2 50]", b"null", b"[0 0 100]", b"[200 0 400 100]",
        b"[50 50 60.5 60.5]", b"[0 0 100 50 1]",
    ),
    b"Rotate": (b"90", b"-90", b"450", b"45", b"90.0", b"90.5", b"null", b"(90)", b"/90", b"360000000", b"4 0 R", b"0"),
    b"UserUnit": (b"2", b"0", b"-1", b"0.5", b"1.0", b"100", b"null"),
    b"Resources": (b"<<>>", b"null", b"4 0 R", b"<</Font<</F1 99 0 R>>>>", b"<</XObject<</X1 4 0 R>>>>", b"[]"),
    b"Contents": (b"[4 0 R 4 0 R]", b"[null 4 0 R]", b"[[4 0 R]]", b"[]", b"null", b"99 0 R", b"(BT ET)", b"3 0 R",
    b"[4 0 R 7 0 R]", b"<</Length 0>>"),
    b"BBox": (b"[0 0 5 5]", b"[5 5 0 0]", b"[0 0 0 0]", b"[0 0 40]", b"null", b"[0 0 1e1 1e1]", b"[0 0 40 40 1]", b"[-9 -9 99 99]",
    b"[0 0 (4) 4]", b"4 0 R"),
    b"Subtype": (b"/Image", b"/PS", b"/Form", b"(Form)", b"null", b"/form", b"/#46orm", b"/Widget", b"/Link", b"/Popup"),
    b"Matrix": (b"[1 0 0 1 50 50]", b"[0 0 0 0 0 0]", b"[1 0 0 1 0]", b"[1 0 0 1 0 0 0]", b"[1e1 0 0 1 0 0]", b"null",
    b"[-1 0 0 1 0 0]", b"[1 0 0 (1) 0 0]", b"[1000000 0 0 1 0 0]"),
    b"OC": (b"<</Type/OCG/Name(x)>>", b"null", b"4 0 R", b"<</Type/OCMD/P/AllOff>>", b"<</Type/OCMD/VE[/Not 4 0 R]>>"),
    b"Group": (b"<</S/Transparency>>", b"<</S/Transparency/K true/I true>>", b"null", b"<<>>"),
    b"F": (b"2", b"32", b"1", b"0", b"4", b"256", b"(file)"),
    b"AP": (b"<<>>", b"null", b"<</N 4 0 R>>", b"<</N<</On 4 0 R>>>>", b"<</D 18 0 R>>"),
    b"Rect": (b"[0 0 240 120]", b"[230 100 150 60]", b"[0 0 0 0]", b"null", b"[150 60 230]", b"[150 60 230 1e2]"),
    b"AS": (b"/On", b"/Off", b"null"),
    b"AcroForm": (b"<</NeedAppearances true/Fields[]>>", b"null", b"<</Fields[]>>", b"<</Fields[17 0 R 17 0 R]>>",
    b"<</XFA(x)/Fields[]>>"),
    b"OCProperties": (b"<</OCGs[4 0 R]/D<</OFF[4 0 R]>>>>", b"<<>>", b"null"),
    b"Width": (b"1", b"3", b"0", b"-2", b"2.0", b"99999", b"null"),
    b"Height": (b"1", b"3", b"0", b"2.0", b"null"),
    b"BitsPerComponent": (b"1", b"2", b"16", b"7", b"0", b"null"),
    b"ColorSpace": (b"/DeviceRGB", b"/DeviceCMYK", b"/G", b"[/DeviceGray]", b"[/Indexed/DeviceRGB 1<000000ffffff>]", b"null",
    b"/Other"),
    b"Decode": (b"[1 0]", b"[0 1]", b"[0]", b"[0 1 0 1]", b"null", b"[0 0.5]"),
    b"ImageMask": (b"true", b"false", b"null"),
    b"Pages": (b"3 0 R", b"null", b"99 0 R", b"2 1 R", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"[2 0 R]"),
    b"Encoding": (b"/WinAnsiEncoding", b"<</Differences[48/one/zero]>>", b"<</Differences[48/zero/one(x)]>>", b"null",
    b"<</Differences[49/one 48/nine]>>", b"<<>>"),
    b"FirstChar": (b"47", b"49", b"0", b"-1", b"48.0", b"null"),
    b"FontMatrix": (b"[0.002 0 0 0.001 0 0]", b"[0 0 0 0 0 0]", b"null", b"[0.001 0 0 0.001 0]", b"[1 0 0 1 0 0]"),
    b"FontBBox": (b"[0 0 0 0]", b"[0 0 1 1]", b"null", b"[900 1000 0 0]"),
    b"Widths": (b"[]", b"[900]", b"null", b"[0 0 0 0 0 0 0 0 0 0]", b"[100 200 300]"),
}  # fmt: skip
_VALUE = rb"\s*(?:\d+ \d+ R|\[(?:[^\[\]]|\[[^\]]*\])*\]|<<(?:[^<>]|<<[^<>]*>>|<[^<>]*>)*>>|\([^)]*\)|/[^\s/<>\[\]()]*|[^\s/<>\[\]()]+)"


def _some(model: Model, choices: Choices, *words: bytes) -> Item:
    """An object whose value (not the stream) holds one of the words; else ``NothingToMutate``."""
    return choices.one([one for one in model.objects() if not words or any(word in parts_of(one.raw)[1] for word in words)])


def known_key(model: Model, choices: Choices) -> None:
    """A known key has another value, is missing, is there though nobody wrote it, or stands twice."""
    key = choices.one(tuple(_VALUES))
    holders = [one for one in model.objects() if re.search(rb"/%b(?![A-Za-z])" % key, parts_of(one.raw)[1])]
    value = choices.one(_VALUES[key])
    if not holders or choices.chance(0.15):
        item = _some(model, choices, b"<<")
        head, text, stream, end = parts_of(item.raw)
        item.raw = head + text.replace(b"<<", b"<</%b %b" % (key, value), 1) + stream + end
        return
    item = choices.one(holders)
    head, text, stream, end = parts_of(item.raw)
    found = re.search(rb"/%b(?![A-Za-z])%b" % (key, _VALUE), text)
    if found is None:
        raise NothingToMutate
    spelled = b"#%02x" % key[0] + key[1:]
    new = choices.one(
        (*[b"/%b %b" % (key, value)] * 5, b"", found[0] + b"/%b %b" % (key, value), found[0] + b"/%b %b" % (spelled, value),
            found[0].replace(key, spelled, 1))
    )
    item.raw = head + text[: found.start()] + new + text[found.end() :] + stream + end


def _respelled(model: Model, choices: Choices, kinds: tuple[str, ...], spell: object) -> None:
    item = choices.one([one for one in model.objects() if tokens(parts_of(one.raw)[1], *kinds)])
    head, text, stream, end = parts_of(item.raw)
    token = choices.one(tokens(text, *kinds))
    item.raw = head + replaced(text, token, spell(token.text, choices)) + stream + end  # type: ignore[operator]


def number_spelling(model: Model, choices: Choices) -> None:
    """A number of an object is written otherwise."""
    _respelled(model, choices, ("number",), other_number)


def name_spelling(model: Model, choices: Choices) -> None:
    """A name of an object is written otherwise."""
    _respelled(model, choices, ("name",), other_name)


def string_spelling(model: Model, choices: Choices) -> None:
    """A string of an object is written otherwise."""
    _respelled(model, choices, ("string", "hex"), other_string)


def reference(model: Model, choices: Choices) -> None:
    """A reference leads elsewhere, to nothing, by another generation, or through another object."""
    item = _some(model, choices, b" R")
    head, text, stream, end = parts_of(item.raw)
    token = choices.one(tokens(text, "reference"))
    number, target = token.text.split()[0], choices.one(model.objects())
    if choices.chance(0.25):
        new, at = model.free_number(), model.revisions[-1]
        between = Item(b"%d 0 obj\n%b\nendobj\n" % (new, token.text), new)
        at.items.append(between)
        at.section.rows.append(Row(new, 1, points_at=between))
        at.section.trailer = re.sub(rb"/Size \d+", b"/Size %d" % (new + 1), at.section.trailer)
        said = b"%d 0 R" % new
    else:
        said = choices.one(
            (
                b"%d 0 R" % (target.number or 1), number + b" 1 R", number + b" 65535 R", number + b" 65536 R", b"0 0 R", b"99 0 R",
                b"0" + number + b" 0 R",
                number + b" 00 R", number + b"  0 R", number + b"\n0\nR", number + b" 0 %\nR", number + b" 0 r", number + b" 0R",
                    b"+" + number + b" 0 R",
                number + b".0 0 R", b"99999999999 0 R", b"%d 0 R" % (model.free_number() + 1),
            )
        )  # fmt: skip
    item.raw = head + replaced(text, token, said) + stream + end


def made_indirect(model: Model, choices: Choices) -> None:
    """A direct value moves into an object of its own."""
    item = choices.one([one for one in model.objects() if tokens(parts_of(one.raw)[1], "number", "string")])
    head, text, stream, end = parts_of(item.raw)
    token = choices.one(tokens(text, "number", "string"))
    number, revision = model.free_number(), model.revisions[-1]
    added = Item(b"%d 0 obj\n%b\nendobj\n" % (number, token.text), number)
    revision.items.append(added)
    revision.section.rows.append(Row(number, 1, points_at=added))
    revision.section.trailer = re.sub(rb"/Size \d+", b"/Size %d" % (number + 1), revision.section.trailer)
    item.raw = head + replaced(text, token, b" %d 0 R " % number) + stream + end


def token_moved(model: Model, choices: Choices) -> None:
    """A token of an object is missing, doubled, or stands elsewhere."""
    item = _some(model, choices)
    head, text, stream, end = parts_of(item.raw)
    one, other = choices.one(tokens(text)), choices.one(tokens(text))
    what = choices.between(0, 2)
    new = {0: b"", 1: one.text + b" " + one.text, 2: b" " + other.text + b" "}[what]
    item.raw = head + replaced(text, one, new) + stream + end


def nested_deeply(model: Model, choices: Choices) -> None:
    """A value stands in many arrays or dictionaries."""
    item = _some(model, choices, b"<<")
    head, text, stream, end = parts_of(item.raw)
    depth = choices.one((25, 29, 30, 31, 60, 65, 300, 600))
    nest = choices.one(((b"[", b"]"), (b"<</A", b">>")))
    item.raw = head + text.replace(b"<<", b"<</More" + nest[0] * depth + b" 1 " + nest[1] * depth, 1) + stream + end


def key_twice(model: Model, choices: Choices) -> None:
    """A key stands twice, plainly or by an escape."""
    item = _some(model, choices, b"<<")
    head, text, stream, end = parts_of(item.raw)
    token = choices.one(tokens(text, "name"))
    spelled = choices.one((token.text, b"/#%02x" % token.text[1] + token.text[2:] if len(token.text) > 1 else b"/"))
    value = choices.one((b"null", b"1", b"99 0 R", b"[]", b"/Page", b"<<>>"))
    item.raw = head + text.replace(b"<<", b"<<" + spelled + b" " + value + b" ", 1) + stream + end


MUTATIONS = (
    known_key, known_key, known_key, known_key, number_spelling, name_spelling, string_spelling, reference, made_indirect, token_moved,
    nested_deeply, key_twice,
)  # fmt: skip
