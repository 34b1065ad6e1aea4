"""Documents whose pages say what a test wants them to say, taken through all checks of the phone.

``extra`` are objects of the original, numbered from ``EXTRA`` on; in them and in ``resources`` a reference to the first is ``6 0 R``.
"""

from mobile_app.device.document_checks import CheckedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CATALOG, CONTENT, PAGE, Forge, shifted, stream

EXTRA = 6
FONT = b"/Font<</F1 5 0 R>>"
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 300 200]"
CELL = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<<>>"
_RESOURCES = b"<</Font<</F1 5 0 R>>>>"


def page_forge(
    content: bytes | list[bytes],
    resources: bytes = FONT,
    extra: list[bytes] | None = None,
    page: bytes = b"",
    annotations: bytes = b"",
) -> Forge:
    """A forge of one page. ``content`` is one stream or several; ``annotations`` are references before the stamp's."""
    forge = Forge()
    objects = list(extra or [])
    if isinstance(content, list):
        first = EXTRA + len(objects)
        objects += [stream(one) for one in content]
        contents = b"[" + b" ".join(b"%d 0 R" % (first + number) for number in range(len(content))) + b"]"
        del forge.original[CONTENT]
        forge.original[CONTENT] = b"<<>>"
    else:
        contents = b"4 0 R"
        forge.original[CONTENT] = stream(content)
    forge.original |= {EXTRA + number: body for number, body in enumerate(objects)}
    forge.increment = shifted(forge.increment, len(objects))
    for where, before in ((forge.original, b""), (forge.increment, b"/Annots[")):
        body = where[PAGE].replace(b"/Contents 4 0 R", b"/Contents " + contents + page)
        body = body.replace(_RESOURCES, b"<<" + resources + b">>")
        if annotations:
            body = body.replace(before, before + annotations + b" ") if before else body[:-2] + b"/Annots[" + annotations + b"]>>"
        where[PAGE] = body
    _reach_all(forge)
    return forge


def _reach_all(forge: Forge) -> None:
    """The catalog names every object, so that none is unreachable, whatever a test leaves unused."""
    named = b" ".join(b"%d 0 R" % number for number in forge.original)
    for where in (forge.original, forge.increment):
        where[CATALOG] = where[CATALOG].replace(b"/Pages 2 0 R", b"/Pages 2 0 R/PieceInfo<</Test[" + named + b"]>>")


def checked(forge: Forge) -> CheckedDocument:
    """What the phone says of the document."""
    return check_prepared_document(*forge.build())


def refused(forge: Forge) -> tuple[str, object]:
    """Code and word of the refusal; ``("", "")`` if there is none."""
    try:
        checked(forge)
    except CheckFailed as failed:
        return failed.code, failed.details["what"]
    return "", ""
