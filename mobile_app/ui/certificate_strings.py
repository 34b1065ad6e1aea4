"""What the screens of certificates say, in Vietnamese and English; ``strings`` joins it to the rest. Rules as there."""

from collections.abc import Mapping
from typing import Final

CERTIFICATE_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "certificates.title": ("Chứng thư", "Certificates"),
    "certificates.in_use": ("Điện thoại này đang ký bằng", "This phone signs with"),
    "certificates.before": ("Đã dùng trước đây", "Used before"),
    "certificates.none": ("Điện thoại này chưa có chứng thư.", "This phone has no certificate yet."),
    "certificates.none_how": (
        "Chứng thư được cấp khi bạn liên kết điện thoại với tài khoản ký số.",
        "It gets one when you link it to your signing account.",
    ),
    "certificate.title": ("Chi tiết chứng thư", "Certificate"),
    "certificate.active": ("Đang hoạt động", "Active"),
    "certificate.soon": ("Sắp hết hạn", "Expires soon"),
    "certificate.expired": ("Đã hết hạn", "Expired"),
    "certificate.not_yet": ("Chưa có hiệu lực", "Not yet valid"),
    "certificate.unlinked": ("Đã huỷ liên kết", "Unlinked"),
    "certificate.unlinked_elsewhere": ("Máy chủ đã huỷ liên kết", "Unlinked by the server"),
    "certificate.replaced": ("Đã thay thế", "Replaced"),
    "certificate.issued_by": ("Được cấp bởi: {name}", "Issued by: {name}"),
    "certificate.valid": ("Hiệu lực: {start} – {end}", "Valid: {start} – {end}"),
    "certificate.days_left": ("Còn {days} ngày", "Days left: {days}"),
    "certificate.days_until": ("Có hiệu lực sau {days} ngày", "Days until it is valid: {days}"),
    "certificate.expired_on": ("Hết hạn ngày {day}", "Expired on {day}"),
    "certificate.used": ("Dùng: {start} – {end}", "Used: {start} – {end}"),
    "certificate_how.active": ("Điện thoại này ký bằng chứng thư này.", "This phone signs with this certificate."),
    "certificate_how.soon": (
        "Sau {moment} điện thoại này không ký được nữa. Liên kết lại điện thoại sẽ có chứng thư mới: hãy hỏi bộ phận hỗ trợ trước ngày đó.",
        "After {moment} this phone can sign nothing. Linking it anew gives it a new certificate: ask your support desk before then.",
    ),
    "certificate_how.expired": (
        "Hết hạn lúc {moment}: điện thoại này không ký được nữa. Liên kết lại điện thoại sẽ có chứng thư mới: hãy hỏi bộ phận hỗ trợ.",
        "Expired on {moment}: this phone can sign nothing. Linking it anew gives it a new certificate: ask your support desk.",
    ),
    "certificate_how.not_yet": (
        "Trước {moment} điện thoại này chưa ký được.",
        "This phone can sign nothing before {moment}.",
    ),
    "certificate_end.unlinked": (
        "Bạn đã huỷ liên kết điện thoại này lúc {moment}.",
        "You unlinked this phone on {moment}.",
    ),
    "certificate_end.unlinked_elsewhere": (
        "Máy chủ đã huỷ liên kết điện thoại này. Điện thoại xoá khoá lúc {moment}.",
        "The server had unlinked this phone. It destroyed its key on {moment}.",
    ),
    "certificate_end.replaced": (
        "Chứng thư khác đã thay thế lúc {moment}.",
        "Another certificate took its place on {moment}.",
    ),
    "certificate_end.expired": (
        "Chứng thư đã hết hạn trước khi điện thoại thôi liên kết lúc {moment}.",
        "It had expired before this phone was unlinked on {moment}.",
    ),
    "certificate.used_for": ("Đã dùng để ký", "Signed with it"),
    "certificate.used_for_none": ("Không có chứng từ nào", "No documents"),
    "certificate.issuer": ("Đơn vị cấp", "Issuer"),
    "certificate.validity": ("Hiệu lực", "Valid"),
    "certificate.from_to": ("Từ {start}\nđến {end}", "From {start}\nto {end}"),
    "certificate.number": ("Số sê-ri", "Serial number"),
    "certificate.fingerprint": ("Vân tay SHA-256", "SHA-256 fingerprint"),
    "certificate.server": ("Máy chủ", "Server"),
    "certificate.key": ("Khoá ký", "Signing key"),
    "certificate.key_kind": ("Loại khoá", "Kind of key"),
    "certificate.algorithm": ("Thuật toán ký", "Signature algorithm"),
    "certificate.key_place": ("Nơi giữ khoá", "Where it is kept"),
    "certificate.key_gone": ("Khoá đã bị xoá khỏi điện thoại này.", "The key was destroyed on this phone."),
    "certificate.chain": ("Chuỗi chứng thư", "Certificate chain"),
    "certificate.chain_lost": (
        "Ứng dụng chưa giữ chuỗi khi điện thoại này được liên kết.",
        "The app did not yet keep it when this phone was linked.",
    ),
    "certificate_chain.own": ("Chứng thư này, đến {day}", "This certificate, until {day}"),
    "certificate_chain.issuer": ("Được cấp bởi, đến {day}", "Issued by, until {day}"),
    "certificate_chain.root": ("Chứng thư gốc, đến {day}", "Root certificate, until {day}"),
    "certificate.export": ("Lưu chứng thư ra tệp", "Save the certificate to a file"),
    "certificate.file": (
        "Tệp .pem chỉ chứa phần công khai. Khoá ký không bao giờ rời điện thoại.",
        "The .pem file holds the public part only. The signing key never leaves the phone.",
    ),
    "algorithm.rsa_pkcs1_sha256": ("RSA, SHA-256", "RSA, SHA-256"),
    "algorithm.rsa_pss_sha256": ("RSA-PSS, SHA-256", "RSA-PSS, SHA-256"),
    "algorithm.ecdsa_p256_sha256": ("ECDSA P-256, SHA-256", "ECDSA P-256, SHA-256"),
    "algorithm.ecdsa_p384_sha384": ("ECDSA P-384, SHA-384", "ECDSA P-384, SHA-384"),
}
