"""How does a server stream become Server-Sent Events a browser can follow and resume?

    id: 7              the message's `event_id`, where it has one; a browser sends it back as Last-Event-ID
    event: progress    the member of the message's oneof `event` that is set; without one, plain `message` events
    data: {…}          the message

The first message decides the answer: an error before it is an ordinary problem, one after it an event `error` with the problem
document. A quiet stream sends a comment now and then, so that proxies and phones keep it; `event: end` says that nothing follows
and the browser need not come back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc

from gateway import problems
from gateway.exchange import Exchange
from gateway.problems import Problem

HEADERS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no"}
_OPENING = b"retry: 2000\n\n"
_HEARTBEAT = b": here\n\n"
_END = b"event: end\ndata: {}\n\n"


@dataclass(frozen=True, slots=True)
class EventStream:
    """Sends one stream's messages as they come, until either side leaves or the gateway closes."""

    write: Callable[[Any], bytes]
    heartbeat: float
    closing: asyncio.Event

    async def serve(self, call: "grpc.aio.UnaryStreamCall[Any, Any]", exchange: Exchange) -> None:
        """Raises AioRpcError when the call fails before its first message; afterwards nothing."""
        gone = asyncio.ensure_future(exchange.gone())
        closing = asyncio.ensure_future(self.closing.wait())
        reading = asyncio.ensure_future(call.read())
        try:
            await asyncio.wait({reading, gone, closing}, timeout=self.heartbeat, return_when=asyncio.FIRST_COMPLETED)
            if reading.done() and reading.exception() is not None:
                reading.result()
            await exchange.start(200, HEADERS)
            await exchange.piece(_OPENING)
            await self._follow(call, exchange, reading, (gone, closing))
            await exchange.piece(b"", is_last=True)
        finally:
            for task in (gone, closing):
                task.cancel()
            call.cancel()

    async def _follow(
        self,
        call: "grpc.aio.UnaryStreamCall[Any, Any]",
        exchange: Exchange,
        reading: "asyncio.Future[Any]",
        ends: "tuple[asyncio.Future[Any], asyncio.Future[Any]]",
    ) -> None:
        count = 0
        while True:
            await asyncio.wait({reading, *ends}, timeout=self.heartbeat, return_when=asyncio.FIRST_COMPLETED)
            if any(end.done() for end in ends):
                reading.cancel()
                return
            if not reading.done():
                await exchange.piece(_HEARTBEAT)
                continue
            count += 1
            piece = self._event(reading, exchange, count)
            await exchange.piece(piece)
            if piece is _END or piece.startswith(b"event: error\n"):
                return
            reading = asyncio.ensure_future(call.read())

    def _event(self, reading: "asyncio.Future[Any]", exchange: Exchange, count: int) -> bytes:
        try:
            message = reading.result()
        except grpc.aio.AioRpcError as error:
            problem = problems.from_rpc(error)
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                problem = Problem("deadline-exceeded", "The stream has run its time. Connect again.")
            body = problem.body(instance=exchange.path, request_id=exchange.request_id)
            return b"event: error\ndata: " + body + b"\n\n"
        if message is grpc.aio.EOF:
            return _END
        return _spell(message, count, self.write(message))


def _spell(message: Any, count: int, body: bytes) -> bytes:
    fields, oneofs = message.DESCRIPTOR.fields_by_name, message.DESCRIPTOR.oneofs_by_name
    own_id = getattr(message, "event_id", "") if "event_id" in fields else count
    # One line each: an id with a line break in it would be read as fields of its own.
    name = message.WhichOneof("event") if "event" in oneofs else None
    head = f"id: {own_id}".splitlines()[0] + "\n" + (f"event: {name}\n" if name else "")
    lines = b"".join(b"data: " + line + b"\n" for line in body.split(b"\n"))
    return head.encode("utf-8", "replace") + lines + b"\n"
