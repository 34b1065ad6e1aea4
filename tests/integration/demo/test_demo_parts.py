"""What the demo decides by itself: which files are meant, their names, the stamp's place, what is asked again, and its lines."""

import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mobile_app.device.pin_rules import require_strong_pin
from mobile_app.emulator.scenario_file import parse_scenario
from server.demo.batch import stamp_on_last_page
from server.demo.batch_report import FileResult, finish
from server.demo.follow_request import Accepted, Asking
from server.demo.inputs import check_target, find_files, target_names
from server.demo.installation import strong_pin
from server.demo.phone import PERSON
from server.demo.relying_party import ApiProblem, Wanted
from server.demo.terminal import DemoFailed, Terminal, cut, table, text_width


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "Hồ sơ [2026]"
    folder.mkdir()
    for name in ("b.pdf", "A.PDF", "hợp đồng 'cũ'.pdf", "ghi chú.txt"):
        (folder / name).write_bytes(b"x")
    (folder / "sub.pdf").mkdir()
    return folder


def test_a_folder_means_its_pdfs(papers: Path) -> None:
    assert [file.name for file in find_files(str(papers))] == ["A.PDF", "b.pdf", "hợp đồng 'cũ'.pdf"]


def test_a_file_with_spaces_needs_no_quotes(papers: Path) -> None:
    file = papers / "hợp đồng 'cũ'.pdf"
    assert find_files(str(file)) == [file]


def test_globs_and_quoted_paths_keep_their_order(papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "z 1.pdf").write_bytes(b"x")
    (tmp_path / "a.pdf").write_bytes(b"x")
    assert [str(file) for file in find_files("*.pdf")] == ["a.pdf", "z 1.pdf"]
    assert [str(file) for file in find_files("'z 1.pdf' a*.pdf")] == ["z 1.pdf", "a.pdf"]
    assert len(find_files(f"a.pdf '{papers}'")) == 4


@pytest.mark.parametrize("text", ["none.pdf", "a.pdf none.pdf", "'open", "n*.pdf"])
def test_what_names_nothing_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pdf").write_bytes(b"x")
    with pytest.raises(DemoFailed) as failed:
        find_files(text)
    assert failed.value.status == 2


def test_equal_names_are_numbered_and_numbers_are_not_taken_twice() -> None:
    files = [Path(name) for name in ("x/a.pdf", "y/a.pdf", "y/a (2).pdf", "z/A.PDF", "z/Hồ.pdf", "w/Hồ.pdf")]
    names = target_names(files)
    assert names[:4] == ["a.pdf", "a (2).pdf", "a (2) (2).pdf", "A (3).PDF"]
    assert len(set(names)) == len(names)


def test_originals_are_never_overwritten(papers: Path) -> None:
    with pytest.raises(DemoFailed, match="one of the files to sign"):
        check_target(papers, ["b.pdf"], [papers / "b.pdf"])
    with pytest.raises(DemoFailed, match="can't be made"):
        check_target(papers / "b.pdf" / "out", ["b.pdf"], [papers / "A.PDF"])


@pytest.mark.parametrize(
    ("size", "visible"),
    [
        ((595.3, 841.9), True),
        ((150.0, 90.0), True),
        ((14400.0, 14400.0), True),
        ((50.0, 50.0), False),
        ((3.0, 800.0), False),
    ],
)
def test_the_stamp_lies_on_the_page(size: tuple[float, float], visible: bool) -> None:
    wanted = stamp_on_last_page({"document_id": "doc_1", "pages": 2, "page_sizes": [[1.0, 1.0], list(size)]})
    assert wanted.page == 1
    assert (wanted.box is not None) == visible
    if wanted.box is not None:
        left, bottom, right, top = wanted.box
        assert 0 <= left < right <= size[0]
        assert 0 <= bottom < top <= size[1]
        assert right - left >= 40
        assert top - bottom >= 16


def test_pins_are_such_as_the_phone_takes() -> None:
    for _ in range(300):
        require_strong_pin(strong_pin().encode())


def test_the_person_is_a_scenario_that_the_emulator_reads() -> None:
    scenario = parse_scenario(PERSON.format(pin="135790", delay=1.5), Path())
    assert (scenario.answers[0].action, scenario.answers[0].times, scenario.answers[0].delay) == ("approve", 0, 1.5)


# --- what is asked again ------------------------------------------------------------------------------------------------------


class _Server:
    """Plays the API: each call of ``ask`` takes the next word about the documents asked for."""

    def __init__(self, *words: Callable[[Sequence[str]], Any]) -> None:
        self._words = list(words)
        self.asked: list[list[str]] = []
        self._lines: dict[str, list[dict[str, Any]]] = {}

    def ask(self, _subscriber: str, _by: str, documents: Sequence[Wanted], _lifetime: int) -> dict[str, Any]:
        names = [wanted.document_id for wanted in documents]
        self.asked.append(names)
        told = self._words.pop(0)(names)
        if isinstance(told, ApiProblem):
            raise told
        return self._request(f"sr_{len(self.asked)}", names, told)

    def see(self, request_id: str) -> dict[str, Any]:
        """The request that continues another: for those that were taken back there."""
        before = self._lines[request_id.removesuffix("+")]
        names = [line["document_id"] for line in before if line["state"] == "CANCELLED"]
        return self._request(request_id, names, self._words.pop(0)(names))

    def _request(self, request_id: str, names: Sequence[str], told: dict[str, Any]) -> dict[str, Any]:
        refused = told.pop("refused", [])
        whole = {"state": "SIGNED" if told["end_result"] == "ok" else "FAILED", "end_result": told["end_result"], "reason": None}
        self._lines[request_id] = [{"document_id": name, **whole} for name in reversed(names)]
        for line in self._lines[request_id] if refused else []:
            line |= {"state": "FAILED", "reason": "gap_not_zero"} if line["document_id"] in refused else {"state": "CANCELLED"}
        about = {"request_id": request_id, "final": True, "version": 3, "items_signed": 0, "items_total": len(names)}
        return about | {"reason": None, "continued_by": f"{request_id}+" if refused else None} | told

    def lines(self, request_id: str) -> list[dict[str, Any]]:
        return self._lines[request_id]


class _Phone:
    def tell_code(self, _request_id: str, _code: str) -> None:
        raise AssertionError("nobody asked for a code")


def signed(_names: Sequence[str]) -> dict[str, Any]:
    return {"state": "COMPLETED", "end_result": "ok"}


def run(*words: Callable[[Sequence[str]], Any], count: int = 3) -> tuple[_Server, dict[str, tuple[Any, ...]]]:
    server = _Server(*words)
    asking = Asking(server, _Phone(), "demo", lambda: None, Terminal(io.StringIO()))  # type: ignore[arg-type]
    ends: dict[str, tuple[Any, ...]] = {}

    def accepted(name: str) -> Accepted:
        return Accepted(Wanted(name), lambda *end: ends.update({name: end}))

    asking.ask_for_all([accepted(str(number)) for number in range(count)])
    return server, ends


def mismatch(*refused: str) -> Callable[[Sequence[str]], dict[str, Any]]:
    return lambda _: {"state": "REFUSED", "end_result": "document_mismatch", "refused": refused}


def test_the_request_that_continues_without_what_the_phone_refused_is_followed() -> None:
    server, ends = run(mismatch("1"), mismatch("0", "3"), signed, count=5)
    assert len(server.asked) == 1, "the server asks by itself"
    assert ends["1"] == ends["0"] == ends["3"] == ("FAILED", "document_mismatch", "the phone's check: gap_not_zero")
    assert ends["2"] == ends["4"] == ("SIGNED", "ok", None)


def test_a_request_that_the_phone_refused_whole_ends_for_all() -> None:
    server, ends = run(lambda _: {"state": "REFUSED", "end_result": "document_mismatch", "reason": "manifest_root_wrong"})
    assert len(server.asked) == 1
    assert set(ends.values()) == {("FAILED", "document_mismatch", "the phone's check: manifest_root_wrong")}


def test_who_has_to_wait_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    refused = ApiProblem({"code": "refused_recently", "detail": "Wait.", "errors": {"retry_after": 600}})
    server, ends = run(lambda _: refused, signed)
    assert pauses == [600]
    assert len(server.asked) == 2
    assert set(ends.values()) == {("SIGNED", "ok", None)}


def test_a_request_that_is_too_large_is_halved() -> None:
    def too_large(names: Sequence[str]) -> Any:
        return ApiProblem({"code": "too_many_pages", "detail": "Split it."}) if len(names) > 2 else signed(names)

    server, ends = run(too_large, too_large, too_large, count=4)
    assert server.asked == [["0", "1", "2", "3"], ["0", "1"], ["2", "3"]]
    assert len(ends) == 4


def test_a_problem_that_names_a_document_stops_only_that_one() -> None:
    def not_ready(_names: Sequence[str]) -> ApiProblem:
        return ApiProblem({"code": "document_not_ready", "detail": "Wait.", "errors": {"document_id": "2"}})

    server, ends = run(not_ready, signed)
    assert server.asked[1] == ["0", "1"]
    assert ends["2"] == ("REFUSED", None, "document_not_ready: Wait.")


def test_a_problem_with_everything_ends_everything() -> None:
    server, ends = run(lambda _: ApiProblem({"code": "no_device", "detail": "Pair a phone."}))
    assert len(server.asked) == 1
    assert set(ends.values()) == {("REFUSED", None, "no_device: Pair a phone.")}


def test_more_than_a_thousand_make_two_requests() -> None:
    server, _ = run(signed, signed, count=1001)
    assert [len(names) for names in server.asked] == [1000, 1]


# --- lines --------------------------------------------------------------------------------------------------------------------


def test_off_a_terminal_each_step_is_said_at_its_begin_and_end_only() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    for done in (0, 10, 50, 99, 100, 100):
        terminal.progress("Uploading", done, 100)
    terminal.progress("Signing", 0, 5)
    terminal.end_progress()
    terminal.say("done")
    assert stream.getvalue().splitlines() == ["Uploading: 0/100", "Uploading: 100/100", "Signing: 0/5", "done"]


def test_on_a_terminal_a_bar_is_drawn_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    stream = Screen()
    terminal = Terminal(stream)
    terminal.progress("Uploading", 1, 2)
    assert stream.getvalue().endswith("1/2 Uploading")
    terminal.say("a line")
    assert "\r\x1b[2Ka line\n[" in stream.getvalue()
    terminal.end_progress()
    assert stream.getvalue().endswith("\x1b[2K")


def test_columns_stand_under_each_other_with_any_letters() -> None:
    decomposed = "Hợp đồng"
    lines = table(("file", "s"), [(decomposed, "1"), ("契約", "2"), ("x" * 99, "3")], widest=20)
    assert {text_width(line[: line.rindex(" ")]) for line in (lines[0], *lines[2:])} == {21}
    assert cut("x" * 99, 20) == "x" * 19 + "…"
    assert cut("", 0) == ""


def test_the_report_takes_names_that_are_no_text(tmp_path: Path) -> None:
    result = FileResult(Path(os.fsdecode(b"h\xff.pdf")), "h.pdf")
    result.end("SIGNED", "ok", None)
    stream = io.StringIO()
    assert finish([result], tmp_path, Terminal(stream)) == 0
    [entry] = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert set(entry) == {"file", "state", "end_result", "reason", "seconds", "signed_file"}
    assert entry["file"] == "h\ufffd.pdf"
    assert "1 of 1 signed" in stream.getvalue()
    result.end("FAILED", "server_error", None)
    assert finish([result], tmp_path, Terminal(io.StringIO())) == 1
