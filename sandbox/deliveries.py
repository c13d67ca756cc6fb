"""Faults of transport: the real answer, brought late, slowly, partly or never."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sandbox.connection import Connection, format_head
from sandbox.faults import Options
from sandbox.options import number
from sandbox.wire import Answer


@dataclass(frozen=True, slots=True)
class Sending:
    """The real answer on its way out, and how it is to be spoilt."""

    connection: Connection
    answer: Answer
    options: Options

    def format_head(self, length: int | None = None) -> bytes:
        """Writes status line and headers, declaring the true length unless told another."""
        declared = len(self.answer.body) if length is None else length
        return format_head(self.answer, {"Content-Length": str(declared)})


Delivery = Callable[[Sending], Awaitable[None]]

_FILLER = b" " * (1 << 16)


async def hang(sending: Sending) -> None:
    """Never answers; gives up when the client leaves or after option seconds (60)."""
    await sending.connection.wait_gone(number(sending.options, "seconds", 60))
    await sending.connection.close()


async def reset(sending: Sending) -> None:
    """Sends half of the answer, then, after option after (0.01 s), a TCP reset."""
    body = sending.answer.body
    sending.connection.write(sending.format_head() + body[: len(body) // 2])
    # A reset throws away what the client has not read yet: leave it a moment to begin reading.
    await asyncio.sleep(number(sending.options, "after", 0.01))
    await sending.connection.reset()


async def drip_headers(sending: Sending) -> None:
    """Sends the headers one byte per option interval (0.1 s), then the body at once."""
    await _drip(sending, sending.format_head())
    sending.connection.write(sending.answer.body)
    await sending.connection.close()


async def drip_body(sending: Sending) -> None:
    """Sends the headers at once, then the body one byte per option interval (0.1 s)."""
    sending.connection.write(sending.format_head())
    await _drip(sending, sending.answer.body)
    await sending.connection.close()


async def huge(sending: Sending) -> None:
    """Follows the real body with blanks up to option bytes (50 million), without saying the length beforehand."""
    connection, body = sending.connection, sending.answer.body
    connection.write(format_head(sending.answer, {}) + body)
    left = int(number(sending.options, "bytes", 50_000_000)) - len(body)
    while left > 0 and connection.write(_FILLER[:left]):
        left -= len(_FILLER)
        await connection.drain()
    await connection.close()


async def short_content_length(sending: Sending) -> None:
    """Declares half of the bytes it sends."""
    body = sending.answer.body
    sending.connection.write(sending.format_head(len(body) // 2) + body)
    await sending.connection.close()


DELIVERIES: Mapping[str, Delivery] = MappingProxyType(
    {
        "hang": hang,
        "reset": reset,
        "drip_headers": drip_headers,
        "drip_body": drip_body,
        "huge": huge,
        "short_content_length": short_content_length,
    }
)


async def _drip(sending: Sending, sent: bytes) -> None:
    interval = number(sending.options, "interval", 0.1)
    for position in range(len(sent)):
        if not sending.connection.write(sent[position : position + 1]):
            return
        await asyncio.sleep(interval)
