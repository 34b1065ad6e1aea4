"""Where an earlier signature leaves a place for a visible one: told before anybody asks, and after the signing where each stands."""

from pathlib import Path

import pytest

from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_upload import inspect_upload
from server.signing.sign_request import Placement, State
from tests.pdf_corpus.signed_badly import certified_with_fields, well
from tests.unit.server.builders import a_pdf
from tests.unit.server.world import World

ONE, TWO = (60.0, 600.0, 240.0, 660.0), (300.0, 600.0, 480.0, 660.0)
ASKED = Placement(0, 320, 560, 500, 620)


@pytest.mark.parametrize("boxes", [(), (ONE,), (ONE, TWO)])
def test_the_upload_tells_where_it_may_stand(tmp_path: Path, boxes: tuple[tuple[float, float, float, float], ...]) -> None:
    source = tmp_path / "source.pdf"
    source.write_bytes(certified_with_fields(a_pdf(), *boxes))
    found = inspect_upload(source, tmp_path / "target.pdf", UploadLimits())
    assert sorted(found.stamp_places or ()) == [(0, *box) for box in boxes]
    assert found.stamp_places is not None


@pytest.mark.parametrize("make", [a_pdf, lambda: well(a_pdf())])
def test_elsewhere_it_may_stand_anywhere(tmp_path: Path, make: object) -> None:
    source = tmp_path / "source.pdf"
    source.write_bytes(make())  # type: ignore[operator]
    assert inspect_upload(source, tmp_path / "target.pdf", UploadLimits()).stamp_places is None


def signed(world: World, document_id: str, placement: Placement | None = ASKED) -> dict[str, object]:
    """What the requester is told of the one document of a request that was signed."""
    request = world.app.queue_request(world.wanted([world.read_document(document_id)], placement))
    world.work()
    world.choose(request)
    world.approve(request)
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED
    [line] = world.app.tell.snapshot(request.request_id)["documents"]
    return line


def test_the_requester_hears_where_each_stands(world: World) -> None:
    """The field nearest to the place asked for, then the one that is left, then none."""
    content = certified_with_fields(a_pdf(), ONE, TWO)
    document = world.document(content, stamp_places=((0, *ONE), (0, *TWO)), earlier_signatures=1)
    for place, left in ((TWO, ((0, *ONE),)), (ONE, ()), (None, ())):
        line = signed(world, document.document_id)
        stamp = None if place is None else {"page": 0, "box": list(place)}
        assert (line["stamp"], line["stamp_asked"]) == (stamp, True)
        assert world.read_document(document.document_id).stamp_places == left


def test_of_an_ordinary_document_it_is_the_place_asked_for(world: World) -> None:
    line = signed(world, world.document().document_id)
    assert line["stamp"] == {"page": 0, "box": [320, 560, 500, 620]}
    line = signed(world, world.document().document_id, None)
    assert (line["stamp"], line["stamp_asked"]) == (None, False)
