"""What the inspection refuses by itself, whatever the grammar has said before: each rule on a graph made by hand."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf import inspect_graph, inspect_preparation, inspect_reading, inspect_signatures, inspect_upload
from server.pdf.inspect_content import fields, refusals
from server.pdf.inspect_framing import refuse_if_truncated
from server.pdf.inspect_graph import ObjectGraph, is_reference, open_with_qpdf, refuse_losses
from server.pdf.inspect_limits import Meter, UploadLimits
from server.pdf.inspect_pages import Pages, read_pages
from server.pdf.inspect_signatures import is_signed_when_recovered, refuse_if_certified_against_changes
from server.pdf.source_document import READER_ERRORS

PAGE = {"/Type": "/Page"}
SIGNED: dict[str, Any] = {"/ByteRange": [0, 1, 2, 3], "/Contents": "b:00"}
FORBIDDEN = {"/Reference": [{"/TransformMethod": "/DocMDP", "/TransformParams": {"/P": 1}}]}


def _graph(catalog: dict[str, Any], **objects: Any) -> ObjectGraph:
    """Objects by their number, as ``_5={…}``."""
    numbered = {f"{name[1:]} 0 R": value for name, value in objects.items()}
    return ObjectGraph(objects={"1 0 R": catalog, **numbered}, trailer={"/Root": "1 0 R"}, streams=set())


def _meter() -> Meter:
    return Meter(UploadLimits())


def _code(call: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(Unprocessable) as refused:
        call(*arguments)
    return refused.value.code


def _raising(error: BaseException) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


def test_references_end_somewhere() -> None:
    assert is_reference("7 0 R")
    assert not any(map(is_reference, ("u:7 0 R", "7 0 Q", "/R", "x R", 7)))
    assert _code(_graph({}, _5="6 0 R", _6="5 0 R").resolve, "5 0 R") == "pdf_circular"


def test_page_trees_end_and_are_there() -> None:
    assert len(read_pages(_graph({"/Pages": {"/Kids": [{"/Kids": [PAGE]}]}}), _meter()).boxes) == 1
    assert _code(read_pages, _graph({}), _meter()) == "pdf_no_pages"
    assert _code(read_pages, _graph({"/Pages": {"/Kids": []}}), _meter()) == "pdf_no_pages"
    assert _code(read_pages, _graph({"/Pages": "5 0 R"}, _5={"/Kids": ["5 0 R"]}), _meter()) == "pdf_circular"
    deep: dict[str, Any] = PAGE
    for _ in range(101):
        deep = {"/Kids": [deep]}
    assert _code(read_pages, _graph({"/Pages": deep}), _meter()) == "pdf_too_complex"
    assert len(read_pages(_graph({"/Pages": deep["/Kids"][0]}), _meter()).boxes) == 1


def test_a_field_is_not_its_own_widget() -> None:
    graph = _graph({"/AcroForm": {"/Fields": ["5 0 R"]}}, _5={"/T": "u:a", "/Kids": ["5 1 R"]})
    graph.objects["5 1 R"] = {"/Kids": ["5 0 R"]}
    assert len(list(fields(graph, Pages()))) == 1
    graph.objects["5 0 R"] = {"/Kids": ["5 0 R"]}
    assert _code(list, fields(graph, Pages())) == "pdf_circular"


@pytest.mark.parametrize(
    ("action", "refused"),
    [
        ({"/S": "/Rendition", "/JS": "u:app.alert(1)"}, ["pdf_javascript"]),
        ({"/S": "/JavaScript", "/JS": "u:app.alert(1)"}, ["pdf_javascript"]),
        ({"/S": "/Rendition"}, []),
        ({"/S": "/GoTo", "/JS": "u:app.alert(1)"}, []),
    ],
)
def test_only_actions_that_run_scripts_are_scripts(action: dict[str, Any], refused: list[str]) -> None:
    assert refusals(_graph({"/OpenAction": action})) == refused


def test_a_file_that_ends_in_the_midst_of_things_is_refused() -> None:
    whole = b"%PDF-1.7\n4 0 obj\n(x)\nendobj\n"
    refuse_if_truncated(whole + b"startxref\n9\n%%EOF\n")  # type: ignore[arg-type]
    refuse_if_truncated(whole + b"%%EOF\n")  # type: ignore[arg-type]
    assert _code(refuse_if_truncated, whole) == "pdf_truncated"
    assert _code(refuse_if_truncated, whole + b"5 0 obj\n(y)\n%%EOF\n") == "pdf_truncated"


def test_what_qpdf_lost_is_refused() -> None:
    refuse_losses(["something harmless"])
    for word, code in (("std::bad_alloc", "pdf_bomb"), ("length_error", "pdf_bomb"), ("limits error", "pdf_broken")):
        assert _code(refuse_losses, [word]) == code


def test_what_qpdf_can_not_open_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(pikepdf, "open", _raising(pikepdf.PdfError("Loop detected in /Pages structure")))
        assert _code(lambda: open_with_qpdf(tmp_path, recover=False)) == "pdf_circular"
    assert inspect_graph.pikepdf is pikepdf
    path = tmp_path / "no.pdf"
    path.write_bytes(b"no PDF")
    assert _code(inspect_reading._open, path) == "pdf_broken"
    with monkeypatch.context() as patched:
        patched.setattr(inspect_reading, "open_with_qpdf", _raising(pikepdf.PdfError("no pages found")))
        assert _code(inspect_reading._open, path) == "pdf_no_pages"


def test_what_qpdf_can_not_read_on_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(inspect_reading, "read_graph", _raising(RuntimeError("out of reach")))
    assert _code(inspect_reading._read_objects, None, _meter()) == "pdf_broken"
    unreadable = SimpleNamespace(get_object=_raising(pikepdf.PdfError("out of reach")))
    graph = ObjectGraph(objects={"5 0 R": {}}, trailer={}, streams={"5 0 R"})
    assert _code(inspect_reading._measure_streams, unreadable, graph, b"", {}, None, _meter()) == "pdf_broken"
    monkeypatch.setattr(inspect_preparation, "check_can_be_prepared", _raising(READER_ERRORS[0]("out of reach")))
    assert _code(inspect_preparation.refuse_if_unpreparable, tmp_path) == "pdf_broken"


def test_a_file_beyond_reading_counts_as_signed_where_it_looks_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def looks(graph: ObjectGraph) -> bool:
        monkeypatch.setattr(inspect_signatures, "read_graph", lambda *_: graph)
        return is_signed_when_recovered(tmp_path, _meter())

    monkeypatch.setattr(inspect_signatures, "open_with_recovery", lambda _: SimpleNamespace(close=lambda: None))
    assert looks(_graph({}, _5=SIGNED))
    assert not looks(_graph({}, _5={"/ByteRange": [0, 1, 2, 3]}))
    assert not looks(_graph({}, _5={"/Contents": "b:00"}))
    assert not looks(_graph({"/Perms": {"/UR3": "5 0 R"}}, _5=SIGNED))
    monkeypatch.setattr(inspect_signatures, "read_graph", _raising(RuntimeError("out of reach")))
    assert _code(is_signed_when_recovered, tmp_path, _meter()) == "pdf_broken"


def test_only_signatures_forbid_changes() -> None:
    def locked(value: dict[str, Any]) -> ObjectGraph:
        return _graph({"/AcroForm": {"/Fields": ["5 0 R"]}}, _5={"/FT": "/Sig", "/Lock": {"/P": 1}, "/V": value})

    def referring(method: str, **parameters: Any) -> ObjectGraph:
        return _graph({}, _5={**SIGNED, "/Reference": [{"/TransformMethod": method, "/TransformParams": parameters}]})

    for forbidding in (
        _graph({}, _5={**SIGNED, **FORBIDDEN}),
        locked(SIGNED),
        referring("/FieldMDP", **{"/Action": "/All"}),
        referring("/FieldMDP", **{"/Action": "/Include", "/P": 1}),
    ):
        assert _code(refuse_if_certified_against_changes, forbidding, Pages()) == "pdf_certified_no_changes"
    for allowing in (
        _graph({}, _5=FORBIDDEN),
        locked({}),
        referring("/UR3", **{"/P": 1}),
        referring("/UR3", **{"/Action": "/All"}),
        referring("/DocMDP", **{"/P": 2}),
    ):
        refuse_if_certified_against_changes(allowing, Pages())


@pytest.mark.parametrize(
    ("error", "code"),
    [(MemoryError(), "pdf_bomb"), (RecursionError(), "pdf_too_complex"), (Unprocessable("x", code="pdf_empty"), "pdf_empty")],
)
def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException, code: str) -> None:
    target = tmp_path / "repaired.pdf"
    target.write_bytes(b"half of it")
    monkeypatch.setattr(inspect_upload, "_inspect", _raising(error))
    assert _code(inspect_upload.inspect_upload, tmp_path, target, UploadLimits()) == code
    assert not target.exists()


def test_a_rewrite_that_mends_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, build_pdf: Callable[..., bytes]
) -> None:
    source = tmp_path / "upload.pdf"
    source.write_bytes(build_pdf().replace(b"4 0 obj", b"% a line\n4 0 obj", 1))
    monkeypatch.setattr(inspect_upload, "rewrite", lambda path, target, **_: shutil.copyfile(path, target))
    with pytest.raises(Unprocessable) as refused:
        inspect_upload.inspect_upload(source, tmp_path / "repaired.pdf", UploadLimits())
    assert (refused.value.code, set(refused.value.details)) == ("pdf_broken", {"rule"})
