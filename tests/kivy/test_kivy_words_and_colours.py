"""What holds for all screens without opening a window: every word in both languages, every colour readable."""

import re
import string
from dataclasses import asdict
from pathlib import Path

import pytest

import mobile_app.ui.strings as strings
from mobile_app.device.certificate_facts import Validity
from mobile_app.device.certificates import CertificateEnd
from mobile_app.device.interaction import ConnectionState, PinPurpose, Step
from mobile_app.ui import theme
from mobile_app.ui.finding_texts import FINDINGS
from mobile_app.ui.problem_texts import ENDS, PROBLEMS, WARNINGS

UI = Path(theme.__file__).parent
USED = re.compile(r"""\bt\(\s*f?["']([a-z_.{}]+)["']""")
MADE = {
    "certificate.": [f"certificate.{state}" for state in (*Validity, *CertificateEnd)],
    "certificate_end.": [f"certificate_end.{end}" for end in CertificateEnd],
    "certificate_how.": [f"certificate_how.{validity}" for validity in Validity],
    "connection.": [f"connection.{state}" for state in ConnectionState],
    "connection_help.": [f"connection_help.{state}" for state in ConnectionState if state != ConnectionState.ONLINE],
    "pin.": [f"pin.{purpose}" for purpose in PinPurpose if purpose != PinPurpose.CHANGE],
    "progress.": [f"progress.{step}" for step in Step],
}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_kivy_every_text_stands_in_both_languages_with_the_same_values() -> None:
    pairs = [*strings.TEXTS.items(), *PROBLEMS.items(), *FINDINGS.items(), *WARNINGS.items()]
    for name, (vietnamese, english) in pairs:
        assert vietnamese and english, name
        assert names(vietnamese) == names(english), name
    for name, (vietnamese_end, english_end) in ENDS.items():
        assert all((*vietnamese_end, *english_end)), name


def test_kivy_every_text_that_a_screen_uses_exists() -> None:
    used = {
        name
        for path in (*UI.glob("*.py"), *UI.glob("*.kv"))
        for name in USED.findall(path.read_text("utf-8"))
    }
    assert len(used) > 60
    fixed = {name for name in used if "{" not in name}
    assert fixed - strings.TEXTS.keys() == set()
    for beginning in (name.split("{")[0] for name in used - fixed):
        assert any(name.startswith(beginning) for name in strings.TEXTS), beginning
    for made in MADE.values():
        assert set(made) <= strings.TEXTS.keys()


def test_kivy_no_text_is_left_that_nobody_uses() -> None:
    source = "".join(path.read_text("utf-8") for path in (*UI.glob("*.py"), *UI.glob("*.kv")) if not path.name.endswith("strings.py"))
    source += "self(f'documents.{}') self(f'pages.{}')"
    for name in strings.TEXTS:
        beginning = name.rpartition(".")[0]
        whole = f'"{name}"' in source or f"'{name}'" in source
        assert whole or f"'{beginning}.{{" in source or f'"{beginning}.{{' in source, name


def luminance(colour: theme.Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: theme.Colour, other: theme.Colour) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("worn", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_kivy_text_can_be_read_on_every_ground(worn: theme.Theme) -> None:
    colours = asdict(worn)
    pairs = [(text, ground) for text in ("ink", "ink_2", "jade", "amber", "blue", "red") for ground in ("paper", "card")]
    pairs += [(name, f"{name}_soft") for name in ("jade", "amber", "blue", "red")]
    pairs += [("on_jade", "jade"), ("on_red", "red"), ("ink_2", "line")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
