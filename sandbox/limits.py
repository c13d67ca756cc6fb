"""May this caller ask now? A real refusal for clients that ask too fast."""

from collections import deque
from collections.abc import Callable, Mapping

from sandbox.upstream import Budget, Limit


class Limiter:
    """Counts each caller's granted requests over a sliding window; refused ones do not count. One event loop, so no lock."""

    def __init__(self, limits: Mapping[str, Limit], clock: Callable[[], float]) -> None:
        self._limits = dict(limits)
        self._clock = clock
        self._granted: dict[tuple[str, str], deque[float]] = {}

    @property
    def limits(self) -> dict[str, Limit]:
        """The limit of each limited upstream."""
        return dict(self._limits)

    def change(self, provider: str, limit: Limit | None) -> None:
        """Replaces one upstream's limit; None lifts it."""
        self.forget(provider)
        self._limits.pop(provider, None)
        if limit is not None:
            self._limits[provider] = limit

    def forget(self, provider: str | None = None) -> None:
        """Clears what was counted for one upstream, or for all."""
        self._granted = {key: times for key, times in self._granted.items() if provider not in (None, key[0])}

    def is_granted(self, provider: str, caller: str) -> bool:
        """Counts the request when it is within the limit; False is a refusal."""
        limit = self._limits.get(provider)
        if limit is None:
            return True
        now = self._clock()
        granted = self._granted.setdefault((provider, caller), deque())
        while granted and granted[0] <= now - limit.seconds:
            granted.popleft()
        if len(granted) >= limit.requests:
            return False
        granted.append(now)
        return True

    def find_budget(self, provider: str, caller: str) -> Budget | None:
        """Tells what the caller has left; None while there is no limit."""
        limit = self._limits.get(provider)
        if limit is None:
            return None
        now = self._clock()
        granted = [time for time in self._granted.get((provider, caller), ()) if time > now - limit.seconds]
        whole_in = granted[-1] + limit.seconds - now if granted else 0
        return Budget(limit.requests, max(0, limit.requests - len(granted)), whole_in)
