"""How does one REST request become one RPC and its answer one response? For every route of the contracts, without knowing any."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
from google.protobuf.message import Message
from starlette.types import Receive, Scope, Send

from gateway import calls, content, idempotency, problems, replies, streams
from gateway.access import Access, Visitor
from gateway.binding import Binding
from gateway.calls import Method
from gateway.exchange import Exchange
from gateway.idempotency import Idempotency, Saved
from gateway.limits import Load, RateLimits
from gateway.problems import JSON_TYPE, PROBLEM_TYPE, Problem
from gateway.routes import Answer, NoSuchPath, NoSuchVerb, Route, RouteTable
from gateway.streams import EventStream
from gateway.template import MalformedPath
from kernel.auth import Scope as TokenScope
from kernel.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class Endpoint:
    """All that one route needs, made at start."""

    method: Method
    binding: Binding
    write: Callable[[Message], bytes]
    needs: TokenScope
    policy: str
    most_bytes: int
    """That a request's body may have."""

    @property
    def route(self) -> Route:
        return self.method.route


@dataclass(frozen=True, slots=True)
class House:
    """The rules and rooms that all routes share."""

    access: Access
    limits: RateLimits
    requests: Load
    streams: Load
    idempotency: Idempotency
    body_seconds: float
    forwarding: asyncio.Lock
    """Held while an upload is handed on: what a service takes for one of them it must not take for many at once."""


class Transcoder:
    """The ASGI application of all derived routes; errors are raised, for the edge to answer."""

    def __init__(
        self,
        table: RouteTable,
        endpoints: Mapping[Route, Endpoint],
        house: House,
        events: Callable[[Callable[[Any], bytes]], EventStream],
    ) -> None:
        self._table = table
        self._endpoints = endpoints
        self._house = house
        self._events = events

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange = Exchange.of(scope)
        if exchange.method == "OPTIONS":
            await exchange.answer(204, {"allow": ", ".join(self._allowed(exchange))})
            return
        endpoint, path = self._find(exchange)
        room = self._house.streams if endpoint.route.answer is Answer.EVENTS else self._house.requests
        with room.admit():
            visitor = await self._house.access.admit(exchange, endpoint.needs)
            await self._spend(endpoint, exchange, visitor)
            request = await self._request(endpoint, path, exchange)
            async with self._house.forwarding if endpoint.route.takes_bytes else nullcontext():
                await self._answer(endpoint, request, exchange, visitor)

    def knows(self, exchange: Exchange) -> bool:
        """Whether a route has this address, whatever the verb."""
        try:
            self._table.find("", exchange.raw_path)
        except NoSuchPath:
            return False
        except (NoSuchVerb, MalformedPath):
            return True
        return True

    def _find(self, exchange: Exchange) -> tuple[Endpoint, dict[str, str]]:
        try:
            route, path = self._table.find(exchange.method, exchange.raw_path)
        except NoSuchPath:
            raise Problem("not-found", "There is nothing at this address.") from None
        except NoSuchVerb as error:
            raise Problem("method-not-allowed", headers={"allow": ", ".join(error.allowed)}) from None
        except MalformedPath as error:
            raise InvalidArgument.of("path", str(error)) from None
        exchange.route = route.path.text
        return self._endpoints[route], path

    def _allowed(self, exchange: Exchange) -> list[str]:
        """What may be done here; a verb nobody has finds them all."""
        try:
            self._table.find("", exchange.raw_path)
        except NoSuchVerb as error:
            return error.allowed
        except (NoSuchPath, MalformedPath):
            pass
        raise Problem("not-found", "There is nothing at this address.")

    async def _spend(self, endpoint: Endpoint, exchange: Exchange, visitor: Visitor) -> None:
        if visitor.is_limited:
            allowance = await self._house.limits.spend(endpoint.policy, visitor.caller.subject)
            exchange.added |= allowance.headers() if allowance is not None else {}

    async def _request(self, endpoint: Endpoint, path: Mapping[str, str], exchange: Exchange) -> Message:
        limit = endpoint.most_bytes
        body = await exchange.read_body(limit=limit, seconds=self._house.body_seconds)
        content_type = exchange.headers.get("content-type", "").split(";")[0].strip().lower()
        request = endpoint.binding.bind(path, exchange.scope["query_string"], body, content_type)
        _resume(request, exchange)
        return request

    async def _answer(self, endpoint: Endpoint, request: Message, exchange: Exchange, visitor: Visitor) -> None:
        metadata = calls.metadata_of(exchange, visitor.token)
        if endpoint.route.answer is Answer.EVENTS and exchange.method == "HEAD":
            await exchange.answer(200, streams.HEADERS)  # a stream begun for nobody would never end
        elif endpoint.route.answer is Answer.EVENTS:
            stream = self._events(endpoint.write)
            serve = partial(stream.serve, exchange=exchange)
            await endpoint.method.follow(request, metadata, serve, has_answered=exchange.has_begun)
        elif endpoint.route.answer is Answer.BYTES:
            await exchange.while_connected(_bytes(endpoint, request, metadata, exchange))
        elif exchange.method == "POST" and "idempotency-key" in exchange.headers:
            await self._answer_once(endpoint, request, exchange, visitor)
        else:
            saved = await exchange.while_connected(_json(endpoint, request, metadata))
            await exchange.answer(saved.status, saved.headers, saved.body)

    async def _answer_once(self, endpoint: Endpoint, request: Message, exchange: Exchange, visitor: Visitor) -> None:
        name = idempotency.name_of(visitor.caller.subject, exchange.headers["idempotency-key"])
        fingerprint = idempotency.fingerprint_of(endpoint.route.rpc, request.SerializeToString(deterministic=True))
        metadata = calls.metadata_of(exchange, visitor.token)

        async def run() -> Saved:
            try:
                return await _json(endpoint, request, metadata)
            except grpc.aio.AioRpcError as error:
                problem = problems.from_rpc(error)
                body = problem.body(instance=exchange.path, request_id=exchange.request_id)
                return Saved(problem.status, {"content-type": PROBLEM_TYPE, **problem.headers}, body)

        once = self._house.idempotency.once(name, fingerprint, run, seconds=endpoint.method.seconds)
        saved, is_repeated = await exchange.while_connected(once)
        headers = {**saved.headers, "idempotency-replayed": "true"} if is_repeated else saved.headers
        await exchange.answer(saved.status, headers, saved.body)


def _resume(request: Any, exchange: Exchange) -> None:
    """A browser that reconnects says where it was in a header; a request that has a field for it gets it there."""
    last = exchange.header("last-event-id")
    field = request.DESCRIPTOR.fields_by_name.get("last_event_id")
    if last is not None and field is not None and field.type == field.TYPE_STRING and not request.last_event_id:
        request.last_event_id = last


async def _json(endpoint: Endpoint, request: Message, metadata: list[tuple[str, str]]) -> Saved:
    message, said = await endpoint.method.ask(request, metadata)
    reply = replies.from_metadata(said)
    return Saved(reply.status, {"cache-control": "no-store", **reply.headers, "content-type": JSON_TYPE}, endpoint.write(message))


async def _bytes(endpoint: Endpoint, request: Message, metadata: list[tuple[str, str]], exchange: Exchange) -> None:
    if endpoint.route.method.server_streaming:
        serve = partial(content.serve_stream, exchange=exchange)
        await endpoint.method.follow(request, metadata, serve, has_answered=exchange.has_begun)
        return
    body, said = await endpoint.method.ask(request, metadata)
    await content.serve_one(body, replies.from_metadata(said), exchange)
