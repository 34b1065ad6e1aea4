"""The phone's search through the journal, by the table that the portal's search is held to as well."""

import json
from pathlib import Path

from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import JournaledRequest

CASES = json.loads((Path(__file__).parents[2] / "protocol" / "vectors" / "search.json").read_text("utf-8"))


def test_the_history_finds_what_the_portal_would(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    for number, case in enumerate(CASES["finds"]):
        request_id = f"sr_{number}"
        journal.receive(JournaledRequest(request_id, "d", "RECEIVED", case["text"], "Lê Văn Tám", 1, 1, 1, 1, 2, 1), "{}")
        journal.finish(request_id, 10 + number, "ok")
        found = {one.request_id for one in journal.finished(99, None, case["typed"])}
        assert (request_id in found) is case["found"], case
        assert request_id in {one.request_id for one in journal.finished(99, None, "le TAM")}, "of both names"
    journal.close()
