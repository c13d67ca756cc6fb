"""Which artist did this name mean a moment ago? Saves the most frequent reads their only query."""

import threading

from cachetools import TTLCache

from kernel.clock import Clock
from services.artist.domain import ArtistId, ArtistRef

_MOST = 20_000
_SECONDS = 300.0  # as long as this process's memory may serve an answer without looking


class RecentArtists:
    """Remembers for five minutes. An artist's id never changes; which of several namesakes a name means may, so much later."""

    def __init__(self, clock: Clock) -> None:
        self._lock = threading.Lock()  # guards _ids: cachetools is not thread-safe
        self._ids: TTLCache[ArtistRef, ArtistId] = TTLCache(_MOST, _SECONDS, timer=clock.monotonic)

    def recall(self, ref: ArtistRef) -> ArtistId | None:
        with self._lock:
            return self._ids.get(ref)

    def remember(self, ref: ArtistRef, artist_id: ArtistId) -> None:
        with self._lock:
            self._ids[ref] = artist_id
