"""Which addresses are the gateway's own, and what is shown where neither they nor the contracts have one?"""

from collections.abc import Awaitable, Callable

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.assets import WebApp
from gateway.exchange import Exchange
from gateway.problems import Problem
from gateway.transcoder import Transcoder

Show = Callable[[Exchange], Awaitable[None]]
"""Answers one request."""

_READS = ("GET", "HEAD")


def room(path: str, show: Show, *, verbs: tuple[str, ...] = _READS) -> Route:
    """One address of the gateway's own; `{name}` in it stands for one segment."""
    return Route(path, _Page(path, show, verbs))


class _Page:
    def __init__(self, path: str, show: Show, verbs: tuple[str, ...]) -> None:
        self._path = path
        self._show = show
        self._verbs = (*verbs, "OPTIONS")

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange = Exchange.of(scope)
        exchange.route = self._path
        allow = {"allow": ", ".join(self._verbs)}
        if exchange.method not in self._verbs:
            raise Problem("method-not-allowed", headers=allow)
        if exchange.method == "OPTIONS":
            await exchange.answer(204, allow)
            return
        await self._show(exchange)


class RestOrWeb:
    """The contracts' routes; then, for what none of them is, the web app; `/` without one leads to the manual."""

    def __init__(self, rest: Transcoder, web: WebApp) -> None:
        self._rest = rest
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        if exchange.method in _READS and not exchange.path.startswith("/api/") and not self._rest.knows(exchange):
            await self._show(exchange)
        else:
            await self._rest(scope, receive, send)

    async def _show(self, exchange: Exchange) -> None:
        if self._web.is_there:
            exchange.route = "web"
            await self._web.show(exchange)
        elif exchange.path == "/":
            await exchange.answer(307, {"location": "/docs", "cache-control": "no-store"})
        else:
            raise Problem("not-found", "There is nothing at this address.")
