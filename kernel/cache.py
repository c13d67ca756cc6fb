"""What was answered lately? Bytes with their age, in this process's memory first, then in a Redis shared by all.

A cache may forget at any time and never fails a request: whatever goes wrong here is a miss.
"""

import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import redis
from cachetools import TLRUCache
from pydantic import Base64UrlBytes
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from kernel.breaker import Breaker
from kernel.clock import Clock
from kernel.codec import JsonCodec
from kernel.errors import BreakerOpen
from kernel.evidence import Source

_LONGEST_IN_MEMORY = timedelta(minutes=5)  # no other process can take an entry out of this one's memory
LONGEST_IN_REDIS = timedelta(hours=24)
_OVERHEAD = 1024  # bytes around one entry in memory, rounded up; measured: 620 beside key and value


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """An encoded value, when it was obtained, and until when it may be served without asking.

    `memory_ttl` is how long a process may keep it to itself. `is_absent`: there is no such thing, and `value` says why.
    """

    value: Base64UrlBytes
    retrieved_at: datetime
    fresh_until: datetime
    memory_ttl: timedelta = _LONGEST_IN_MEMORY
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class CacheHit:
    """An entry, and the level that had it."""

    entry: CacheEntry
    source: Source


class Cache(Protocol):
    """Any number of threads may use it at once; `put` replaces, and keeps no longer than this cache allows."""

    def get(self, key: str) -> CacheHit | None: ...

    def put(self, key: str, entry: CacheEntry) -> None: ...

    def delete(self, keys: Collection[str]) -> None: ...


class MemoryCache:
    """At most `max_bytes` of entries, each for five minutes at most; the least recently used make room.

    Entries run out by the monotonic clock: a wall clock that jumps neither empties it nor keeps one for ever.
    """

    def __init__(self, max_bytes: int, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()  # guards _entries: cachetools, unguarded, corrupts itself for good
        self._entries: TLRUCache[str, tuple[str, CacheEntry]] = TLRUCache(
            max_bytes, self._ends_at, clock.monotonic, lambda kept: _OVERHEAD + 4 * len(kept[0]) + len(kept[1].value)
        )

    def get(self, key: str) -> CacheHit | None:
        with self._lock:
            kept = self._entries.get(key)
        return None if kept is None else CacheHit(kept[1], Source.MEMORY)

    def put(self, key: str, entry: CacheEntry) -> None:
        with self._lock, suppress(ValueError):  # raised for what is larger than the whole cache
            self._entries.pop(key, None)  # first, or the older value would be served on
            self._entries[key] = key, entry

    def delete(self, keys: Collection[str]) -> None:
        with self._lock:
            for key in keys:
                self._entries.pop(key, None)

    def _ends_at(self, _key: str, kept: tuple[str, CacheEntry], now: float) -> float:
        entry = kept[1]
        return now + min(entry.fresh_until - self._clock.now(), entry.memory_ttl, _LONGEST_IN_MEMORY).total_seconds()


def connect_redis(url: str) -> redis.Redis:
    """A client that gives up after 0.1 s and never repeats; connects to nothing yet.

    The library's defaults wait 3 to 59 s per command while Redis is away. RESP2 without CLIENT SETINFO needs no handshake, so
    that connecting and asking are one short wait each.
    """
    return redis.Redis.from_url(
        url, protocol=2, driver_info=None, socket_timeout=0.1, socket_connect_timeout=0.1, retry=Retry(NoBackoff(), 0)
    )


class RedisCache:
    """A Redis that may be down, silent or full: that costs one short wait, then nothing for 10 s, then one probe.

    `prefix` keeps apps and versions apart: change it whenever the encoding of values changes. What a delete could not reach
    lives on until it runs out.
    """

    def __init__(self, url: str, *, prefix: str, clock: Clock) -> None:
        self._prefix = prefix
        self._clock = clock
        self._breaker = Breaker("redis", threshold=1, probe_after=timedelta(seconds=10), clock=clock)
        self._redis = connect_redis(url)
        self._codec: JsonCodec[CacheEntry] = JsonCodec(CacheEntry)

    def get(self, key: str) -> CacheHit | None:
        with suppress(ValueError):  # nothing is no entry, nor are anybody's bytes, which a shared Redis holds
            entry = self._codec.decode(self._ask("GET", self._name(key)) or b"")
            return CacheHit(entry, Source.REDIS) if entry.fresh_until > self._clock.now() else None
        return None

    def put(self, key: str, entry: CacheEntry) -> None:
        lifetime = min(entry.fresh_until - self._clock.now(), LONGEST_IN_REDIS) // timedelta(milliseconds=1)
        if lifetime > 0:
            self._ask("SET", self._name(key), self._codec.encode(entry), "PX", lifetime)

    def delete(self, keys: Collection[str]) -> None:
        self._ask("DEL", *map(self._name, keys))

    def close(self) -> None:
        self._redis.close()

    def _name(self, key: str) -> bytes:
        # Upstream JSON can hold half a surrogate pair, which plain UTF-8 refuses.
        return f"{self._prefix}:{key}".encode("utf-8", "surrogatepass")

    def _ask(self, *command: bytes | str | int) -> Any:
        # A ResponseError is an answer: Redis is there, only not for this (full, read-only, a foreign type under our key).
        watched = self._breaker.watching(RedisError, OSError)
        with suppress(BreakerOpen, RedisError, OSError), watched, suppress(ResponseError):
            return self._redis.execute_command(*command)  # type: ignore[no-untyped-call]
        return None


class TwoLevelCache:
    """This process's memory before the Redis all processes share; without a Redis, memory alone."""

    def __init__(self, memory: Cache, shared: Cache | None) -> None:
        self._memory = memory
        self._shared = shared

    def get(self, key: str) -> CacheHit | None:
        hit = self._memory.get(key)
        if hit is None and self._shared is not None and (hit := self._shared.get(key)):
            self._memory.put(key, hit.entry)
        return hit

    def put(self, key: str, entry: CacheEntry) -> None:
        if self._shared is not None:
            self._shared.put(key, entry)
        self._memory.put(key, entry)

    def delete(self, keys: Collection[str]) -> None:
        if self._shared is not None:  # first: a reader in between would copy it back into memory
            self._shared.delete(keys)
        self._memory.delete(keys)
