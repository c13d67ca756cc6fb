"""How often and how much at once: per caller and class of routes, and for the house as a whole."""

import asyncio
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from gateway.limits import Load, RateLimits
from gateway.problems import Problem
from tests.fakes.clock import FakeClock
from tests.fakes.servers import RedisServer
from tests.gateway.conftest import MakeGateway
from tests.gateway.running import SECRET, RunningGateway
from tests.gateway.test_access import claims
from tests.gateway.trial import TrialServer

REJECT_SECONDS = 0.05
TRIES = 20


def seconds_of(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def headers_of(subject: str) -> dict[str, str]:
    return {"authorization": "Bearer " + jwt.encode(claims(sub=subject), SECRET, algorithm="HS256", headers={"typ": "at+jwt"})}


def test_each_class_of_routes_has_its_limit_and_each_caller_their_own(make_gateway: MakeGateway, clock: FakeClock) -> None:
    gateway: RunningGateway = make_gateway(
        clock=clock,
        jwt_secret=SECRET,
        gateway_rate_enrich_per_minute=2,
        gateway_rate_read_per_minute=3,
        gateway_rate_bytes_per_minute=4,
    )
    enrich = "/trial/v1/records/r/enrich"

    anna = [gateway.client.post(enrich, headers=headers_of("anna")) for _ in range(3)]
    ben = gateway.client.post(enrich, headers=headers_of("ben"))
    reads = [gateway.client.get("/trial/v1/counts", headers=headers_of("anna")).status_code for _ in range(4)]
    images = [gateway.client.get("/trial/v1/pictures/p", headers=headers_of("anna")).status_code for _ in range(5)]

    assert [answer.status_code for answer in anna] == [200, 200, 429]
    assert ben.status_code == 200
    assert reads == [200, 200, 200, 429]
    assert images == [200, 200, 200, 200, 429]
    assert anna[0].headers["ratelimit-policy"] == '"enrich";q=2;w=60'
    assert anna[0].headers["ratelimit"] == '"enrich";r=1;t=30'
    assert anna[2].headers["retry-after"] == "30"
    assert anna[2].headers["ratelimit"].startswith('"enrich";r=0')


def test_the_limit_lifts_with_time(make_gateway: MakeGateway, clock: FakeClock) -> None:
    gateway = make_gateway(clock=clock, jwt_secret=SECRET, gateway_rate_enrich_per_minute=1)
    path, headers = "/trial/v1/records/r/enrich", headers_of("anna")
    first = [gateway.client.post(path, headers=headers).status_code for _ in range(2)]

    clock.advance(60)

    assert [*first, gateway.client.post(path, headers=headers).status_code] == [200, 429, 200]


def test_the_owner_at_their_own_machine_is_not_limited(make_gateway: MakeGateway) -> None:
    gateway = make_gateway(gateway_rate_enrich_per_minute=1)

    answers = [gateway.client.post("/trial/v1/records/r/enrich") for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


async def spend_until_refused(limits: RateLimits, caller: str = "anna") -> int:
    for count in range(1000):
        try:
            await limits.spend("read", caller)
        except Problem:
            return count
    return 1000


def test_gateways_that_share_redis_share_the_limit(redis_server: RedisServer) -> None:
    async def spend() -> list[int]:
        shared = [Redis.from_url(redis_server.url) for _ in range(2)]
        both = [RateLimits({"read": 5}, clock=FakeClock(), shared=redis) for redis in shared]
        counts = [await spend_until_refused(limits) for limits in both]
        for redis in shared:
            await redis.aclose()
        return counts

    assert asyncio.run(spend()) == [5, 0]


def test_with_redis_gone_each_gateway_counts_alone_and_never_lets_all_through(redis_server: RedisServer) -> None:
    redis_server.kill()

    async def spend() -> int:
        redis = Redis.from_url(redis_server.url, socket_timeout=0.1, socket_connect_timeout=0.1, retry=Retry(NoBackoff(), 0))
        count = await spend_until_refused(RateLimits({"read": 5}, clock=FakeClock(), shared=redis))
        await redis.aclose()
        return count

    assert asyncio.run(spend()) == 5


def test_a_full_house_turns_the_next_away_at_once(make_gateway: MakeGateway, trial: TrialServer) -> None:
    gateway = make_gateway(gateway_max_requests=2)
    with ThreadPoolExecutor(2) as pool:
        inside = [pool.submit(gateway.client.get, f"/trial/v1/patience/{n}") for n in range(2)]
        for _ in inside:
            assert trial.waiting.acquire(timeout=15)
        usual = min(seconds_of(lambda: gateway.client.get("/healthz")) for _ in range(TRIES))

        seconds = min(seconds_of(lambda: gateway.client.get("/trial/v1/counts")) for _ in range(TRIES))
        turned_away = gateway.client.get("/trial/v1/counts")
        alive = gateway.client.get("/healthz")
        trial.may_answer.set()
        served = [future.result().status_code for future in inside]

    assert turned_away.status_code == 503
    assert turned_away.headers["retry-after"] == "1"
    assert seconds <= max(REJECT_SECONDS, 5 * usual)  # the fastest of many: a busy machine holds up some, a queue holds up all
    assert (alive.status_code, served) == (200, [200, 200])
    assert gateway.client.get("/trial/v1/counts").status_code == 200


def test_a_room_is_free_again_after_a_failure() -> None:
    load = Load(1)

    with pytest.raises(ValueError, match="inside"), load.admit():
        raise ValueError("inside")

    with load.admit(), pytest.raises(Problem), load.admit():
        pass
    assert load.running == 0


def test_slow_senders_leave_the_others_alone(make_gateway: MakeGateway) -> None:
    gateway = make_gateway(gateway_body_timeout="200ms")
    slow = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(50)]
    for sender in slow:
        sender.sendall(
            b"POST /trial/v1/records HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )

    assert gateway.client.get("/trial/v1/counts").status_code == 200
    answers = [sender.makefile("rb").read() for sender in slow]
    assert all(b" 408 " in answer.splitlines()[0] for answer in answers)
    for sender in slow:
        sender.close()
