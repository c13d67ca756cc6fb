"""A gateway whose answers are written down beforehand, in the shapes of the real contract and the real gateway's own hand."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway import streams
from gateway.json_in import JsonReader, Violations
from gateway.json_out import JsonWriter
from gateway.problems import PROBLEM_TYPE, Problem
from soniquebay.tracker.v1 import tracker_pb2
from tests.fakes.raw_server import Conversation, RawServer, answer

ID = "01KAXW"
BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Play = Callable[[Conversation], None]
"""Answers one request; then the connection is closed."""

_MESSAGES = tracker_pb2.DESCRIPTOR.message_types_by_name
_write_created = JsonWriter().compile(_MESSAGES["CreateImportResponse"], "created_import")
_write_event = JsonWriter().compile(_MESSAGES["WatchImportResponse"])
_read_wanted = JsonReader().compile(_MESSAGES["CreateImportRequest"])


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    def wanted(self) -> tracker_pb2.CreateImportRequest:
        """Read as the real gateway reads it, which refuses what the contract does not know."""
        message, violations = tracker_pb2.CreateImportRequest(), Violations()
        _read_wanted(json.loads(self.body), message, violations.add)
        violations.check()
        return message


class FakeGateway:
    """Answers the first request with the first play, and so on; whoever comes after the last one waits."""

    def __init__(self, *plays: Play) -> None:
        self._plays = iter(plays)
        self._lock = threading.Lock()  # guards the one above and the one below
        self.requests: list[Request] = []
        self._server = RawServer(self._act)
        self.url = self._server.url.rstrip("/")

    def stop(self) -> None:
        self._server.stop()

    def _act(self, peer: Conversation) -> None:
        head, _, body = peer.read_request().partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        with self._lock:
            self.requests.append(Request(line, headers, body))
            play = next(self._plays, Conversation.hang)
        play(peer)


def saying(body: bytes, *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> Play:
    return lambda peer: peer.send(answer(body, status=status, headers=("Connection: close", *headers)))


def creating() -> Play:
    message = tracker_pb2.CreateImportResponse(created_import=an_import(state="PENDING", summary="waiting for its turn"))
    return saying(_write_created(message), status="202 Accepted", headers=("Content-Type: application/json",))


def refusing(kind: str, detail: str = "", *, errors: tuple[Any, ...] = (), headers: tuple[str, ...] = ()) -> Play:
    problem = Problem(kind, detail, errors=errors)
    body = problem.body(instance="/api/v1/imports", request_id="r1")
    return saying(body, status=f"{problem.status} No", headers=(f"Content-Type: {PROBLEM_TYPE}", *headers))


def cutting(peer: Conversation) -> None:
    peer.reset()


def streaming(*pieces: bytes, then: Play | None = None) -> Play:
    """Sends these events; a stream that is not cut, by `then`, has an orderly end of its bytes."""

    def play(peer: Conversation) -> None:
        peer.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )
        for piece in (streams._OPENING, *pieces, *([] if then else [b""])):
            peer.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        if then is not None:
            then(peer)

    return play


END = streams._END
HEARTBEAT = streams._HEARTBEAT


def event(number: int, **fields: Any) -> bytes:
    """One event of the import: `number` is its id, and so many seconds after the beginning it happened."""
    fields = {"update_time": BEGAN + timedelta(seconds=number), **fields}
    message = tracker_pb2.WatchImportResponse(event_id=str(number), progress=an_import(**fields))
    return streams._spell(message, number, _write_event(message))


def event_of_error(kind: str, detail: str) -> bytes:
    return b"event: error\ndata: " + Problem(kind, detail).body(instance="/", request_id="r1") + b"\n\n"


def an_import(*, state: str = "RUNNING", counts: dict[str, int] | None = None, **fields: Any) -> tracker_pb2.Import:
    return tracker_pb2.Import(
        id=ID,
        source="lastfm",
        account="ann",
        state=f"IMPORT_STATE_{state}",
        counts=None if counts is None else tracker_pb2.ImportCounts(**counts),
        create_time=BEGAN,
        **fields,
    )
