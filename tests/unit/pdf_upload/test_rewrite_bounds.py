"""How far a rewrite goes: files without a page tree, forms that are too deep or too large, and the beginning of a file."""

from pathlib import Path

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf import rewrite, rewrite_form
from server.pdf.rewrite import open_with_recovery
from server.pdf.rewrite_form import has_faults


def _without_pages(root: object) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.trailer["/Root"] = root
    return pdf


def _rootless() -> list[pikepdf.Pdf]:
    no_tree = _without_pages(pikepdf.Dictionary(Type=pikepdf.Name.Catalog, Pages=5))
    return [_without_pages(5), _without_pages(pikepdf.Dictionary(Type=pikepdf.Name.Catalog)), no_tree]


def _opened(monkeypatch: pytest.MonkeyPatch, path: Path, *found: pikepdf.Pdf) -> pikepdf.Pdf:
    path.write_bytes(b"anything")
    left = list(found)
    monkeypatch.setattr(rewrite, "open_with_qpdf", lambda *_, **__: left.pop(0))
    return open_with_recovery(path)


def test_a_file_without_a_page_tree_is_read_without_its_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for first in _rootless():
        whole = pikepdf.new()
        assert _opened(monkeypatch, tmp_path / "a.pdf", first, whole) is whole
    for first, second in zip(_rootless(), _rootless(), strict=True):
        with pytest.raises(Unprocessable) as refused:
            _opened(monkeypatch, tmp_path / "a.pdf", first, second)
        assert refused.value.code == "pdf_broken"


def _form(depth: int) -> pikepdf.Pdf:
    """A form of one field below so many others."""
    pdf = pikepdf.new()
    field = pdf.make_indirect(pikepdf.Dictionary(T="a"))
    for _ in range(depth):
        field = pdf.make_indirect(pikepdf.Dictionary(T="a", Kids=[field]))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
    return pdf


def test_forms_are_followed_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not has_faults(_form(100))
    with pytest.raises(Unprocessable) as refused:
        has_faults(_form(101))
    assert refused.value.code == "pdf_too_complex"
    monkeypatch.setattr(rewrite_form, "_MAX_FIELDS", 9)
    assert not has_faults(_form(9))
    with pytest.raises(Unprocessable) as refused:
        has_faults(_form(10))
    assert refused.value.code == "pdf_too_complex"
