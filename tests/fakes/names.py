"""A name server on loopback: what a name stands for is what the test says, as Kubernetes says it of a headless Service."""

import socket
import struct
import threading
from collections.abc import Sequence
from ipaddress import IPv4Address
from types import TracebackType
from typing import Self

_ANSWER, _UNKNOWN = 0x8580, 0x8583  # authoritative; with NXDOMAIN
_POINTER = b"\xc0\x0c"  # to the name in the question
_A, _IN = 1, 1


class Names:
    """Answers until the `with` block ends; `say` what it answers. Names are asked for with a dot at their end or without."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards the addresses
        self._addresses: dict[str, list[str]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._answer_all, name="names", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def say(self, name: str, addresses: Sequence[str]) -> None:
        """The name stands for these from now on."""
        with self._lock:
            self._addresses[name] = list(addresses)

    def target(self, name: str, port: int) -> str:
        """The name as gRPC takes it, and whom to ask for it."""
        return f"dns://127.0.0.1:{self.port}/{name}:{port}"

    def _answer_all(self) -> None:
        while True:
            query, asker = self._socket.recvfrom(512)
            if not query:
                return
            self._socket.sendto(self._answer(query), asker)

    def _answer(self, query: bytes) -> bytes:
        name, end = _read_name(query)
        (kind,) = struct.unpack_from("!H", query, end)
        with self._lock:
            known = self._addresses.get(name)
            addresses = known if known and kind == _A else []
        records = [_POINTER + struct.pack("!HHIH", _A, _IN, 0, 4) + IPv4Address(each).packed for each in addresses]
        head = query[:2] + struct.pack("!HHHHH", _UNKNOWN if known is None else _ANSWER, 1, len(records), 0, 0)
        return head + query[12 : end + 4] + b"".join(records)


def _read_name(query: bytes) -> tuple[str, int]:
    """The name in the question, and where it ends."""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels), at + 1
