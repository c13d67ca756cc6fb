"""Of two that do the same either may fall over or be exchanged, and nobody outside hears of it."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fakes.patience import eventually
from tests.journeys.cluster import Cluster, Member
from tests.journeys.listening import PATIENT, events
from tests.journeys.running import ALL, ENRICH
from tests.journeys.visitors import Visitors
from tests.journeys.visits import visits

pytestmark = pytest.mark.timeout(300)

SLOW = {"provider": "lastfm", "method": "artist.getinfo", "fault": {"kind": "delay", "seconds": 1}}
"""An artist that is new takes a second."""
BATCH = "/api/v1/enrichment/artists/batch/enrich"


def kill_and_revive(cluster: Cluster, name: str, visitors: Visitors) -> tuple[int, bool]:
    """The status it ended with, and whether it is asked again soon once it is back, at the address it had."""
    victim = cluster.replicas[name][0]
    status = cluster.end(victim, signal.SIGKILL)
    assert visitors.have_asked(10)
    revived = cluster.start_replica(name, victim.host)
    cluster.await_health(revived)
    return status, eventually(lambda: revived.served() > 0, within=10)


def test_both_replicas_of_every_service_are_asked_and_either_may_be_killed(cluster: Cluster):
    everybody = [member for members in cluster.replicas.values() for member in members]
    with Visitors(visits(cluster.system)) as visitors:
        for gateway in cluster.gateways:
            visitors.send_to(gateway)
        before = {member: member.served() for member in everybody}
        assert visitors.have_asked(40)
        shares = {member: member.served() - before[member] for member in everybody}
        told = [kill_and_revive(cluster, name, visitors) for name in ALL]

    assert min(shares.values()) > 0, shares
    assert told == [(-signal.SIGKILL, True)] * len(ALL)
    assert set(visitors.refused) == set()


def test_an_artist_that_was_being_asked_about_when_the_service_was_killed_is_answered_by_the_other(cluster: Cluster):
    system = cluster.system
    rule = system.sandbox.post("/_sandbox/faults", json=SLOW).json()["id"]
    victim = cluster.replicas["artist"][0]
    names = [f"Fictional Band 19{number:02}" for number in range(8)]
    before = cluster.asked_about()
    with ThreadPoolExecutor(len(names)) as asking:
        answers = [asking.submit(system.client.post, ENRICH, json={"name": name}) for name in names]
        assert eventually(lambda: cluster.asked_about() - before >= len(names))
        cluster.end(victim, signal.SIGKILL)
    again = cluster.asked_about() - before - len(names)  # when all have their answer
    system.sandbox.delete(f"/_sandbox/faults/{rule}")
    cluster.await_health(cluster.start_replica("artist", victim.host))

    assert [answer.result().status_code for answer in answers] == [200] * len(names)
    assert [answer.result().json()["artist"]["name"] for answer in answers] == names
    assert 0 < again < len(names)  # those of the one that was killed, and no others


def kill_worker(cluster: Cluster, name: str, done: Callable[[], int]) -> None:
    """The one that has it all, in the middle of it: the other one was started only then."""
    (victim,) = cluster.workers[name]
    before = done()
    assert eventually(lambda: done() > before, within=PATIENT)
    cluster.start_worker(name)
    assert eventually(lambda: done() > before + 1, within=PATIENT)
    cluster.end(victim, signal.SIGKILL)
    cluster.start_worker(name)


def test_an_import_whose_worker_is_killed_is_ended_by_another_with_every_play_once(cluster: Cluster):
    system = cluster.system
    system.empty()
    system.arrange(page_seconds=0.3)
    cluster.end(cluster.workers["tracker"][0])
    address = system.begin()

    kill_worker(cluster, "tracker", system.pages_asked)
    at_its_death = system.get(address)
    system.arrange(page_seconds=0)
    assert eventually(lambda: system.get(address)["end_time"] is not None, within=PATIENT)
    ended = system.get(address)

    assert at_its_death["end_time"] is None
    assert (ended["state"], ended["summary"]) == ("IMPORT_STATE_SUCCEEDED", "complete")
    assert system.stored() == system.history


def test_a_batch_whose_worker_is_killed_is_ended_by_another_with_every_artist_once(cluster: Cluster):
    system = cluster.system
    rule = system.sandbox.post("/_sandbox/faults", json=SLOW).json()["id"]
    listed = system.sandbox.get("/_sandbox/identities").json()["identities"]
    known = list(dict.fromkeys(each["spotify_id"] for each in listed if each["spotify_id"] and each["is_linked"]))[:20]
    cluster.end(cluster.workers["artist"][0])
    with ThreadPoolExecutor(1) as asking:
        answer = asking.submit(system.client.post, BATCH, json={"artist_ids": known, "batch_id": "killed"}, timeout=4 * PATIENT)
        kill_worker(cluster, "artist", cluster.asked_about)
        was_over = answer.done()
        system.sandbox.delete(f"/_sandbox/faults/{rule}")
        artists = answer.result().json()
    told = [
        content["artist"]
        for name, content in events(system.client, "/api/v1/enrichment/batches/killed/events")
        if name == "artist"
    ]

    assert not was_over
    assert [each["artist_id"] for each in artists] == known
    assert [each.get("error") for each in artists if each.get("error")] == []
    assert sorted(each["position"] for each in told) == list(range(len(known)))


def exchange_replica(cluster: Cluster, name: str) -> tuple[int, Member]:
    """As a Deployment does it: another one at an address of its own, and then the oldest goes. Its status, and the new one."""
    oldest = cluster.replicas[name][0]
    newest = cluster.start_replica(name)
    cluster.await_health(newest)
    cluster.publish(name, cluster.replicas[name][1:])
    return cluster.end(oldest), newest


def exchange_gateway(cluster: Cluster, visitors: Visitors) -> int:
    oldest = cluster.gateways[0]
    visitors.send_away_from(oldest)
    status = cluster.end(oldest)
    newest = cluster.start_gateway(oldest.port)
    cluster.await_health(newest)
    visitors.send_to(newest)
    return status


def test_all_replicas_gateways_and_workers_are_exchanged_and_nobody_is_refused(cluster: Cluster):
    statuses: list[int] = []
    with Visitors(visits(cluster.system)) as visitors:
        for gateway in cluster.gateways:
            visitors.send_to(gateway)
        for _ in range(2):
            exchanged = [exchange_replica(cluster, name) for name in ALL]
            statuses += [status for status, _ in exchanged]
            statuses.append(exchange_gateway(cluster, visitors))
            # Whoever asked the old ones asks the new ones: gRPC looks a name up once in five seconds, the time of a `preStop`.
            assert all(eventually(lambda member=member: member.served() > 0) for _, member in exchanged)  # type: ignore[misc]
        for name, members in cluster.workers.items():
            statuses += [cluster.end(member) for member in list(members)]
            cluster.start_worker(name)
            cluster.start_worker(name)

    assert statuses == [0] * (2 * len(ALL) + 2 + 4)
    assert set(visitors.refused) == set()
    assert visitors.answered.total() > 100
