"""The place of the signature in words, and what is known of the ground that it will lie on. No Kivy here."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from mobile_app.device.document_checks.stamp_place import StampPlace
from mobile_app.device.interaction import DocumentView
from mobile_app.ui.stamp_look import StampLook
from mobile_app.ui.strings import Strings

_PLACES_NAMED: Final = 2
_ROWS: Final = ("top", "middle", "bottom")
_COLUMNS: Final = ("left", "centre", "right")


def corner(t: Strings, stamp: StampPlace) -> str:
    """``góc dưới bên phải``: by the third of the page where the stamp's middle lies."""
    row = _ROWS[min(2, int((stamp.top + stamp.bottom) / 2 * 3))]
    column = _COLUMNS[min(2, int((stamp.left + stamp.right) / 2 * 3))]
    return t(f"corner.{row}_{column}")


def place(t: Strings, stamp: StampPlace | None) -> str:
    """``trang 2, góc dưới bên phải``."""
    return t("stamp.none") if stamp is None else t("stamp.place", page=stamp.page + 1, corner=corner(t, stamp))


def places(t: Strings, documents: Sequence[DocumentView]) -> str:
    """Where the signatures of a request stand: the commonest places, and how many documents have theirs elsewhere."""
    counted = Counter(place(t, document.stamp) for document in documents)
    if len(documents) == 1:
        return _begun(next(iter(counted)))
    said = [
        t("stamp.place_of", place=named, documents=t.count("documents", count))
        for named, count in counted.most_common(_PLACES_NAMED)
    ]
    rest = len(documents) - sum(count for _, count in counted.most_common(_PLACES_NAMED))
    if rest:
        said.append(t("stamp.elsewhere", documents=t.count("documents", rest)))
    return _begun("; ".join(said))


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def ground(t: Strings, look: StampLook, single: bool) -> tuple[str, bool]:
    """What is known of the ground, and whether the person should take note."""
    if look.total == 0:
        return "", False
    if single:
        name = "over" if look.over else "unseen" if look.unseen else "clear" if look.is_done else "looking"
        if name == "looking" and look.is_late:
            name = "unseen"
        return t(f"stamp.{name}"), name in ("over", "unseen")
    said = [t("stamp.counted", looked=look.looked, total=look.total, over=len(look.over))]
    if not look.is_done:
        said.append(t("stamp.going_on"))
    if look.unseen:
        said.append(t("stamp.uncounted", count=len(look.unseen)))
    return " ".join(said), bool(look.over or look.unseen)
