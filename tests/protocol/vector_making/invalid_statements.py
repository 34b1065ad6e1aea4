"""Statements that must be refused, one rule broken in each.

``layer`` says where it must be caught at the latest, in the order of checking: ``wrapper`` (the four fields and their form), ``purpose``,
``key_id``, ``signature``, ``json`` (strict parsing), ``body`` (fields, forms, limits: the schema finds these too), ``rule`` (what a schema
does not say). Up to ``signature`` nothing of the body may have been looked at; from ``json`` on the signature is valid, so that only the
named rule can refuse.
"""

import base64
from collections.abc import Iterator

from vector_making import cast
from vector_making.encodings import b64u, der, pae
from vector_making.request_flow import Flow, bodies
from vector_making.world import Json, World, compact, digest_of

KIB = 1024


def _envelope_texts(envelope: Json) -> Iterator[tuple[str, str, str]]:
    """(layer, reason, body text) for envelopes whose body breaks a rule; each is then signed properly."""
    text = compact(envelope)
    party = f'"relying_party":{compact(envelope["relying_party"])}'

    def swap(old: str, new: str) -> str:
        if text.count(old) != 1:
            raise RuntimeError(f"{old} stands {text.count(old)} times in the envelope")
        return text.replace(old, new)

    def change(**fields: object) -> str:
        return compact(envelope | fields)

    name = f'"name":"{cast.RELYING_PARTY_NAME}"'
    yield "json", "name twice", swap('"kind":"documents"', '"kind":"documents","kind":"documents"')
    yield "json", "name twice, other value first", swap('"item_count":3', '"item_count":1,"item_count":3')
    yield "json", "name twice, once with an escape", swap('"kind":"documents"', '"kind":"documents","\\u006bind":"documents"')
    yield "json", "name twice in an inner object", swap(name, f"{name},{name}")
    yield "json", "number with a fraction", swap('"item_count":3', '"item_count":3.0')
    yield "json", "number with an exponent", swap('"item_count":3', '"item_count":3e0')
    yield "json", "NaN", swap('"item_count":3', '"item_count":NaN')
    yield "json", "Infinity", swap('"item_count":3', '"item_count":Infinity')
    yield "json", "number with a leading zero", swap('"item_count":3', '"item_count":03')
    yield "json", "text behind the object", text + "{}"
    yield "json", "a zero behind the object", text + "\x00"
    yield "json", "byte order mark", "\ufeff" + text
    yield "json", "comma behind the last field", text[:-1] + ",}"
    yield "json", "comment", text + " // ok"
    yield "json", "cut off", text[:-1]
    yield "json", "single quotes", text.replace('"', "'")
    yield "json", "control character not escaped", swap(name, '"name":"Công ty\nĐường Sắt"')
    yield "json", "empty body", ""
    yield "json", "deep nesting", swap(party, '"relying_party":' + "[" * 20_000 + "]" * 20_000)
    yield "body", "an array for the object", f"[{text}]"
    yield "body", "null for the object", "null"
    yield "body", "unknown field", change(note="x")
    yield "body", "unknown field in an inner object", change(relying_party=envelope["relying_party"] | {"note": "x"})
    yield "body", "field missing", compact({key: value for key, value in envelope.items() if key != "total_pages"})
    yield "body", "field missing in an inner object", change(relying_party={"id": cast.RELYING_PARTY_ID})
    yield "body", "null for a value", change(requested_by=None)
    yield "body", "true for a number", swap('"version":1', '"version":true')
    yield "body", "text for a number", change(item_count="3")
    yield "body", "number for text", change(requested_by=7)
    yield "body", "negative number", change(issued_at=-1)
    yield "body", "number of 2^53", change(expires_at=2**53)
    yield "body", "number of forty digits", change(expires_at=10**40)
    yield "body", "unknown version", change(version=2)
    yield "body", "unknown kind", change(kind="hashes")
    yield "body", "no items", change(item_count=0)
    yield "body", "more items than the limit", change(item_count=10_001)
    yield "body", "more pages than the limit", change(total_pages=200_001)
    yield "body", "more bytes than the limit", change(total_bytes=4 * 2**30 + 1)
    yield "body", "digest in upper case", change(manifest_root=envelope["manifest_root"].upper())
    yield "body", "digest too short", change(manifest_root=envelope["manifest_root"][:-2])
    yield "body", "digest with a line feed", change(manifest_root=envelope["manifest_root"] + "\n")
    yield "body", "identifier of another kind", change(request_id=envelope["device_id"])
    yield "body", "two verification codes", change(verification_codes=["4711", "0042"])
    yield "body", "four verification codes", change(verification_codes=["4711", "0042", "9930", "1111"])
    yield "body", "equal verification codes", change(verification_codes=["4711", "0042", "4711"])
    yield "body", "verification code of five digits", change(verification_codes=["4711", "0042", "99300"])
    yield "body", "verification code of other digits", change(verification_codes=["4711", "0042", "٩٩٣٠"])
    yield "body", "line feed in a name", change(requested_by="Trần\nVăn Quyết")
    yield "body", "right-to-left override in a name", change(requested_by="Trần \u202eVăn Quyết")
    yield "body", "right-to-left mark in an inner name", change(relying_party={"id": cast.RELYING_PARTY_ID, "name": "Ngân hàng\u200f"})
    yield "body", "isolate in a name", change(requested_by="\u2068Trần\u2069")
    yield "body", "zero in a name", swap(cast.REQUESTED_BY, "Trần\\u0000Quyết")
    yield "body", "C1 control in a name", swap(cast.REQUESTED_BY, "Trần\\u0085Quyết")
    yield "body", "lone surrogate in a name", swap(cast.REQUESTED_BY, "Trần\\ud800Quyết")
    yield "body", "empty name", change(requested_by="")
    yield "body", "name over 200 characters", change(requested_by="Ấ" * 201)
    yield "rule", "name not NFC", change(requested_by="Tra\u0302\u0300n Va\u0306n Quye\u0302\u0301t")
    yield "rule", "expires before it is issued", change(issued_at=cast.T0, expires_at=cast.T0)


def _approval_texts(approval: Json) -> Iterator[tuple[str, str, str]]:
    def change(**fields: object) -> str:
        return compact(approval | fields)

    one, two = {"position": 0, "reason": "a"}, {"position": 1, "reason": "b"}
    yield "body", "no item approved", change(approved_count=0, refused=[one, two, {"position": 2, "reason": ""}])
    yield "body", "counter of zero", change(counter=0)
    yield "body", "verification code as a number", change(verification_code=42)
    yield "body", "unknown field in a refused item", change(refused=[two | {"note": "x"}])
    yield "body", "reason over 500 characters", change(refused=[{"position": 1, "reason": "x" * 501}])
    yield "rule", "refused items descend", change(approved_count=1, refused=[two, one])
    yield "rule", "a position refused twice", change(approved_count=1, refused=[one, one | {"reason": "b"}])
    yield "rule", "position beyond the last item", change(refused=[{"position": 3, "reason": ""}])
    yield "rule", "approved and refused do not add up", change(approved_count=3)


def _signature_cases(world: World, flow: Flow) -> Iterator[tuple[str, str, str, str, Json]]:
    """(layer, reason, expected purpose, key, statement) where wrapper, purpose, key id or signature is wrong."""
    envelope, choice, approval = flow.envelope, flow.choice, flow.approval
    purpose, text = envelope["purpose"], envelope["body"]
    signature = base64.urlsafe_b64decode(envelope["signature"] + "==")
    phone_signature = base64.urlsafe_b64decode(choice["signature"] + "==")

    def bad(base: Json, key: str, reason: str, **fields: object) -> tuple[str, str, str, str, Json]:
        return "signature", reason, base["purpose"], key, base | fields

    def wrapper(reason: str, statement: Json) -> tuple[str, str, str, str, Json]:
        return "wrapper", reason, purpose, "server_1", statement

    spaced = text.replace(":", ": ")
    yield bad(envelope, "server_1", "signed over the same JSON, serialised otherwise", body=spaced)
    without_pae = world.bench.sign("server_1", "ed25519", text.encode())
    yield bad(envelope, "server_1", "signed over the body without PAE", signature=b64u(without_pae))
    over_digest = world.bench.sign("server_1", "ed25519", bytes.fromhex(digest_of(envelope)))
    yield bad(envelope, "server_1", "signed over the statement digest", signature=b64u(over_digest))
    other_tag = world.sign_statement("server_1", "phoneseal.verdict.v1", text)
    yield bad(envelope, "server_1", "signed for another purpose", signature=b64u(other_tag))
    yield bad(envelope, "server_1", "one bit of the signature turned", signature=b64u(bytes([signature[0] ^ 1]) + signature[1:]))
    yield bad(envelope, "server_1", "one letter of the body changed", body=text.replace("0042", "0043"))
    other_key = world.sign_statement("server_2", purpose, text)
    yield bad(envelope, "server_1", "another key signed under this key_id", signature=b64u(other_key))
    yield bad(envelope, "server_1", "signature of zeros", signature=b64u(bytes(64)))
    yield bad(choice, "device", "the approval key signed for the device key",
              signature=b64u(world.sign_statement("approval", choice["purpose"], choice["body"])))  # fmt: skip
    yield bad(approval, "approval", "the device key signed for the approval key",
              signature=b64u(world.sign_statement("device", approval["purpose"], approval["body"])))  # fmt: skip
    yield bad(choice, "device", "a byte behind the ECDSA signature", signature=b64u(phone_signature + b"\x00"))
    r_and_s = _integers(phone_signature)
    long_form = b"\x30\x81" + phone_signature[1:]
    yield bad(choice, "device", "ECDSA signature with a length in the long form", signature=b64u(long_form))
    padded = der(0x30, *(der(0x02, b"\x00" + value) for value in r_and_s))
    yield bad(choice, "device", "ECDSA signature with integers that are not the shortest", signature=b64u(padded))
    raw = b"".join(value.rjust(33, b"\x00")[-32:] for value in r_and_s)
    yield bad(choice, "device", "ECDSA signature as r and s without DER", signature=b64u(raw))
    yield bad(choice, "device", "ECDSA signature with r = s = 0", signature=b64u(der(0x30, der(2, b"\0"), der(2, b"\0")).ljust(8, b"\0")))

    yield "purpose", "a valid statement of another purpose", purpose, "server_1", flow.verdict
    yield "purpose", "unknown version of the purpose", purpose, "server_1", envelope | {"purpose": "phoneseal.envelope.v2"}
    yield "key_id", "another key's key_id", purpose, "server_1", envelope | {"key_id": world.key_id("server_2")}
    yield "key_id", "key_id in upper case", purpose, "server_1", envelope | {"key_id": envelope["key_id"].upper()}
    yield "key_id", "another phone's key_id", choice["purpose"], "device", choice | {"key_id": cast.OTHER_DEVICE_ID}
    yield wrapper("unknown field beside the four", envelope | {"note": "x"})
    yield wrapper("no signature", {key: value for key, value in envelope.items() if key != "signature"})
    yield wrapper("body as an object", envelope | {"body": bodies(world)["envelope"]})
    yield wrapper("signature with padding", envelope | {"signature": envelope["signature"] + "=="})
    yield wrapper("signature in hex", envelope | {"signature": signature.hex()})
    yield wrapper("signature cut off", envelope | {"signature": b64u(signature[:63])})
    yield wrapper("signature whose bits left over are not zero", envelope | {"signature": _with_bits_left_over(envelope["signature"])})
    yield wrapper("signature is null", envelope | {"signature": None})


def _integers(signature: bytes) -> tuple[bytes, bytes]:
    """Contents of r and s of a DER ECDSA signature."""
    first = signature[4 : 4 + signature[3]]
    return first, signature[6 + len(first) :]


def _with_bits_left_over(text: str) -> str:
    return text[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[text[-1]]


def invalid_statements(world: World, flow: Flow) -> Json:
    """Every rule broken once."""
    made = bodies(world)
    approval = made["approval"] | {"envelope_sha256": digest_of(flow.envelope)}
    cases = []
    for layer, reason, purpose, key, statement in _signature_cases(world, flow):
        cases.append({"layer": layer, "reason": reason, "purpose": purpose, "key": key, "statement": statement})
        if layer == "signature":
            raw = base64.urlsafe_b64decode(statement["signature"] + "==")
            world.expect_statement(key, statement, raw, valid=False, why=reason)
    for short, key, texts in (
        ("envelope", "server_1", _envelope_texts(made["envelope"])),
        ("approval", "approval", _approval_texts(approval)),
    ):
        for layer, reason, text in texts:
            statement = world.statement(key, short, text)
            cases.append({"layer": layer, "reason": reason, "purpose": f"phoneseal.{short}.v1", "key": key, "statement": statement})
    elsewhere = compact(approval | {"device_id": cast.OTHER_DEVICE_ID})
    cases.append(
        {
            "layer": "rule",
            "reason": "device_id in the body is not key_id",
            "purpose": "phoneseal.approval.v1",
            "key": "approval",
            "statement": world.statement("approval", "approval", elsewhere),
        }
    )
    return {"about": "Statements that must be refused; layers are explained in README.md.", "cases": cases}


def large_statements(world: World, flow: Flow) -> Json:
    """Bodies at the limit and one byte over, given by recipe: ``body_start``, so many spaces, ``body_end``."""
    made = bodies(world)
    approval = made["approval"] | {"envelope_sha256": digest_of(flow.envelope)}
    cases = []
    for short, key, body, limit in (
        ("envelope", "server_1", made["envelope"], 64 * KIB),
        ("approval", "approval", approval, 512 * KIB),
    ):
        text = compact(body)
        for over in (0, 1):
            spaces = limit + over - len(text.encode())
            full = text[:-1] + " " * spaces + text[-1]
            purpose = f"phoneseal.{short}.v1"
            cases.append(
                {
                    "name": f"{short}, {limit + over} bytes",
                    "valid": not over,
                    "purpose": purpose,
                    "key": key,
                    "key_id": world.key_id(key),
                    "body_start": text[:-1],
                    "spaces": spaces,
                    "body_end": text[-1],
                    "signature": b64u(world.sign_statement(key, purpose, full)),
                    "pae_length": len(pae(purpose, full.encode())),
                }
            )
    return {"about": "Limits of section 7 in UTF-8 bytes; the body is body_start, `spaces` spaces, body_end.", "cases": cases}
