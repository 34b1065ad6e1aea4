"""What Android shows in the app's name, outside its window. Lock screens show it: nothing of any request stands here."""

from typing import Final

from mobile_app.ui.strings import LANGUAGES, Language

CHANNEL: Final = ("Yêu cầu ký", "Sign requests")
STAYS: Final = ("PhoneSeal đang chờ yêu cầu", "PhoneSeal listens for requests")
STAYS_HOW: Final = ("Tắt trong Tài khoản của ứng dụng.", "Switch it off in the app's Account.")
WAITS: Final = ("Có yêu cầu đang chờ bạn", "Something waits for your answer")
MAY_WAIT: Final = ("Có thể có yêu cầu đang chờ bạn", "Something may wait for your answer")
WAITS_HOW: Final = ("Mở PhoneSeal để xem.", "Open PhoneSeal to see it.")
WOKEN_FOR: Final = ("PhoneSeal: yêu cầu ký", "PhoneSeal: sign requests")
"""Shown by the distributor, of this app's registration."""

Text = tuple[str, str]


def said(text: Text, language: Language) -> str:
    return text[LANGUAGES.index(language)]
