"""The client's socket, for everything an orderly HTTP server refuses to do."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from http import HTTPStatus

from starlette.types import Receive, Scope

from sandbox.server import PROTOCOL, OpenProtocol
from sandbox.wire import Answer


class Connection:
    """Writes bytes as they are, and tells when the client leaves.

    What writes must end in `close` or `reset`: what the HTTP server believes about the connection no longer holds.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        protocol: OpenProtocol = scope["extensions"][PROTOCOL]["protocol"]
        self._transport = protocol.transport
        self._flow = protocol.flow
        self._receive = receive

    def write(self, sent: bytes) -> bool:
        """Sends bytes; False when the client is gone."""
        if self._transport.is_closing():
            return False
        self._transport.write(sent)
        return True

    async def drain(self) -> None:
        """Waits until the client has taken most of what was written, so that a huge body is never held in memory."""
        await self._flow.drain()

    async def wait_gone(self, seconds: float) -> bool:
        """Waits until the client leaves, at most `seconds`; False when it is still there."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Ends the connection after what was written."""
        self._transport.close()
        await self.wait_gone(5)

    async def reset(self) -> None:
        """Ends the connection with a TCP reset: a linger of zero seconds turns the close into one."""
        connected = self._transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
        await self.wait_gone(5)


def format_head(answer: Answer, extra: Mapping[str, str]) -> bytes:
    """Writes status line and headers, blank line included."""
    headers = {"Content-Type": answer.content_type, **answer.headers, **extra, "Connection": "close"}
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
