"""Settings: each wrong one is a line that says what to mend, and what is unsafe does not start in production."""

import unicodedata
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from server.app import make_issuer
from server.certificate_authority.ports import NoIssuer
from server.clock import FileOffsetClock, SystemClock, iso_utc
from server.config import Config, ConfigError, load_config
from server.processes import file_limit
from tests.unit.server.builders import HandClock

PRODUCTION: dict[str, Any] = {
    "mode": "production",
    "certificate_issuer": "none",
    "public_url": "https://ky.example.vn",
    "host": "0.0.0.0",
    "behind_proxy": True,
}


def refused(**settings: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(None, **settings)
    text = str(caught.value)
    assert "\n" not in text
    return text


def written(folder: Path, text: str) -> Path:
    path = folder / "phoneseal.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_default_is_loopback_and_starts() -> None:
    config = load_config(None)
    assert (config.host, config.production) == ("127.0.0.1", False)
    assert config.base_url == "http://127.0.0.1:8443"
    assert config.worker_count >= 1


def test_production_starts_when_all_is_safe() -> None:
    assert load_config(None, **PRODUCTION).production


def test_a_file_then_the_command_line(tmp_path: Path) -> None:
    path = written(tmp_path, 'port = 9000\nserver_name = "Cổng ký"\ndata_dir = "d"\nfull_validation_share = 1\n')
    config = load_config(path, port=9001, host=None)
    assert (config.port, config.server_name, config.host) == (9001, "Cổng ký", "127.0.0.1")
    assert config.data_dir.is_absolute()
    assert config.full_validation_share == 1.0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"mode": "test"}, "mode must be"),
        ({"recovery_delay": -1}, "recovery_delay must not be negative"),
        ({**PRODUCTION, "recovery_delay": 0}, "no time to object"),
        ({"free_disk_bytes": -1}, "free_disk_bytes must not be negative"),
        ({**PRODUCTION, "free_disk_bytes": 0}, "free_disk_bytes must be above 0"),
        ({"session_lifetime": 0}, "session_lifetime must be above 0"),
        ({"signing_deadline": -5}, "signing_deadline must be above 0"),
        ({"max_request_items": 0}, "max_request_items must be above 0"),
        ({"public_url": "https://an:geheim@ky.example.vn"}, "no user"),
        ({"public_url": "https://ky.example.vn/?a=b"}, "no query"),
        ({"public_url": "https://ky.example.vn/#x"}, "no fragment"),
        ({"public_url": "ky.example.vn"}, "must begin with https://"),
        ({"public_url": "https://"}, "must begin with https://"),
        ({"public_url": "https://[::1"}, "can't be read"),
        ({"public_url": "https://ky.example.vn/ky-so"}, "must hold no path (/ky-so)"),
        ({"public_url": "https://ky.example.vn//"}, "must hold no path"),
        ({"public_url": "https://ky..vn"}, "a host that is none"),
        ({"public_url": "https://ký số.vn"}, "a host that is none"),
        ({"public_url": "https://-ký.vn"}, "a host that is none"),
        ({"server_name": " \u200b "}, "server_name must hold something"),
        ({"portal_name": "x" * 101}, "portal_name has more than 100"),
        ({"public_url": "https://ky.example.vn:99999"}, "can't be read"),
        ({"host": "0.0.0.0"}, "is not loopback"),
        ({"host": "192.0.2.1"}, "is not loopback"),
        ({"tls_certificate": "c.pem"}, "go together"),
        ({"tls_key": "k.pem"}, "go together"),
        ({"certificate_issuer": "letsencrypt"}, "certificate_issuer must be"),
        ({"request_lifetime": 29}, "request_lifetime"),
        ({"request_lifetime": 86_401}, "request_lifetime"),
        ({"full_validation_share": 1.5}, "full_validation_share"),
        ({"full_validation_share": -0.1}, "full_validation_share"),
        ({"no_such_setting": 1}, "unknown setting 'no_such_setting'"),
        ({"port": "8443"}, "'port' must be of type int"),
        ({"port": True}, "'port' must be of type int"),
        ({"port": 70_000}, "port"),
        ({"port": -1}, "port"),
        ({"workers": -1}, "workers"),
        ({"lease_seconds": 0}, "lease_seconds"),
        ({"hang_seconds": 0}, "hang_seconds"),
        ({"behind_proxy": "yes"}, "'behind_proxy' must be of type bool"),
        ({"server_name": 5}, "'server_name' must be of type str"),
        ({"data_dir": 5}, "'data_dir' must be"),
        ({**PRODUCTION, "certificate_issuer": "development"}, "production start refuses"),
        ({**PRODUCTION, "clock_offset_file": "c"}, "production start refuses"),
        ({**PRODUCTION, "wake_up_private_addresses": True}, "production start refuses"),
        ({**PRODUCTION, "public_url": "http://ky.example.vn"}, "public_url"),
        ({**PRODUCTION, "public_url": ""}, "public_url"),
    ],
)
def test_wrong_settings_one_by_one(settings: dict[str, Any], says: str) -> None:
    assert says in refused(**settings)


def test_crash_points_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEAL_CRASH_AT", "queue.before_commit")
    assert "PHONESEAL_CRASH_AT" in refused(**PRODUCTION)
    load_config(None)


@pytest.mark.parametrize("text", ["port = ", "[port", "port = 1\nport = 2", "\ufffe"])
def test_a_file_that_is_no_toml(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"phoneseal\.toml"):
        load_config(written(tmp_path, text))


def test_a_file_that_is_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load_config(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes('server_name = "Cổng"'.encode("utf-16"))
    with pytest.raises(ConfigError, match=r"latin\.toml"):
        load_config(path)


def test_links_never_come_from_a_host_header() -> None:
    assert load_config(None, public_url="https://ky.example.vn/").base_url == "https://ky.example.vn"
    assert Config(tls_certificate="c", tls_key="k").base_url == "https://127.0.0.1:8443"


def test_every_setting_stands_in_the_operators_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    assert [field.name for field in fields(Config) if f"`{field.name}`" not in page] == []


def test_without_an_issuer_none_is_made(tmp_path: Path) -> None:
    assert isinstance(make_issuer(Config(data_dir=tmp_path, certificate_issuer="none"), HandClock()), NoIssuer)
    with pytest.raises(ConfigError):
        make_issuer(Config(data_dir=tmp_path, mode="production"), HandClock())
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_testers_move(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock, system = FileOffsetClock(str(path)), SystemClock()
    assert abs(clock.now() - system.now()) < 5
    path.write_text("86400")
    assert abs(clock.now() - system.now() - 86_400) < 5
    path.write_text("")
    assert abs(clock.now() - system.now()) < 5


def test_times_as_they_stand_in_exports() -> None:
    assert iso_utc(1_790_000_000.1234) == "2026-09-21T14:13:20.123Z"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [((1024, 524_288), 20_000, ""), ((1024, 4096), 4096, "raise LimitNOFILE"), ((65_536, 65_536), 65_536, "")],
)
def test_the_limit_of_open_files_is_raised_or_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, before: tuple[int, int], after: int, says: str
) -> None:
    kept = [before]
    monkeypatch.setattr(file_limit.resource, "getrlimit", lambda _: kept[-1])
    monkeypatch.setattr(file_limit.resource, "setrlimit", lambda _, limits: kept.append(limits))
    assert file_limit.raise_file_limit() == kept[-1][0] == after
    assert says in caplog.text
    assert bool(says) == bool(caplog.text)


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://ky.example.vn/", "https://ky.example.vn"),
        ("https://KY.Example.VN", "https://ky.example.vn"),
        ("HTTPS://ky.example.vn:443", "https://ky.example.vn"),
        ("http://ky.example.vn:443", "http://ky.example.vn:443"),
        ("http://ky.example.vn:80/", "http://ky.example.vn"),
        ("https://KY.example.vn:8443/", "https://ky.example.vn:8443"),
        ("https://Ký-Số.vn:8443", "https://xn--k-s-loa6929a.vn:8443"),
        ("https://xn--k-s-loa6929a.vn:8443", "https://xn--k-s-loa6929a.vn:8443"),
        ("http://[::1]:8443", "http://[::1]:8443"),
        (" https://ky.example.vn ", "https://ky.example.vn"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_public_address_is_what_browsers_call_it(written: str, origin: str, form: str) -> None:
    config = load_config(None, public_url=unicodedata.normalize(form, written))  # type: ignore[arg-type]
    assert config.base_url == config.public_url == origin


def test_names_for_people_are_nfc_as_phones_take_them() -> None:
    config = load_config(None, server_name=unicodedata.normalize("NFD", "Cổng  ký\u200e số"), portal_name="Phòng\tKế toán")
    assert (config.server_name, config.portal_name) == ("Cổng ký số", "Phòng Kế toán")
