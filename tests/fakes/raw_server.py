"""A server that misbehaves on the wire as upstreams do: what no well-behaved HTTP library can be brought to send."""

import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

Act = Callable[["Conversation"], None]
"""Plays one connection; when it returns, the connection is closed."""


class Conversation:
    """The server's end of one connection."""

    def __init__(self, peer: socket.socket, stopping: threading.Event) -> None:
        self._peer = peer
        self._stopping = stopping

    def read_request(self) -> bytes:
        """One request with its body; empty when the client hung up."""
        received = b""
        while b"\r\n\r\n" not in received:
            part = self._peer.recv(65536)
            if not part:
                return b""
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        while len(body) < _content_length(head):
            body += self._peer.recv(65536)
        return head + b"\r\n\r\n" + body

    def send(self, content: bytes) -> None:
        self._peer.sendall(content)

    def drip(self, pieces: Iterator[bytes], *, every: float) -> None:
        """One piece after the other until the client hangs up or the server stops."""
        with suppress(OSError):
            for piece in pieces:
                self._peer.sendall(piece)
                if self._stopping.wait(every):
                    return

    def hang(self) -> None:
        """Neither answers nor closes, until the server stops."""
        self._stopping.wait()

    def reset(self) -> None:
        """RST instead of FIN."""
        self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._peer.close()


class RawServer:
    """Plays `act` with everyone who connects to its loopback port, each in a thread of its own."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._lock = threading.Lock()  # guards the three below
        self._threads: list[threading.Thread] = []
        self._peers: list[socket.socket] = []
        self.connections = 0
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.host_port = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host_port}/"
        self._accepting = threading.Thread(target=self._accept, name="raw-server")
        self._accepting.start()

    def stop(self) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for peer in self._peers:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                thread = threading.Thread(target=self._play, args=(peer,), name="raw-server-peer")
                with self._lock:
                    self.connections += 1
                    self._threads.append(thread)
                    self._peers.append(peer)
                thread.start()

    def _play(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            self._act(Conversation(peer, self._stopping))


def answer(body: bytes = b"", *, status: str = "200 OK", headers: tuple[str, ...] = (), length: int | None = None) -> bytes:
    """The bytes of one HTTP/1.1 answer; `length` lies about the body's."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def replying(content: bytes) -> Act:
    """Answers every request on the connection with these bytes."""

    def act(peer: Conversation) -> None:
        while peer.read_request():
            peer.send(content)

    return act


def once(content: bytes) -> Act:
    """Answers one request with these bytes and closes."""

    def act(peer: Conversation) -> None:
        peer.read_request()
        peer.send(content)

    return act


def gzip_bomb(megabytes: int) -> bytes:
    """A thousandth of its size on the wire; one piece again and again, which costs little to make and does not go off here."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    head, zeros, check = packer.flush(zlib.Z_FULL_FLUSH), bytes(1024 * 1024), 0
    piece = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)  # which refers to nothing before it
    for _ in range(megabytes):
        check = zlib.crc32(zeros, check)
    last = packer.flush()[:-8]  # without what it says of itself
    return head + megabytes * piece + last + struct.pack("<II", check, megabytes * len(zeros))


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
