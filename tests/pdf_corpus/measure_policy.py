"""Which refusals of other people's files are meant: the closed list, in words.

Rules: a refusal is by policy only for what the file truly is. A file that PDFium opens needs no password, whatever upload says of it; a
breach of the grammar is by policy only where signatures forbid to mend it; the rules that are plain numbers of docs/protocol.md are limits.
Everything else is a refusal that nobody ordered.
"""

from typing import Final

PASSWORD: Final = "needs a password"
XFA: Final = "XFA"
RUNS: Final = "starts programs or scripts by itself"
CERTIFIED: Final = "certified against changes (P=1)"
SIGNED: Final = "a signed revision breaks the grammar"
LIMIT: Final = "over a limit of protocol.md"

POLICIES: Final = (PASSWORD, XFA, RUNS, CERTIFIED, SIGNED, LIMIT)

_BY_CODE: Final = {
    "pdf_xfa": XFA,
    "pdf_javascript": RUNS,
    "pdf_launch_action": RUNS,
    "pdf_certified_no_changes": CERTIFIED,
    "pdf_signed_bad_structure": SIGNED,
    "pdf_too_large": LIMIT,
    "pdf_too_many_pages": LIMIT,
    "pdf_too_complex": LIMIT,
    "pdf_bomb": LIMIT,
}
#: Rules of files and of content that compare one length with one number.
_LIMIT_RULES: Final = frozenset(("name_length", "token_length", "string_length", "integer", "depth"))


def policy_of(code: str, rule: str, *, opens: bool) -> str:
    """The policy that a refusal follows, or ``""``. ``opens``: PDFium opens the file without a password."""
    if code == "pdf_password":
        return "" if opens else PASSWORD
    if rule in _LIMIT_RULES and code in ("pdf_broken", "pdf_content_malformed"):
        return LIMIT
    return _BY_CODE.get(code, "")
