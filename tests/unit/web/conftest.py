"""The pages over the real use cases: SQLite, blobs, sandboxed inspection; the workers' part runs when they are nudged."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import UseCases, build, set_up
from server.config import Config
from server.devices.device import Device, DeviceState
from server.documents.read_document import RenderPage
from server.documents.receive_upload import InspectUpload
from server.ids import new_id
from server.lanes import InPlace
from server.pdf.adapters import SandboxedInspector
from server.pdf.sample_contract import make_sample_contract
from server.pdf.sandbox import Sandbox
from server.signing.credential import Credential, CredentialState
from server.users.user import User
from server.web import create_web

NAME, PASSWORD = "anh", "một mật khẩu dài"
CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


class Workers:
    """A nudge that does the work at once, of the kinds that pages wait for."""

    def __init__(self) -> None:
        self.app: UseCases | None = None
        self.kinds: dict[str, Callable[[Any], None]] = {}
        self.resting = False

    def workers(self) -> None:
        if self.app is None or self.resting:
            return
        while True:
            with self.app.store.write() as tx:
                job = tx.jobs.take("test", self.app.clock.now(), 60)
            if job is None:
                return
            if job.kind in self.kinds:
                self.kinds[job.kind](job)
            else:
                with self.app.store.write() as tx:
                    tx.jobs.done(job)

    def web(self, subject: str = "") -> None:
        pass


class NoNews:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def wait(self, subject: str, seconds: float) -> bool:
        self.asked.append(subject)
        return False


@dataclass
class Portal:
    app: UseCases
    flask: Flask
    workers: Workers
    news: NoNews
    user: User
    clients: list["Browser"] = field(default_factory=list)

    def browser(self) -> "Browser":
        return Browser(self.flask.test_client())

    def phone(self, name: str = "Pixel 8 của Ánh") -> Device:
        """A paired phone of the user, with a certificate of the development CA."""
        now = self.app.clock.now()
        subscriber_id = self.user.subscriber_id
        assert subscriber_id is not None
        with self.app.store.read() as tx:
            subscriber = tx.subscribers.get(subscriber_id)
        key = ec.generate_private_key(ec.SECP256R1())
        csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
        issued = self.app.issuer.issue(csr.public_bytes(Encoding.DER), subscriber, now)
        device = Device(
            device_id=new_id("dev", now),
            subscriber_id=subscriber_id,
            name=name,
            platform="Android 15",
            state=DeviceState.ACTIVE,
            device_key=b"d",
            approval_key=b"a",
            key_protection="strongbox",
            sealed_vault_share=b"",
            sealed_pin_proof_key=b"",
            counter=0,
            wrong_pins=0,
            pin_wait_until=0.0,
            paired_at=now,
        )
        credential = Credential(
            credential_id=new_id("cr", now),
            subscriber_id=subscriber_id,
            device_id=device.device_id,
            key_location="device",
            signature_algorithm="ecdsa_p256_sha256",
            certificate=issued.certificate,
            certificate_chain=issued.chain,
            certificate_sha256="00",
            state=CredentialState.ACTIVE,
            not_before=issued.not_before,
            not_after=issued.not_after,
            created_at=now,
        )
        with self.app.store.write() as tx:
            tx.devices.add(device)
            tx.devices.add_credential(credential)
        return device

    def logged_in(self, name: str = NAME) -> "Browser":
        browser = self.browser()
        answer = browser.post("/login", {"login_name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser


class Browser:
    """A test client that fetches and sends the anti-forgery value as a page's form or script would."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def csrf(self) -> str:
        found = CSRF.search(self.client.get("/app").text)
        assert found is not None
        return found.group(1)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, form: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.csrf(), **(form or {})}, **options)

    def send_json(self, path: str, value: object) -> TestResponse:
        headers = {"X-CSRFToken": self.csrf(), "Accept": "application/json"}
        return self.client.post(path, json=value, headers=headers)

    def upload(self, content: bytes, name: str = "H%E1%BB%A3p%20%C4%91%E1%BB%93ng.pdf") -> TestResponse:
        headers = {"X-CSRFToken": self.csrf(), "X-File-Name": name, "Accept": "application/json"}
        return self.client.post("/documents", data=content, content_type="application/pdf", headers=headers)


@pytest.fixture(scope="session")
def contract() -> bytes:
    return make_sample_contract()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def portal(tmp_path: Path, sandbox: Sandbox) -> Iterator[Portal]:
    config = Config(data_dir=tmp_path / "data", max_document_bytes=2 << 20, free_disk_bytes=0)
    set_up(config)
    workers, news = Workers(), NoNews()
    app = build(config, workers)
    inspector = SandboxedInspector(sandbox, config)
    workers.app = app
    workers.kinds = {
        "inspect_upload": InspectUpload(app.store, app.blobs, inspector, app.clock, workers),
        "render_page": RenderPage(app.store, app.blobs, inspector, workers),
    }
    user = app.log_in.add_user(NAME, PASSWORD, "Nguyễn Thị Lấp Lánh Ánh", "anh@example.vn")
    flask_app = Flask("portal")
    create_web(flask_app, app, InPlace(), news)
    yield Portal(app, flask_app, workers, news, user)
    app.store.close()
