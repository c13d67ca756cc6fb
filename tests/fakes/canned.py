"""Upstreams on loopback that answer what the test lays in, and what tests introduce themselves with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.raw_server import Conversation, RawServer, answer

KEY = "d0ubt1ess-n0t-a-rea1-key"
USER_AGENT = "SoniqueBay/1.0 ( somebody@example.org )"


class CannedUpstream:
    """Answers every request with `content`, the bytes of a whole HTTP answer, and keeps what it was asked."""

    def __init__(self) -> None:
        self.content = answer()
        self.asked: list[bytes] = []
        self.server = RawServer(self._act)

    def says(self, body: str | bytes, *, status: str = "200 OK") -> None:
        self.content = answer(body.encode() if isinstance(body, str) else body, status=status)

    def _act(self, peer: Conversation) -> None:
        while request := peer.read_request():
            self.asked.append(request)
            peer.send(self.content)


class AnsweringInTurn:
    """An upstream that gives one laid-in answer after the other, and keeps the addresses it was asked for."""

    def __init__(self, *answers: bytes) -> None:
        self.says(*answers)
        self.server = RawServer(self._act)

    def says(self, *answers: bytes) -> None:
        """Lays others in, and forgets what was asked."""
        self._answers = iter(answers)
        self.asked: list[str] = []

    def _act(self, peer: Conversation) -> None:
        while request := peer.read_request():
            self.asked.append(request.split(b" ")[1].decode())
            peer.send(next(self._answers))


@contextmanager
def answering(*answers: bytes) -> Iterator[AnsweringInTurn]:
    """Such an upstream for the block."""
    upstream = AnsweringInTurn(*answers)
    try:
        yield upstream
    finally:  # its threads would keep a failed test's process alive
        upstream.server.stop()


def body(content: object, status: str = "200 OK", *headers: str) -> bytes:
    """One whole answer in JSON."""
    return answer(json.dumps(content).encode(), status=status, headers=headers)
