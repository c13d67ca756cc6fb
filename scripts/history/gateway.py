"""How is the gateway asked for an import, and what do its refusals mean?"""

import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from scripts.history.events import read_events
from scripts.history.progress import EVENT, IMPORT, Event, Import, Text

IMPORTS = "/api/v1/imports"
_UNAUTHENTICATED = 401
_PASSING = frozenset({429, 502, 503, 504})
# A quiet stream shows that it lives every 15 s, if nobody set GATEWAY_HEARTBEAT.
_TIMEOUT = httpx.Timeout(20.0, connect=5.0, read=60.0)


class Refused(Exception):
    """The gateway says no, and would say so again; the message is for the person."""


class Away(Exception):
    """The gateway cannot be reached, or not now. The message says in a few words how that showed."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class Unreachable(Away):
    """Nothing answers at the gateway's address."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one field."""

    field: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person needs of a problem document (RFC 9457)."""

    status: int
    detail: Text
    errors: tuple[Violation, ...] = ()


_PROBLEM = TypeAdapter(Problem)


class Gateway:
    """One gateway, and the token it is shown, if any."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self._client = client
        self._url = url

    def create_import(self, *, limit: int, skip_existing: bool) -> Import:
        """Starts an import of Last.fm's history. Raises Refused, Away.

        An answer that got lost is asked for once more: the key makes both requests one.
        """
        wanted = {"source": "lastfm", "limit": limit, "skip_existing": skip_existing}
        key = {"idempotency-key": str(uuid.uuid4())}
        with _connected():
            try:
                answer = self._client.post(f"{self._url}{IMPORTS}", json=wanted, headers=key)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                answer = self._client.post(f"{self._url}{IMPORTS}", json=wanted, headers=key)
        if not answer.is_success:
            self._refuse(answer)
        try:
            return IMPORT.validate_json(answer.content)
        except ValueError:
            raise self._stranger(answer.status_code) from None

    def events(self, import_id: str, last_event_id: str) -> Iterator[Event]:
        """The events of one connection, until it ends or breaks. Raises Refused, Away."""
        headers = {"accept": "text/event-stream"} | ({"last-event-id": last_event_id} if last_event_id else {})
        path = f"{IMPORTS}/{quote(import_id, safe='')}/events"
        with _connected(), self._client.stream("GET", f"{self._url}{path}", headers=headers) as answer:
            if not answer.is_success:
                answer.read()
                self._refuse(answer)
            for name, data in read_events(answer.iter_bytes()):
                if name == "error":
                    self._raise(_problem(data), retry_after=0.0)
                elif name == "progress":
                    yield self._event(data)

    def _event(self, data: bytes) -> Event:
        try:
            return EVENT.validate_json(data)
        except ValueError:
            raise Refused(f"{self._url} sends events that this command does not understand; are both of one version?") from None

    def _refuse(self, answer: httpx.Response) -> NoReturn:
        after = answer.headers.get("retry-after", "")
        problem = _problem(answer.content)
        if problem is None and answer.status_code in _PASSING:  # something in front of the gateway speaks for it
            problem = Problem(answer.status_code, f"status {answer.status_code}")
        if problem is None:
            raise self._stranger(answer.status_code)
        self._raise(problem, retry_after=float(after) if after.isdecimal() else 0.0)

    def _raise(self, problem: Problem | None, *, retry_after: float) -> NoReturn:
        if problem is None:
            raise Away("the events broke off")
        if problem.status in _PASSING:
            raise Away(problem.detail, retry_after)
        lines = [problem.detail, *(f"  {each.field}: {each.description}" for each in problem.errors)]
        if problem.status == _UNAUTHENTICATED:
            lines += self._how_to_sign_in()
        raise Refused("\n".join(lines))

    def _stranger(self, status: int) -> Refused:
        return Refused(f"What answers at {self._url} is not SoniqueBay's gateway (status {status}); say where it is with --url.")

    def _how_to_sign_in(self) -> list[str]:
        return [
            "This gateway wants a token. The owner's password buys one:",
            f"  curl -s -X POST {self._url}/api/v1/auth/token -H 'content-type: application/json' -d '{{\"password\": \"…\"}}'",
            "Put its access_token into a file that only you can read, and say --token-file FILE.",
        ]


@contextmanager
def open_gateway(url: str, token: str) -> Iterator[Gateway]:
    """Asks directly: neither a proxy nor a .netrc of this machine has a say in how our own gateway is reached."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(headers=headers, timeout=_TIMEOUT, trust_env=False, verify=ssl.create_default_context()) as client:
        yield Gateway(client, url)


@contextmanager
def _connected() -> Iterator[None]:
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise Unreachable(_reason(error)) from error
    except httpx.RequestError as error:
        raise Away(_reason(error)) from error


def _reason(error: httpx.RequestError) -> str:
    """`Connection refused`, without the number it has in the system."""
    return str(error).rpartition("] ")[2] or "no answer in time"


def _problem(body: bytes) -> Problem | None:
    try:
        return _PROBLEM.validate_json(body)
    except ValueError:
        return None
