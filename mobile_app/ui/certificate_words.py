"""How a certificate stands, in words and colours: what the list and the certificate's own screen both say."""

from mobile_app.device.certificate_facts import CertificateFacts, Validity
from mobile_app.device.certificates import PhoneCertificate
from mobile_app.ui import theme
from mobile_app.ui.strings import Strings
from mobile_app.ui.theme import Colour


def state_word(t: Strings, kept: PhoneCertificate, facts: CertificateFacts, now: int) -> str:
    return t(f"certificate.{kept.end or facts.validity(now)}")


def state_colours(kept: PhoneCertificate, facts: CertificateFacts, now: int) -> tuple[Colour, Colour]:
    """Text and ground: no colour for what is past."""
    if kept.end is not None:
        return theme.now.ink_2, theme.now.line
    return {
        Validity.ACTIVE: (theme.now.jade, theme.now.jade_soft),
        Validity.SOON: (theme.now.amber, theme.now.amber_soft),
        Validity.NOT_YET: (theme.now.blue, theme.now.blue_soft),
        Validity.EXPIRED: (theme.now.red, theme.now.red_soft),
    }[facts.validity(now)]


def time_left(t: Strings, kept: PhoneCertificate, facts: CertificateFacts, now: int) -> str:
    """Days left or until it begins; of one used before, from when to when."""
    if kept.ended_at is not None:
        return t("certificate.used", start=t.day(kept.paired_at), end=t.day(kept.ended_at))
    validity = facts.validity(now)
    if validity == Validity.EXPIRED:
        return t("certificate.expired_on", day=t.day(facts.ends_at))
    if validity == Validity.NOT_YET:
        return t("certificate.days_until", days=facts.days_until_start(now))
    return t("certificate.days_left", days=facts.days_left(now))


def how_it_stands(t: Strings, kept: PhoneCertificate, facts: CertificateFacts, now: int) -> str:
    """A sentence: what follows for signing, or how it ended."""
    if kept.ended_at is not None:
        return t(f"certificate_end.{kept.end}", moment=t.moment(kept.ended_at))
    validity = facts.validity(now)
    return t(f"certificate_how.{validity}", moment=t.moment(facts.starts_at if validity == Validity.NOT_YET else facts.ends_at))
