"""How does the gateway listen, refuse what is no HTTP, and leave without cutting anybody off?"""

import socket
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.edge import MOST_HEADER_BYTES
from gateway.problems import PROBLEM_TYPE, Problem
from gateway.wiring import Gateway
from kernel.settings import SettingsError

_DRAIN_SECONDS = 25
# More than the edge refuses politely, and a bound at last: the parser itself would collect headers for ever.
_HARD_HEADER_BYTES = 4 * MOST_HEADER_BYTES


class Protocol(HttpToolsProtocol):
    """uvicorn's, with an end to the headers of one request, and problem documents for what never becomes a request."""

    _header_bytes = 0

    def on_message_begin(self) -> None:
        self._header_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url), "uri-too-long")
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value), "header-fields-too-large")
        super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the parser's own words are not shown
        self._end(Problem("invalid-argument", "This is no HTTP request."))

    def _count(self, size: int, kind: str) -> None:
        self._header_bytes += size
        if self._header_bytes > _HARD_HEADER_BYTES and not self.transport.is_closing():
            self._end(Problem(kind))

    def _end(self, problem: Problem) -> None:
        body = problem.body(instance="", request_id="")
        head = f"HTTP/1.1 {problem.status} {problem.kind}\r\ncontent-type: {PROBLEM_TYPE}\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn's, which on a signal also ends the event streams, as they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self._gateway = gateway

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._gateway.close_streams()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        # Else the signal is raised once more, and ends the process before it has put things away.
        self._captured_signals.clear()


def listen(gateway: Gateway) -> socket.socket:
    """The socket the gateway will answer on. Raises SettingsError naming the setting where it cannot be had."""
    host, port = gateway.settings.gateway_host, gateway.settings.gateway_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, as asyncio switches Nagle's algorithm off for no others: answers would take 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise SettingsError([f"GATEWAY_PORT={port}: {host}:{port} is taken, or no address of this machine"]) from error
    listener.setblocking(False)
    return listener


def server(gateway: Gateway) -> Server:
    """The HTTP server, ready to `run(sockets=[…])`."""
    config = uvicorn.Config(
        gateway.app,
        http=Protocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    return Server(config, gateway)
