"""The grammar of a PDF that may be signed, read from its bytes (ISO 32000-2, 7.2 to 7.7; docs/threat_model.md).

``judge(buffer, meter)`` gives a ``Verdict``: whether the file is signed, and each rule that it breaks. A file that complies says one thing
to every reader, byte by byte. The phone has a reader of its own, written independently; ``tests/pdf_corpus/grammar_cases.py`` holds both
together. Nothing here repairs anything.
"""

from server.pdf.grammar.breach import RULES, Breach
from server.pdf.grammar.judge import Verdict, judge

__all__ = ["RULES", "Breach", "Verdict", "judge"]
