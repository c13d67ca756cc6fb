"""A fetcher, servers it fetches from, and guards that tell what was asked of them."""

import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Self

import pytest

from kernel.breaker import Breaker
from kernel.errors import ProviderFault
from kernel.guard import Guard
from kernel.http import HttpClient
from kernel.limiter import build_limiter
from kernel.retry import RetryPolicy
from services.cover.fetching import Fetched, Fetcher, Hosts, Missing, Shelf
from tests.fakes.canned import USER_AGENT
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import Act, Conversation, RawServer, answer

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(200)) + b"\xff\xd9"

Entry = tuple[int, tuple[str, int]]
"""Family, and address with port."""


def redirecting(location: str) -> bytes:
    return answer(status="302 Found", headers=(f"Location: {location}",))


def walking(answers: Iterable[bytes]) -> Act:
    """One answer after the other, over however many connections."""
    left = iter(answers)

    def act(peer: Conversation) -> None:
        while peer.read_request():
            peer.send(next(left))

    return act


def talking(act: Act) -> Act:
    """Takes the request first."""

    def listen_first(peer: Conversation) -> None:
        peer.read_request()
        act(peer)

    return listen_first


def fault_of(ask: Callable[[], Any]) -> ProviderFault:
    with pytest.raises(ProviderFault) as caught:
        ask()
    return caught.value


class Rig:
    """Fetches from raw servers; the source's own host is `pictures.example`."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._clock = FakeClock()
        self._answers: list[Entry] = []
        self.called: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def serve(self, act: Act) -> RawServer:
        server = RawServer(act)
        self._stack.callback(server.stop)
        return server

    def resolves_to(self, *entries: Entry) -> None:
        """What the resolver says of every name, one after the other; the last for ever."""
        self._answers = list(entries)

    def fetch_from(self, act: Act, **said: Any) -> Fetched | Missing:
        server = self.serve(act)
        return self.fetch(server.url, trusted=[server], **said)

    def fetch(
        self,
        url: str,
        *,
        trusted: Sequence[RawServer] = (),
        door_trusts: Sequence[RawServer] | None = None,
        timeout: timedelta = timedelta(seconds=10),
    ) -> Fetched | Missing:
        hosts = [server.host_port for server in trusted]
        at_the_door = hosts if door_trusts is None else [server.host_port for server in door_trusts]
        http = HttpClient(user_agent=USER_AGENT, trusted_hosts=at_the_door, resolve=self._resolve)
        self._stack.callback(http.close)
        fetcher = Fetcher(http, timeout=timeout, clock=self._clock)
        shelf = Shelf(Hosts(frozenset({"pictures.example"}), frozenset(hosts)), self._guard("first"), self._guard("onward"))
        return fetcher.fetch(url, shelf)

    def _resolve(self, host: str, port: int, **asked: Any) -> list[tuple[Any, ...]]:
        if not self._answers:
            return list(socket.getaddrinfo(host, port, **asked))
        family, address = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(family, socket.SOCK_STREAM, 6, "", address)]

    def _guard(self, name: str) -> Guard:
        limiter = build_limiter(name, rate_per_second=100, burst=100, folder=None, redis=None, clock=self._clock)
        self._stack.callback(limiter.close)
        breaker = Breaker(name, threshold=5, probe_after=timedelta(minutes=1), clock=self._clock)
        retry, patience = RetryPolicy(1), timedelta(minutes=1)
        return Guard(name, breaker=breaker, limiter=limiter, retry=retry, timeout=patience, clock=self._clock, meter=_Meter(self))


class _Meter:
    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        self._rig.called.append((provider, outcome_kind))

    def state(self, provider: str, state: str) -> None:
        pass
