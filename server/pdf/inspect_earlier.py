"""What an uploaded file's earlier signatures are worth, told to those who are asked to sign beside them.

Rules: judged once, at upload, by what judges for ``verify`` (verify.py), without a trust root: whether a signature holds is told, whose it
is is not judged here. Nobody is refused for what others did; the person hears of it before they sign.
"""

from pathlib import Path

from server.errors import PhoneSealError
from server.pdf.verify import verify_file

BROKEN, DOUBTFUL = "earlier_signature_broken", "earlier_signature_doubtful"

_CHANGED = {"annotations_added", "field_value_changed", "field_appearance_changed"}


def findings_of_earlier_signatures(path: Path) -> set[str]:
    """``earlier_signature_broken``: one does not hold, or was never completed; ``earlier_signature_doubtful``: something beside it is odd,
    such as a change after it, or it can't be checked here."""
    try:
        reports = verify_file(path, ())
    except PhoneSealError:
        return {BROKEN}
    kinds = {"broken": BROKEN, "suspicious": DOUBTFUL, "unknown": DOUBTFUL}
    changed = {DOUBTFUL for report in reports if _CHANGED & set(report.warnings)}
    never_signed = {BROKEN for report in reports if "cms_empty" in report.warnings}
    return changed | never_signed | {kinds[r.integrity] for r in reports if r.integrity in kinds and "cms_empty" not in r.warnings}
