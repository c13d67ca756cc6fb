"""Who asked what, when, and how was it answered?"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice

from sandbox.wire import Request

KEPT_ROWS = 100_000
_SECRETS = frozenset({"api_key", "api_sig", "sk", "token", "access_token", "client_secret", "key", "password", "secret"})


@dataclass(slots=True)
class Row:
    """One request; `status` and `duration_ms` stay None while it is being answered, or when no whole answer was sent."""

    seq: int
    time: str
    provider: str
    http_method: str
    host: str
    path: str
    api_method: str
    params: dict[str, str]
    query_params: list[str]
    user_agent: str
    status: int | None = None
    duration_ms: float | None = None
    fault: str | None = None


class Journal:
    """Remembers the last 100,000 requests and counts all of them; a request is written down when it arrives, not when it ends."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rows: deque[Row] = deque(maxlen=KEPT_ROWS)
        self._counters: dict[str, Counter[str]] = {}
        self._seq = 0

    def open(self, provider: str, api_method: str, request: Request) -> Row:
        """Writes the request down and counts it; secrets keep only their last two characters."""
        self._seq += 1
        row = Row(
            seq=self._seq,
            time=datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds"),
            provider=provider,
            http_method=request.http_method,
            host=request.host,
            path=request.path,
            api_method=api_method,
            params={name: _masked(name, value) for name, value in request.params.items()},
            query_params=sorted(request.query),
            user_agent=request.headers.get("user-agent", ""),
        )
        self._rows.append(row)
        self._counters.setdefault(provider, Counter()).update(("total", api_method.lower()))
        return row

    def list_rows(
        self, *, provider: str = "", api_method: str = "", after: int | None = None, limit: int = 1000
    ) -> list[dict[str, object]]:
        """Newest last: the `limit` rows following seq `after`, or the newest `limit` when `after` is None."""
        wanted = (row for row in self._rows if _matches(row, provider, api_method) and row.seq > (after or 0))
        rows = deque(wanted, maxlen=limit) if after is None else islice(wanted, limit)
        return [asdict(row) for row in rows]

    def counters(self) -> dict[str, dict[str, int]]:
        """Requests per upstream: `total` and one count per lower-case method name."""
        return {provider: dict(counter) for provider, counter in self._counters.items()}

    def clear(self) -> None:
        """Forgets rows and counts; `seq` goes on, so that a reader's cursor stays valid."""
        self._rows.clear()
        self._counters.clear()


def _matches(row: Row, provider: str, api_method: str) -> bool:
    return provider in ("", row.provider) and api_method.lower() in ("", row.api_method.lower())


def _masked(name: str, value: str) -> str:
    return f"…{value[-2:]}" if name.lower() in _SECRETS else value
