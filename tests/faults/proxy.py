"""A TCP proxy that knows PostgreSQL's messages, and breaks a connection at the one it is told to.

Each message is a byte for its type, four for its length, and its body; those before the startup have no type, and the
answer to a request for encryption is one byte. See "Message Formats" in PostgreSQL's manual.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

REQUEST, REPLY = "request", "reply"  # sides: what the client says, what the server says
CUT, HOLE = "cut", "hole"  # both ends are closed; or nothing is forwarded any more, and nothing is closed
COMMIT = b"COMMIT\x00"  # in the client's message, and in the tag of the server's answer
_ENCRYPTION = (80877103, 80877104)  # SSLRequest, GSSENCRequest
_CANCEL = 80877102


@dataclass(frozen=True, slots=True)
class Rule:
    """What is broken: the `number`-th message of a side, counted over all connections, or of each one (`always`).

    With `mark` only messages with these bytes are counted. `chunk` and `delay`: everything is forwarded in pieces of
    so many bytes, each so many seconds late.
    """

    side: str = REQUEST
    number: int = 0  # none
    action: str = CUT
    always: bool = False
    mark: bytes = b""
    chunk: int = 0
    delay: float = 0.0


@dataclass
class _Connection:
    """Both sockets of one connection, and how far its messages have got."""

    client: socket.socket
    server: socket.socket
    is_greeting: bool = True
    one_byte_answers: int = 0
    swallows: bool = False
    seen: dict[str, int] = field(default_factory=lambda: {REQUEST: 0, REPLY: 0})

    def close(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Proxy:
    """Forwards messages by a rule. `cut` counts how often it was applied, `seen` counts the messages of each side."""

    def __init__(self, url: str, rule: Rule) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._rule = rule
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []
        self.cut = 0
        self.seen = {REQUEST: 0, REPLY: 0}
        self.listener: Callable[[int, str, bytes], None] | None = None  # told connection, side and message
        self.longest = {REQUEST: 0, REPLY: 0}  # messages of the connection with the most
        host, port = self._listener.getsockname()
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"{host}:{port}")
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accepts no more, and ends what is open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._server)
                except OSError:  # the server is gone
                    client.close()
                    continue
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = _Connection(client, server)
                self._connections.append(connection)
                for side in (REQUEST, REPLY):
                    threading.Thread(target=self._pump, args=(connection, side), daemon=True).start()

    def _pump(self, connection: _Connection, side: str) -> None:
        ends = (connection.client, connection.server)
        source, sink = ends if side == REQUEST else ends[::-1]
        buffer = b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                buffer += data
                whole = b""
                while message := self._next(connection, side, buffer):
                    buffer = buffer[len(message) :]
                    action = "" if connection.swallows else self._judge(connection, side, message)
                    if action == CUT:
                        self._send(sink, whole)
                        connection.close()
                        return
                    connection.swallows = connection.swallows or action == HOLE
                    whole += b"" if connection.swallows else message
                self._send(sink, whole)
        if not connection.swallows:  # a hole does not pass on that one end has closed
            connection.close()

    def _next(self, connection: _Connection, side: str, buffer: bytes) -> bytes:
        """The first message in the buffer if it is whole, else nothing."""
        if side == REPLY and connection.one_byte_answers and buffer:
            connection.one_byte_answers -= 1
            return buffer[:1]
        head = 0 if side == REQUEST and connection.is_greeting else 1
        if len(buffer) < head + 4:
            return b""
        size = head + int.from_bytes(buffer[head : head + 4], "big")
        if len(buffer) < size:
            return b""
        message = buffer[:size]
        if head == 0:
            code = int.from_bytes(message[4:8], "big")
            if code in _ENCRYPTION:
                connection.one_byte_answers += 1
            elif code != _CANCEL:
                connection.is_greeting = False
        return message

    def _judge(self, connection: _Connection, side: str, message: bytes) -> str:
        rule = self._rule
        if self.listener is not None:
            with self._lock:
                self.listener(id(connection), side, message)
        if rule.mark and rule.mark not in message:
            return ""
        with self._lock:
            self.seen[side] += 1
            connection.seen[side] += 1
            self.longest[side] = max(self.longest[side], connection.seen[side])
            number = connection.seen[side] if rule.always else self.seen[side]
            if side != rule.side or number != rule.number:
                return ""
            self.cut += 1
            return rule.action

    def _send(self, sink: socket.socket, data: bytes) -> None:
        size = self._rule.chunk or max(1, len(data))
        for start in range(0, len(data), size):
            if self._rule.delay:
                time.sleep(self._rule.delay)
            sink.sendall(data[start : start + size])


@contextlib.contextmanager
def between(url: str, rule: Rule) -> Iterator[Proxy]:
    """A proxy in front of `url`."""
    proxy = Proxy(url, rule)
    try:
        yield proxy
    finally:
        proxy.close()


def cutting(url: str, side: str, number: int) -> contextlib.AbstractContextManager[Proxy]:
    """A proxy that cuts the `number`-th COMMIT on one side."""
    return between(url, Rule(side, number, mark=COMMIT))
