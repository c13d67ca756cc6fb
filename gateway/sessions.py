"""How does a browser sign in? `/api/v1/auth/session`: the owner's password for a cookie, which holds the token.

A page cannot send a token with its pictures and event streams, and a token in one script's hands can be carried off by another.
"""

from collections.abc import Sequence
from functools import partial

import orjson
from starlette.routing import Route

from gateway import session_cookie
from gateway.access import Access, PasswordDesk, Visitor
from gateway.exchange import Exchange
from gateway.origins import Origins
from gateway.problems import JSON_TYPE, Problem
from gateway.rooms import room
from kernel.errors import Unauthenticated

_PATH = "/api/v1/auth/session"
_HEADERS = {"content-type": JSON_TYPE, "cache-control": "no-store"}


class SessionDesk:
    """Begins, tells of and ends the session of one browser. Its answers never hold the token but in the cookie itself."""

    def __init__(self, access: Access, desk: PasswordDesk, origins: Origins) -> None:
        self._access = access
        self._desk = desk
        self._origins = origins

    def room(self, *, body_seconds: float) -> Route:
        return room(_PATH, partial(self._answer, body_seconds=body_seconds), verbs=("GET", "HEAD", "POST", "DELETE"))

    async def _answer(self, exchange: Exchange, *, body_seconds: float) -> None:
        if exchange.method in ("POST", "DELETE") and not self._origins.is_own_page(exchange.method, exchange.headers):
            raise Problem("foreign-origin", "Only the web app that comes from this gateway may sign in or out here.")
        if exchange.method == "POST":
            await self._begin(exchange, body_seconds)
        elif exchange.method == "DELETE":
            await self._end(exchange)
        else:
            await self._tell(exchange, await self._visitor(exchange))

    async def _begin(self, exchange: Exchange, body_seconds: float) -> None:
        token = await self._desk.buy(exchange, body_seconds=body_seconds)
        by_tls = session_cookie.came_by_tls(exchange.scope["scheme"], exchange.headers)
        cookies = session_cookie.kept(token, self._desk.ttl, by_tls=by_tls)
        await self._tell(exchange, await self._access.judge(token), cookies)

    async def _end(self, exchange: Exchange) -> None:
        await self._tell(exchange, None, session_cookie.dropped())

    async def _visitor(self, exchange: Exchange) -> Visitor | None:
        try:
            return await self._access.identify(exchange)
        except Unauthenticated:
            return None

    async def _tell(self, exchange: Exchange, visitor: Visitor | None, cookies: Sequence[str] = ()) -> None:
        body = orjson.dumps(self._content(visitor))
        headers = [*_HEADERS.items(), ("content-length", str(len(body))), *(("set-cookie", each) for each in cookies)]
        raw = [(name.encode(), value.encode()) for name, value in headers]
        await exchange.send({"type": "http.response.start", "status": 200, "headers": raw})
        await exchange.piece(body, is_last=True)

    def _content(self, visitor: Visitor | None) -> dict[str, object]:
        needed = not self._access.is_open
        return {
            "needed": needed,
            "signed_in": needed and visitor is not None,
            "takes_password": self._desk.is_staffed,
            "scopes": sorted(scope.name.lower() for scope in visitor.caller.scopes) if visitor else [],
        }
