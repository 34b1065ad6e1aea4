"""A WebSocket that takes no message longer than the protocol knows: whoever speaks for the server, or in its place, must not fill the
phone's memory.

Rules: a frame that announces more is refused before its bytes are read, and so is a message of many frames that grows beyond it; the
connection ends with it.
"""

from typing import Any, Final

from websocket import ABNF, WebSocket, WebSocketPayloadException
from websocket._abnf import continuous_frame, frame_buffer

MAX_MESSAGE: Final = 1 << 20


class _Frames(frame_buffer):
    def recv_length(self) -> None:
        super().recv_length()
        if self.length is not None and self.length > MAX_MESSAGE:
            raise WebSocketPayloadException("a frame is too long")


class _Message(continuous_frame):
    def add(self, frame: ABNF) -> None:
        held = len(self.cont_data[1]) if self.cont_data else 0
        if held + len(frame.data) > MAX_MESSAGE:
            raise WebSocketPayloadException("a message is too long")
        super().add(frame)


class BoundedWebSocket(WebSocket):
    """For ``websocket.create_connection(class_=…)``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.frame_buffer = _Frames(self._recv, self.frame_buffer.skip_utf8_validation)
        self.cont_frame = _Message(self.cont_frame.fire_cont_frame, self.cont_frame.skip_utf8_validation)
