"""Phones, certificates, pairing and recovery on the account page."""

from typing import Any

from server.devices.device import DeviceState, PairingState


def start_pairing(browser: Any) -> dict[str, Any]:
    answer = browser.send_json("/account/pairing", {})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def device_state(portal: Any, device_id: str) -> DeviceState:
    with portal.app.store.read() as tx:
        state: DeviceState = tx.devices.get(device_id).state
    return state


def test_account_without_a_phone_says_what_to_do(portal: Any) -> None:
    page = portal.logged_in().get("/account").text
    assert "Chưa ghép điện thoại nào." in page
    assert "Khoá ký của bạn nằm trên điện thoại" in page
    assert "Chưa có chứng thư số" in page


def test_phones_and_certificates_are_listed(portal: Any) -> None:
    portal.phone()
    page = portal.logged_in().get("/account").text
    assert "Pixel 8 của Ánh" in page
    assert "StrongBox" in page
    assert "ECDSA P-256" in page
    assert "Đang hoạt động" in page


def test_freeze_thaw_rename_unpair(portal: Any) -> None:
    device = portal.phone()
    browser = portal.logged_in()
    base = f"/account/devices/{device.device_id}"
    assert browser.post(f"{base}/freeze").status_code == 303
    assert device_state(portal, device.device_id) is DeviceState.FROZEN
    frozen = browser.get("/account").text
    assert "Đang tạm khoá" in frozen
    assert "Mở khoá" in frozen
    browser.post(f"{base}/thaw")
    assert device_state(portal, device.device_id) is DeviceState.ACTIVE
    browser.post(f"{base}/rename", {"name": "  Máy \u202ecủa tôi "})
    assert "Máy của tôi" in browser.get("/account").text
    browser.post(f"{base}/unpair")
    assert device_state(portal, device.device_id) is DeviceState.UNPAIRED
    assert "Đã gỡ ghép" in browser.get("/account").text


def test_a_phone_needs_a_name(portal: Any) -> None:
    device = portal.phone()
    browser = portal.logged_in()
    answer = browser.post(f"/account/devices/{device.device_id}/rename", {"name": " \u200b "})
    assert answer.status_code == 400
    assert "Tên điện thoại phải có" in answer.text


def test_phones_of_others_do_not_exist(portal: Any) -> None:
    device = portal.phone()
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    for act in ("freeze", "thaw", "unpair", "rename"):
        form = {"name": "x"} if act == "rename" else {}
        assert other.post(f"/account/devices/{device.device_id}/{act}", form).status_code == 404, act
    assert device_state(portal, device.device_id) is DeviceState.ACTIVE


def test_pairing_shows_code_and_qr_only_where_it_was_asked_for(portal: Any) -> None:
    here, elsewhere = portal.logged_in(), portal.logged_in()
    told = start_pairing(here)
    code = told["code"].replace("-", "")
    assert told["qr"].startswith("phoneseal://pair?v=1&u=http%3A%2F%2F127.0.0.1%3A8443&c=" + code + "&f=")
    assert told["qr"].endswith(portal.app.signer.fingerprint)
    page = here.get(told["url"]).text
    assert told["code"] in page
    assert "<svg" in page
    assert "style=" not in page
    other = elsewhere.get(told["url"]).text
    assert told["code"] not in other
    assert "Mã chỉ hiện trong trình duyệt đã yêu cầu nó" in other


def test_digits_are_shown_compared_and_may_be_denied(portal: Any) -> None:
    browser = portal.logged_in()
    told = start_pairing(browser)
    pairing_id = told["snapshot"]["pairing_id"]
    with portal.app.store.write() as tx:
        pairing = tx.pairings.get(pairing_id)
        pairing = tx.pairings.move(pairing, PairingState.CLAIMED, device_name="Máy mới", commitment=b"c")
        tx.pairings.move(pairing, PairingState.CONFIRM_DIGITS, digits="123456")
    snapshot = browser.get(f"{told['url']}/snapshot.json").get_json()
    assert snapshot["digits"] == "123456"
    assert told["code"] not in browser.get(told["url"]).text
    denied = browser.send_json(f"{told['url']}/reject", {}).get_json()
    assert denied["snapshot"]["state"] == "rejected"
    assert denied["snapshot"]["digits"] is None


def test_pairings_of_others_do_not_exist(portal: Any) -> None:
    told = start_pairing(portal.logged_in())
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    for path in ("", "/snapshot.json"):
        assert other.get(told["url"] + path).status_code == 404
    for path in ("/confirm", "/reject"):
        assert other.send_json(told["url"] + path, {}).status_code == 404
    with portal.app.store.read() as tx:
        assert tx.pairings.get(told["snapshot"]["pairing_id"]).state is PairingState.WAITING


def test_recovery_is_shown_and_can_be_cancelled(portal: Any) -> None:
    portal.app.end_device.recover(portal.user.subscriber_id, "staff")
    browser = portal.logged_in()
    assert "Nhân viên đã cho phép khôi phục" in browser.get("/account").text
    browser.post("/account/recovery/cancel")
    assert "Nhân viên đã cho phép khôi phục" not in browser.get("/account").text
    assert portal.app.read_devices.recovery(portal.user.subscriber_id) is None


def test_user_without_signing_account_is_told(portal: Any) -> None:
    with portal.app.store.write() as tx:
        tx.database.conn.execute("UPDATE users SET subscriber_id = NULL")
    browser = portal.logged_in()
    assert "Chưa liên kết" in browser.get("/account").text
    answer = browser.send_json("/account/pairing", {})
    assert answer.get_json()["code"] == "no_subscriber"
