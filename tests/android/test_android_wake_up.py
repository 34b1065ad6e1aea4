"""Being woken on Android: Python's part on the stand-in, and the Java class that opens messages, on a JDK."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fake_android import Screen
from fake_distributor import SIGNATURES
from fake_java import FakeJava

from mobile_app.android import texts
from mobile_app.android.phone_parts import AndroidPhone
from mobile_app.android.texts import Text, said
from mobile_app.android.wake_up import WokenByDistributor
from mobile_app.device.profile import Profile
from mobile_app.device.push_receiver import Distributor
from mobile_app.errors import PhoneError
from server.gateways.message_encryption import encrypt
from tests.unit.device.fake_server import new_point, unb64
from tests.unit.emulator.test_wake_ups import VECTOR, private
from tests.unit.emulator.wake_up_sender import point_of, private_octets

JAVA = Path(__file__).resolve().parents[2] / "mobile_app/android/java/vn/phoneseal"
CONTENT = VECTOR["wake_up"]["content"].encode()
NTFY = "io.heckel.ntfy"


def vietnamese(text: Text) -> str:
    return said(text, "vi")


@pytest.fixture
def woken(java: FakeJava, screen: Screen) -> WokenByDistributor:
    screen.distributors.installed = {NTFY: "ntfy", "org.example.up": "Ánh\u202e\u0007 Dương" + "x" * 99, "org.blank": "\u200e"}
    return WokenByDistributor(java, vietnamese)


# -- Python's part ------------------------------------------------------------------------------------------------
def test_distributors_are_offered_by_clean_names(woken: WokenByDistributor) -> None:
    assert list(woken.distributors()) == [
        Distributor(NTFY, "ntfy"),
        Distributor("org.blank", "org.blank"),
        Distributor("org.example.up", "Ánh Dương" + "x" * 31),
    ]


def test_who_takes_anothers_name_is_told_apart(woken: WokenByDistributor, screen: Screen) -> None:
    screen.distributors.installed = {NTFY: "ntfy", "org.example.false": "Ntfy\u202e "}
    assert [one.name for one in woken.distributors()] == [f"ntfy ({NTFY})", "Ntfy (org.example.false)"]


def test_the_choice_leads_to_an_address_that_answers_to_the_servers_key(woken: WokenByDistributor, screen: Screen) -> None:
    told: list[str] = []
    woken.listen(lambda: told.append("changed"), lambda: told.append("woken"))
    assert (woken.chosen(), woken.subscription(), woken.problem()) == ("", None, "")
    woken.choose(NTFY)
    assert woken.chosen() == NTFY
    key = new_point()
    woken.register(key, anew=False)
    (asked,) = screen.distributors.registrations
    assert asked == (NTFY, re.sub("=", "", asked[1]), False, texts.WOKEN_FOR[0])
    assert (len(asked[1]), unb64(asked[1])) == (87, key)
    first = woken.subscription()
    assert first is not None
    assert (first.endpoint, len(first.p256dh), first.auth) == ("https://push.example.net/1", 65, b"a" * 16)
    woken.register(key, anew=False)
    assert woken.subscription() == first
    woken.register(key, anew=True)
    assert woken.subscription() not in (first, None)
    screen.distributors.wake()
    assert told == ["changed", "changed", "changed", "woken"]
    woken.let_go()
    assert (woken.chosen(), woken.subscription()) == (NTFY, None)
    woken.give_up()
    assert (woken.chosen(), woken.subscription()) == ("", None)


def test_a_distributor_that_fails_is_named_with_its_reason(woken: WokenByDistributor, screen: Screen) -> None:
    screen.distributors.answers = "action_required"
    woken.choose(NTFY)
    woken.register(new_point(), anew=False)
    assert (woken.problem(), woken.subscription()) == ("action_required", None)


def test_a_ring_speaks_the_language_of_now_and_says_only_that_something_may_wait(
    java: FakeJava, screen: Screen, profile: Profile
) -> None:
    language = ["vi"]
    phone = AndroidPhone(java, profile, lambda text: said(text, language[0]))  # type: ignore[arg-type]
    phone.went_to_back()
    assert screen.distributors.said == (), "nobody wakes it"
    phone.wake_up.choose(NTFY)
    assert screen.distributors.said == (texts.CHANNEL[0], texts.MAY_WAIT[0], texts.WAITS_HOW[0])
    language[0] = "en"
    phone.went_to_back()
    assert screen.distributors.said == (texts.CHANNEL[1], texts.MAY_WAIT[1], texts.WAITS_HOW[1])
    assert all(len(text.encode()) <= 100 for text in texts.WOKEN_FOR), "as UnifiedPush has it"


@pytest.mark.parametrize(("sdk", "asked"), [(28, []), (33, ["android.permission.POST_NOTIFICATIONS"])])
def test_leave_to_notify_is_asked_for_with_the_choice(
    woken: WokenByDistributor, screen: Screen, sdk: int, asked: list[str]
) -> None:
    screen.may_notify = False
    woken.choose(NTFY)
    assert screen.asked_for == asked


def test_an_android_that_refuses_is_said_when_asked_and_silent_when_read(woken: WokenByDistributor, screen: Screen) -> None:
    screen.distributors.broken = True
    assert (woken.chosen(), woken.subscription(), woken.problem()) == ("", None, "")
    for act in (woken.distributors, lambda: woken.choose(NTFY), woken.give_up, woken.let_go, woken.say):
        with pytest.raises(PhoneError, match="wake_up_refused"):
            act()


# -- the Java side ------------------------------------------------------------------------------------------------
def test_the_java_class_has_the_methods_that_python_calls() -> None:
    source = (JAVA / "WakeUpRegistration.java").read_text("utf-8")
    written = re.findall(r"public static (?:synchronized )?([\w\[\]]+) (\w+)\(([^)]*)\)", source)
    types = {name: f"{gives} ({', '.join(part.split()[0] for part in takes.split(', '))})" for gives, name, takes in written}
    assert types == SIGNATURES
    receiver = (JAVA / "WakeUpReceiver.java").read_text("utf-8")
    assert "public static void listen(Listener python)" in receiver


def test_the_token_is_looked_at_first_and_in_constant_time() -> None:
    heard = (JAVA / "WakeUpReceiver.java").read_text("utf-8").partition("private static void hear(")[2]
    lines = [line.strip() for line in heard.splitlines()[1:5]]
    assert lines == [
        'String token = shortText(intent, "token");',
        "if (!WakeUpRegistration.isToken(context, token)) {",
        "return;",
        "}",
    ]
    token = (JAVA / "WakeUpRegistration.java").read_text("utf-8").partition("boolean isToken(")[2].partition("\n    }")[0]
    assert "MessageDigest.isEqual(" in token


@pytest.mark.parametrize("what", ["gave", "failed", "ended"])
def test_what_is_heard_of_a_registration_that_is_over_changes_nothing(what: str) -> None:
    """Python may have made another one since the token was looked at: both hold the lock."""
    source = (JAVA / "WakeUpRegistration.java").read_text("utf-8")
    body = source.partition(f"static synchronized void {what}(Context context, String token, ")[2].partition("\n    }")[0]
    assert body.splitlines()[1].strip() == "if (isToken(context, token)) {"


def test_what_cannot_be_unpacked_does_not_end_the_app() -> None:
    """Objects nested without end in a stranger's extras: before Android 13 the first look at any extra unpacks them."""
    heard = (JAVA / "WakeUpReceiver.java").read_text("utf-8").partition("public void onReceive(")[2].partition("private")[0]
    assert "catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError " in heard


class OnJdk:
    """``OpenWakeUp.java`` in a process: a line in, a line out."""

    def __init__(self, folder: Path) -> None:
        runner = Path(__file__).with_name("java") / "vn/phoneseal/OpenWakeUp.java"
        sources = [JAVA / "WakeUpMessage.java", JAVA / "PushEndpoint.java", runner]
        subprocess.run(["javac", "-Xlint:all", "-Werror", "--release", "11", "-d", folder, *sources], check=True, timeout=110)
        self._process = subprocess.Popen(
            ["java", "-Xshare:auto", "-cp", folder, "vn.phoneseal.OpenWakeUp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *words: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate(timeout=20)


@pytest.fixture(scope="module")
def jdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnJdk]:
    if shutil.which("javac") is None:
        pytest.skip("javac is not installed (package default-jdk-headless)")
    made = OnJdk(tmp_path_factory.mktemp("classes"))
    yield made
    made.close()


PHONE = (
    private_octets(private(VECTOR["phone_key_file"])).hex(),
    unb64(VECTOR["subscription"]["p256dh"]).hex(),
    unb64(VECTOR["subscription"]["auth"]).hex(),
)


def test_java_takes_the_wake_up_of_the_vectors_and_nothing_else(jdk: OnJdk) -> None:
    assert jdk.ask("check", *PHONE, VECTOR["wake_up"]["body_hex"]) == "wake-up"
    for case in VECTOR["invalid"]:
        assert jdk.ask("check", *PHONE, case["body_hex"] or "-") == "no", case["reason"]


def test_java_opens_the_example_of_the_rfc(jdk: OnJdk) -> None:
    example = VECTOR["rfc_8291"]
    key = ec.derive_private_key(int.from_bytes(unb64(example["phone_private"]), "big"), ec.SECP256R1())
    keys = (private_octets(key).hex(), unb64(example["p256dh"]).hex(), unb64(example["auth"]).hex())
    assert jdk.ask("open", *keys, unb64(example["body"]).hex()) == example["plaintext"] + "02"
    assert jdk.ask("check", *keys, unb64(example["body"]).hex()) == "no"


def test_java_opens_what_the_server_seals_to_keys_that_java_made(jdk: OnJdk) -> None:
    auth = b"\x01" * 16
    for _ in range(50):
        private_key, point = jdk.ask("keys").split()
        body = encrypt(CONTENT, bytes.fromhex(point), auth)
        assert jdk.ask("check", private_key, point, auth.hex(), body.hex()) == "wake-up"
        assert jdk.ask("check", private_key, point, (b"\x02" * 16).hex(), body.hex()) == "no"


def test_java_writes_a_point_whose_numbers_begin_with_zero(jdk: OnJdk) -> None:
    """One key of 256 has such a number: P-256 keys by the smallest secrets, until one has."""
    keys = (ec.derive_private_key(secret, ec.SECP256R1()) for secret in range(1, 5000))
    short = next(key for key in keys if 0 in (point_of(key)[1], point_of(key)[33]))
    body = encrypt(CONTENT, point_of(short), b"a" * 16)
    phone = (private_octets(short).hex(), point_of(short).hex(), (b"a" * 16).hex())
    assert jdk.ask("point", point_of(short).hex()) == point_of(short).hex()
    assert jdk.ask("check", *phone, body.hex()) == "wake-up"


def test_java_takes_the_endpoints_that_the_server_would_but_for_where_they_lead(jdk: OnJdk) -> None:
    for endpoint in VECTOR["endpoints"]["allowed"]:
        assert jdk.ask("endpoint", endpoint) == "usable", endpoint
    asked = {case["endpoint"]: jdk.ask("endpoint", case["endpoint"]) for case in VECTOR["endpoints"]["refused"]}
    reasons = {case["endpoint"]: case["reason"] for case in VECTOR["endpoints"]["refused"]}
    where = ("loopback", "address", "link-local", "multicast", "broadcast", "unique local")
    taken = {reasons[endpoint] for endpoint, answer in asked.items() if answer == "usable"}
    assert {reason for reason in taken if not any(word in reason for word in where)} == set()
    assert jdk.ask("endpoint", "https://push.example.net/" + "x" * 976) == "no", "1001 characters"


def test_no_broken_message_makes_java_fail_otherwise(jdk: OnJdk) -> None:
    """Any byte changed, any length: refused, never an exception that the receiver does not expect."""
    body = bytes.fromhex(VECTOR["wake_up"]["body_hex"])
    for at in range(len(body)):
        changed = body[:at] + bytes((body[at] ^ 1,)) + body[at + 1 :]
        assert jdk.ask("check", *PHONE, changed.hex()) == "no", at
        assert jdk.ask("check", *PHONE, body[:at].hex() or "-") == "no", at
    assert jdk.ask("check", *PHONE, (body + bytes(4096)).hex()) == "no"
