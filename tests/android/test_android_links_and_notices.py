"""Links that open the pairing screen, hearing of requests in the background, and a private window: Android's part of each."""

import pytest
from fake_android import Screen, intent_of
from fake_java import FakeJava, NotAndroid

from mobile_app.android import texts
from mobile_app.android.pairing_link import PairingLinks
from mobile_app.android.phone_parts import device_name, require_private_window
from mobile_app.android.reachability import StayReachable, WakeUpNotice
from mobile_app.android.texts import Text, said
from mobile_app.device.interaction import PendingRequest
from mobile_app.device.profile import Profile
from mobile_app.errors import PhoneError
from mobile_app.ui.strings import LANGUAGES

LINK = "phoneseal://pair?v=1&u=https%3A%2F%2Fsign.example.vn&c=0123456789&f=" + "ab" * 32


def vietnamese(text: Text) -> str:
    return said(text, "vi")


def pending(*names: str) -> list[PendingRequest]:
    return [
        PendingRequest(f"sr_{name}", f"Công ty {name}", "Nguyễn Văn A", 1, 2, 3, 4, 5, "RECEIVED") for name in names
    ]


# -- links ----------------------------------------------------------------------------------------------------
def test_a_link_that_started_the_app_and_one_that_comes_later_are_told(java: FakeJava, screen: Screen) -> None:
    screen.link = LINK
    told: list[str] = []
    links = PairingLinks(java, told.append)
    links.start()
    assert told == [LINK]
    other = LINK.replace("0123456789", "9876543210")
    java.run(lambda: screen.link_listeners[0].call("onNewIntent", intent_of(java, other)))
    assert told == [LINK, other]


@pytest.mark.parametrize(
    "link",
    [
        None,
        "phoneseal://pair",
        LINK + "&x=1",
        LINK.replace("phoneseal:", "https:"),
        LINK.replace("https%3A%2F%2F", "javascript%3A"),
        LINK.replace("v=1", "v=2"),
        LINK[: LINK.index("&f=")],
        "0123456789",
        LINK.replace("sign", "a" * 4000),
    ],
)
def test_what_is_no_pairing_code_is_dropped(java: FakeJava, screen: Screen, link: str | None) -> None:
    screen.link = link
    told: list[str] = []
    PairingLinks(java, told.append).start()
    assert told == []


# -- staying reachable -----------------------------------------------------------------------------------------
def test_staying_reachable_is_the_persons_choice_and_outlives_a_restart(
    java: FakeJava, screen: Screen, profile: Profile
) -> None:
    stays = StayReachable(java, profile, vietnamese)
    stays.begin()
    assert not stays.is_on()
    assert screen.services == []
    stays.turn_on()
    assert screen.services == [
        {"target": ("vn.phoneseal", "vn.phoneseal.StayReachable"), "title": texts.STAYS[0], "text": texts.STAYS_HOW[0]}
    ]
    screen.services.clear()
    again = StayReachable(java, profile, vietnamese)
    again.begin()
    assert again.is_on()
    assert len(screen.services) == 1
    again.turn_off()
    assert screen.services == []
    assert not again.is_on()


@pytest.mark.parametrize(("sdk", "asked"), [(28, []), (33, ["android.permission.POST_NOTIFICATIONS"])])
def test_leave_to_notify_is_asked_for_where_android_wants_it(
    java: FakeJava, screen: Screen, profile: Profile, sdk: int, asked: list[str]
) -> None:
    screen.may_notify = False
    StayReachable(java, profile, vietnamese).turn_on()
    assert screen.asked_for == asked


def test_a_refusal_of_androids_is_said(java: FakeJava, screen: Screen, profile: Profile) -> None:
    screen.may_start = False
    with pytest.raises(PhoneError, match="reachability_refused"):
        StayReachable(java, profile, vietnamese).turn_on()


# -- the wake-up ------------------------------------------------------------------------------------------------
def test_a_wake_up_says_that_something_waits_and_never_what(java: FakeJava, screen: Screen) -> None:
    screen.in_front = False
    WakeUpNotice(java, vietnamese).pending_changed(pending("Minh", "Lan"))
    (notice,) = screen.notices.values()
    assert (notice["setContentTitle"], notice["setContentText"]) == (texts.WAITS[0], texts.WAITS_HOW[0])
    assert not any(word in str(value) for word in ("Minh", "Nguyễn", "sr_") for value in notice.values())
    opens = notice["setContentIntent"]._does
    assert (opens.target, opens.immutable) == (("vn.phoneseal", "vn.phoneseal.PhoneSealActivity"), True)
    assert screen.channels["requests"]["visibility"] == 0  # VISIBILITY_PRIVATE


def test_only_what_is_new_wakes_and_an_empty_list_takes_it_away(java: FakeJava, screen: Screen) -> None:
    screen.in_front = False
    notice = WakeUpNotice(java, vietnamese)
    notice.pending_changed(pending("Minh"))
    screen.notices.clear()
    notice.pending_changed(pending("Minh"))
    assert screen.notices == {}
    notice.pending_changed(pending("Minh", "Lan"))
    assert len(screen.notices) == 1
    notice.pending_changed([])
    assert screen.notices == {}


def test_a_notice_goes_when_the_app_comes_to_the_front(java: FakeJava, screen: Screen) -> None:
    screen.in_front = False
    notice = WakeUpNotice(java, vietnamese)
    notice.pending_changed(pending("Minh"))
    assert len(screen.notices) == 1
    notice.came_to_front()
    assert screen.notices == {}


def test_nothing_is_told_while_the_app_is_in_front(java: FakeJava, screen: Screen) -> None:
    WakeUpNotice(java, vietnamese).pending_changed(pending("Minh"))
    assert screen.notices == {}


def test_the_texts_outside_the_window_stand_in_both_languages() -> None:
    for name in ("CHANNEL", "STAYS", "STAYS_HOW", "WAITS", "WAITS_HOW"):
        assert len({said(getattr(texts, name), language) for language in LANGUAGES}) == 2


# -- the window, and the stand-in itself -------------------------------------------------------------------------
def test_a_window_that_others_can_photograph_is_refused(java: FakeJava, screen: Screen) -> None:
    require_private_window(java)
    screen.secure = False
    with pytest.raises(PhoneError, match="window_not_private"):
        require_private_window(java)
    assert device_name(java) == "Fairphone FP5"


@pytest.mark.parametrize("sdk", [30])
def test_the_stand_in_refuses_what_android_does_not_have(java: FakeJava) -> None:
    def on_java(job: str) -> None:
        java.run(lambda: eval(job, {"find": java.find, "activity": java.activity}))

    for job in (
        "find('android.os.NoSuchThing')",
        "find('android.security.keystore.KeyProperties').SECURITY_LEVEL_STRONGBOX",  # since 31
        "find('android.security.keystore.KeyProperties').PURPOSE_DANCE",
        "find('java.security.KeyStore').getInstance(5)",
        "find('java.security.KeyStore').containsAlias('x')",
        "find('javax.crypto.spec.GCMParameterSpec')(128)",
        "find('javax.crypto.spec.GCMParameterSpec')(128, 'text')",
        "activity().finish()",
    ):
        with pytest.raises(NotAndroid):
            on_java(job)
    with pytest.raises(NotAndroid, match="outside run"):
        java.find("java.security.KeyStore")
