"""`make bench` measures: the quick run ends by itself, and bench.json has its shape. No figure's size is asserted: the machine makes it."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WANTED = {
    "pdf.prepare_embed_visible",
    "pdf.ratio_to_pyhanko_fresh_stamp",
    "one.click_to_phone.with_0_other_phones.p50",
    "one.click_to_phone.with_60_other_phones.p95",
    "one.tap_to_shown.with_60_other_phones.p95",
    "upload.to_ready.p95",
    "upload.100_pages_to_ready",
    "bound.one_core_fsync_each",
    "batch_10.documents_per_second",
    "batch_60.documents_per_second",
    "batch_60.click_to_pushed",
    "batch_10.cpu_each_to_60",
    "batch_10.seconds_each_to_60",
    "batch_60.cpu_each",
    "batch_60.memory_growth.phone",
    "batch_60.share_of_bound_sync_per_50",
    "big_document_40_MiB.memory_growth.worker-0",
    "phones_60.memory_each",
    "phones_60.seconds_back_after_restart",
    "while_batch_60.other_user.click_to_phone.p95",
    "while_batch_60.page_load.p95",
    "while_batch_60.phones_connected.least",
}


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_the_quick_run_writes_every_figure(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out), "--keep", str(tmp_path / "stand")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(out.read_text("utf-8"))
    by_name = {figure["name"]: figure for figure in figures}
    assert len(by_name) == len(figures)
    assert by_name.keys() >= WANTED
    for figure in figures:
        assert set(figure) == {"name", "value", "unit", "goal", "met"}
        assert isinstance(figure["unit"], str) and figure["unit"]
        assert isinstance(figure["value"], int | float) and math.isfinite(figure["value"])
        assert (figure["goal"] is None) == (figure["met"] is None)
        if "memory" not in figure["name"] and ".cpu." not in figure["name"]:
            assert figure["value"] > 0, figure
        assert f"{figure['name']} " in run.stdout  # the table has it too
    order = [by_name[f"batch_60.click_to_{stage}"]["value"] for stage in ("pushed", "checked", "approved", "signed", "shown")]
    assert order == sorted(order)


def test_an_unknown_measurement_is_refused(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--out", str(tmp_path / "no.json"), "nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2 and "nothing" in run.stderr
    assert not (tmp_path / "no.json").exists()
