"""A TCP proxy that breaks a connection to PostgreSQL around the n-th COMMIT."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

REQUEST, REPLY = "request", "reply"
_MARK = b"COMMIT\x00"  # the end of the client's query, and of the tag in the server's answer


class Proxy:
    """Forwards bytes; the n-th COMMIT is cut before the server sees it, or its reply before the client does."""

    def __init__(self, url: str, side: str, number: int) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._side = side
        self._left = number
        self._lock = threading.Lock()
        self.cut = 0
        host, port = self._listener.getsockname()
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"{host}:{port}")
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accepts no more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                for source, sink, mark in (
                    (client, server, _MARK if self._side == REQUEST else None),
                    (server, client, _MARK if self._side == REPLY else None),
                ):
                    threading.Thread(target=self._pump, args=(source, sink, mark), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, mark: bytes | None) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if mark is not None and mark in data and self._is_the_one():
                    break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _is_the_one(self) -> bool:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self.cut += 1
            return self._left == 0


@contextlib.contextmanager
def cutting(url: str, side: str, number: int) -> Iterator[Proxy]:
    """A proxy in front of `url` that cuts the `number`-th COMMIT on one side."""
    proxy = Proxy(url, side, number)
    try:
        yield proxy
    finally:
        proxy.close()
