"""How do a service's bytes (`google.api.HttpBody`, one or a stream of them) become a download a browser can cache and resume?

The service names an ETag (`http-etag`) and, for a stream, the length (`http-content-length`) in its initial metadata; a single
HttpBody gets both from its bytes. `If-None-Match` is answered 304 without the bytes, one `Range` with just that part.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import grpc

from gateway import replies
from gateway.exchange import Exchange
from gateway.problems import Problem
from gateway.replies import Reply

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;[\x20-\x7e]*)?", re.ASCII)
_KEPT_ON_304 = ("cache-control", "etag", "expires", "last-modified", "vary")


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` up to, not including, `end`."""

    start: int
    end: int

    def cut(self, chunk: bytes, position: int) -> bytes:
        """What of a chunk that begins at `position` lies inside."""
        return chunk[max(0, self.start - position) : max(0, self.end - position)]


async def serve_one(body: Any, reply: Reply, exchange: Exchange) -> None:
    """Sends one whole HttpBody."""
    etag = f'"{hashlib.sha256(body.data).hexdigest()[:32]}"'
    headers = {"etag": etag, **reply.headers, "content-length": str(len(body.data))}
    await _send(_once(body.data), body.content_type, Reply(reply.status, headers), exchange)


async def serve_stream(call: "grpc.aio.UnaryStreamCall[Any, Any]", exchange: Exchange) -> None:
    """Sends a stream of HttpBody; the first one's content type counts. Raises AioRpcError, after the start too."""
    try:
        reply = replies.from_metadata(await call.initial_metadata())
        if exchange.has(reply.headers.get("etag")):
            await _not_modified(reply, exchange)
            return
        first: Any = await call.read()
        if first is grpc.aio.EOF:
            await _send(_once(b""), "", reply, exchange)
            return
        await _send(_chunks(first, call), first.content_type, reply, exchange)
    finally:
        call.cancel()


async def _send(chunks: AsyncIterator[bytes], content_type: str, reply: Reply, exchange: Exchange) -> None:
    if exchange.has(reply.headers.get("etag")):
        await _not_modified(reply, exchange)
        return
    # With `nosniff` on all answers, a browser takes the type as it stands.
    headers = {**reply.headers, "content-type": content_type if _TYPE.fullmatch(content_type) else "application/octet-stream"}
    part = _wanted_part(exchange, reply)
    if reply.length is not None:
        headers["accept-ranges"] = "bytes"
    if part is not None:
        headers["content-range"] = f"bytes {part.start}-{part.end - 1}/{reply.length}"
        headers["content-length"] = str(part.end - part.start)
    await exchange.start(206 if part is not None else reply.status, headers)
    if exchange.method != "HEAD":
        await _send_chunks(chunks, part, exchange)
    await exchange.piece(b"", is_last=True)


async def _send_chunks(chunks: AsyncIterator[bytes], part: Part | None, exchange: Exchange) -> None:
    position = 0
    async for chunk in chunks:
        piece = part.cut(chunk, position) if part is not None else chunk
        position += len(chunk)
        if piece:
            await exchange.piece(piece)
        if part is not None and position >= part.end:
            return


async def _chunks(first: Any, call: "grpc.aio.UnaryStreamCall[Any, Any]") -> AsyncIterator[bytes]:
    body = first
    while body is not grpc.aio.EOF:
        yield body.data
        body = await call.read()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _not_modified(reply: Reply, exchange: Exchange) -> None:
    await exchange.start(304, {name: reply.headers[name] for name in _KEPT_ON_304 if name in reply.headers})
    await exchange.piece(b"", is_last=True)


def _wanted_part(exchange: Exchange, reply: Reply) -> Part | None:
    """One range of a content of known length; anything else a client asks for is answered whole, as the standard allows."""
    asked, total = exchange.headers.get("range"), reply.length
    found = _RANGE.fullmatch(asked) if asked and len(exchange.headers.getlist("range")) == 1 else None
    if found is None or total is None or reply.status != 200 or exchange.method != "GET":  # noqa: PLR2004
        return None
    if not _may_resume(exchange.headers, reply.headers):
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    start = int(first) if first else max(0, total - int(last))
    end = min(total, int(last) + 1) if first and last else total
    if first and last and int(last) < start:
        return None
    if start >= total:
        raise Problem("range-not-satisfiable", headers={"content-range": f"bytes */{total}"})
    return Part(start, end)


def _may_resume(headers: Mapping[str, str], reply: Mapping[str, str]) -> bool:
    """`If-Range`: the part fits only what the client has already."""
    condition = headers.get("if-range")
    return condition is None or condition in (reply.get("etag"), reply.get("last-modified"))
