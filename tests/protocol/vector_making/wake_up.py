"""Waking a phone (docs/protocol.md section 2.3): RFC 8291 and RFC 8292 by node, key agreement and derivation confirmed by openssl."""

import tempfile
from pathlib import Path

from vector_making import cast
from vector_making.encodings import b64u, seeded
from vector_making.third_tools import node, openssl
from vector_making.world import Json, World, compact

CONTENT = b"phoneseal.wake_up.v1"
ENDPOINT = "https://push.example.net/wake/Qm9vdHN0cmFw?up=1"
AUTHORIZED_UNTIL = cast.T0 // 1000 + 12 * 3600
RFC_8291 = {  # Appendix A
    "plaintext": b"When I grow up, I want to be a watermelon".hex(),
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "phone_private": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "sender_key": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    "sender_private": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "body": "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
}

NODE_WEB_PUSH = """
const c = require('crypto');
const u = x => Buffer.from(x, 'base64url');
const out = JSON.parse(require('fs').readFileSync(0)).map(j => {
  const ecdh = c.createECDH('prime256v1');
  ecdh.setPrivateKey(u(j.sender_private));
  const phone = u(j.p256dh), sender = ecdh.getPublicKey(), salt = u(j.salt), agreed = ecdh.computeSecret(phone);
  const info = Buffer.concat([Buffer.from('WebPush: info\\0'), phone, sender]);
  const derive = (ikm, salt, info, length) => Buffer.from(c.hkdfSync('sha256', ikm, salt, info, length));
  const ikm = derive(agreed, u(j.auth), info, 32);
  const key = derive(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\\0'), 16);
  const nonce = derive(ikm, salt, Buffer.from('Content-Encoding: nonce\\0'), 12);
  const cipher = c.createCipheriv('aes-128-gcm', key, nonce);
  const text = Buffer.concat([Buffer.from(j.plaintext, 'hex'), Buffer.from(j.padding || '02', 'hex')]);
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(j.record_size || 4096);
  const body = Buffer.concat([salt, size, Buffer.from([sender.length]), sender, sealed]);
  const [p, s, a, i, k, n] = [phone, sender, agreed, ikm, key, nonce].map(x => x.toString('hex'));
  return {phone: p, sender: s, agreed: a, ikm: i, key: k, nonce: n, body: body.toString('hex')};
});
process.stdout.write(JSON.stringify(out));
"""


def wake_up_vector(world: World) -> Json:
    """One wake-up as the server sends it, the RFC's own example, and what a phone must not take for a wake-up."""
    asked = _question(world)
    rfc = {name: RFC_8291[name] for name in ("plaintext", "p256dh", "auth", "salt", "sender_private")}
    spoilt = [{**asked, **change} for _, change in _ENCRYPTED_OTHERWISE]
    made, example, *others = node(NODE_WEB_PUSH, [asked, rfc, *spoilt])
    if b64u(bytes.fromhex(example["body"])) != RFC_8291["body"]:
        raise RuntimeError("node does not come to the bytes of RFC 8291, Appendix A")
    _confirm(world, asked, made)
    sound = bytes.fromhex(made["body"])
    invalid = [{"reason": why, "body_hex": other["body"]} for (why, _), other in zip(_ENCRYPTED_OTHERWISE, others, strict=True)]
    invalid += [{"reason": why, "body_hex": body.hex()} for why, body in _spoilt(sound)]
    return {
        "about": "Wake-ups (section 2.3). A phone takes the body of `wake_up` and of no case in `invalid`; `rfc_8291` is its Appendix A.",
        "subscription": {"endpoint": ENDPOINT, "p256dh": asked["p256dh"], "auth": asked["auth"]},
        "phone_key_file": "keys/wake_up_phone.pem",
        "wake_up": {
            "content": CONTENT.decode(),
            "sender_key_file": "keys/wake_up_sender.pem",
            "sender_key_hex": made["sender"],
            "salt_hex": seeded("wake-up salt", 16).hex(),
            "agreed_secret_hex": made["agreed"],
            "content_encryption_key_hex": made["key"],
            "nonce_hex": made["nonce"],
            "body_hex": made["body"],
        },
        "vapid": _vapid(world),
        "rfc_8291": RFC_8291,
        "invalid": invalid,
        "endpoints": {"allowed": ALLOWED, "refused": [{"reason": why, "endpoint": endpoint} for why, endpoint in REFUSED]},
    }


def _private(world: World, key: str) -> bytes:
    """The 32 bytes of a P-256 key (RFC 5915: they stand behind the version and an octet string's tag and length)."""
    der = openssl("ec", "-in", str(world.folder / f"{key}.pem"), "-outform", "DER", "-no_public")
    start = der.index(bytes.fromhex("0201010420")) + 5
    return der[start : start + 32]


def _question(world: World) -> Json:
    return {
        "plaintext": CONTENT.hex(),
        "p256dh": b64u(world.spki("wake_up_phone")[-65:]),
        "auth": b64u(seeded("wake-up auth", 16)),
        "salt": b64u(seeded("wake-up salt", 16)),
        "sender_private": b64u(_private(world, "wake_up_sender")),
    }


def _confirm(world: World, asked: Json, made: Json) -> None:
    """openssl agrees on the secret from the phone's side, and derives the same keys from it."""
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder) / "sender.pem"
        peer.write_bytes(world.bench.public_pem("wake_up_sender"))
        own = str(world.folder / "wake_up_phone.pem")
        agreed = openssl("pkeyutl", "-derive", "-inkey", own, "-peerkey", str(peer))
    phone, sender = world.spki("wake_up_phone")[-65:], world.spki("wake_up_sender")[-65:]
    salt = seeded("wake-up salt", 16)
    ikm = _hkdf(32, agreed, seeded("wake-up auth", 16), b"WebPush: info\0" + phone + sender)
    derived = {
        "agreed": agreed,
        "ikm": ikm,
        "key": _hkdf(16, ikm, salt, b"Content-Encoding: aes128gcm\0"),
        "nonce": _hkdf(12, ikm, salt, b"Content-Encoding: nonce\0"),
    }
    if any(made[name] != value.hex() for name, value in derived.items()):
        raise RuntimeError("openssl and node derive different keys")


def _hkdf(length: int, ikm: bytes, salt: bytes, info: bytes) -> bytes:
    options = ("digest:SHA256", f"hexkey:{ikm.hex()}", f"hexsalt:{salt.hex()}", f"hexinfo:{info.hex()}")
    return openssl("kdf", "-binary", "-keylen", str(length), *(x for option in options for x in ("-kdfopt", option)), "HKDF")


def _vapid(world: World) -> Json:
    """The header's token for a server that is reached over https, and for one that is not."""
    key = b64u(world.spki("push")[-65:])
    cases = []
    for public_url in (cast.SERVER_URL, "http://127.0.0.1:8443"):
        claims: Json = {"aud": "https://push.example.net", "exp": AUTHORIZED_UNTIL}
        if public_url.startswith("https:"):
            claims["sub"] = public_url
        signed = ".".join(b64u(compact(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        signature = _raw_signature(world.bench.sign("push", "ecdsa_p256_sha256", signed.encode()))
        authorization = f"vapid t={signed}.{b64u(signature)}, k={key}"
        cases.append({"public_url": public_url, "claims": claims, "authorization": authorization})
    return {"vapid_key": key, "key_file": "keys/push.pem", "now": cast.T0, "endpoint": ENDPOINT, "cases": cases}


def _raw_signature(der: bytes) -> bytes:
    """r and s as 32 bytes each (RFC 7518 section 3.4), from SEQUENCE {INTEGER r, INTEGER s}."""
    r_end = 4 + der[3]
    r, s = der[4:r_end], der[r_end + 2 : r_end + 2 + der[r_end + 1]]
    return b"".join(int.from_bytes(part, "big").to_bytes(32, "big") for part in (r, s))


_ENCRYPTED_OTHERWISE: list[tuple[str, Json]] = [
    ("another content", {"plaintext": b"phoneseal.wake_up.v2".hex()}),
    ("a content that goes on", {"plaintext": (CONTENT + b"!").hex()}),
    ("a content that is cut off", {"plaintext": CONTENT[:-1].hex()}),
    ("no content", {"plaintext": ""}),
    ("padded with a zero behind the delimiter", {"padding": "0200"}),
    ("the delimiter of a record that is not the last", {"padding": "01"}),
    ("no delimiter", {"padding": "00"}),
    ("a record size other than 4096", {"record_size": 2048}),
    ("encrypted for another phone's key", {"p256dh": RFC_8291["p256dh"]}),
    ("encrypted with another authentication secret", {"auth": RFC_8291["auth"]}),
]


def _spoilt(sound: bytes) -> list[tuple[str, bytes]]:
    def flipped(position: int) -> bytes:
        return sound[:position] + bytes([sound[position] ^ 1]) + sound[position + 1 :]

    off_curve = sound[:21] + b"\x04" + bytes(63) + b"\x01" + sound[86:]
    return [
        ("nothing", b""),
        ("the header alone", sound[:86]),
        ("cut off", sound[:-1]),
        ("a byte more", sound + b"\0"),
        ("another salt", flipped(0)),
        ("another record size in the header", flipped(19)),
        ("a key id of another length", flipped(20)),
        ("a compressed point's tag", flipped(21)),
        ("a sender's key that is not on the curve", off_curve),
        ("another ciphertext", flipped(86)),
        ("another tag", flipped(len(sound) - 1)),
    ]


ALLOWED = [
    ENDPOINT,
    "https://push.example.net",
    "https://push.example.net:8443/x",
    "https://93.184.215.14/x",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/x",
    "https://push.example.net/" + "x" * 975,
]
REFUSED = [
    ("not over TLS", "http://push.example.net/x"),
    ("another scheme", "ftp://push.example.net/x"),
    ("no scheme", "push.example.net/x"),
    ("no host", "https:///x"),
    ("a port alone", "https://:443/x"),
    ("a user name", "https://user@push.example.net/x"),
    ("a user name and password", "https://user:secret@push.example.net/x"),
    ("an empty user name", "https://@push.example.net/x"),
    ("a fragment", "https://push.example.net/x#here"),
    ("an empty fragment", "https://push.example.net/x#"),
    ("a port that is no number", "https://push.example.net:https/x"),
    ("a port beyond 65535", "https://push.example.net:65536/x"),
    ("port zero", "https://push.example.net:0/x"),
    ("a backslash", "https://push.example.net\\@127.0.0.1/x"),
    ("loopback", "https://127.0.0.1/x"),
    ("loopback by name", "https://localhost/x"),
    ("loopback written as one number", "https://2130706433/x"),
    ("loopback written short", "https://127.1/x"),
    ("loopback in hexadecimal", "https://0x7f.0.0.1/x"),
    ("a private address", "https://10.0.0.8/x"),
    ("another private address", "https://192.168.1.1/x"),
    ("a carrier's shared address", "https://100.64.0.1/x"),
    ("link-local", "https://169.254.169.254/latest/meta-data"),
    ("the unspecified address", "https://0.0.0.0/x"),
    ("multicast", "https://224.0.0.1/x"),
    ("broadcast", "https://255.255.255.255/x"),
    ("loopback, IPv6", "https://[::1]/x"),
    ("the unspecified address, IPv6", "https://[::]/x"),
    ("loopback as an IPv4-mapped address", "https://[::ffff:127.0.0.1]/x"),
    ("a private address as an IPv4-mapped address", "https://[::ffff:a00:8]/x"),
    ("a private address by 6to4", "https://[2002:a00:8::1]/x"),
    ("a private address by NAT64", "https://[64:ff9b::10.0.0.8]/x"),
    ("unique local", "https://[fd00::1]/x"),
    ("link-local, IPv6", "https://[fe80::1]/x"),
    ("link-local with a zone", "https://[fe80::1%25eth0]/x"),
    ("multicast, IPv6", "https://[ff02::1]/x"),
]
