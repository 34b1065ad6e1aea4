"""The form in which most makers write content, as one pattern that runs in C over the whole stream.

Why: reading word by word costs a microsecond each, which a batch of a thousand documents can't afford. What the
pattern matches, ``reader.py`` accepts and sums up alike (a property of the tests); what it does not match it says
nothing of: the reader decides.

Rules: every repetition is possessive, so that time is linear; words stand in white space; no comments, inline images,
patterns, shadings, compatibility sections, property lists by name, glyph widths, raw line ends in strings.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from mobile_app.device.document_checks.limits import MAX_CONTENT_STRING_BYTES, MAX_SAVED_STATES
from mobile_app.device.document_checks.page_content.dots import may_hold_dots
from mobile_app.device.document_checks.page_content.summary import Paint, Summary

_S: Final = rb"[\x00\t\n\x0c\r ]++"
_S0: Final = rb"[\x00\t\n\x0c\r ]*+"
_PLAIN: Final = rb"(?:\d{1,9}+(?:\.\d{0,20}+)?+|\.\d{1,20}+)"
_N: Final = rb"-?+" + _PLAIN + _S
_REGULAR: Final = rb"[!$&'*-.0-;=?-Z\\^-z|~]"
_NAME: Final = rb"/" + _REGULAR + rb"{1,127}+" + _S
_TAG: Final = rb"/(?!OC(?!" + _REGULAR + rb"))" + _REGULAR + rb"{1,127}+" + _S0
_BODY: Final = rb"(?:[^()\\\r]++|\\(?:[0-3][0-7]{0,2}+|[4-7][0-7]?+(?![0-7])|[^0-7\r]))*+"
_STRING: Final = rb"(?:\(" + _BODY + rb"\)|<[0-9A-Fa-f]*+>)"
_ARRAY: Final = rb"\[" + _S0 + rb"(?:" + _STRING + _S0 + rb"|-?+" + _PLAIN + rb"(?=[\x00\t\n\x0c\r (<\]])" + _S0 + rb")*+\]"


def _either(*patterns: bytes) -> bytes:
    return rb"(?:" + rb"|".join(patterns) + rb")"


def _words(words: bytes) -> bytes:
    """One of the operators, and the white space behind it."""
    return _either(*(re.escape(word) for word in words.split())) + _S


def _after_numbers(*by_count: bytes) -> bytes:
    """What may follow one number, two, three and so on: a tree, so that nothing is read twice."""
    tree = by_count[-1]
    for follows in reversed(by_count[:-1]):
        tree = _either(follows, _N + tree) if follows else _N + tree
    return _N + tree


# A space and at once a colour in it: the only way in which spaces stand here.
_COLOUR: Final = _either(
    rb"cs" + _S + rb"(?:" + _N + rb"){1,32}+" + _words(b"scn sc"), rb"CS" + _S + rb"(?:" + _N + rb"){1,32}+" + _words(b"SCN SC")
)
_NAMED: Final = (_N + _words(b"Tf"), _words(b"gs"), _COLOUR)
_MARKED: Final = _TAG + _either(
    rb"<<" + _S0 + rb"/MCID" + _S + rb"\d{1,9}+" + _S0 + rb">>" + _S0 + _words(b"BDC"), rb"(?<=[\x00\t\n\x0c\r ])" + _words(b"BMC")
)
_INK: Final = rb"(?:1(?:\.0{0,20}+)?+|0(?:\.\d{0,20}+)?+|\.\d{1,20}+)"
_VALUES: Final = _either(
    rb"[012]" + _S + _words(b"J j"),
    rb"[0-3]" + _S + _words(b"Tr"),
    rb"-?+[1-9]\d{1,8}+(?:\.\d{0,20}+)?+" + _S + _words(b"Tz"),
    rb"(?:" + _INK + _S + rb"){4}" + _words(b"k K"),
    _PLAIN + _S + _words(b"w M"),
    rb"\[" + _S0 + rb"(?:[1-9]\d{0,4}+" + _S0 + rb"){0,2}+\]" + _S0 + rb"\d{1,9}+" + _S + _words(b"d"),
)
_ONE, _THREE = _words(b"g G i Tc Tw TL Ts"), _words(b"rg RG")
_IN_TEXT: Final = _either(
    _STRING + _S0 + _words(b"Tj '"),
    _ARRAY + _S0 + _words(b"TJ"),
    _after_numbers(_ONE, _words(b"Td TD"), _THREE, b"", b"", _words(b"Tm")),
    _NAME + _either(*_NAMED),
    _MARKED,
    _words(b"T* EMC"),
    _VALUES,
)
_TEXT: Final = _words(b"BT") + _IN_TEXT + rb"*+" + _words(b"ET")
_PATH: Final = (
    _either(_N + _N + _either(_words(b"m l"), _N + _N + _either(_words(b"v y re"), _N + _N + _words(b"c"))), _words(b"h"))
    + rb"*+(?:" + _words(b"W W*") + rb")?+" + _words(b"f S n f* F B B* b b* s")
)  # fmt: skip
_ON_PAGE: Final = _either(
    _after_numbers(_ONE, rb"m" + _S + _PATH, _THREE, rb"re" + _S + _PATH, b"", _words(b"cm")),
    _words(b"q Q n S f B f* B* b s"),
    _TEXT,
    _NAME + _either(_words(b"Do"), *_NAMED),
    _MARKED,
    _words(b"EMC"),
    _VALUES,
)
_COMMON: Final = re.compile(_S0 + _ON_PAGE + rb"*+")
_STRINGS: Final = re.compile(_STRING)
_ONE_SPACE: Final = bytes.maketrans(b"\x00\t\n\x0c\r", b"     ")
_NO_LETTERS: Final = b"0123456789.-[]<>"
_SAVE_AND_RESTORE: Final = frozenset((b"q", b"Q"))
_SETS_COLOUR: Final = frozenset((b"g", b"G", b"rg", b"RG", b"k", b"K", b"cs", b"CS"))
_USED: Final = re.compile(
    rb"/(" + _REGULAR + rb"++)" + _S + rb"(?:" + _N + rb")?+(Tf|Do|gs|cs|CS)" + _S + rb"((?:" + _N + rb")*+)(scn?|SCN?)?"
)
_WHOLE_WORDS: Final = re.compile(_either(_S, _STRING, rb"<<|>>|[\[\]]", rb"/?" + _REGULAR + rb"++") + rb"*+")
_ENDS_WITH_OPERATOR: Final = re.compile(rb"(?:^|[\x00\t\n\x0c\r \])>])[A-Za-z]++[*']?\Z|[\x00\t\n\x0c\r ]\Z")


def joined(streams: Sequence[bytes]) -> bytes | None:
    """The streams of a page as one, or ``None`` where a word could reach from one into the next."""
    for data in streams[:-1]:
        if not _WHOLE_WORDS.fullmatch(data) or not _ENDS_WITH_OPERATOR.search(data, max(0, len(data) - 8)):
            return None
    return b"\n".join(streams)


def read_common_form(data: bytes) -> Summary | None:
    """What the stream does, or ``None`` when it is not written in the common form."""
    padded = data + b"\n"
    if not _COMMON.fullmatch(padded):
        return None
    if len(data) > MAX_CONTENT_STRING_BYTES and max(map(len, _STRINGS.findall(padded)), default=0) > MAX_CONTENT_STRING_BYTES:
        return None
    bare = _STRINGS.sub(b" ", padded)
    # Without strings and numbers only names and operators are left, each a word of its own.
    words = bare.translate(_ONE_SPACE, _NO_LETTERS).split()
    if (b"m" in words or b"re" in words) and may_hold_dots(bare.translate(_ONE_SPACE).split()):
        return None
    deepest = _deepest(b"".join(filter(_SAVE_AND_RESTORE.__contains__, words)))
    if deepest is None:
        return None
    return _summary(bare, words, len(data), deepest)


def _deepest(states: bytes) -> int | None:
    """How deep ``q`` nests, ``None`` for a ``Q`` too many, and beyond what may be (each round costs a pass)."""
    depth = 0
    while states:
        if depth > MAX_SAVED_STATES:
            return None
        left = states.replace(b"qQ", b"")
        if len(left) == len(states):
            return None if b"Q" in left else depth + len(left)
        states = left
        depth += 1
    return depth


def _summary(bare: bytes, words: list[bytes], length: int, deepest: int) -> Summary:
    names: dict[bytes, set[bytes]] = {b"Tf": set(), b"cs": set(), b"CS": set()}
    drawn: Counter[bytes] = Counter()
    states: Counter[bytes] = Counter()
    paints: Counter[Paint] = Counter()
    for name, word, numbers, setter in _USED.findall(bare):
        if word == b"Do":
            drawn[name] += 1
            continue
        if word == b"gs":
            states[name] += 1
            continue
        names[word].add(name)
        if setter:
            paints[Paint(name, len(numbers.split()), None, setter.lower() == b"scn")] += 1
    return Summary(
        length=length,
        operators=sum(word[0] != 0x2F for word in words),
        saved_states=deepest,
        drawn=tuple(sorted(drawn.items())),
        fonts=frozenset(names[b"Tf"]),
        graphics_states=tuple(sorted(states.items())),
        spaces=frozenset(names[b"cs"] | names[b"CS"]),
        paints=tuple(sorted(paints.items(), key=repr)),
        sets_colours=not _SETS_COLOUR.isdisjoint(words),
    )
