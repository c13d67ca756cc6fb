"""People who ask for something twenty times a second, of several gateways in turn; and what they were refused."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import httpx

from tests.fakes.patience import eventually
from tests.journeys.cluster import Member

Request = Callable[[httpx.Client, int], httpx.Response]
"""Sends one request of the kind; the number is another each time."""
PER_SECOND = 20
_PATIENT = 30.0


class Visitors:
    """Ask until the `with` block ends, and go on though they be refused; by then all have heard."""

    def __init__(self, requests: dict[str, Request]) -> None:
        self._requests = itertools.cycle(requests.items())
        self._lock = threading.Lock()  # guards the four below
        self._clients: dict[int, httpx.Client] = {}
        self._waiting: Counter[int] = Counter()
        self.answered: Counter[str] = Counter()
        self.refused: list[str] = []
        self._leaving = threading.Event()
        self._pool = ThreadPoolExecutor(32, thread_name_prefix="visitor")
        self._thread = threading.Thread(target=self._come, name="visitors")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leaving.set()
        self._thread.join()
        self._pool.shutdown()
        for client in self._clients.values():
            client.close()

    def send_to(self, gateway: Member) -> None:
        """It is in service from now on."""
        client = httpx.Client(base_url=f"http://{gateway.host}:{gateway.port}", timeout=_PATIENT, trust_env=False)
        with self._lock:
            self._clients[gateway.port] = client

    def send_away_from(self, gateway: Member) -> None:
        """It is out of service, and everybody has heard of it: a pod's `preStop` waits as long before its end begins."""
        with self._lock:
            client = self._clients.pop(gateway.port)
        assert eventually(lambda: self._waiting[gateway.port] == 0)
        client.close()

    def have_asked(self, times: int) -> bool:
        """Whether so many more were answered, after a while."""
        enough = self.answered.total() + times
        return eventually(lambda: self.answered.total() >= enough)

    def _come(self) -> None:
        started = time.monotonic()
        for number in itertools.count(1):
            if self._leaving.wait(max(0.0, started + number / PER_SECOND - time.monotonic())):
                return
            self._pool.submit(self._ask, number)

    def _ask(self, number: int) -> None:
        with self._turn(number) as (name, request, client):
            try:
                answer = request(client, number)
                outcome = "" if answer.is_success else f"{answer.status_code} {answer.text}"
            except httpx.HTTPError as error:
                outcome = repr(error)
            with self._lock:
                self.answered[name] += 1
                self.refused += [f"{name}: {outcome}"] if outcome else []

    @contextmanager
    def _turn(self, number: int) -> Iterator[tuple[str, Request, httpx.Client]]:
        with self._lock:
            name, request = next(self._requests)
            port = list(self._clients)[number % len(self._clients)]
            client = self._clients[port]
            self._waiting[port] += 1
        try:
            yield name, request, client
        finally:
            with self._lock:
                self._waiting[port] -= 1
