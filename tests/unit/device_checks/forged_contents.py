"""Contents of the stamp that are not as the server writes them."""

from collections.abc import Callable

from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import SECOND_FONT, STAMP, STAMP_FONT, Forge

# What the stamp's content says, and what it says instead; each refused as "content".
CONTENTS: dict[str, tuple[bytes, bytes]] = {
    "an image": (b"BT\n", b"/X Do\nBT\n"),
    "an inline image": (b"BT\n", b"BI /W 1 /H 1 ID \0 EI\nBT\n"),
    "a graphics state": (b"q\n", b"q\n/G gs\n"),
    "a clipping path": (b"q\n", b"q\n0 0 9 9 re W n\n"),
    "a moved origin": (b"q\n", b"q\n1 0 0 1 9 9 cm\n"),
    "marked content": (b"BT\n", b"/OC /P BDC\nBT\n"),
    "a shading": (b"BT\n", b"/S sh\nBT\n"),
    "another colour space": (b"0.043 0.478 0.357 rg", b"0 0 0 1 k"),
    "another colour": (b"0.043 0.478 0.357 rg", b"1 1 1 rg"),
    "pale letters": (b"0.078 0.149 0.227 rg", b"0.999 0.999 0.999 rg"),
    "a wider bar": (b"0 0 1.800 60.000 re", b"0 0 9.800 60.000 re"),
    "a bar elsewhere": (b"0 0 1.800 60.000 re", b"9 0 1.800 60.000 re"),
    "a second bar": (b"re f\n", b"re f\n0 0 1.800 60.000 re f\n"),
    "a render mode": (b"BT\n", b"BT\n3 Tr\n"),
    "a text rise": (b"BT\n", b"BT\n9 Ts\n"),
    "slanted letters": (b"1 0 0 1 42.600 40.800 Tm", b"1 0 1 1 42.600 40.800 Tm"),
    "letters of no size": (b"/F2 11.741 Tf", b"/F2 0.000 Tf"),
    "letters of negative size": (b"/F2 11.741 Tf", b"/F2 -11.741 Tf"),
    "letters of a hundred points": (b"/F2 11.741 Tf", b"/F2 100.000 Tf"),
    "letters to the left of the box": (b"42.600 24.716 Tm", b"-42.600 24.716 Tm"),
    "another font": (b"/F2 11.741 Tf", b"/F3 11.741 Tf"),
    "half a glyph": (b"<0002>", b"<00020>"),
    "a glyph in capitals": (b"<0002>", b"<000A>"),
    "a far leap": (b"-70", b"-70000"),
    "a literal string": (b"<0001> Tj", b"(  ) Tj"),
    "an unknown operator": (b"ET\n", b"ET\nxyzzy\n"),
    "an unbalanced state": (b"Q\n", b"Q\nQ\n"),
    "a state left open": (b"ET\nQ\n", b"ET\n"),
    "a comment": (b"BT\n", b"% a\nBT\n"),
    "two spaces": (b"1.800 60.000", b"1.800  60.000"),
    "a long number": (b"42.600 24.716", b"999999.000 24.716"),
    "a number of many digits": (b"42.600 24.716", b"42.6000 24.716"),
    "something behind": (b"ET\nQ\n", b"ET\nQ\n\n"),
    "no name": (b"1 0 0 1 42.600 24.716 Tm\n[<0002>] TJ\n", b""),
    "a line of no width": (b"1.050 w", b"0.000 w"),
    "a wide ring": (b"1.050 w", b"9.050 w"),
    "a wide tick": (b"2.250 w", b"9.250 w"),
    "a tick beside the seal": (b"17.100 30.300 m", b"90.100 30.300 m"),
    "a tick that ends elsewhere": (b"27.600 34.050 l S", b"97.600 34.050 l S"),
    "a ring pulled out": (b"36.675 30.000 c h", b"96.675 30.000 c h"),
    "a seal of no size": (stamp_by_hand.seal(), stamp_by_hand.seal(r=0.0)),
    "a seal too large": (stamp_by_hand.seal(), stamp_by_hand.seal(x=30.0, r=20.0)),
    "two seals": (stamp_by_hand.seal(), 2 * stamp_by_hand.seal()),
}


def spoilt_content(old: bytes, new: bytes) -> Callable[[], Forge]:
    assert old in stamp_by_hand.CONTENT
    return with_content(stamp_by_hand.CONTENT.replace(old, new, 1))


def with_content(content: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        made.increment[STAMP] = stamp_by_hand.form(content, STAMP_FONT, SECOND_FONT)
        return made

    return forge
