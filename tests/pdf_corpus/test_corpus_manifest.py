"""MANIFEST.json and the folder say the same, and what viewers must open, opens."""

import json
from pathlib import Path

import pypdfium2
import pytest

FOLDER = Path(__file__).parent
LINES = json.loads((FOLDER / "MANIFEST.json").read_text(encoding="utf-8"))
BY_FILE = {line["file"]: line for line in LINES}
FINDINGS = {"layers", "unembedded_fonts", "attachments", "unlocked_fields", "annotations_over_text", "need_appearances"}
MORE_FINDINGS = FINDINGS | {"encrypted", "empty_signature_fields"}
EXPECTED_IN = {"good": {"accept", "repair"}, "odd": {"repair", "accept", "refuse"}, "refused": {"refuse"}}


def test_manifest_names_every_file_and_no_other() -> None:
    found = {path.relative_to(FOLDER).as_posix() for folder in EXPECTED_IN for path in (FOLDER / folder).iterdir()}
    assert set(BY_FILE) == found
    assert len(LINES) == len(BY_FILE)


def test_readme_explains_every_file() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for line in LINES:
        assert f"| {line['file']} | {line['maker']} | {line['kind']} |" in text


def test_corpus_is_wide_and_small() -> None:
    good = [line for line in LINES if line["expect"] == "accept"]
    assert len(good) >= 40
    assert len({line["maker"] for line in good}) >= 8
    assert sum(line["expect"] == "repair" for line in LINES) >= 15
    assert len({(FOLDER / line["file"]).read_bytes() for line in good}) == len(good)
    assert sum((FOLDER / line["file"]).stat().st_size for line in LINES) < 4_000_000


@pytest.mark.parametrize("line", LINES, ids=BY_FILE)
def test_line_is_consistent(line: dict[str, object]) -> None:
    assert line["expect"] in EXPECTED_IN[str(line["file"]).split("/")[0]]
    assert (line["code"] is not None) == (line["expect"] == "refuse")
    assert set(line["findings"]) <= FINDINGS  # type: ignore[call-overload]
    assert set(line["findings_may"]) <= MORE_FINDINGS  # type: ignore[call-overload]
    if line["expect"] != "refuse":
        assert isinstance(line["pages"], int) and isinstance(line["earlier_signatures"], int)
        assert line["codes_may"] == []


@pytest.mark.parametrize("name", [name for name, line in BY_FILE.items() if line["expect"] != "refuse"])
def test_viewer_opens_and_paints(name: str) -> None:
    document = pypdfium2.PdfDocument((FOLDER / name).read_bytes())
    try:
        if name.startswith("good/"):
            assert len(document) == BY_FILE[name]["pages"]
        width, height = document[0].get_size()
        bitmap = document[0].render(scale=min(1.0, 600 / max(width, height)))
        assert bitmap.width >= 1 and bitmap.height >= 1
    finally:
        document.close()
