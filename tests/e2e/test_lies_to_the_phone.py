"""The server and the line against the phone: what they falsify, the phone catches, and signs nothing.

Each goes over TCP through a proxy that the phone takes for the server. Without the server's key nothing but its true words is believed;
with the key, a lie about the document is found in the document.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from asn1crypto import cms, core

from server.signing.dtbs import SignedAttributesTemplate
from tests.e2e.lies import (
    WITHOUT_KEY,
    ChangeStatement,
    LyingEnvelope,
    LyingServer,
    OneDocumentOf,
    Replay,
    Shown,
    resigned,
)
from tests.e2e.phones import APPROVE, Phone, Playing
from tests.e2e.wire_proxy import Spoil, Statement, WireProxy
from tests.pdf_corpus.attack_spans import image_spans_gap
from tests.scenarios.real_server import Asked, Asker
from tests.server_process import Person, ServerProcess

BELIEVED = '{event = "outcome", items_signed = 1, request_id = "LAST"}'
OTHER_ID = "sr_01jd0000000000000000000000"


@dataclass
class Line:
    """The phone, the proxy between, and somebody who asks."""

    server: ServerProcess
    proxy: WireProxy
    phone: Phone

    def ask(self) -> tuple[Asker, Asked]:
        asker = Asker(self.server.url, self.server.add_relying_party())
        asked = asker.ask(login=self.phone.person.login)
        self.phone.tell_code(asked.request_id, asked.code)
        return asker, asked

    def catches(self, spoil: Spoil, expect: str, *, forbid: str = '"approved"', requests: int = 1) -> Playing:
        """One request (or more) over the falsified line: the warning comes, the thing asked for is not signed."""
        asks = [self.ask() for _ in range(requests)]
        expect, forbid = (text.replace("LAST", asks[-1][1].request_id) for text in (expect, forbid))
        try:
            for _, asked in asks:
                spoil.prepare(asked.request_id)
            self.proxy.spoil = spoil
            with self.phone.plays(
                f"time_limit = 15\nany_order = true\nexpect = [{expect}]\nforbid = [{forbid}]\n{APPROVE}times = 0\n"
            ) as playing:
                playing.end()
        finally:
            self.proxy.spoil = Spoil()
            asker, asked = asks[-1]
            self.last = asker.status(asked)
            for asker, asked in asks:
                if asker.status(asked)["cancellable"]:
                    asker.cancel(asked)
        assert spoil.changed, "nothing was falsified"
        return playing


@pytest.fixture(scope="module")
def line(running_server: ServerProcess, person: Person, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    proxy = WireProxy(running_server.url)
    phone = Phone(running_server, tmp_path_factory.mktemp("phones") / "an", person).pair(url=proxy.url)
    yield Line(running_server, proxy, phone)
    proxy.close()


def warning(code: str, **fields: str) -> str:
    more = "".join(f', {name} = "{value}"' for name, value in fields.items())
    return f'{{event = "security_warning", code = "{code}"{more}}}'


def test_honest_proxy_changes_nothing(line: Line) -> None:
    """Without this the rest would show nothing."""
    asker, asked = line.ask()
    with line.phone.plays(
        f'expect = [{{event = "outcome", items_signed = 1}}]\nforbid = ["security_warning"]\n{APPROVE}'
    ) as playing:
        playing.end()
    assert asker.await_end(asked)["state"] == "COMPLETED"


@pytest.mark.parametrize("change", WITHOUT_KEY)
@pytest.mark.parametrize("purpose", ["envelope", "verdict", "acknowledgement"])
def test_words_that_the_server_never_signed(line: Line, purpose: str, change: str) -> None:
    line.catches(ChangeStatement(purpose, WITHOUT_KEY[change]), '"security_warning"')
    assert line.last["items_signed"] == 0


@pytest.mark.parametrize("change", WITHOUT_KEY)
def test_hello_of_somebody_else(line: Line, change: str) -> None:
    """The phone asks a stranger for nothing."""
    line.catches(ChangeStatement("server_hello", WITHOUT_KEY[change]), '"refused_by_server"', forbid='"connected"')


@pytest.mark.parametrize("change", WITHOUT_KEY)
@pytest.mark.parametrize("purpose", ["receipt", "outcome"])
def test_word_after_the_approval(line: Line, purpose: str, change: str) -> None:
    """The values are with the server by then; what it is said to have answered is not believed."""
    line.catches(
        ChangeStatement(purpose, WITHOUT_KEY[change]),
        '{event = "approved", request_id = "LAST"}, "security_warning"',
        forbid=BELIEVED,
    )


@pytest.mark.parametrize(
    ("purpose", "changes", "code"),
    [
        ("envelope", {"subscriber_id": "sub_01jd0000000000000000000000"}, "envelope_not_ours"),
        ("envelope", {"device_id": "dev_01jd0000000000000000000000"}, "envelope_not_ours"),
        ("envelope", {"credential_id": "cr_01jd0000000000000000000000"}, "envelope_not_ours"),
        ("envelope", {"certificate_sha256": "00" * 32}, "envelope_not_ours"),
        ("envelope", {"server_id": "srv_01jd0000000000000000000000"}, "envelope_not_ours"),
        ("envelope", {"verification_codes": ["1111", "1111", "1111"]}, "envelope_codes_wrong"),
        ("envelope", {"hidden": "yes"}, "statement_malformed"),
        ("verdict", {"choice_sha256": "00" * 32}, "verdict_wrong"),
        ("verdict", {"request_id": OTHER_ID}, "verdict_wrong"),
        ("verdict", {"envelope_sha256": "00" * 32}, "verdict_wrong"),
        ("acknowledgement", {"statement_sha256": "00" * 32}, "acknowledgement_wrong"),
        ("acknowledgement", {"request_id": OTHER_ID}, "acknowledgement_wrong"),
    ],
)
def test_well_signed_but_about_something_else(line: Line, purpose: str, changes: dict[str, object], code: str) -> None:
    change = resigned(line.server.app.signer, **changes)
    line.catches(ChangeStatement(purpose, change), warning(code))
    assert line.last["items_signed"] == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"manifest_root": "00" * 32}, "manifest_root_wrong"),
        ({"total_pages": 7}, "manifest_counts_wrong"),
        ({"total_bytes": 7}, "manifest_counts_wrong"),
        ({"item_count": 2}, "manifest_positions_wrong"),
    ],
)
def test_envelope_over_another_manifest(line: Line, changes: dict[str, object], code: str) -> None:
    line.catches(LyingEnvelope(line.server, **changes), warning(code), forbid='"choice"')


@pytest.mark.parametrize(
    "changes", [{"values_sha256": "00" * 32}, {"approval_sha256": "00" * 32}, {"request_id": OTHER_ID}]
)
def test_receipt_for_other_values(line: Line, changes: dict[str, object]) -> None:
    change = resigned(line.server.app.signer, **changes)
    line.catches(
        ChangeStatement("receipt", change),
        f'"approved", {warning("receipt_wrong")}',
        forbid=BELIEVED,
    )


@pytest.mark.parametrize(
    ("purpose", "code"), [("verdict", "verdict_wrong"), ("acknowledgement", "acknowledgement_wrong")]
)
def test_words_of_an_earlier_request(line: Line, purpose: str, code: str) -> None:
    line.catches(Replay(purpose), warning(code), forbid="", requests=2)


def test_wrong_code_turned_to_right(line: Line) -> None:
    """The thief's code is tapped, and the line says that it was the right one."""

    def turn(statement: Statement) -> Statement:
        return {**statement, "body": statement["body"].replace('"wrong"', '"right"')}

    line.proxy.spoil = spoil = ChangeStatement("verdict", turn)
    asker, asked = line.ask()
    try:
        with line.phone.plays(f'expect = ["security_warning"]\nforbid = ["pin"]\n{APPROVE}code = "wrong"\n') as playing:
            playing.end()
    finally:
        line.proxy.spoil = Spoil()
    assert spoil.changed
    assert asker.status(asked)["end_result"] == "wrong_verification_code"


def test_one_falsified_document_spoils_no_other(line: Line) -> None:
    """The phone names it, the server asks for the other two in a request of their own, and those are signed."""
    asker = Asker(line.server.url, line.server.add_relying_party())
    asked = asker.ask(3, login=line.phone.person.login)
    line.proxy.spoil = spoil = OneDocumentOf(asked.request_id, 1)
    try:
        with line.phone.plays(
            f'time_limit = 30\nexpect = [{warning("doc_original_digest")}, {{event = "outcome", items_signed = 2}}]\n{APPROVE}times = 0\n'
        ) as playing:
            ended = asker.await_end(asked)
            following = asker.await_code(ended["continued_by"])
            line.phone.tell_code(following.request_id, following.code)
            playing.end()
    finally:
        line.proxy.spoil = Spoil()
    assert spoil.changed == 1
    assert (ended["state"], ended["end_result"]) == ("REFUSED", "document_mismatch")
    fates = [(one["state"], one["reason"]) for one in ended["documents"]]
    assert fates == [("CANCELLED", None), ("FAILED", "doc_original_digest"), ("CANCELLED", None)]
    done = asker.await_end(following)
    assert (done["state"], done["items_signed"]) == ("COMPLETED", 2)
    assert [one["document_id"] for one in done["documents"]] == [ended["documents"][n]["document_id"] for n in (0, 2)]
    asker.close()


# -- lies about the document -----------------------------------------------------------------------


def other_byte(shown: Shown) -> None:
    """In the stamp or the field, behind the original."""
    at = shown.content.rindex(b"/Type")
    shown.content = shown.content[:at] + b"/tYPE" + shown.content[at + 5 :]


def other_page(shown: Shown) -> None:
    at = shown.content.index(b"/Type")
    shown.content = shown.content[:at] + b"/tYPE" + shown.content[at + 5 :]
    shown.digests_follow()


def other_page_and_original(shown: Shown) -> None:
    """A changed original that is a right PDF, and a manifest that fits it in all but the signed attributes."""
    at = shown.content.index(b"/CreationDate")
    at = shown.content.index(b"D:20", at) + 4
    shown.content = shown.content[:at] + (b"1" if shown.content[at : at + 1] != b"1" else b"2") + shown.content[at + 1 :]
    shown.digests_follow()
    original = shown.content[: shown.item["original_length"]]
    shown.item["original_sha256"] = hashlib.sha256(original).hexdigest()


def other_original(shown: Shown) -> None:
    shown.item["original_sha256"] = "00" * 32


def other_pages(shown: Shown) -> None:
    shown.item["pages"] += 1


def wider_gap(shown: Shown) -> None:
    zero, before, after, rest = shown.item["byte_range"]
    shown.item["byte_range"] = [zero, before, after + 2, rest - 2]


def bytes_at_the_end(shown: Shown) -> None:
    shown.content += b"\n% more\n"
    shown.digests_follow()


def attribute_more(shown: Shown) -> None:
    change_attributes(shown, lambda found: found.append(attribute("signing_time", cms.Time({"utc_time": now()}))))


def message_digest_of_something_else(shown: Shown) -> None:
    def change(found: cms.CMSAttributes) -> None:
        for entry in found:
            if entry["type"].native == "message_digest":
                entry["values"] = [core.OctetString(bytes(32))]

    change_attributes(shown, change)


def other_certificate(shown: Shown) -> None:
    def change(found: cms.CMSAttributes) -> None:
        for entry in found:
            if entry["type"].native == "signing_certificate_v2":
                entry["values"][0]["certs"][0]["cert_hash"] = bytes(32)

    change_attributes(shown, change)


def content_type_left_out(shown: Shown) -> None:
    shown.attributes = der_set([entry.dump() for entry in read(shown) if entry["type"].native != "content_type"])


def image_over_the_gap(line: Line) -> Callable[[Shown], None]:
    """Design §5: the image's stream spans the signature dictionary; unsigned attributes would paint ",000,000" behind "1,000"."""

    def lie(shown: Shown) -> None:
        attack = image_spans_gap()
        shown.content = attack.prepared.data
        shown.digests_follow()
        shown.item["byte_range"] = list(attack.prepared.byte_range)
        shown.item["original_length"] = len(attack.original)
        shown.item["original_sha256"] = hashlib.sha256(attack.original).hexdigest()
        shown.item["pages"], shown.item["earlier_signatures"] = 1, 0
        credentials = line.server.app.read_devices.of_subscriber(line.phone.person.subscriber_id)[0].credentials
        template = SignedAttributesTemplate(credentials[0].certificate, shown.item["signature_algorithm"])
        shown.attributes = template.der(attack.prepared.digest())

    return lie


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (other_byte, "doc_prepared_digest"),
        (other_page, "doc_original_digest"),
        (other_page_and_original, "attributes_digest"),
        (other_original, "doc_original_digest"),
        (other_pages, "doc_pages_differ"),
        (wider_gap, "doc_gap_not_empty"),
        (bytes_at_the_end, "manifest_malformed"),
        (attribute_more, "attributes_not_allowed"),
        (message_digest_of_something_else, "attributes_digest"),
        (other_certificate, "attributes_certificate"),
        (content_type_left_out, "attributes_content_type"),
        (image_over_the_gap, "doc_grammar"),
    ],
)
def test_lie_about_the_document(line: Line, lie: Callable[..., Any], code: str) -> None:
    """By a server with all its keys: the root fits, the document does not. The request ends with its own end result."""
    told = lie(line) if lie is image_over_the_gap else lie
    line.catches(
        LyingServer(line.server, told),
        f'{warning(code, request_id="LAST")}, {{event = "outcome", end_result = "document_mismatch", request_id = "LAST"}}',
        forbid='"choice"',
    )
    assert (line.last["state"], line.last["end_result"]) == ("REFUSED", "document_mismatch")


def test_title_that_is_not_under_the_root(line: Line) -> None:
    def other_title(shown: Shown) -> None:
        shown.item["title"] = "Giấy mời họp"

    spoil = LyingServer(line.server, other_title, root_follows=False)
    line.catches(spoil, warning("manifest_root_wrong"), forbid='"choice"')


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def attribute(name: str, value: core.Asn1Value) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})


def read(shown: Shown) -> cms.CMSAttributes:
    return cms.CMSAttributes.load(shown.attributes)


def change_attributes(shown: Shown, change: Callable[[cms.CMSAttributes], None]) -> None:
    found = read(shown)
    change(found)
    shown.attributes = der_set([entry.dump(force=True) for entry in found])


def der_set(entries: list[bytes]) -> bytes:
    """DER of a SET OF (X.690 §11.6)."""
    content = b"".join(sorted(entries))
    length = len(content)
    head = (
        bytes([length])
        if length < 128
        else bytes([0x81, length])
        if length < 256
        else b"\x82" + length.to_bytes(2, "big")
    )
    return b"\x31" + head + content
