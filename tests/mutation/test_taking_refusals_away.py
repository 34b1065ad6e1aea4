"""The mutation run on a small module of its own: what it finds, takes away, notices and lets survive."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.edits import PROBE, with_probes, without
from tests.mutation.forks import Outcome
from tests.mutation.records import Needless, judge, read_needless
from tests.mutation.refusals import Refusal, find_refusals
from tests.mutation.run import drawn

ROOT = Path(__file__).resolve().parents[2]
MODULE = '''
from typing import NoReturn


def refuse(what: str) -> NoReturn:
    raise ValueError(what)


def check_side(side: object) -> None:
    if not isinstance(side, int) or not 0 < side < 10:
        refuse("side")


def is_even(value: int) -> bool:
    return value > 1 and value % 2 == 0


class Faults(set):
    def add(self, what: str, *, softened: bool = False) -> None:
        if not softened:
            super().add(what)


class Shelf:
    faults: "Faults"

    def check_kind(self, kind: str) -> None:
        if kind == "book" and self:
            pass
        else:
            refuse("kind")

    def check_word(self, word: str) -> None:
        self.faults = Faults()
        if (length := len(word)) > 3:
            self.faults.add(f"long {length}", softened=bool(word) and length < 5)


def check_number(text: str) -> int:
    try:
        return int(text)
    except TypeError:
        refuse("number")


def check_last(values: list[int]) -> int:
    for value in values:
        if value:
            return value
    refuse("nothing")


def check_spare(value: int) -> None:
    if value < 0:
        refuse("never tried")
'''
TESTS = '''
import pytest
from shelf import Shelf, check_last, check_number, check_side, check_spare, is_even


@pytest.mark.parametrize("side", [0, 10, "no"])
def test_wrong_sides(side):
    with pytest.raises(ValueError, match="side"):
        check_side(side)


def test_right_side():
    check_side(5)
    check_spare(1)


def test_even():
    assert is_even(4) and not is_even(3) and not is_even(0)


def test_shelf():
    shelf = Shelf()
    shelf.check_kind("book")
    with pytest.raises(ValueError, match="kind"):
        shelf.check_kind("brick")
    shelf.check_word("long word")
    assert shelf.faults == {"long 9"}
    shelf.check_word("word")
    assert not shelf.faults


def test_number_and_last():
    with pytest.raises(ValueError, match="number"):
        check_number(None)
    with pytest.raises(ValueError, match="nothing"):
        check_last([0])
'''
RUN = '''
import json, sys
from pathlib import Path
from tests.mutation.forks import NotGreen
from tests.mutation.run import refusals_of, take_away
from tests.mutation.subjects import Subject

subject = Subject("small", Path(sys.argv[1]), ("shelf.py",), ("test_shelf.py",))
try:
    outcomes = take_away(subject, refusals_of(subject), json.loads(sys.argv[2]))
except NotGreen as error:
    sys.exit(f"not green: {error}")
print(json.dumps({one.refusal.key: one.noticed_by for one in outcomes}))
'''


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "shelf.py").write_text(MODULE)
    (tmp_path / "test_shelf.py").write_text(TESTS)
    return tmp_path


def found(root: Path) -> list[Refusal]:
    return find_refusals(root / "shelf.py", root, {"refuse"})


def one_of(root: Path, function: str, kind: str, text: str = "") -> Refusal:
    fitting = [one for one in found(root) if (one.function, one.kind) == (function, kind) and text in one.text]
    assert len(fitting) == 1
    return fitting[0]


def loaded(code: object) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "shelf"}
    exec(code, names)  # type: ignore[arg-type]
    return names


def test_every_kind_of_refusal_is_found(small: Path) -> None:
    assert [(one.function, one.kind, one.text.split(" || ")[0]) for one in found(small)] == [
        ("refuse", "gone", "raise ValueError(what)"),
        ("check_side", "never", "not isinstance(side, int) or not 0 < side < 10"),
        ("check_side", "clause", "not isinstance(side, int)"),
        ("check_side", "clause", "not 0 < side < 10"),
        ("check_side", "bound", "first of 0 < side < 10"),
        ("check_side", "bound", "second of 0 < side < 10"),
        ("is_even", "clause", "value > 1"),
        ("is_even", "clause", "value % 2 == 0"),
        ("Shelf.check_kind", "clause", "kind == 'book'"),
        ("Shelf.check_kind", "clause", "self"),
        ("Shelf.check_kind", "gone", "refuse('kind')"),
        ("Shelf.check_word", "never", "(length := len(word)) > 3"),
        ("Shelf.check_word", "clause", "bool(word)"),
        ("Shelf.check_word", "clause", "length < 5"),
        ("check_number", "handler", "except TypeError"),
        ("check_last", "gone", "refuse('nothing')"),
        ("check_spare", "never", "value < 0"),
    ]


def test_keys_stay_when_lines_move(small: Path) -> None:
    before = [one.key for one in found(small)]
    (small / "later").mkdir()
    (small / "later" / "shelf.py").write_text("'''More words.'''\n\n" + MODULE)
    assert [one.key for one in found(small / "later")] == before
    assert len(set(before)) == len(before)


@pytest.mark.parametrize(
    ("function", "kind", "text", "given"),
    [
        ("check_side", "never", "", "no"),
        ("check_side", "clause", "not 0 < side < 10 ||", 10),
        ("check_side", "bound", "first", 0),
        ("check_side", "bound", "second", 10),
        ("check_last", "gone", "", [0]),
    ],
)
def test_what_is_taken_away_refuses_no_longer(small: Path, function: str, kind: str, text: str, given: object) -> None:
    whole = loaded(compile(MODULE, "shelf.py", "exec"))
    with pytest.raises(ValueError):
        whole[function](given)  # type: ignore[operator]
    edited = loaded(without(one_of(small, function, kind, text), small))
    edited[function](given)  # type: ignore[operator]


def test_the_rest_still_refuses(small: Path) -> None:
    edited = loaded(without(one_of(small, "check_side", "bound", "first"), small))
    with pytest.raises(ValueError):
        edited["check_side"](10)  # type: ignore[operator]
    passing = loaded(without(one_of(small, "check_number", "handler"), small))
    with pytest.raises(TypeError):
        passing["check_number"](None)  # type: ignore[operator]


def test_probes_see_and_change_nothing(small: Path) -> None:
    names = loaded(with_probes("shelf.py", found(small), small))
    seen: list[bool] = []
    names[PROBE] = lambda _, value: seen.append(bool(value)) or value
    names["check_side"](5)  # type: ignore[operator]
    with pytest.raises(ValueError):
        names["check_side"](10)  # type: ignore[operator]
    with pytest.raises(ValueError, match="number"):
        names["check_number"](None)  # type: ignore[operator]
    assert seen == [False, True, True, True, True]  # each refuse() is one more


def run_small(root: Path, noticed: str = "{}") -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": f"{root}:{ROOT}", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", RUN, str(root), noticed]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root, check=False)


def test_each_refusal_is_noticed_but_the_untested_ones(small: Path) -> None:
    done = run_small(small)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout.splitlines()[-1])
    survived = {key.split("::", 1)[1] for key, test in outcomes.items() if test is None}
    assert survived == {
        "check_spare::never: value < 0",
        "Shelf.check_word::clause: bool(word) || in bool(word) and length < 5",
        "Shelf.check_kind::clause: self || in kind == 'book' and self",
    }
    assert outcomes["shelf.py::check_side::bound: first of 0 < side < 10"] == "test_shelf.py::test_wrong_sides[0]"
    again = json.loads(run_small(small, json.dumps(outcomes)).stdout.splitlines()[-1])
    assert again == outcomes
    misled = json.dumps(dict.fromkeys(outcomes, "test_shelf.py::test_even"))
    assert json.loads(run_small(small, misled).stdout.splitlines()[-1]).keys() == outcomes.keys()
    assert (small / "shelf.py").read_text() == MODULE


def test_tests_that_fail_before_say_nothing(small: Path) -> None:
    (small / "test_shelf.py").write_text(TESTS + "\n\ndef test_wrong():\n    assert is_even(3)\n")
    done = run_small(small)
    assert done.returncode == 1
    assert "test_wrong" in done.stderr


def test_a_draw_is_seeded(small: Path) -> None:
    everything = found(small)
    assert drawn(everything, 4, 1) == drawn(everything, 4, 1) != drawn(everything, 4, 2)
    assert drawn(everything, 99, 1) == everything


def outcomes_of(root: Path, survivors: int) -> list[Outcome]:
    return [Outcome(one, None if n < survivors else "t", 1) for n, one in enumerate(found(root) * 10)]


def test_survivors_need_a_reason_and_there_may_be_few(small: Path) -> None:
    assert judge(outcomes_of(small, 0), {}, all_of={"shelf.py"})[1]
    report, good = judge(outcomes_of(small, 1), {}, all_of={"shelf.py"})
    assert not good and "survived: shelf.py:6 in refuse" in report
    first = found(small)[0].key
    reason = {first: Needless(first, "another check")}
    assert judge(outcomes_of(small, 1)[:15], reason, all_of=set())[1]  # a draw
    assert not judge(outcomes_of(small, 1)[:15], reason, all_of={"shelf.py"})[1]  # 93 %
    assert "no longer a survivor" in judge(outcomes_of(small, 0), reason, all_of={"shelf.py"})[0]
    assert not judge(outcomes_of(small, 0), reason, all_of=set())[1]


def test_a_needless_refusal_says_why(tmp_path: Path) -> None:
    table = tmp_path / "needless.toml"
    table.write_text('[[needless]]\nkey = "a"\nbecause = "b refuses it"\n')
    assert read_needless(table)["a"].because == "b refuses it"
    table.write_text('[[needless]]\nkey = "a"\nbecause = " "\n')
    with pytest.raises(ValueError):
        read_needless(table)
