"""What goes to a service with a call, and through which channel?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.exchange import Exchange
from gateway.routes import Route
from kernel.neighbours import call_metadata

_PASSED_ON = ("accept-language", "if-none-match", "last-event-id", "prefer")
"""Request headers a service may want; under the same names in its metadata."""


class Channels:
    """One channel per proto package, opened in the event loop that uses them."""

    def __init__(self, addresses: Mapping[str, str], open_channel: Callable[[str], grpc.aio.Channel]) -> None:
        self._addresses = addresses
        self._open = open_channel
        self._channels: dict[str, grpc.aio.Channel] = {}

    @property
    def packages(self) -> list[str]:
        return sorted(self._addresses)

    def open(self) -> None:
        """Opens all; none waits for its service, which may start later."""
        self._channels = {package: self._open(address) for package, address in self._addresses.items()}

    def to(self, package: str) -> grpc.aio.Channel:
        return self._channels[package]

    async def close(self) -> None:
        """Keeps none of them: grpc frees the sockets of its poller with the last channel, not when that is closed."""
        while self._channels:
            await self._channels.popitem()[1].close()


@dataclass(frozen=True, slots=True)
class Method:
    """One method, ready to be called within `seconds`."""

    route: Route
    channels: Channels
    seconds: float

    def ask(self, request: Message, metadata: list[tuple[str, str]]) -> "grpc.aio.UnaryUnaryCall[Any, Any]":
        """Starts a call that answers once."""
        method = self.channels.to(self.route.package).unary_unary(
            self.route.rpc, _serialise, GetMessageClass(self.route.method.output_type).FromString
        )
        return method(request, timeout=self.seconds, metadata=grpc.aio.Metadata(*metadata))

    def follow(self, request: Message, metadata: list[tuple[str, str]]) -> "grpc.aio.UnaryStreamCall[Any, Any]":
        """Starts a call that answers many times."""
        method = self.channels.to(self.route.package).unary_stream(
            self.route.rpc, _serialise, GetMessageClass(self.route.method.output_type).FromString
        )
        return method(request, timeout=self.seconds, metadata=grpc.aio.Metadata(*metadata))


def metadata_of(exchange: Exchange, token: str) -> list[tuple[str, str]]:
    """Trace, request id, token, and the few headers passed on; each fit to be metadata, which refuses all but plain text."""
    passed = [(name, value) for name in _PASSED_ON if (value := exchange.header(name)) is not None]
    return [*call_metadata(token), *passed]


def _serialise(message: Message) -> bytes:
    return message.SerializeToString()
