import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis as redis_py
from filelock import FileLock
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel import deadline
from kernel.clock import SystemClock
from kernel.limiter import LimitReached, build_limiter
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).parents[2]

TEN_GRANTS = """
import sys
from pathlib import Path
from kernel.clock import SystemClock
from kernel.limiter import build_limiter

class Noting(SystemClock):
    noted = []

    def now(self):
        self.noted.append(super().now())
        return self.noted[-1]

clock = Noting()
limiter = build_limiter("upstream", rate_per_second=20, burst=2, folder=Path(sys.argv[1]), redis=None, clock=clock)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(10):
    limiter.acquire(max_wait=60)
    print(clock.noted[-2].timestamp())  # the last is for the process's own count
"""

PARKED_UNTIL = """
import sys
from pathlib import Path
from kernel.clock import SystemClock
from kernel.limiter import build_limiter

limiter = build_limiter("upstream", rate_per_second=20, burst=2, folder=Path(sys.argv[1]), redis=None, clock=SystemClock())
print(limiter.parked_until().isoformat())
"""


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.fixture
def redis(redis_server):
    client = redis_py.Redis.from_url(redis_server.url, socket_timeout=0.1, retry=Retry(NoBackoff(), 0))
    yield client
    client.close()


@pytest.fixture(params=["memory", "file", "redis"])
def place(request, tmp_path):
    """Where the limiter under test counts."""
    if request.param == "redis":
        return {"folder": None, "redis": request.getfixturevalue("redis")}
    return {"folder": tmp_path / "limits" if request.param == "file" else None, "redis": None}


@pytest.fixture
def build(clock):
    built = []

    def build_one(*, rate_per_second=2.0, burst=2, folder=None, redis=None, clock=clock):
        limiter = build_limiter("upstream", rate_per_second=rate_per_second, burst=burst, folder=folder, redis=redis, clock=clock)
        built.append(limiter)
        return limiter

    yield build_one
    for limiter in built:
        limiter.close()


def test_a_burst_passes_at_once_and_the_next_call_waits_its_turn(build, place, clock):
    limiter = build(**place)
    limiter.acquire(max_wait=0)
    limiter.acquire(max_wait=0)

    limiter.acquire(max_wait=5)

    assert sum(clock.slept) == pytest.approx(1.0, abs=0.01)


def test_who_may_not_wait_long_enough_is_refused_at_once(build, place, clock):
    limiter = build(**place)
    limiter.acquire(max_wait=0)
    limiter.acquire(max_wait=0)

    with pytest.raises(LimitReached) as refusal:
        limiter.acquire(max_wait=0.5)

    assert clock.slept == []
    assert refusal.value.retry_after is not None
    assert refusal.value.retry_after.total_seconds() == pytest.approx(1.0, abs=0.01)


def test_it_does_not_wait_beyond_the_callers_deadline(build, clock):
    limiter = build()
    limiter.acquire(max_wait=0)
    limiter.acquire(max_wait=0)

    with deadline.within(timedelta(milliseconds=900)), pytest.raises(LimitReached):
        limiter.acquire(max_wait=60)

    assert clock.slept == []


def test_a_long_wait_ends_soon_after_nobody_waits_for_it_any_more(build):
    clock = LeavingClock()
    limiter = build(clock=clock)
    limiter.park(clock.now() + timedelta(seconds=60))

    with deadline.ended_by(clock.has_left), pytest.raises(LimitReached):
        limiter.acquire(max_wait=60)

    assert sum(clock.slept) <= 1


def test_a_hundred_calls_keep_the_rate_in_every_window(build, place):
    clock = NotingClock()
    limiter = build(**place, clock=clock)
    granted = []

    for _ in range(100):
        limiter.acquire(max_wait=60)
        granted.append(clock.noted)

    assert min(later - earlier for earlier, later in zip(granted, granted[2:], strict=False)) >= timedelta(seconds=1)


def test_parallel_threads_share_one_rate(build, place):
    limiter = build(**place)
    together = threading.Barrier(8)

    def try_once(_: int) -> bool:
        together.wait()
        try:
            limiter.acquire(max_wait=0)
        except LimitReached:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        granted = list(threads.map(try_once, range(8)))

    assert granted.count(True) == 2


def test_two_processes_on_one_file_keep_one_rate_together(tmp_path):
    processes = [start(TEN_GRANTS, tmp_path) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    with ThreadPoolExecutor(2) as threads:
        outputs = [output for output, _ in threads.map(lambda process: process.communicate("go\n"), processes)]

    granted = sorted(float(line) for output in outputs for line in output.split())
    assert len(granted) == 20
    assert min(later - earlier for earlier, later in zip(granted, granted[2:], strict=False)) >= 0.1


def test_parked_means_nobody_asks_before_that_time(build, place, clock):
    limiter = build(**place)
    until = clock.now() + timedelta(hours=22)

    limiter.park(until)

    assert limiter.parked_until() == until
    with pytest.raises(LimitReached) as refusal:
        limiter.acquire(max_wait=5)
    assert refusal.value.retry_after == timedelta(hours=22)


def test_it_grants_again_when_the_parking_is_over(build, place, clock):
    limiter = build(**place)
    limiter.park(clock.now() + timedelta(hours=22))

    clock.advance(22 * 3600)

    limiter.acquire(max_wait=0)
    assert limiter.parked_until() is None


def test_parking_survives_a_new_process(build, tmp_path):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    build(folder=tmp_path, clock=SystemClock()).park(until)

    output, _ = start(PARKED_UNTIL, tmp_path).communicate()

    assert datetime.fromisoformat(output.strip()) == until


def test_parking_holds_for_other_machines_on_the_same_redis(build, redis, clock):
    build(redis=redis).park(clock.now() + timedelta(hours=1))

    with pytest.raises(LimitReached):
        build(redis=redis).acquire(max_wait=0)


def test_a_shorter_parking_never_shortens_a_longer_one(build, place, clock):
    limiter = build(**place)
    limiter.park(clock.now() + timedelta(hours=2))

    limiter.park(clock.now() + timedelta(hours=1))

    assert limiter.parked_until() == clock.now() + timedelta(hours=2)


def test_nor_does_it_for_those_who_share_the_store(build, redis, tmp_path, clock):
    for place in ({"redis": redis}, {"folder": tmp_path}):
        build(**place).park(clock.now() + timedelta(hours=2))

        build(**place).park(clock.now() + timedelta(hours=1))

        assert build(**place).parked_until() == clock.now() + timedelta(hours=2)


@pytest.mark.parametrize(
    ("asked", "parked"),
    [(timedelta(seconds=-1), None), (timedelta(0), None), (timedelta(days=365_000), timedelta(days=7))],
)
def test_an_absurd_parking_is_cut_to_between_nothing_and_a_week(build, clock, asked, parked):
    limiter = build()

    limiter.park(clock.now() + asked)

    assert limiter.parked_until() == (None if parked is None else clock.now() + parked)


def test_a_wall_clock_set_back_by_a_month_blocks_nobody(build, place, clock):
    limiter = build(**place)
    limiter.acquire(max_wait=0)
    limiter.acquire(max_wait=0)
    limiter.park(clock.now() + timedelta(minutes=5))

    clock.set_wall(clock.now() - timedelta(days=30))
    limiter.acquire(max_wait=1)

    assert limiter.parked_until() is None


def test_a_redis_that_lost_its_scripts_and_keys_is_used_on(build, redis, redis_server):
    limiter = build(redis=redis)
    limiter.acquire(max_wait=0)

    redis_server.restart()
    limiter.acquire(max_wait=0)

    assert redis.zcard("limit:upstream") == 1


def test_a_process_stopped_while_it_holds_the_file_does_not_stop_the_others(build, tmp_path):
    limiter = build(folder=tmp_path)

    with FileLock(tmp_path / "upstream.sqlite.lock"):
        limiter.acquire(max_wait=0)


@pytest.mark.parametrize("failure", ["kill", "pause"])
def test_without_redis_each_process_keeps_the_rate_alone(build, redis, redis_server, failure):
    getattr(redis_server, failure)()
    limiter = build(redis=redis)

    limiter.acquire(max_wait=0)
    limiter.acquire(max_wait=0)

    with pytest.raises(LimitReached):
        limiter.acquire(max_wait=0)
    redis_server.resume()


def test_who_loses_redis_does_not_begin_with_a_fresh_allowance(build, redis, redis_server):
    limiter = build(redis=redis)
    limiter.acquire(max_wait=0)
    limiter.acquire(max_wait=0)

    redis_server.kill()

    with pytest.raises(LimitReached):
        limiter.acquire(max_wait=0)


def test_redis_is_left_alone_for_half_a_minute_and_then_asked_again(build, redis, redis_server, clock):
    limiter = build(redis=redis)
    redis_server.pause()
    limiter.acquire(max_wait=0)
    redis_server.resume()

    limiter.acquire(max_wait=0)
    while_left_alone = redis.zcard("limit:upstream")
    clock.advance(30)
    limiter.acquire(max_wait=0)

    assert (while_left_alone, redis.zcard("limit:upstream")) == (0, 1)


class NotingClock(FakeClock):
    """Remembers the last wall time it told: the one a grant was dated with."""

    noted: datetime

    def now(self) -> datetime:
        self.noted = super().now()
        return self.noted


class LeavingClock(FakeClock):
    """Whoever waited is gone by the end of the first sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.has_left = threading.Event()

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.has_left.set()
