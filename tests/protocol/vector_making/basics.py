"""Vectors without keys: PAE, identifiers, base64url, text, numbers, pairing code and pairing URI."""

from vector_making.cast import SERVER_URL, T0, made_id
from vector_making.encodings import b64u, identifier, pae, seeded, sha256_hex
from vector_making.third_tools import openssl_digest
from vector_making.world import Json


def pae_vector() -> Json:
    """Signing inputs, their digests by openssl."""
    cases = []
    for name, purpose, body in (
        ("empty body", "phoneseal.freeze.v1", b""),
        ("short body", "phoneseal.freeze.v1", b"{}"),
        ("border moved, first", "phoneseal.a", b"bcd"),
        ("border moved, second", "phoneseal.ab", b"cd"),
        ("zero bytes", "phoneseal.pairing_commitment.v1", bytes(96)),
        ("Vietnamese text", "phoneseal.envelope.v1", '{"requested_by":"Nguyễn Thị Lấp Lánh Ánh"}'.encode()),
        ("body longer than 65,535 bytes", "phoneseal.approval.v1", b"x" * 70_000),
    ):
        framed = pae(purpose, body)
        case: Json = {"name": name, "purpose": purpose}
        if len(body) < 1000:
            case |= {"body_hex": body.hex(), "pae_hex": framed.hex()}
        else:
            case |= {"body_repeat": {"byte_hex": body[:1].hex(), "times": len(body)}, "pae_prefix_hex": framed[: -len(body)].hex()}
        cases.append(case | {"sha256": openssl_digest("sha256", framed).hex()})
    return {"about": "PAE(purpose, body) and SHA-256 over it (section 1).", "cases": cases}


def identifiers_vector() -> Json:
    """Identifiers and what is none."""
    good = []
    for prefix, at, random in (
        ("sr", T0, seeded("id", 10)),
        ("it", 0, bytes(10)),
        ("dev", 2**48 - 1, b"\xff" * 10),
        ("cr", 1, bytes(9) + b"\x01"),
        ("sub", T0, bytes(10)),
        ("rp", T0, b"\x80" + bytes(9)),
        ("pa", T0, seeded("pa", 10)),
        ("doc", T0, seeded("doc", 10)),
        ("usr", T0, seeded("usr", 10)),
        ("srv", T0, seeded("srv", 10)),
    ):
        good.append({"prefix": prefix, "milliseconds": at, "random_hex": random.hex(), "id": identifier(prefix, at, random)})
    one = good[0]["id"]
    assert isinstance(one, str)
    bad = [
        {"prefix": "sr", "id": one.upper(), "reason": "upper case"},
        {"prefix": "sr", "id": one[:-1], "reason": "one character short"},
        {"prefix": "sr", "id": one + "0", "reason": "one character long"},
        {"prefix": "sr", "id": one + "\n", "reason": "line feed behind it"},
        {"prefix": "sr", "id": one[:-1] + "u", "reason": "u is not in the alphabet"},
        {"prefix": "sr", "id": one[:-1] + "o", "reason": "o is not in the alphabet"},
        {"prefix": "sr", "id": "sr_8" + one[4:], "reason": "over 128 bits"},
        {"prefix": "sr", "id": made_id("it", "x"), "reason": "another kind of thing"},
        {"prefix": "sr", "id": one.replace("_", "-"), "reason": "hyphen for the low line"},
        {"prefix": "sr", "id": "", "reason": "empty"},
    ]
    return {"about": "Identifiers (sections 1 and 1.1).", "valid": good, "invalid": bad}


def base64url_vector() -> Json:
    """Base64url without padding; one text for each byte string."""
    good = [{"hex": raw.hex(), "text": b64u(raw)} for raw in (b"", b"\x00", b"\xfb\xff", b"\xff\xfe\xfd", seeded("b64"))]
    bad = [
        {"text": "-_8=", "reason": "padding"},
        {"text": "+/8", "reason": "alphabet of plain base64"},
        {"text": "AB", "reason": "bits left over are not zero"},
        {"text": "A", "reason": "no byte has one character"},
        {"text": "AA AA", "reason": "white space"},
        {"text": "AAAA\n", "reason": "line feed behind it"},
        {"text": "ÀAAA", "reason": "not ASCII"},
    ]
    return {"about": "Bytes in JSON (sections 1 and 1.1).", "valid": good, "invalid": bad}


def text_vector() -> Json:
    """Text that a phone shows, and text that it refuses."""
    good = [
        "Nguyễn Thị Lấp Lánh Ánh",
        "Hợp đồng mua bán số 12/2026/HĐMB – phụ lục “A”",
        "日本語 😀",
        "<b>&amp;</b>",
        "a\u200db",
    ]
    bad = [
        ("Nguye\u0302\u0303n", "decomposed, not NFC"),
        ("A\u030ang", "decomposed, not NFC"),
        ("hai\ndòng", "line feed"),
        ("tab\there", "tab"),
        ("a\u0000b", "zero"),
        ("a\u007fb", "delete"),
        ("a\u0085b", "C1 control"),
        ("hợp đồng \u202egnp.exe", "right-to-left override"),
        ("a\u200fb", "right-to-left mark"),
        ("a\u200eb", "left-to-right mark"),
        ("a\u061cb", "Arabic letter mark"),
        ("a\u2066b\u2069", "isolates"),
        ("a\u202a\u202cb", "embedding"),
        ("a\ud800b", "lone surrogate"),
    ]
    return {
        "about": "Text (sections 1 and 1.1); in this file all of it is written with JSON escapes.",
        "valid": good,
        "invalid": [{"text": text, "reason": reason} for text, reason in bad],
    }


def search_vector() -> Json:
    """What a search compares, written by hand, and what it finds."""
    forms = {
        "Hợp đồng số 12/2026-HĐMB": " hop dong so 12 2026 hdmb",
        "Ho\u031b\u0323p đô\u0300ng": " hop dong",
        "ĐẶNG ĐÌNH Ước": " dang dinh uoc",
        "Công ty CP «Ánh Dương» (chi nhánh 2)": " cong ty cp anh duong chi nhanh 2",
        "Straße, İzmir": " strasse izmir",
        "ΣΊΣΥΦΟΣ σίσυφος": " σισυφοσ σισυφοσ",
        "Договор №5": " договор 5",
        "日本語 契約": " 日本語 契約",
        "a_b%c\\d": " a b c d",
        "  \t—  ": "",
    }
    finds = [
        ("Nguyễn Thị Ánh – Phòng Kế toán", "phong ke toan", True),
        ("Nguyễn Thị Ánh – Phòng Kế toán", "KẾ TOÁN anh", True),
        ("Nguyễn Thị Ánh – Phòng Kế toán", "ngu th a", True),
        ("Nguyễn Thị Ánh – Phòng Kế toán", "oan", False),
        ("Nguyễn Thị Ánh – Phòng Kế toán", "anh binh", False),
        ("Nguyễn Thị Ánh – Phòng Kế toán", "%", True),
        ("Nguyễn Thị Ánh – Phòng Kế toán", "Nguye\u0302\u0303n", True),
        ("Công ty Đại Phát", "dai", True),
        ("Cong ty Dai Phat", "Đại", True),
        ("Công ty Đại Phát", "c_ng", False),
    ]
    return {
        "about": "What a search compares (section 1.2); in this file all of it is written with JSON escapes.",
        "forms": [{"text": text, "form": form} for text, form in forms.items()],
        "finds": [{"text": text, "typed": typed, "found": found} for text, typed, found in finds],
    }


def pairing_code_vector() -> Json:
    """What a person types, and the code that it means."""
    good = {
        "7k3m9-q2xwz": "7k3m9q2xwz",
        "7K3M9-Q2XWZ": "7k3m9q2xwz",
        "7K-3M-9Q-2X-WZ": "7k3m9q2xwz",
        " 7k3m9 q2xwz ": "7k3m9q2xwz",
        "OIL01-abcde": "01101abcde",
        "oIlLo0Oi1l": "0111000111",
    }
    bad = [
        {"typed": "7k3m9q2xw", "reason": "nine characters"},
        {"typed": "7k3m9q2xwz0", "reason": "eleven characters"},
        {"typed": "7k3m9q2xwu", "reason": "u is not in the alphabet"},
        {"typed": "7k3m9q2xẃz", "reason": "not ASCII"},
        {"typed": "----------", "reason": "nothing left"},
        {"typed": "", "reason": "empty"},
    ]
    return {
        "about": "Typed pairing codes (section 3).",
        "valid": [{"typed": typed, "code": code} for typed, code in good.items()],
        "invalid": bad,
    }


def pairing_uri_vector(fingerprint: str) -> Json:
    """What stands in the QR code."""
    code, mark = "7k3m9q2xwz", "https%3A%2F%2Fky.anhduong.example%3A8443%2Fphoneseal"

    def uri(version: str = "1", url: str = mark, code: str = code, fingerprint: str = fingerprint) -> str:
        return f"phoneseal://pair?v={version}&u={url}&c={code}&f={fingerprint}"

    good = [
        {"uri": uri(), "server_url": SERVER_URL, "code": code, "fingerprint": fingerprint},
        {"uri": uri(url="http%3A%2F%2F127.0.0.1%3A8080"), "server_url": "http://127.0.0.1:8080", "code": code, "fingerprint": fingerprint},
    ]
    other = sha256_hex(b"other")
    bad = [
        (uri(version="2"), "unknown version"),
        (uri().replace("phoneseal:", "https:"), "another scheme"),
        (uri().replace("//pair", "//sign"), "another place than pair"),
        (uri() + "&x=1", "unknown parameter"),
        (uri() + f"&f={other}", "parameter twice"),
        (uri().replace(f"&c={code}", ""), "no code"),
        (uri().replace(f"&f={fingerprint}", ""), "no fingerprint"),
        (f"phoneseal://pair?u={mark}&v=1&c={code}&f={fingerprint}", "another order"),
        (uri(fingerprint=fingerprint.upper()), "fingerprint in upper case"),
        (uri(fingerprint=fingerprint[:-1]), "fingerprint too short"),
        (uri(code=code[:-1]), "code too short"),
        (uri(code=code.upper()), "code in upper case"),
        (uri(url="ftp%3A%2F%2Fky.example"), "neither http nor https"),
        (uri(url="https%3A%2F%2Fky.example%40evil.example"), "a user name in the address"),
        (uri(url=""), "no address"),
        (uri() + "#x", "a fragment"),
    ]
    return {
        "about": "The URI in the QR code (section 3).",
        "valid": good,
        "invalid": [{"uri": text, "reason": reason} for text, reason in bad],
    }
