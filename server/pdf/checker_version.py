"""Which checker judged a file: a name that changes with every line of code that judges.

Rules: a document is judged once, at upload, and what was found is kept with this name; one that another checker judged is judged anew
before it is offered to a phone (signing/prepare_documents.py). The name is made from the code itself, so that nobody has to remember to
raise a number; a change that judges nothing otherwise costs one look more at each document that is asked for again.
"""

import hashlib
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_JUDGING: Final = ("grammar/*.py", "content/*.py", "inspect_*.py", "rewrite*.py", "compare_pages.py", "findings.py", "flatten_hybrid.py",
                   "without_table.py", "conformance.py", "../document_limits.py")  # fmt: skip


def _version() -> str:
    digest = hashlib.sha256()
    for pattern in _JUDGING:
        for path in sorted(_HERE.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


CHECKER_VERSION: Final = _version()
"""16 hex digits."""
