"""Whoever is asked to end ends soon: what is under way comes to its end, what is new goes elsewhere, a job is put back."""

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import httpx
import pytest

from soniquebay.artist.v1 import artist_pb2, artist_pb2_grpc
from soniquebay.tracker.v1 import tracker_pb2, tracker_pb2_grpc
from tests.fakes.patience import eventually
from tests.journeys.cluster import DRAINS, Cluster, Member
from tests.journeys.listening import PATIENT
from tests.journeys.running import ENRICH

pytestmark = pytest.mark.timeout(300)

TRACKER = "/api/v1/services/tracker"
SLOW = 3.0
"""Seconds an answer of Last.fm takes: long enough to be under way, short enough to be given."""


@pytest.fixture
def slow(cluster: Cluster) -> Iterator[Cluster]:
    """Its upstream takes its time."""
    rule = {"provider": "lastfm", "method": "artist.getinfo", "fault": {"kind": "delay", "seconds": SLOW}}
    number = cluster.system.sandbox.post("/_sandbox/faults", json=rule).json()["id"]
    yield cluster
    cluster.system.sandbox.delete(f"/_sandbox/faults/{number}")


@contextmanager
def artists(member: Member) -> Iterator[artist_pb2_grpc.ArtistServiceStub]:
    """Of that replica."""
    with grpc.insecure_channel(f"{member.host}:{member.port}") as channel:
        yield artist_pb2_grpc.ArtistServiceStub(channel)


def refusal(member: Member) -> grpc.StatusCode:
    """With what somebody new is refused."""
    with artists(member) as stub, pytest.raises(grpc.RpcError) as refused:
        stub.ListArtists(artist_pb2.ListArtistsRequest(), timeout=5)
    return refused.value.code()


def refuses(gateway: Member) -> bool:
    """Whether nobody new gets a connection."""
    try:
        httpx.get(f"http://{gateway.host}:{gateway.port}/healthz", trust_env=False)
    except httpx.ConnectError:
        return True
    return False


def test_a_service_ends_what_is_under_way_and_takes_nothing_new(slow: Cluster):
    leaving = slow.replicas["artist"][0]
    asked = slow.asked_about()
    with artists(leaving) as stub, ThreadPoolExecutor(1) as asking:
        answer = asking.submit(stub.EnrichArtist, artist_pb2.EnrichArtistRequest(name="Fictional Band 1801"), timeout=20)
        assert eventually(lambda: slow.asked_about() > asked)
        leaving.signal(signal.SIGTERM)
        started = time.monotonic()
        assert eventually(lambda: leaving.health() == "NOT_SERVING")
        code, was_over = refusal(leaving), answer.done()
        status = slow.await_end(leaving)
        took = time.monotonic() - started
        enriched = answer.result()
    slow.await_health(slow.start_replica("artist", leaving.host))

    assert (code, was_over) == (grpc.StatusCode.UNAVAILABLE, False)
    assert enriched.enriched_artist.lastfm.listeners > 0
    assert status == 0
    assert took < DRAINS


def test_a_service_does_not_wait_for_those_who_watch(cluster: Cluster):
    leaving = cluster.replicas["tracker"][0]
    with grpc.insecure_channel(f"{leaving.host}:{leaving.port}") as channel, ThreadPoolExecutor(1) as watching:
        watched = iter(tracker_pb2_grpc.TrackerServiceStub(channel).WatchTracker(tracker_pb2.WatchTrackerRequest(), timeout=60))
        next(watched)
        code = watching.submit(code_at_the_end, watched)
        started = time.monotonic()
        status = cluster.end(leaving)
        took = time.monotonic() - started
    cluster.await_health(cluster.start_replica("tracker", leaving.host))

    assert (code.result(), status) == (grpc.StatusCode.UNAVAILABLE, 0)
    assert took < DRAINS / 2


def code_at_the_end(stream: Iterator[object]) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as ended:
        list(stream)
    return ended.value.code()


def test_a_gateway_ends_what_is_under_way_closes_its_streams_and_takes_nothing_new(slow: Cluster):
    leaving, other = slow.gateways
    url = f"http://{leaving.host}:{leaving.port}"
    asked = slow.asked_about()
    with httpx.Client(trust_env=False, timeout=PATIENT) as client, ThreadPoolExecutor(2) as asking:
        answer = asking.submit(client.post, url + ENRICH, json={"name": "Fictional Band 1802"})
        assert eventually(lambda: slow.asked_about() > asked)
        with client.stream("GET", f"{url}{TRACKER}/events") as stream:
            lines = stream.iter_lines()
            first = next(line for line in lines if line.startswith("data: "))
            leaving.signal(signal.SIGTERM)
            started = time.monotonic()
            rest = list(lines)  # whole: a stream that is cut off raises
        assert eventually(lambda: refuses(leaving))
        was_over = answer.done()
        status = slow.await_end(leaving)
        took = time.monotonic() - started
        with client.stream("GET", f"http://{other.host}:{other.port}{TRACKER}/events", headers={"last-event-id": "0"}) as stream:
            resumed = next(line for line in stream.iter_lines() if line.startswith("data: "))
    slow.await_health(slow.start_gateway(leaving.port))

    assert not was_over
    assert answer.result().status_code == 200
    assert not any("error" in line for line in rest)
    assert json.loads(resumed[6:]).keys() == json.loads(first[6:]).keys()
    assert status == 0
    assert took < DRAINS


def test_a_worker_puts_its_job_back_at_once_and_another_does_it(cluster: Cluster):
    system = cluster.system
    system.empty()
    for member in list(cluster.workers["tracker"]):
        cluster.end(member)
    worker = cluster.start_worker("tracker")
    system.arrange(page_seconds=20)
    pages = system.pages_asked()
    address = system.begin(limit=1000)
    assert eventually(lambda: system.pages_asked() > pages)
    before = system.get(f"{TRACKER}/jobs")

    started = time.monotonic()
    status = cluster.end(worker)
    took = time.monotonic() - started
    after = system.get(f"{TRACKER}/jobs")
    system.arrange(page_seconds=0)
    cluster.start_worker("tracker")
    cluster.start_worker("tracker")
    assert eventually(lambda: system.get(address)["end_time"] is not None, within=PATIENT)

    assert status == 0
    assert took < DRAINS
    assert (before["running"], after["running"], after["waiting"]) == (1, 0, before["waiting"] + 1)
    assert system.get(address)["summary"] == "complete"
