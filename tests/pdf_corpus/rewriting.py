"""What becomes of a good file at upload before it is signed: one plain revision, unless somebody has signed it.

Rules: written with pikepdf alone, from the specification and not with the server's code, so that tests of the phone depend on nothing
of the server.
"""

import io
from pathlib import Path

import pikepdf


def rewritten(data: bytes) -> bytes:
    """``data`` as one plain revision: object streams and encryption as they were, nothing unreachable, no comments."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            encryption=True if document.is_encrypted else None,
        )
    return out.getvalue()


def as_taken(path: Path) -> bytes:
    """The file's bytes, rewritten unless a signature field of its form has a value."""
    data = path.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as document:
        fields = list(document.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", []))
        signed = any(field.get("/FT") == "/Sig" and "/V" in field for field in fields)
    return data if signed else rewritten(data)
