"""Who takes part in the vectors: identifiers, names and times, the same in each file."""

from vector_making.encodings import identifier, seeded

T0 = 1_790_000_000_000
"""2026-09-21T14:13:20Z, when the request of the vectors is issued; milliseconds."""


def made_id(prefix: str, label: str, at: int = T0) -> str:
    """An identifier that is the same in each run."""
    return identifier(prefix, at, seeded(f"id {prefix} {label}", 10))


SERVER_ID = made_id("srv", "server", T0 - 90_000_000_000)
DEVICE_ID = made_id("dev", "first phone", T0 - 80_000_000)
OTHER_DEVICE_ID = made_id("dev", "other phone", T0 - 70_000_000)
CREDENTIAL_ID = made_id("cr", "credential", T0 - 79_000_000)
SUBSCRIBER_ID = made_id("sub", "subscriber", T0 - 90_000_000)
RELYING_PARTY_ID = made_id("rp", "relying party", T0 - 90_000_000)
PAIRING_ID = made_id("pa", "pairing", T0 - 80_000_000)
REQUEST_ID = made_id("sr", "request")
OTHER_REQUEST_ID = made_id("sr", "another request")
BLOCK_ID = made_id("blk", "block", T0 + 60_000)

SUBSCRIBER_NAME = "Nguyễn Thị Lấp Lánh Ánh"
SERVER_NAME = "Cổng ký số Ánh Dương"
RELYING_PARTY_NAME = "Công ty Cổ phần Đầu tư Đường Sắt Việt"
REQUESTED_BY = "Trần Văn Quyết (Phòng Kế toán)"
DEVICE_NAME = "Điện thoại của Ánh"
SERVER_URL = "https://ky.anhduong.example:8443/phoneseal"
