"""What may stand between the parts of a file: white space (ISO 32000-2, 7.2.3) and, in signed files only, comments that
nobody could take for structure (7.2.4).

Rules: a comment is printable ASCII up to LF or CRLF, and holds no word by which a viewer that repairs files, or one
that looks for signatures, finds its way. Which places take comments is said where they are read.
"""

from typing import Final

WS: Final = rb"[\x00\t\n\x0c\r ]"
REGULAR: Final = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
# Behind a number or keyword: no further regular character (7.2.3).
END: Final = rb"(?!" + REGULAR + rb")"
SPACE: Final = WS + rb"*+"

_WORDS: Final = rb"(?:\d *+obj|endobj|endstream|xref|trailer|%PDF-|%EOF|/ByteRange|/Linearized)"
NO_KEYWORD: Final = rb"(?![^\r\n]*?" + _WORDS + rb")"
COMMENT: Final = NO_KEYWORD + rb"%[ -~]*+\r?\n"
SPACE_WITH_COMMENTS: Final = rb"(?:" + WS + rb"++|" + COMMENT + rb")*+"
