"""Socket.IO packets as this protocol has them: at most one binary attachment, and no event that bears the library's own names.

The protocol sends one attachment (the chunk of signature values); a packet that claims thousands makes the library keep whatever follows,
before anybody has proved anything. And an event named ``disconnect`` reached the handler of real disconnections: the connection was
forgotten by whoever counts its time and its tries, and stayed open.
"""

from typing import Any

from socketio import packet
from socketio.packet import Packet

from server.strict_json import is_text

MAX_ATTACHMENTS = 1
RESERVED = ("connect", "disconnect")


class StrictPacket(Packet):  # type: ignore[misc]
    def decode(self, encoded_packet: str) -> Any:
        attachments = super().decode(encoded_packet)
        if attachments and attachments > MAX_ATTACHMENTS:
            raise ValueError("too many attachments")
        if self.packet_type in (packet.EVENT, packet.BINARY_EVENT) and self.data and self.data[0] in RESERVED:
            raise ValueError("an event with a name of the library's own")
        if "\\u" in encoded_packet and not is_text(self.data):
            raise ValueError("half a character")
        return attachments
