"""Blocking who asks, by touch: the server honours it over TCP, tells the requester why, and the person can take it back."""

import pytest
import requests

from server.documents.document import DocumentState
from server.errors import Forbidden
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import SignRequest
from tests.kivy.conftest import OneMorePhone
from tests.kivy.test_kivy_account import open_account
from tests.scenarios.real_server import Asker, a_pdf
from tests.server_process import Person, wait_for


def try_to_ask(asker: Asker, url: str, login: str) -> requests.Response:
    """Straight to the API, as an integrator's system does: the answer, whatever it is."""
    headers = {"Content-Type": "application/pdf", "X-File-Name": "hop-dong.pdf"}
    document = asker._call("POST", "/documents", data=a_pdf("blocked"), headers=headers)
    body = {"subscriber": login, "requested_by": "Trần Thị B", "documents": [{"document_id": document["document_id"]}]}
    made = {"Idempotency-Key": document["document_id"], "Accept-Language": "vi"}
    return asker._session.post(f"{url}/api/v1/sign-requests", json=body, headers=made, timeout=30)


def test_kivy_account_blocks_a_requester_and_lets_them_in_again(paired: OneMorePhone) -> None:
    window, server = paired.window, paired.server
    asked = paired.ask()
    asker = paired.asker_of(asked)
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_screen("request")
    window.tap("Chặn người yêu cầu")
    window.wait_text("Máy chủ sẽ từ chối mọi yêu cầu ký mà đơn vị này gửi cho bạn")
    window.tap("Huỷ")
    window.wait_screen("request")
    window.tap("Chặn người yêu cầu")
    window.wait_text("Máy chủ sẽ từ chối")
    window.tap("Chặn")
    window.wait_screen("result")
    assert asker.await_end(asked)["end_result"] == "user_refused"
    window.tap("Đóng")
    window.wait_screen("home")

    answer = try_to_ask(asker, server.url, paired.person.login)
    assert answer.status_code == 403
    assert answer.json()["code"] == "requester_blocked"
    assert "đã chặn yêu cầu từ bạn" in answer.json()["detail"]

    open_account(window, "Người bị chặn", "account_blocked")
    window.wait_text("Công ty Minh Tú")
    window.tap("Bỏ chặn")
    window.wait_text("Bạn chưa chặn ai")
    answer = try_to_ask(asker, server.url, paired.person.login)
    assert answer.json().get("code") != "requester_blocked"
    window.tap("Quay lại")
    window.wait_screen("account")
    window.tap("Trang chủ")
    window.wait_screen("home")


def test_kivy_account_blocks_from_the_history(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask()
    window.wait_text("muốn bạn ký")
    window.tap("Từ chối")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    window.tap("Đóng")
    window.tap("Lịch sử")
    window.wait_screen("history")
    window.tap("Xem")
    window.wait_screen("evidence")
    window.tap("Chặn người yêu cầu")
    window.wait_text("Máy chủ sẽ từ chối")
    window.tap("Chặn")
    window.wait_screen("account_blocked")
    window.wait_text("Chặn từ")
    answer = try_to_ask(paired.asker_of(asked), paired.server.url, paired.person.login)
    assert answer.json()["code"] == "requester_blocked"
    window.tap("Quay lại")
    window.tap("Trang chủ")
    window.wait_screen("home")


def ask_through_the_portal(phone: OneMorePhone, by: Person) -> SignRequest:
    """As a user of the portal who uploads a document and asks this phone's owner."""
    app = phone.server.app
    owner = {"relying_party_id": app.portal.relying_party_id, "user_id": by.user_id}
    arrived = app.receive_upload.keep_file(app.receive_upload.write_file([a_pdf("portal")]))
    document = app.receive_upload.record_file(arrived, file_name="x.pdf", title="Hợp đồng", **owner)

    def ready() -> bool:
        with app.store.read() as tx:
            return tx.documents.get(document.document_id).state is DocumentState.READY

    wait_for(ready, "the upload is not inspected")
    wanted = [WantedSignature(document.document_id, None)]
    new = NewRequest(requested_by=by.name, subscriber_id=phone.person.subscriber_id, documents=wanted, **owner)
    return app.queue_request(new)


def test_kivy_account_blocks_one_person_of_the_portal(paired: OneMorePhone) -> None:
    window = paired.window
    colleague = paired.server.add_person(name="Phạm Văn Bình")
    ask_through_the_portal(paired, colleague)
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_screen("request")
    window.tap("Chặn người yêu cầu")
    window.wait_text("Chặn Phạm Văn Bình?")
    assert window.sees("người khác vẫn gửi được")
    window.tap("Chặn")
    window.wait_screen("result")
    window.tap("Đóng")
    window.wait_screen("home")
    with pytest.raises(Forbidden) as caught:
        ask_through_the_portal(paired, colleague)
    assert caught.value.code == "requester_blocked"
    ask_through_the_portal(paired, paired.person)
    window.wait_text("muốn bạn ký")
    window.tap("Từ chối")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    window.tap("Đóng")
    window.wait_screen("home")
