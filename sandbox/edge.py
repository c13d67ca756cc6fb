"""What happens to one request on its way into an upstream: journal, limit, fault, answer."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.types import Receive, Scope, Send

from sandbox.alterations import ALTERATIONS, Asked, find_alteration
from sandbox.connection import Connection
from sandbox.deliveries import DELIVERIES, Sending
from sandbox.faults import Fault, FaultScript
from sandbox.journal import Journal, Row
from sandbox.limits import Limiter
from sandbox.options import number
from sandbox.upstream import Upstream
from sandbox.wire import Answer, Request, parse_request

DELAY = "delay"
KINDS = frozenset({DELAY, *ALTERATIONS, *DELIVERIES})


class Edge:
    """An ASGI application in front of one upstream."""

    def __init__(
        self,
        upstream: Upstream,
        *,
        journal: Journal,
        limiter: Limiter,
        faults: FaultScript,
        random: random.Random,
        clock: Callable[[], float],
    ) -> None:
        self._upstream = upstream
        self._journal = journal
        self._limiter = limiter
        self._faults = faults
        self._random = random
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or fails it as scripted."""
        started = self._clock()
        try:
            body = await HttpRequest(scope, receive).body()
        except ClientDisconnect:
            return
        request = parse_request(scope, body, prefix=f"/{self._upstream.name}")
        api_method = self._upstream.api_method(request)
        row = self._journal.open(self._upstream.name, api_method, request)

        connection = Connection(scope, receive)
        if self._limiter.is_granted(self._upstream.name, self._upstream.caller(request)):
            fault = self._faults.find_fault(self._upstream.name, api_method, request)
            row.fault = fault.kind if fault else None
            await self._follow(fault, request, row, connection, send)
        else:
            await _send(self._with_budget(self._upstream.throttled(request), request), row, connection, send)
        row.duration_ms = round((self._clock() - started) * 1000, 3)

    async def _follow(self, fault: Fault | None, request: Request, row: Row, connection: Connection, send: Send) -> None:
        if fault is None or fault.kind == DELAY:
            late = number(fault.options, "seconds", 1) if fault else 0
            answer = self._with_budget(self._upstream.answer(request), request)
            await _send(replace(answer, after_seconds=answer.after_seconds + late), row, connection, send)
        elif fault.kind in DELIVERIES:
            await DELIVERIES[fault.kind](Sending(connection, self._upstream.answer(request), fault.options))
        elif alteration := find_alteration(fault.kind):
            asked = Asked(self._upstream, request, self._random, fault.options)
            await _send(alteration(asked), row, connection, send)

    def _with_budget(self, answer: Answer, request: Request) -> Answer:
        budget = self._limiter.find_budget(self._upstream.name, self._upstream.caller(request))
        headers = self._upstream.budget_headers(budget)
        return replace(answer, headers={**answer.headers, **headers}) if headers else answer


async def _send(answer: Answer, row: Row, connection: Connection, send: Send) -> None:
    """Sends an answer when its time has come; nothing when the client has left by then."""
    if answer.after_seconds and await connection.wait_gone(answer.after_seconds):
        return
    row.status = answer.status
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    await send({"type": "http.response.body", "body": answer.body})


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers: Mapping[str, str] = {"Content-Type": answer.content_type, **answer.headers}
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if answer.status != HTTPStatus.NO_CONTENT:
        pairs.append((b"content-length", str(len(answer.body)).encode()))
    return pairs
