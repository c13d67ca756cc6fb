"""One request and its answer, as every part of the gateway sees them: ids, headers to add, the body with its limits."""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from gateway.problems import PROBLEM_TYPE, Problem

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,1024}")
_DROPPED = 8  # times the limit
_Result = TypeVar("_Result")


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


@dataclass(slots=True)
class Exchange:
    """`added` are headers that the answer gets whatever it will be; `route` names it in metrics and logs.

    `is_private`: nobody but who asked may keep the answer, whatever it says itself.
    """

    scope: Scope
    receive: Receive
    _send: Send
    headers: Headers
    request_id: str
    added: dict[str, str] = field(default_factory=dict)
    route: str = "other"
    status: int = 0
    is_private: bool = False

    @classmethod
    def open(cls, scope: Scope, receive: Receive, send: Send) -> "Exchange":
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        # A made-up id goes into logs and metadata, where some characters break the call: those are not passed on.
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        return cls(scope, receive, send, headers, request_id, {"x-request-id": request_id})

    @classmethod
    def of(cls, scope: Scope) -> "Exchange":
        """The one that the edge opened for this request."""
        exchange: Exchange = scope["state"]["exchange"]
        return exchange

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def raw_path(self) -> str:
        """As it came over the wire, without the query."""
        return str(self.scope["raw_path"].decode("ascii", "replace"))

    @property
    def client(self) -> str:
        """The address at the other end of the connection."""
        peer = self.scope.get("client")
        return str(peer[0]) if peer else ""

    def header(self, name: str) -> str | None:
        """A request header fit to be passed on; None where it is missing, given twice, or holds more than plain text."""
        values = self.headers.getlist(name)
        return values[0] if len(values) == 1 and _HEADER_VALUE.fullmatch(values[0]) else None

    def has(self, etag: str | None) -> bool:
        """Whether the caller has this very copy: `If-None-Match`, compared weakly, as that wants it."""
        asked = self.headers.get("if-none-match")
        if asked is None or etag is None or self.method not in ("GET", "HEAD"):
            return False
        return asked.strip() == "*" or etag.removeprefix("W/") in [tag.strip().removeprefix("W/") for tag in asked.split(",")]

    def has_begun(self) -> bool:
        """Whether the caller has a part of the answer by now."""
        return self.status != 0

    async def send(self, message: Message) -> None:
        """The ASGI `send`, adding `added` where the answer does not say otherwise itself."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = [(name.lower(), value) for name, value in message["headers"]]
            if self.is_private:
                own = [(name, value.replace(b"public", b"private") if name == b"cache-control" else value) for name, value in own]
            # What it depends on adds up; of all else the answer's own word counts.
            said = {name for name, _ in own} - {b"vary"}
            extra = [(name.encode(), value.encode("latin-1")) for name, value in self.added.items() if name.encode() not in said]
            message = {**message, "headers": [*own, *extra]}
        await self._send(message)

    async def answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Sends a whole answer."""
        await self.start(status, {"content-length": str(len(body)), **headers})
        await self.send({"type": "http.response.body", "body": body})

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Begins an answer whose body comes in pieces."""
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})

    async def piece(self, content: bytes, *, is_last: bool = False) -> None:
        await self.send({"type": "http.response.body", "body": content, "more_body": not is_last})

    async def answer_problem(self, problem: Problem) -> None:
        body = problem.body(instance=self.path, request_id=self.request_id)
        headers = {"content-type": PROBLEM_TYPE, "cache-control": "no-store", **problem.headers}
        await self.answer(problem.status, headers, body)

    async def read_body(self, *, limit: int, seconds: float) -> bytes:
        """The whole body. Raises Problem for one that is too large, encoded, or too slow, ClientGone when it never ends."""
        if self.headers.get("content-encoding", "identity") != "identity":
            raise Problem("unsupported-media-type", "Send the body as it is, without a content encoding.")
        declared = self.headers.get("content-length", "0")
        if declared.isdigit() and int(declared[:20]) > limit:
            # What is left of it is read and dropped, so that the client hears why; unless that would take for ever.
            raise _too_large(limit, cut_off=int(declared[:20]) > _DROPPED * limit)
        try:
            async with asyncio.timeout(seconds):
                return await self._collect(limit)
        except TimeoutError:
            raise Problem("request-timeout", headers={"connection": "close"}) from None

    async def _collect(self, limit: int) -> bytes:
        content = bytearray()
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            content += message.get("body", b"")
            if len(content) > limit:
                raise _too_large(limit)
            if not message.get("more_body"):
                return bytes(content)

    async def while_connected(self, work: Awaitable[_Result]) -> _Result:
        """What the work gives; it is cancelled, and ClientGone raised, when the client leaves. The body must be read before."""
        task, gone = asyncio.ensure_future(work), asyncio.ensure_future(self.gone())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise ClientGone
            return task.result()
        finally:
            task.cancel()
            gone.cancel()

    async def gone(self) -> None:
        """Returns when the client has left."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _too_large(limit: int, *, cut_off: bool = False) -> Problem:
    headers = {"connection": "close"} if cut_off else {}
    return Problem("content-too-large", f"At most {limit} bytes are taken here.", headers=headers)
