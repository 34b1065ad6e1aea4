"""The certificates of a phone, listed, opened, saved, and still known after another pairing: real windows, real touches, real server."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone, OpenWindow, pair_on_screen
from tests.kivy.phone_window import PhoneWindow
from tests.kivy.test_kivy_history import saved_file, sign
from tests.server_process import ServerProcess

BACK_KEY = 27


def open_list(window: PhoneWindow) -> None:
    window.tap("Chứng thư")
    window.wait_screen("certificates")
    window.wait_text("Điện thoại này đang ký bằng")


def test_kivy_a_certificate_is_opened_from_the_list_and_saved_to_a_file(paired: OneMorePhone) -> None:
    window = paired.window
    sign(paired)
    open_list(window)
    for part in (paired.person.name, "Đang hoạt động", "Được cấp bởi:", "Hiệu lực:", "Còn "):
        window.wait_text(part)
    assert not window.sees("Đã dùng trước đây")
    window.tap("Đang hoạt động")  # anywhere on the card
    window.wait_screen("certificate")
    window.wait_text("1 chứng từ")
    assert not window.sees("Trang chủ"), "the tabs are the list's"
    window.tap("Lưu chứng thư ra tệp")
    saved = saved_file(window)
    assert saved.suffix == ".pem" and saved.stat().st_mode & 0o077 == 0 and b"PRIVATE" not in saved.read_bytes()
    ours, *issuers = x509.load_pem_x509_certificates(saved.read_bytes())
    for one, issuer in zip((ours, *issuers), (*issuers, issuers[-1]), strict=True):
        one.verify_directly_issued_by(issuer)
    with paired.server.app.store.read() as tx:
        (credential,) = tx.devices.credentials_of(paired.person.subscriber_id)
    assert ours == x509.load_der_x509_certificate(credential.certificate)
    shown = [text.replace(" ", "") for text in window.texts()]
    assert f"{ours.serial_number:x}" in shown and ours.fingerprint(hashes.SHA256()).hex() in shown
    names = [str(one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value) for one in (ours, *issuers)]
    assert [text for text in window.texts() if text in names][-len(names) :] == names, "the chain, up to its root"
    for part in ("Chứng thư gốc, đến ", "RSA 2048", "Khoá nằm trong tệp mã hoá"):
        window.wait_text(part)
    window.tap("Quay lại")
    window.wait_screen("certificates")
    window.tap("Xem")
    window.wait_screen("certificate")
    assert not window.sees("Đã lưu vào"), "what was saved a while ago"
    window.do("key", key=BACK_KEY)
    window.wait_screen("certificates")
    window.do("key", key=BACK_KEY)
    window.wait_screen("home")
    window.wait_text(NOTHING_WAITS)


def test_kivy_after_another_pairing_both_certificates_are_there(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person = running_server.add_person(name="Trần Văn Trước")
    window = open_window(tmp_path / "phone", "--server", running_server.url)
    pair_on_screen(window, running_server, person)
    window.tap("Tài khoản")
    window.tap("Điện thoại")
    window.wait_text("Pixel 8")
    window.tap("Huỷ liên kết máy này")
    window.wait_text("Khoá ký trên máy này bị xoá hẳn")
    window.tap("Huỷ liên kết máy này")
    window.wait_screen("welcome")
    pair_on_screen(window, running_server, running_server.add_person(name="Trần Văn Sau"))
    open_list(window)
    window.wait_text("Đã dùng trước đây")
    texts = window.texts()
    assert texts.index("Trần Văn Sau") < texts.index("Đã dùng trước đây") < texts.index("Trần Văn Trước")
    window.tap("Trần Văn Trước")
    window.wait_screen("certificate")
    for part in ("Bạn đã huỷ liên kết điện thoại này lúc", "Khoá đã bị xoá khỏi điện thoại này.", "Không có chứng từ nào", "Chứng thư gốc"):
        window.wait_text(part)
    window.do("key", key=BACK_KEY)
    window.wait_text("Đã dùng trước đây")
    window.tap("Trần Văn Sau")
    window.wait_text("Điện thoại này ký bằng chứng thư này.")
