"""The whole original is what the grammar of a PDF that may be signed says, byte by byte (docs/protocol.md)."""

from mobile_app.device.document_checks.document import PreparedDocument


def check_bodies(document: PreparedDocument) -> None:
    """Every byte of every revision has its place. Reading is the check: it raises ``doc_grammar``."""
    _ = document.bodies


def check_pages(document: PreparedDocument) -> None:
    """The page tree is typed and counted exactly. Reading is the check: it raises ``doc_page_tree``."""
    _ = document.pages
