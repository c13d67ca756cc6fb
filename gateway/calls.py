"""What goes to a service with a call, through which channel, and when is it called again?"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
import structlog
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.exchange import Exchange
from gateway.routes import Route
from kernel.neighbours import call_metadata
from kernel.server import DRAIN_SECONDS
from kernel.status import DETAILS_KEY

Metadata = list[tuple[str, str]]
_Result = TypeVar("_Result")
_PAUSE = 0.1
"""Seconds until gRPC has taken in that a connection is gone: of calls made again at once one in four was lost with it as well."""
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
    """One method, ready to be called within `seconds`.

    It is called a second time, in the time that is left, when its service ended under the first call and that does no harm: the
    call had not begun, or the method may be called twice. Not a third time: a request that kills who answers it would kill all.
    """

    route: Route
    channels: Channels
    seconds: float

    async def ask(self, request: Message, metadata: Metadata) -> tuple[Any, grpc.aio.Metadata]:
        """The one answer, and what the service said beside it. Raises AioRpcError."""
        method = self.channels.to(self.route.package).unary_unary(
            self.route.rpc, _serialise, GetMessageClass(self.route.method.output_type).FromString
        )

        async def attempt(seconds: float) -> tuple[Any, grpc.aio.Metadata]:
            call = method(request, timeout=seconds, metadata=grpc.aio.Metadata(*metadata))
            return await call, await call.initial_metadata()

        return await self._persist(attempt, has_answered=lambda: False)

    async def follow(
        self,
        request: Message,
        metadata: Metadata,
        serve: "Callable[[grpc.aio.UnaryStreamCall[Any, Any]], Awaitable[None]]",
        *,
        has_answered: Callable[[], bool],
    ) -> None:
        """Has the call served that answers many times. `has_answered`: whether our own caller has something of it by now.

        Raises what `serve` raises.
        """
        method = self.channels.to(self.route.package).unary_stream(
            self.route.rpc, _serialise, GetMessageClass(self.route.method.output_type).FromString
        )

        async def attempt(seconds: float) -> None:
            await serve(method(request, timeout=seconds, metadata=grpc.aio.Metadata(*metadata)))

        await self._persist(attempt, has_answered=has_answered)

    async def _persist(self, attempt: Callable[[float], Awaitable[_Result]], *, has_answered: Callable[[], bool]) -> _Result:
        started = time.monotonic()
        try:
            return await attempt(self.seconds)
        except grpc.aio.AioRpcError as error:
            spent = time.monotonic() - started
            if has_answered() or spent + _PAUSE >= self.seconds or not self._may_repeat(error, spent):
                raise
            structlog.get_logger("gateway").warning("call repeated", rpc=self.route.rpc, code=error.code().name)
        await asyncio.sleep(_PAUSE)
        return await attempt(self.seconds - spent - _PAUSE)

    def _may_repeat(self, error: grpc.aio.AioRpcError, spent: float) -> bool:
        if any(name == DETAILS_KEY for name, _ in error.trailing_metadata() or ()):
            return False  # the service's own word, which it would only say again
        if error.code() is grpc.StatusCode.CANCELLED:
            return spent < DRAIN_SECONDS  # a stopping server says so to what it had not begun, and cuts off the rest after that
        return error.code() is grpc.StatusCode.UNAVAILABLE and self.route.is_idempotent


def metadata_of(exchange: Exchange, token: str) -> Metadata:
    """Trace, request id, token, and the few headers passed on; each fit to be metadata, which refuses all but plain text."""
    passed = [(name, value) for name in _PASSED_ON if (value := exchange.header(name)) is not None]
    return [*call_metadata(token), *passed]


def _serialise(message: Message) -> bytes:
    return message.SerializeToString()
