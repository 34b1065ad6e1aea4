"""The certificate that this phone signs with: whose, by whom, until when, and how its key is kept."""

import math

from cryptography import x509
from cryptography.x509.oid import NameOID

from mobile_app.device.identity import Identity
from mobile_app.ui import theme
from mobile_app.ui.widgets import Page, load_kv

_DAY_MS = 24 * 3600 * 1000
_SOON_DAYS = 30


class CertificatesScreen(Page):
    def entered(self) -> None:
        device = self.flow.device
        self.flow.in_background(lambda: device.identity, self._show)

    def _show(self, identity: Identity | None) -> None:
        if identity is None:
            return
        t = self.flow.t
        certificate = x509.load_der_x509_certificate(identity.certificate)
        starts = int(certificate.not_valid_before_utc.timestamp() * 1000)
        ends = int(certificate.not_valid_after_utc.timestamp() * 1000)
        now = self.flow.server_now_ms()
        days = math.ceil((ends - now) / _DAY_MS)
        state = "not_yet" if now < starts else "ended" if now >= ends else "soon" if days <= _SOON_DAYS else "active"
        pill = self.ids.state
        pill.text = t(f"certificate.{state}")
        good = state == "active"
        pill.color = theme.now.jade if good else theme.now.amber
        pill.ground = theme.now.jade_soft if good else theme.now.amber_soft
        self.ids.subject.text = identity.subscriber_name
        self.ids.issuer.text = t("certificate.issuer", name=_common_name(certificate.issuer))
        self.ids.valid.text = t("certificate.valid", start=t.day(starts), end=t.day(ends))
        self.ids.days.text = t("certificate.days", days=max(0, days))
        self.ids.algorithm.text = t("certificate.algorithm", algorithm=t(f"algorithm.{identity.signature_algorithm}"))
        self.ids.key.text = t(f"key_protection.{identity.key_protection}")
        number = f"{certificate.serial_number:x}"
        self.ids.number.text = t("certificate.number", number=number)
        digest = identity.certificate_sha256
        self.ids.fingerprint.text = t("certificate.fingerprint", digest=" ".join(digest[at : at + 8] for at in range(0, 64, 8)))


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


load_kv(__file__)
