"""How do bytes reach a provider? Over connections to checked addresses only, each socket operation within the deadline.

A read time-out alone never fires on a server that sends one byte every half second; here every operation gets what is left of
the total. A name checked first and connected to later may resolve differently the second time; here the connection goes to the
very address that was judged, while the certificate and the Host header still carry the name.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from kernel import deadline
from kernel.addresses import AddressBook

_WRITE_AT_ONCE = 16 * 1024
_LOOKS_UP_EVERY = 0.5  # seconds until a wait notices that nobody waits for its answer any more
_LONGEST = 60.0  # seconds of one socket operation where nobody set a deadline


class GuardedTransport(httpx.HTTPTransport):
    """httpx's own transport, but for the pool under it: that parameter it does not offer."""

    def __init__(self, addresses: AddressBook) -> None:  # does not call super's, which would build the pool to be replaced
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=64,
            max_keepalive_connections=16,
            keepalive_expiry=30.0,  # seconds
            network_backend=_GuardedBackend(addresses),
        )


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, addresses: AddressBook) -> None:
        self._addresses = addresses
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = self._addresses.find(host, port, within=_time_left(timeout))
        for position, address in enumerate(others):
            # An equal share of the time each, so that a route that swallows packets (IPv6, often) leaves some for the next.
            share = _time_left(timeout) / (len(others) + 1 - position)
            try:
                return _TimedStream(self._tcp.connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return _TimedStream(self._tcp.connect_tcp(last, port, _time_left(timeout), local_address, socket_options))


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            try:
                return self._stream.read(max_bytes, min(_LOOKS_UP_EVERY, _time_left(timeout)))
            except httpcore.ReadTimeout:
                _time_left(timeout)  # raises when the time is over, or the caller has given up meanwhile

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_AT_ONCE):
            self._stream.write(buffer[start : start + _WRITE_AT_ONCE], _time_left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _time_left(timeout)))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _time_left(timeout: float | None) -> float:
    left = deadline.at_most(_LONGEST if timeout is None else timeout)
    if left == 0.0:
        raise httpcore.ReadTimeout("deadline")
    return left
