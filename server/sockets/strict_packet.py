"""Socket.IO packets with at most one binary attachment.

The protocol sends one (the chunk of signature values). A packet that claims thousands makes the library keep whatever follows, before
anybody has proved anything.
"""

from typing import Any

from socketio.packet import Packet

MAX_ATTACHMENTS = 1


class StrictPacket(Packet):  # type: ignore[misc]
    def decode(self, encoded_packet: str) -> Any:
        attachments = super().decode(encoded_packet)
        if attachments and attachments > MAX_ATTACHMENTS:
            raise ValueError("too many attachments")
        return attachments
