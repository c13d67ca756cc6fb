"""Where is a provider's rate counted? In memory, in one SQLite file for a whole machine, or in Redis for several."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

from filelock import FileLock
from pyrate_limiter import AbstractBucket, Rate, RateItem, RedisBucket, SQLiteBucket
from pyrate_limiter.buckets.redis_bucket import LuaScript
from redis import Redis
from redis.exceptions import NoScriptError, RedisError

FAILURES = (RedisError, sqlite3.Error, OSError)
_LOCK_SECONDS = 1.0  # a process stopped while it holds the file lock must not stop the others for ever
_SKEW = 60_000  # milliseconds by which the clocks of several machines may disagree


class SqliteStore:
    """One file for all processes of a machine; without a path, memory for this process only.

    A file lock makes counting and inserting one step, which SQLite's own lock does not. Times are milliseconds since the epoch:
    wall time is the only clock that processes have in common.
    """

    def __init__(self, rate: Rate, path: Path | None) -> None:
        self._lock = threading.Lock()  # guards the connection, and a refusal until its wait is read
        self._file_lock = FileLock(f"{path}.lock", timeout=_LOCK_SECONDS) if path else nullcontext()
        self._bucket = SQLiteBucket.init_from_file([rate], db_path=str(path or ":memory:"), use_file_lock=path is not None)
        self._bucket.lock = cast("Any", self._file_lock)  # its own would wait without end
        with self._file_lock, self._bucket.conn as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS parked (one INTEGER PRIMARY KEY, until INTEGER NOT NULL)")

    def take(self, now: Callable[[], int]) -> int:
        """Takes one grant and returns 0, or the milliseconds until one may be free.

        Reads `now` under the lock: a grant dated before a wait for the lock would let the next one follow too soon.
        """
        with self._lock, self._file_lock:
            return _take(self._bucket, now())

    def park(self, until: int) -> None:
        """Remembers that nobody may ask before `until`; an earlier time never replaces a later one."""
        with self._lock, self._bucket.conn as connection:
            connection.execute(
                "INSERT INTO parked VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET until = max(until, excluded.until)", (until,)
            )

    def parked_until(self) -> int:
        """The time parked for, even if past; 0 if never."""
        with self._lock:
            return int(self._bucket.conn.execute("SELECT max(until) FROM parked").fetchone()[0] or 0)

    def close(self) -> None:
        with self._lock:
            self._bucket.conn.close()


class RedisStore:
    """The same in one sorted set for all machines. Needs no Redis to be built; survives one that forgot its scripts."""

    def __init__(self, rate: Rate, redis: Redis, key: str) -> None:
        self._lock = threading.Lock()  # guards a refusal until its wait is read
        self._redis = redis
        self._parked_key = f"{key}:parked"
        self._bucket = RedisBucket([rate], redis, key, script_hash="unknown")

    def take(self, now: Callable[[], int]) -> int:
        with self._lock:
            try:
                return _take(self._bucket, now())
            except NoScriptError:
                self._bucket.script_hash = str(self._redis.script_load(LuaScript.PUT_ITEM))
                return _take(self._bucket, now())

    def park(self, until: int) -> None:
        self._redis.set(self._parked_key, max(until, self.parked_until()))

    def parked_until(self) -> int:
        return int(cast("bytes | None", self._redis.get(self._parked_key)) or 0)

    def close(self) -> None:
        """The client belongs to whoever passed it in."""


LimiterStore = SqliteStore | RedisStore


def _take(bucket: AbstractBucket, now: int) -> int:
    item = RateItem("call", now)
    if bucket.put(item):
        bucket.leak(now)
        return 0
    wait = cast("int", bucket.waiting(item))
    if wait <= bucket.rates[0].interval + _SKEW:
        return max(1, wait)
    bucket.flush()  # grants from the future: the wall clock was set back, and would block the provider for as long
    return 1
