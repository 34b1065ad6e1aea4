"""The line between phone and server, which a round cuts: a TCP relay that drops what it carries, and for a while takes nothing new."""

import contextlib
import selectors
import socket
import threading
import time


class Line:
    """``start`` it; the phone calls ``url``. ``cut`` ends every connection; until ``seconds`` have passed new ones end at once."""

    def __init__(self) -> None:
        self._server_port = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._down_until = 0.0
        self._open = True

    def start(self, server_port: int) -> None:
        self._server_port = server_port
        threading.Thread(target=self._accept, name="line", daemon=True).start()

    def cut(self, seconds: float = 0.0) -> None:
        self._down_until = time.monotonic() + seconds
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._open = False
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while self._open:
            try:
                phone, _ = self._listener.accept()
            except OSError:
                return
            try:
                if time.monotonic() < self._down_until:
                    raise ConnectionRefusedError
                server = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
            except OSError:
                phone.close()
                continue
            server.settimeout(None)
            threading.Thread(target=self._carry, args=((phone, server),), name="call", daemon=True).start()

    def _carry(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.add(pair)
        other = {pair[0]: pair[1], pair[1]: pair[0]}
        try:
            with selectors.DefaultSelector() as ready:
                for end in pair:
                    ready.register(end, selectors.EVENT_READ)
                while True:
                    for key, _ in ready.select():
                        end = key.fileobj
                        assert isinstance(end, socket.socket)
                        data = end.recv(1 << 16)
                        if not data:
                            return
                        other[end].sendall(data)
        except OSError:
            return
        finally:
            with self._lock:
                self._pairs.discard(pair)
            for end in pair:
                end.close()
