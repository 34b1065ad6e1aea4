"""No bytes make the reader raise anything but its own refusals, and no shortened file is taken. Seeded."""

import contextlib
import random

import pytest

from server.errors import PhoneSealError
from server.pdf.grammar import RULES, judge
from server.pdf.inspect_limits import Meter, UploadLimits
from tests.pdf_corpus.grammar_cases import BY_NAME, CASES

_WORDS = (b"endobj", b"stream", b"xref", b"trailer", b"startxref", b" 0 R", b"<<", b">>", b"[", b"]", b"(", b")", b"<", b"%", b"/Length",
          b"/Prev 9 ", b"/Size", b"\n", b"\r", b"\0", b"0000000009 00000 n \n", b"99999999999999999999", b"-", b"#", b"\xff")  # fmt: skip
_LIMITS = UploadLimits(seconds=5.0)


def _mutant(data: bytes, random_: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(random_.randint(1, 3)):
        at = random_.randrange(len(out))
        kind = random_.randrange(4)
        if kind == 0:
            out[at] = random_.randrange(256)
        elif kind == 1:
            del out[at : at + random_.randint(1, 20)]
        elif kind == 2:
            out[at:at] = random_.choice(_WORDS)
        else:
            other = random_.randrange(len(out))
            out[at:at] = out[other : other + random_.randint(1, 60)]
    return bytes(out)


@pytest.mark.parametrize("seed", range(8))
def test_mutants_raise_nothing_else(seed: int) -> None:
    random_ = random.Random(seed)
    for _ in range(150):
        data = _mutant(random_.choice(CASES).data, random_)
        with contextlib.suppress(PhoneSealError):  # a password, a bomb, too many pages: said elsewhere
            assert set(judge(data, Meter(_LIMITS)).rules) <= RULES


@pytest.mark.parametrize(
    "name", ["plain/unsigned", "object_stream/unsigned", "update/signed", "hybrid/signed", "linearised/signed"]
)
def test_no_cut_is_taken(name: str) -> None:
    """Each shortened file breaks a rule, but where only the last line end is gone."""
    data = BY_NAME[name].data
    for length in range(len(data) - 1):
        verdict = judge(data[:length], Meter(_LIMITS))
        revision = length and data[:length].rstrip().endswith(b"%%EOF")
        assert verdict.breaches or revision, length
