"""Documents that others have signed, well or badly: they end alike at every place of a request, and nothing fails after the approval."""

import functools
import io
import re
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from server.errors import Unprocessable
from server.pdf import prepare
from server.pdf.earlier_signatures import refuse_if_worse
from server.pdf.inspect_earlier import BROKEN, DOUBTFUL
from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_upload import inspect_upload
from server.signing.sign_request import Placement, State
from tests.pdf_corpus.signed_badly import KINDS, well
from tests.unit.server.builders import a_pdf
from tests.unit.server.world import World

PLACE = Placement(0, 60, 500, 260, 560)
TOLD = {"never_completed": BROKEN, "without_byte_range": BROKEN, "broken": BROKEN, "noted": DOUBTFUL, "certified_and_noted": DOUBTFUL}


@functools.cache
def made(kind: str) -> bytes:
    return KINDS[kind](a_pdf())


def ends(world: World, *contents: bytes) -> list[tuple[str, str | None]]:
    """Item states and reasons of one request over these documents, each signed with a stamp."""
    world.steps["embed_items"]._share = 1.0  # type: ignore[attr-defined]
    documents = [world.document(content) for content in contents]
    request = world.app.queue_request(world.wanted(documents, PLACE))
    world.work()
    world.choose(request)
    world.approve(request)
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED
    return [(item.state, item.reason) for item in world.items(request)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_alike_at_every_place(world: World, kind: str) -> None:
    assert ends(world, made(kind)) == [("SIGNED", None)]
    assert ends(world, a_pdf(), made(kind)) == [("SIGNED", None)] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_upload_takes_it_and_tells_what_does_not_hold(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "source.pdf"
    source.write_bytes(made(kind))
    found = inspect_upload(source, tmp_path / "target.pdf", UploadLimits())
    told = {code for code in found.findings if code.startswith("earlier_signature")}
    assert not found.repaired
    assert told == ({TOLD[kind]} if kind in TOLD else set())


@pytest.mark.parametrize("kind", ["no_flags", "flags_0", "flags_1", "flags_3"])
def test_flags_of_a_signed_form_stay(kind: str) -> None:
    """A change of them counts against the earlier signature."""
    prepared = prepare.DocumentPreparer("An", None).prepare(made(kind), None, "22/11/2025 14:05 (+07:00)")
    form = re.findall(rb"/Fields ?\[[^]]*\][^>]*", prepared.data)[-1]
    assert re.findall(rb"/SigFlags (\d)", form) == re.findall(rb"/SigFlags (\d)", made(kind))


def test_our_objects_get_numbers_that_nothing_refers_to() -> None:
    """A reference to nothing would become one to ours."""
    data = made("reference_to_nothing")
    [nothing] = re.findall(rb"odt (\d+) 0 R", data)
    prepared = prepare.DocumentPreparer("An", None).prepare(data, None, "22/11/2025 14:05 (+07:00)")
    assert b"\n%b 0 obj" % nothing not in prepared.data
    assert int(re.findall(rb"\n(\d+) 0 obj", prepared.data[len(data) - 1 :])[0]) == int(nothing) + 1


def worse(signed: bytes) -> bytes:
    """With an update that no signature allows."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = generic.pdf_string("vi")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_would_break_an_earlier_signature_is_refused(tmp_path: Path) -> None:
    signed = well(a_pdf())
    whole = worse(signed)
    path = tmp_path / "whole.pdf"
    path.write_bytes(whole)
    for document in (whole, path):
        with pytest.raises(Unprocessable) as refused:
            refuse_if_worse(document, len(signed))
        assert (refused.value.code, refused.value.details) == ("pdf_earlier_signature_would_break", {"field": "Earlier"})
    refuse_if_worse(worse(whole), len(whole))  # it was broken before


def test_that_is_found_before_a_phone_is_asked(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At upload, and again for the place asked for: here an update that changes the flags of a signed form."""
    careless = functools.partial(prepare.add_field_to_form)
    monkeypatch.setattr(prepare, "add_field_to_form", lambda *given, **_: careless(*given, form_is_signed=False))
    monkeypatch.setattr("server.pdf.form_field.any_signed_widget", lambda *_: False)
    source = tmp_path / "source.pdf"
    source.write_bytes(made("no_flags"))
    with pytest.raises(Unprocessable) as refused:
        inspect_upload(source, tmp_path / "target.pdf", UploadLimits())
    assert refused.value.code == "pdf_earlier_signature_would_break"
    request = world.app.queue_request(world.wanted([world.document(made("no_flags")), world.document()], PLACE))
    world.work()
    assert world.state(request) is State.QUEUED
    reasons = {item.reason for item in world.items(request) if item.state == "FAILED"}
    assert reasons == {"pdf_earlier_signature_would_break"}
