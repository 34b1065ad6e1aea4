"""Arrays and dictionaries among the operands of a content stream (ISO 32000-2, 7.3.6 and 7.3.7)."""

from collections.abc import Iterator
from typing import Final

from mobile_app.device.document_checks.document import refuse
from mobile_app.device.document_checks.page_content.tokens import COMMENT, WORD, Token

CLOSING: Final = {b"[": b"]", b"<<": b">>"}
KEYWORDS: Final = frozenset((b"true", b"false", b"null"))
_MAX_WORDS: Final = 100_000
_MAX_NESTED: Final = 30


class Brackets:
    """One array or dictionary that is being read; it may go on in the page's next stream. ``words`` are those inside."""

    def __init__(self, opening: bytes) -> None:
        self.words: list[Token] = []
        self.is_dictionary = opening == b"<<"
        self._closing = [CLOSING[opening]]

    def read(self, tokens: Iterator[Token]) -> bool:
        """Read on; say whether it is closed. Raises ``doc_content``."""
        words, closing = self.words, self._closing
        for kind, text, position in tokens:
            if kind == COMMENT:
                continue
            if kind == WORD:
                if text == closing[-1]:
                    closing.pop()
                    if not closing:
                        return True
                elif text in CLOSING:
                    closing.append(CLOSING[text])
                elif text not in KEYWORDS:
                    refuse("doc_content", "bracket")
            words.append((kind, text, position))
            if len(words) > _MAX_WORDS or len(closing) > _MAX_NESTED:
                refuse("doc_content", "bracket")
        return False
