"""Which tests are held to a busy machine."""

import ast
from pathlib import Path

import pytest

from tests import busy


def asserts(text: str) -> bool:
    (test,) = ast.parse(text).body
    assert isinstance(test, ast.FunctionDef)
    return busy.asserts_a_time(test)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def test_a():\n b = time.monotonic()\n f()\n assert time.monotonic() - b < 5", True),
        ("def test_a():\n b = perf.perf_counter()\n f()\n took = perf.perf_counter() - b\n assert 1 < took", True),
        ("def test_a():\n with x:\n  assert process_time() < 5", False),
        ("def test_a():\n b = time.monotonic()\n print(b)\n assert f()", False),
        ("def test_a():\n until = time.monotonic() + 5\n while time.monotonic() < until:\n  f()", False),
    ],
)
def test_a_test_that_asserts_a_time_is_known(text: str, found: bool) -> None:
    assert asserts(text) is found


def test_each_of_them_is_a_test_that_there_is() -> None:
    names = busy.found()
    assert len(names) >= 5
    for name in (*busy.ONCE_FLAKY, *names):
        assert (busy.ROOT / name.partition("::")[0]).is_file()


def test_a_failing_run_is_a_failing_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(busy, "ROOT", tmp_path)
    (tmp_path / "test_it.py").write_text("def test_good(): pass\ndef test_bad(): assert 0, 'as it is'\n")
    assert busy.main(["--times", "1", "test_it.py::test_good"]) == 0
    assert busy.main(["--times", "2", "test_it.py::test_bad"]) == 1
    said = capsys.readouterr()
    assert "| `test_it.py::test_bad` | 2 | 2 |" in said.out
    assert "as it is" in said.err
