"""A scenario is read strictly, and every problem of a file is told at once, with its place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile_app.emulator.scenario import (
    Answer,
    ClockRule,
    CodeRule,
    ConnectionRule,
    Expectation,
    Tampering,
    Untick,
)
from mobile_app.emulator.scenario_file import parse_scenario, read_scenario
from mobile_app.emulator.table_reader import ScenarioError

FOLDER = Path("/scenarios")


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, FOLDER)
    return caught.value.problems


def test_everything_a_scenario_can_say_is_read() -> None:
    scenario = parse_scenario(
        """
        format = 1
        title = "Ký một, từ chối một"
        seed = 7
        language = "en"
        pin = "135790"
        time_limit = 12
        any_order = true
        clock_offset_file = "clock.txt"
        codes_file = "/tmp/codes.json"
        new_device = "approve"
        expect = ["connected", {event = "outcome", state = "COMPLETED", items_signed = 18}]
        forbid = ["security_warning"]

        [[answer]]
        action = "approve"
        requester = "Kế toán"
        title = "Hợp đồng"
        times = 0
        code = "wrong"
        wrong_pins = 2
        pin = "246801"
        untick = [5, {position = 3, reason = "Sai số tiền"}]
        look_at = [0, 19]
        delay = 2.5
        wait_for_file = "go"

        [[answer]]
        action = "refuse"
        reason = "Không đúng người"
        refuse_at = "pin"

        [[connection]]
        after = {sent = 2, message = "signatures"}
        do = "drop"

        [[connection]]
        after = {event = "approved"}
        do = "offline"
        seconds = 1.5

        [[clock]]
        after = {event = "pin_refused"}
        add = 30.5
        times = 0

        [[tamper]]
        how = "signature_bit"
        positions = [0, 4]
        request = 2

        [[tamper]]
        how = "approval_resigned"
        set = {manifest_root = "00", item_count = 3}
        then = "honest"
        """,
        FOLDER,
    )
    assert (scenario.title, scenario.seed, scenario.language) == ("Ký một, từ chối một", 7, "en")
    assert (scenario.pin, scenario.time_limit, scenario.any_order) == ("135790", 12.0, True)
    assert scenario.clock_offset_file == FOLDER / "clock.txt"
    assert scenario.codes_file == Path("/tmp/codes.json")
    assert scenario.new_device == "approve"
    assert scenario.expect[1] == Expectation("outcome", {"state": "COMPLETED", "items_signed": 18})
    assert scenario.forbid == (Expectation("security_warning"),)
    assert scenario.answers[0] == Answer(
        action="approve",
        requester="Kế toán",
        title="Hợp đồng",
        times=0,
        code=CodeRule("wrong"),
        wrong_pins=2,
        pin="246801",
        untick=(Untick(3, "Sai số tiền"), Untick(5)),
        look_at=(0, 19),
        delay=2.5,
        wait_for_file=FOLDER / "go",
    )
    assert scenario.answers[1] == Answer(action="refuse", reason="Không đúng người", refuse_at="pin")
    assert scenario.connection == (
        ConnectionRule("drop", counted="sent", count=2, message="signatures"),
        ConnectionRule("offline", event="approved", seconds=1.5),
    )
    assert scenario.clock == (ClockRule("pin_refused", 30.5, 0),)
    assert scenario.tampering == (
        Tampering("signature_bit", positions=(0, 4), request=2),
        Tampering("approval_resigned", body={"manifest_root": "00", "item_count": 3}, then="honest"),
    )


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("", "format", "is missing"),
        ("format = 2", "format", "format 1, not 2"),
        ("format = 1\nseeed = 3", "seeed", "did you mean seed?"),
        ("format = 1\nseed = '3'", "seed", "must be a whole number"),
        ("format = 1\nseed = true", "seed", "must be a whole number"),
        ("format = 1\nseed = -1", "seed", "between 0 and"),
        ("format = 1\nlanguage = 'fr'", "language", "one of vi, en"),
        ("format = 1\npin = '12345'", "pin", "6 digits"),
        ("format = 1\npin = '１２３４５６'", "pin", "6 digits"),
        ("format = 1\ntime_limit = nan", "time_limit", "between 0 and"),
        ("format = 1\ntime_limit = inf", "time_limit", "between 0 and"),
        ("format = 1\n[[answer]]", "answer[0].action", "is missing"),
        ("format = 1\nanswer = [3]", "answer[0]", "must be a table"),
        ("format = 1\n[[answer]]\naction = 'aprove'", "answer[0].action", "did you mean approve?"),
        ("format = 1\n[[answer]]\naction = 'approve'\ncode = '12'", "answer[0].code", "four digits"),
        ("format = 1\n[[answer]]\naction = 'approve'\nreason = 'x'", "answer[0].reason", "belongs to"),
        ("format = 1\n[[answer]]\naction = 'refuse'\nuntick = [1]", "answer[0].untick", "belongs to"),
        ("format = 1\n[[answer]]\naction = 'approve'\nuntick = [1, 1]", "answer[0].untick", "twice"),
        ("format = 1\n[[answer]]\naction = 'approve'\nuntick = [-1]", "answer[0].untick[0]", "position"),
        ("format = 1\n[[answer]]\naction = 'approve'\nlook_at = []", "answer[0].look_at", "at least one"),
        ("format = 1\n[[connection]]\ndo = 'drop'", "connection[0].after", "is missing"),
        ("format = 1\n[[connection]]\ndo = 'drop'\nafter = {}", "connection[0].after", "exactly one of"),
        (
            "format = 1\n[[connection]]\ndo = 'drop'\nafter = {sent = 1, received = 1}",
            "connection[0].after",
            "exactly one of",
        ),
        (
            "format = 1\n[[connection]]\ndo = 'drop'\nafter = {sent = 0}",
            "connection[0].after.sent",
            "between 1",
        ),
        ("format = 1\n[[connection]]\ndo = 'offline'\nafter = {sent = 1}", "connection[0].seconds", "needed"),
        ("format = 1\n[[clock]]\nadd = 1", "clock[0].after", "is missing"),
        ("format = 1\n[[clock]]\nafter = {event = 'x'}", "clock[0].add", "is missing"),
        ("format = 1\n[[tamper]]\nhow = 'magic'", "tamper[0].how", "one of"),
        (
            "format = 1\n[[tamper]]\nhow = 'approval_bit'\npositions = [1]",
            "tamper[0].positions",
            "no meaning",
        ),
        ("format = 1\n[[tamper]]\nhow = 'signature_swapped'", "tamper[0].positions", "exactly two"),
        ("format = 1\n[[tamper]]\nhow = 'approval_body'", "tamper[0].set", "needs the fields"),
        (
            "format = 1\n[[tamper]]\nhow = 'approval_body'\nset = {at = 2026-01-01}",
            "tamper[0].set.at",
            "must be made of",
        ),
        ("format = 1\nexpect = ['sunrise']", "expect[0].event", "one of"),
        ("format = 1\nexpect = [{state = 'x'}]", "expect[0].event", "is missing"),
        ("format = ", "not TOML", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, path: str, words: str) -> None:
    found = problems_of(text)
    assert any(problem.startswith(path) and words in problem for problem in found), found


def test_all_problems_are_told_at_once() -> None:
    found = problems_of(
        "format = 1\nseed = 'x'\nlanguage = 'fr'\n[[answer]]\naction = 'refuse'\nwrong_pins = 1\nfoo = 2"
    )
    assert [problem.split(":")[0] for problem in found] == [
        "seed",
        "language",
        "answer[0].wrong_pins",
        "answer[0].foo",
    ]


def test_a_file_that_cannot_be_read_is_said_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"title = '\xe9'")
    (tmp_path / "huge").write_bytes(b"#" * (1 << 21))
    (tmp_path / "bad.toml").write_text("format = 1\nx = 1")
    for name, words in (
        ("none", "cannot be read"),
        ("latin", "not UTF-8"),
        ("huge", "larger"),
        ("bad.toml", "x: is not"),
    ):
        with pytest.raises(ScenarioError) as caught:
            read_scenario(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
        assert words in str(caught.value)


_SCALARS = st.one_of(
    st.text(max_size=12),
    st.integers(-10, 2**60),
    st.booleans(),
    st.floats(),
    st.lists(st.integers(-2, 9), max_size=3),
)
_KEYS = st.sampled_from(
    [
        "format",
        "title",
        "seed",
        "language",
        "pin",
        "time_limit",
        "any_order",
        "clock_offset_file",
        "codes_file",
        "new_device",
        "expect",
        "forbid",
    ]
) | st.text("abcdefgh_", min_size=1, max_size=8)
_ANSWER_KEYS = st.sampled_from(
    [
        "action",
        "requester",
        "title",
        "times",
        "code",
        "wrong_pins",
        "pin",
        "untick",
        "look_at",
        "reason",
        "refuse_at",
        "delay",
        "wait_for_file",
    ]
) | st.text("abcdefgh_", min_size=1, max_size=8)


def _toml(value: object) -> str:
    if isinstance(value, str):
        escaped = "".join(
            c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in value
        )
        return f'"{escaped}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return str(value)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(_KEYS, _SCALARS, max_size=6),
    st.lists(st.dictionaries(_ANSWER_KEYS, _SCALARS, max_size=6), max_size=2),
)
def test_any_toml_gives_a_scenario_or_problems_that_name_known_places(
    top: dict[str, object], answers: list[dict[str, object]]
) -> None:
    text = "\n".join(f"{key} = {_toml(value)}" for key, value in top.items()) + "\n"
    for answer in answers:
        text += "[[answer]]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in answer.items()) + "\n"
    try:
        scenario = parse_scenario(text, FOLDER)
    except ScenarioError as error:
        problems, read = error.problems, None
    else:
        problems, read = (), scenario
    assert bool(problems) is (read is None)
    assert read is None or len(read.answers) == len(answers)
    for problem in problems:
        place = problem.split(":")[0].split("[")[0].split(".")[0]
        assert place in {*top, "format", "answer"}, problem


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_scenario_or_a_scenario_error(text: str) -> None:
    try:
        parse_scenario(text, FOLDER)
    except ScenarioError as error:
        problems = error.problems
    else:
        problems = ("none",)
    assert problems
