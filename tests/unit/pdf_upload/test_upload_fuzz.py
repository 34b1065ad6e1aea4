"""Mutated files: an answer or an error of the tree each time, within the limits, and nothing left behind.

What is accepted must open in pyHanko's strict mode, since preparation will open it so.
"""

import json
import random
import time
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from server.errors import PhoneSealError
from server.pdf.findings import REFUSAL_TEXTS
from server.pdf.inspect_limits import UploadLimits
from server.pdf.sandbox import Sandbox

CORPUS = Path(__file__).parents[2] / "pdf_corpus"
SMALL = 60_000
LIMITS = UploadLimits(seconds=5.0)
KEYWORDS = [b"endobj", b"stream", b"endstream", b"xref", b"trailer", b"startxref", b"%%EOF", b"<<", b">>", b"obj", b"R"]
VALUES = [b"0", b"-1", b"99999999999", b"4294967296", b"null", b"1 0 R", b"(", b"<", b"[", b"/", b"\x00", b"1e99"]


def _sources() -> list[Path]:
    entries = json.loads((CORPUS / "MANIFEST.json").read_text())
    paths = [CORPUS / one["file"] for one in entries if one["expect"] != "refuse" or "signed" in one["file"]]
    return sorted(path for path in paths if path.stat().st_size < SMALL)


def _mutate(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(out))
        kind = chance.randrange(7)
        if kind == 0:
            out[at] = chance.randrange(256)
        elif kind == 1:
            del out[at : at + chance.choice((1, 10, 500))]
        elif kind == 2:
            out[at:at] = out[(begin := chance.randrange(len(out))) : begin + chance.choice((1, 40, 800))]
        elif kind == 3:
            place = out.find(chance.choice(KEYWORDS), at)
            if place >= 0:
                out[place : place + 3] = chance.choice(VALUES)
        elif kind == 4:
            digits = [index for index in range(at, min(at + 200, len(out))) if 0x30 <= out[index] <= 0x39]
            if digits:
                out[chance.choice(digits)] = 0x30 + chance.randrange(10)
        elif kind == 5:
            out[at:at] = chance.choice(KEYWORDS + VALUES)
        elif len(out) > 200:
            del out[chance.randrange(100, len(out)) :]
        if not out:
            break
    return bytes(out)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_files(seed: int, sandbox: Sandbox, tmp_path: Path) -> None:
    chance = random.Random(f"upload {seed}")
    sources = _sources()
    source, target = tmp_path / "mutated.pdf", tmp_path / "repaired.pdf"
    codes: set[str] = set()
    for _ in range(25):
        source.write_bytes(_mutate(chance.choice(sources).read_bytes(), chance))
        begin = time.monotonic()
        try:
            inspection = sandbox.inspect_upload(source, target, LIMITS)
        except PhoneSealError as refused:
            codes.add(refused.code)
            assert not target.exists()
        else:
            assert target.exists() == inspection.repaired
            with (target if inspection.repaired else source).open("rb") as file:
                writer = IncrementalPdfFileWriter(file, strict=True)
                if writer.prev.encrypted:
                    writer.encrypt("")
                writer.find_page_for_modification(inspection.pages - 1)
            target.unlink(missing_ok=True)
        assert time.monotonic() - begin < LIMITS.seconds + 60
    assert codes <= REFUSAL_TEXTS.keys()
    assert {one.name for one in tmp_path.iterdir()} == {"mutated.pdf"}


@pytest.mark.parametrize("seed", range(4))
def test_garbage(seed: int, sandbox: Sandbox, tmp_path: Path) -> None:
    chance = random.Random(f"garbage {seed}")
    source = tmp_path / "garbage.pdf"
    for _ in range(10):
        words = [chance.choice(KEYWORDS + VALUES + [b"\n", b" ", b"1 0 obj", b"/Type/Catalog"]) for _ in range(300)]
        source.write_bytes(b"%PDF-1.7\n" + b" ".join(words))
        with pytest.raises(PhoneSealError) as refused:
            sandbox.inspect_upload(source, tmp_path / "repaired.pdf", LIMITS)
        assert refused.value.code in REFUSAL_TEXTS


def test_rendering_mutated_files_never_breaks_the_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    chance = random.Random("render")
    sources = _sources()
    source = tmp_path / "mutated.pdf"
    drawn = 0
    codes: set[str] = set()
    for _ in range(40):
        source.write_bytes(_mutate(chance.choice(sources).read_bytes(), chance))
        try:
            drawn += sandbox.render_page(source, 0, width_px=80, limits=LIMITS).startswith(b"\x89PNG")
        except PhoneSealError as refused:
            codes.add(refused.code)
    assert drawn > 10
    assert codes <= {*REFUSAL_TEXTS, "not_found"}
