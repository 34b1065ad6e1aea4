"""The statements that nearly every content stream is made of, each read whole by one regular expression.

Rules: what it accepts, the exact reader (lexer.py, operators.py) accepts too, with the same operator and the same name, which a property
test shows; where it does not match, that reader goes on. Its repetitions are possessive or bounded, so that no input sets it back.
"""

import re
from typing import Final

from server.pdf.content.lexer import WHITE

_SPACE: Final = rb"[" + WHITE + rb"]"
_GAP: Final = _SPACE + rb"++"
_MAY: Final = _SPACE + rb"*+"
_AFTER: Final = rb"(?=[" + WHITE + rb"()<>\[\]/%]|\Z)"
_NUMBER: Final = rb"[+-]?(?:[0-9]{1,9}+(?:\.[0-9]{0,40}+)?|\.[0-9]{1,40}+)"
_NEXT: Final = _GAP + _NUMBER
_NAME: Final = rb"(?:/[^" + WHITE + rb"()<>\[\]{}/%#]{1,127}+)"
_STRING: Final = rb"(?:\((?:[^()\\\r]|\\[()\\nrtbf]|\\[0-3][0-7]{2}){0,8000}+\)|<[0-9A-Fa-f]{0,16000}+>)"
_IN_ARRAY: Final = _MAY + rb"(?:" + _STRING + rb"|" + _NUMBER + rb"(?=[" + WHITE + rb"\](<]))"
_PROPERTIES: Final = rb"<<" + _MAY + rb"(?:/MCID" + _NEXT + rb"|/Type" + _MAY + rb"/[A-Z][a-z]+)" + _MAY + rb">>"


def _operators(words: str) -> bytes:
    return rb"(" + b"|".join(map(re.escape, words.encode().split())) + rb")" + _AFTER


def _branch(own: str, deeper: bytes) -> bytes:
    """Behind one more number: white space, and either one of ``own`` or still more."""
    return _GAP + rb"(?:" + _operators(own) + rb"|" + deeper + rb")"


_SIX: Final = _NUMBER + _NEXT + _GAP + _operators("cm c Tm")
_FOUR: Final = _NUMBER + _branch("re v y", _SIX)
_THREE: Final = _NUMBER + _branch("rg RG", _FOUR)
_TWO: Final = _NUMBER + _branch("m l Td TD", _THREE)
_NUMBERS: Final = _NUMBER + _branch("i g G Tc Tw TL Ts", _TWO)
_NAMED: Final = (
    rb"(?P<name>" + _NAME + rb")(?:" + _GAP + rb"(?:" + _operators("Do gs cs CS sh BMC")
    + rb"|" + _NUMBER + _GAP + _operators("Tf") + rb")|" + _MAY + _PROPERTIES + _MAY + _operators("BDC") + rb")"
)  # fmt: skip
_SHOWN: Final = (
    _STRING + _MAY + _operators("Tj '") + rb"|\[(?:" + _IN_ARRAY + rb"){1,2000}+" + _MAY + rb"\]" + _MAY + _operators("TJ")
)
_INK: Final = rb"(?:1(?:\.0{0,40}+)?|0(?:\.[0-9]{0,40}+)?|\.[0-9]{1,40}+)"
_LIMITED: Final = (
    rb"[0-2]" + _GAP + _operators("J j") + rb"|[0-3]" + _GAP + _operators("Tr")
    + rb"|[+-]?[1-9][0-9]{1,8}+(?:\.[0-9]{0,40}+)?" + _GAP + _operators("Tz")
    + rb"|(?:" + _INK + _GAP + rb"){4}" + _operators("k K")
    + rb"|" + _NUMBER.removeprefix(rb"[+-]?") + _GAP + _operators("w M")
    + rb"|\[" + _MAY + rb"(?:[1-9][0-9]{0,4}+" + _MAY + rb"){0,2}+\]" + _MAY + rb"[0-9]{1,5}+" + _GAP + _operators("d")
)  # fmt: skip
_PAINT: Final = rb"(?P<numbers>" + _NUMBER + _GAP + rb"(?:" + _NUMBER + _GAP + rb"){0,3}+)" + _operators("sc scn SC SCN")

# The last group is the operator; ``name`` is what ``Tf``, ``Do`` and the like name, and the tag of ``BDC``, with its slash; ``numbers``
# are those of ``sc`` and ``scn``.
USUAL: Final = re.compile(
    rb"(?:" + _NUMBERS + rb"|" + _operators("q Q h S s F f f* B B* b b* n W W* BT ET T* EMC")
    + rb"|" + _SHOWN + rb"|" + _NAMED + rb"|" + _LIMITED + rb"|" + _PAINT + rb")" + _MAY
)  # fmt: skip
