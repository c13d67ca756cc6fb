"""Which artist did this name mean, and what was known of it, a moment ago? Saves the most frequent reads most of their work."""

import threading

from cachetools import LRUCache, TTLCache

from kernel.clock import Clock
from kernel.codec import JsonCodec
from services.artist.domain import ArtistId, ArtistRef
from services.artist.dossier import Dossier

_MOST = 20_000
_LIVE = 200
_SECONDS = 300.0  # as long as this process's memory may serve an answer without looking


class LiveDossiers(JsonCodec[Dossier]):
    """Reads what was read a moment ago no second time: the bytes a memory cache hands out are the same object each time, and what
    was derived from the dossier stays with it. Two hundred are some 20 MB at most.
    """

    def __init__(self) -> None:
        super().__init__(Dossier)
        self._lock = threading.Lock()  # guards _live: cachetools is not thread-safe
        self._live: LRUCache[bytes, Dossier] = LRUCache(_LIVE)

    def decode(self, content: bytes) -> Dossier:
        with self._lock:
            live = self._live.get(content)
        if live is None:
            live = super().decode(content)
            with self._lock:
                self._live[content] = live
        return live


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
