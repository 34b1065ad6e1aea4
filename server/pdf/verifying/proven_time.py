"""Which time is proven for each signature, and whom it leads to at that time (EN 319 102-1, 5.6, in the order that it gives).

From the last document time-stamp to the first: each is judged at the earliest time that a later trusted one proves for it, or now; then
each signature's own tokens; then its signer. A time-stamp counts when it is intact, covers a whole revision and leads to a root for
time-stamps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from server.pdf.verifying.examine import Examined
from server.pdf.verifying.trust import TrustJudge, TrustVerdict


@dataclass(frozen=True)
class Judged:
    """``proven``: the signature existed then. ``warnings``: ``timestamp_broken``, ``timestamp_untrusted``, and the verdict's code."""

    examined: Examined
    trust: TrustVerdict
    proven: datetime | None
    warnings: frozenset[str]


def judge_times(signatures: tuple[Examined, ...], judge: TrustJudge) -> list[Judged]:
    """In the same order."""
    proven: dict[int, datetime] = {}
    verdicts: dict[int, TrustVerdict] = {}
    for index in reversed(range(len(signatures))):
        one = signatures[index]
        if one.is_timestamp:
            verdicts[index] = judge.authority(one.message.certificate, one.message.certificates, _earliest(signatures, proven, one))
            if counts(one) and verdicts[index].trust == "trusted" and one.sound.time is not None:
                proven[index] = one.sound.time
    return [
        _timestamp(one, verdicts[index], proven.get(index))
        if one.is_timestamp
        else _signature(one, _earliest(signatures, proven, one), judge)
        for index, one in enumerate(signatures)
    ]


def counts(stamp: Examined) -> bool:
    """An intact document time-stamp over a whole revision."""
    return stamp.is_timestamp and stamp.integrity == "ok" and stamp.coverage != "partial"


def _earliest(signatures: tuple[Examined, ...], proven: dict[int, datetime], inner: Examined) -> datetime | None:
    return min((time for index, time in proven.items() if signatures[index].covered_end > inner.covered_end), default=None)


def _timestamp(one: Examined, verdict: TrustVerdict, proven: datetime | None) -> Judged:
    return Judged(one, verdict, proven, frozenset({verdict.code} - {""}))


def _signature(one: Examined, outer: datetime | None, judge: TrustJudge) -> Judged:
    times = [] if outer is None else [outer]
    times += _token_times(one, outer, judge)
    warnings = set()
    if one.tokens and not any(token.sound.soundness == "intact" for token in one.tokens):
        warnings.add("timestamp_broken" if any(t.sound.soundness == "broken" for t in one.tokens) else "timestamp_untrusted")
    elif one.tokens and len(times) == (outer is not None):
        warnings.add("timestamp_untrusted")
    best = min(times, default=None)
    verdict = judge.signer(one.message.certificate, one.message.certificates, best)
    return Judged(one, verdict, best, frozenset(warnings | ({verdict.code} - {""})))


def _token_times(one: Examined, outer: datetime | None, judge: TrustJudge) -> Iterator[datetime]:
    for token in one.tokens:
        if token.sound.soundness != "intact" or token.sound.time is None:
            continue
        others = (*token.message.certificates, *one.message.certificates)
        if judge.authority(token.message.certificate, others, outer).trust == "trusted":
            yield token.sound.time
