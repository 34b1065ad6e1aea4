"""What ``python -m server verify`` prints: the reports of verify.py in plain Vietnamese or English, or as
JSON.

Rules: every state is said in words, every warning in a sentence that says what it means; codes stand beside
the sentences, so that they can be looked up; the JSON holds the same facts under stable keys, times in ISO
8601."""

from collections.abc import Sequence

from server.pdf.signing_time import format_signing_time
from server.pdf.verify import FieldChange, SignatureReport
from server.pdf.verifying.words import WARNINGS, WORDS, Language, refusal_text

__all__ = ["WARNINGS", "Language", "refusal_text", "render_report_text", "report_as_json"]

def _word(key: str, language: Language) -> str:
    return WORDS[key][0 if language == "vi" else 1]


def _accounted(report: SignatureReport, language: Language) -> str:
    if report.accounted is None:
        return _word("accounted_all", language)
    return _word("accounted_not", language).format(rule=report.accounted.rule, offset=report.accounted.offset)


def _field_change(change: FieldChange, language: Language) -> str:
    return _word(f"field_{change.kind}", language).format(field=change.field, before=change.before, after=change.after)


def render_report_text(reports: Sequence[SignatureReport], language: Language = "vi") -> str:
    """Several lines for each signature, without a line end after the last."""
    if not reports:
        return _word("no_signatures", language)
    blocks = []
    for number, report in enumerate(reports, start=1):
        kind = _word(f"time_{report.time_kind}", language)
        moment = kind if report.time is None else f"{format_signing_time(report.time)}, {kind}"
        coverage = _word(report.coverage, language).format(covered=report.covered_bytes, total=report.file_bytes)
        rows = {
            "signer": report.signer or _word("unknown_signer", language),
            "time": moment,
            "level": report.level,
            "algorithm": report.algorithm or _word("unknown_signer", language),
            "integrity": _word(report.integrity, language),
            "trust": _word(report.trust, language),
            "coverage": coverage,
            "changes": _word(f"changes_{report.changes_after}", language),
            "accounted": _accounted(report, language),
        }
        lines = [f"{_word('signature', language)} {number}: {report.field_name}"]
        lines += [f"  {_word(key, language)}: {value}" for key, value in rows.items()]
        lines += [f"    * {_field_change(change, language)}" for change in report.field_changes]
        if report.warnings:
            lines.append(f"  {_word('warnings', language)}:")
            sentence = 0 if language == "vi" else 1
            lines += [f"    - {WARNINGS[code][sentence]} [{code}]" for code in report.warnings]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def report_as_json(reports: Sequence[SignatureReport]) -> list[dict[str, object]]:
    """The same facts, ready for json.dumps()."""
    return [
        {
            "field_name": report.field_name,
            "signer": report.signer,
            "time": report.time.isoformat() if report.time is not None else None,
            "time_kind": report.time_kind,
            "level": report.level,
            "integrity": report.integrity,
            "trust": report.trust,
            "coverage": report.coverage,
            "covered_bytes": report.covered_bytes,
            "file_bytes": report.file_bytes,
            "changes_after": report.changes_after,
            "accounted": None
            if report.accounted is None
            else {"rule": report.accounted.rule, "offset": report.accounted.offset},
            "algorithm": report.algorithm,
            "field_changes": [
                {"field": one.field, "kind": one.kind, "before": one.before, "after": one.after} for one in report.field_changes
            ],
            "warnings": list(report.warnings),
            "good": report.good,
        }
        for report in reports
    ]
