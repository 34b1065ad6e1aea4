"""Every misbehaviour that a scenario may ask for: the one list that the parser, the wrappers,
`check-scenario` and docs/emulator.md share.

A thief who holds an unlocked phone can make any of these; the server must catch each. ``layer`` says which
collaborator is wrapped: ``vault`` (what is signed, and with which key) or ``link`` (what goes over the wire,
and how often).
"""

from dataclasses import dataclass
from typing import Literal

Layer = Literal["vault", "link"]
Positions = Literal["none", "some", "two"]


@dataclass(frozen=True)
class Misbehaviour:
    name: str
    layer: Layer
    says: str
    positions: Positions = "none"
    """Whether the scenario may name positions: none, some (or "all"), or exactly two."""
    body: bool = False
    """Whether the scenario must give ``set``, the fields of the statement's body to change."""


_ALL = (
    Misbehaviour("signature_bit", "vault", "one bit of the signature value is flipped", "some"),
    Misbehaviour("signature_other_key", "vault", "another key of the same kind makes the value", "some"),
    Misbehaviour(
        "signature_other_attributes", "vault", "the right key signs other signed attributes", "some"
    ),
    Misbehaviour("signature_swapped", "vault", "the values of two positions change places", "two"),
    Misbehaviour("approval_bit", "link", "one bit of the approval's signature is flipped"),
    Misbehaviour("approval_body", "link", "fields of the approval change after it was signed", body=True),
    Misbehaviour(
        "approval_resigned", "link", "fields of the approval change, the approval key signs", body=True
    ),
    Misbehaviour("approval_counter_replayed", "link", "the approval carries a counter that was used before"),
    Misbehaviour("approval_other_root", "link", "the approval names another manifest root, well signed"),
    Misbehaviour("approval_other_certificate", "link", "the approval names another certificate, well signed"),
    Misbehaviour("approval_other_device", "link", "the approval claims to be another device's, well signed"),
    Misbehaviour("approval_other_key", "link", "a key that was never paired signs the approval"),
    Misbehaviour("approval_device_key", "link", "the device key, which needs no PIN, signs the approval"),
    Misbehaviour("approval_replayed", "link", "the approval of an earlier request is sent"),
    Misbehaviour("approval_oversize", "link", "the approval is larger than its limit, well signed"),
    Misbehaviour("choice_bit", "link", "one bit of the signature on the code choice is flipped"),
    Misbehaviour("choice_body", "link", "fields of the code choice change after it was signed", body=True),
    Misbehaviour(
        "choice_other_device", "link", "the choice claims to be another device's, signed by this one"
    ),
    Misbehaviour("choice_replayed", "link", "the code choice of an earlier request is sent"),
    Misbehaviour("choice_changed", "link", "after the verdict another code is chosen, well signed"),
    Misbehaviour("refusal_bit", "link", "one bit of the signature on the refusal is flipped"),
    Misbehaviour(
        "refusal_other_device", "link", "the refusal claims to be another device's, signed by this one"
    ),
    Misbehaviour("refusal_after_approval", "link", "a well signed refusal follows the accepted approval"),
    Misbehaviour("hello_other_device", "link", "the phone claims another device's id in hello"),
    Misbehaviour("proof_other_device", "link", "the device key proves itself under another device's id"),
    Misbehaviour("pin_proof_replayed", "link", "the proof of an earlier PIN challenge is sent again"),
    Misbehaviour("chunk_duplicated", "link", "each chunk of signatures is sent twice"),
    Misbehaviour("chunk_reordered", "link", "each chunk is sent as two halves, the second first, then whole"),
    Misbehaviour("chunk_replayed", "link", "a chunk of an earlier request is sent under this request's name"),
    Misbehaviour("chunk_oversize", "link", "a chunk holds more items than the protocol allows"),
    Misbehaviour("message_oversize", "link", "a chunk is larger than a message may be"),
    Misbehaviour("items_omitted", "link", "items are left out of the chunk that carries them", "some"),
    Misbehaviour("items_extra", "link", "the chunk holds a value for a position that nobody asked for"),
)

CATALOGUE: dict[str, Misbehaviour] = {entry.name: entry for entry in _ALL}
