"""What an uploaded file's earlier signatures are worth, told to those who are asked to sign beside them.

Rules: judged once, at upload, by what judges for ``verify`` (verify.py), without a trust root: whether a signature holds is told, whose it
is is not judged here. Nobody is refused for what others did; the person hears of it before they sign.
"""

from pathlib import Path

from server.errors import PhoneSealError
from server.pdf.verify import verify_file

BROKEN, DOUBTFUL = "earlier_signature_broken", "earlier_signature_doubtful"


def findings_of_earlier_signatures(path: Path) -> set[str]:
    """``earlier_signature_broken``: one does not hold, or was never completed; ``earlier_signature_doubtful``: something beside it is odd,
    such as a change that it does not allow."""
    try:
        reports = verify_file(path, ())
    except PhoneSealError:
        return {BROKEN}
    kinds = {"broken": BROKEN, "suspicious": DOUBTFUL}
    return {kinds[report.integrity] for report in reports if report.integrity in kinds}
