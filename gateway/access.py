"""Who asks over HTTP, and what may they do? The kernel's token rules; a token comes by header or session, a password buys one."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import argon2
import orjson

from gateway import json_in, session_cookie
from gateway.exchange import Exchange
from gateway.limits import RateLimits
from gateway.origins import Origins
from gateway.problems import JSON_TYPE, Problem
from kernel.auth import OWNER, Caller, Scope, TokenVerifier, bearer_token
from kernel.errors import InvalidArgument, NotFound, Unauthenticated

_MOST_BYTES = 4096
_LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class Visitor:
    """A caller and the token that proves it, to be shown to the services as well."""

    caller: Caller
    token: str

    @property
    def is_limited(self) -> bool:
        """The owner at their own machine is not: nobody else can reach it, and their scripts are their own affair."""
        return self.caller is not OWNER


class Access:
    """Judges the token of every request. Keys published elsewhere are fetched off the event loop."""

    def __init__(self, verifier: TokenVerifier, origins: Origins, *, fetches_keys: bool) -> None:
        self._verifier = verifier
        self._origins = origins
        self._fetches_keys = fetches_keys

    @property
    def is_open(self) -> bool:
        """Whether everybody is the owner, without any token."""
        return self._verifier.is_open

    async def admit(self, exchange: Exchange, needed: Scope) -> Visitor:
        """Raises Unauthenticated, PermissionDenied."""
        if not self.is_open:
            # What a proxy keeps of an answer must not go to somebody who may not ask for it.
            exchange.is_private = True
            exchange.added["vary"] = ", ".join(filter(None, (exchange.added.get("vary"), "Authorization", "Cookie")))
        visitor = await self.identify(exchange)
        visitor.caller.require(needed)
        return visitor

    async def identify(self, exchange: Exchange) -> Visitor:
        """Whoever it is, whatever they may do. Raises Unauthenticated."""
        return await self.judge(None if self.is_open else self._token_of(exchange))

    async def judge(self, token: str | None) -> Visitor:
        """Raises Unauthenticated."""
        if token is not None and not (token.isascii() and token.isprintable()):
            raise Unauthenticated("The token is not valid.")
        in_thread = self._fetches_keys and token is not None
        caller = await asyncio.to_thread(self._verifier.verify, token) if in_thread else self._verifier.verify(token)
        return Visitor(caller, token or "")

    def _token_of(self, exchange: Exchange) -> str | None:
        """That of the header; where there is none, that of the session, if it was a page of ours that asked."""
        given = exchange.headers.getlist("authorization")
        # A browser repeats to us what a proxy before us asked it for: that is no token.
        if not any(each.lower().startswith("bearer") for each in given) and self._origins.is_own_page(
            exchange.method, exchange.headers
        ):
            return session_cookie.token_in(exchange.headers) or bearer_token(given)
        return bearer_token(given)


class PasswordDesk:
    """The owner's password for a token. Off (404) without a secret or a password hash. `ttl`: how long its tokens are good."""

    def __init__(self, verifier: TokenVerifier, limits: RateLimits, *, password_hash: str, ttl: timedelta) -> None:
        self._verifier = verifier
        self._limits = limits
        self._hash = password_hash
        self.ttl = ttl
        self._one_at_a_time = asyncio.Lock()  # argon2 takes 64 MiB: ten guesses at once must not take 640

    @property
    def is_staffed(self) -> bool:
        """Whether there is a token to be had for a password."""
        return bool(self._hash) and not self._verifier.is_open

    async def buy(self, exchange: Exchange, *, body_seconds: float) -> str:
        """A token for the `{"password"}` in the body. Raises Unauthenticated for a wrong one, NotFound while it is off."""
        if not self.is_staffed:
            raise NotFound("This gateway gives out no tokens.")
        allowance = await self._limits.spend("token", exchange.client)
        if allowance is not None:
            exchange.added |= allowance.headers()
        password = _password(await exchange.read_body(limit=_MOST_BYTES, seconds=body_seconds), exchange)
        async with self._one_at_a_time:
            is_right = await asyncio.to_thread(_is_right, self._hash, password)
        if not is_right:
            raise Unauthenticated("The password is not right.")
        return self._verifier.mint(OWNER.subject, [Scope.ADMIN], ttl=self.ttl)

    async def answer(self, exchange: Exchange, *, body_seconds: float) -> None:
        """`POST /api/v1/auth/token`: `{"access_token", "token_type", "expires_in", "scope"}`."""
        content = {
            "access_token": await self.buy(exchange, body_seconds=body_seconds),
            "token_type": "Bearer",
            "expires_in": int(self.ttl.total_seconds()),
            "scope": str(Scope.ADMIN),
        }
        await exchange.answer(200, {"content-type": JSON_TYPE, "cache-control": "no-store"}, orjson.dumps(content))


def hash_password(password: str) -> str:
    """What `GATEWAY_PASSWORD_HASH` wants."""
    return argon2.PasswordHasher().hash(password)


def _password(body: bytes, exchange: Exchange) -> str:
    if exchange.headers.get("content-type", "").split(";")[0].strip().lower() != JSON_TYPE:
        raise Problem("unsupported-media-type", f"Send the body as {JSON_TYPE}.")
    content = json_in.parse(body)
    if not isinstance(content, dict) or content.keys() != {"password"}:
        raise InvalidArgument.of("body", "must be an object with just `password`")
    password = content["password"]
    if not isinstance(password, str) or not 0 < len(password) <= _LONGEST_PASSWORD:
        raise InvalidArgument.of("password", f"must be a string of 1 to {_LONGEST_PASSWORD} characters")
    return password


def _is_right(known: str, password: str) -> bool:
    try:
        return argon2.PasswordHasher().verify(known, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError, UnicodeEncodeError):
        return False
