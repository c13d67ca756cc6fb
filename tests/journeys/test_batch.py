"""Many artists asked for at once over REST, watched as they are done, through the death of the process that does them."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.fakes.patience import eventually
from tests.journeys.running import ARTIST_ONLY, RunningSystem

BATCH = "/api/v1/enrichment/artists/batch/enrich"
UNKNOWN = "0" * 22
PROVIDERS = ("LASTFM", "SPOTIFY", "APIFY", "MUSICBRAINZ", "LISTENBRAINZ", "WIKIDATA")
FAST = {f"{provider}_RATE_PER_SECOND": "10000" for provider in PROVIDERS}
SOME = 5


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[RunningSystem]:
    with RunningSystem(tmp_path_factory.mktemp("system"), FAST, services=ARTIST_ONLY) as system:
        limits = system.sandbox.get("/_sandbox/limits").json()
        system.sandbox.put("/_sandbox/limits", json=dict.fromkeys(limits))
        yield system


@pytest.fixture
def system(running: RunningSystem) -> RunningSystem:
    running.sandbox.post("/_sandbox/reset", json={"journal": True, "faults": True})
    return running


def known_ids(system: RunningSystem) -> list[str]:
    """Of artists that every upstream knows, all different."""
    listed = system.sandbox.get("/_sandbox/identities").json()["identities"]
    known = [each["spotify_id"] for each in listed if each["spotify_id"] and each["is_linked"] and each["wikidata_id"]]
    return list(dict.fromkeys(known))


def post(system: RunningSystem, ids: list[str], batch_id: str) -> httpx.Response:
    return system.client.post(BATCH, json={"artist_ids": ids, "batch_id": batch_id}, timeout=200)


def events(system: RunningSystem, batch_id: str) -> Iterator[tuple[str, Any]]:
    """Name and content of each event until the stream ends or breaks."""
    name = ""
    with system.client.stream("GET", f"/api/v1/enrichment/batches/{batch_id}/events", timeout=200) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def is_known(system: RunningSystem, batch_id: str) -> bool:
    with system.client.stream("GET", f"/api/v1/enrichment/batches/{batch_id}/events") as answer:
        return answer.status_code == 200


def pages_asked(system: RunningSystem) -> list[str]:
    """Spotify's pages of artists that were asked for, one entry a call."""
    journal = system.sandbox.get("/_sandbox/journal", params={"provider": "spotify", "method": "artists.get", "limit": 10_000})
    return [row["path"].rsplit("/", 1)[-1] for row in journal.json()["rows"]]


def test_fifty_artists_are_answered_in_order_and_told_one_by_one(system):
    known = known_ids(system)
    ids = [*known[:25], UNKNOWN, *known[25:49]]

    answer = post(system, ids, "mine")
    seen = list(events(system, "mine"))

    artists = answer.json()
    counters = system.sandbox.get("/_sandbox/counters").json()
    assert answer.status_code == 200
    assert [each["artist_id"] for each in artists] == ids
    assert [each["artist_id"] for each in artists if each.get("error")] == [UNKNOWN]
    assert all(each["artist"]["spotify_id"] == each["artist_id"] for each in artists if not each.get("error"))
    assert (counters["apify"]["run"], counters["apify"].get("run-sync", 0), counters["wikidata"]["total"]) == (1, 0, 1)
    assert [name for name, _ in seen] == ["progress", *["artist"] * 50, "progress", "end"]
    assert seen[-2][1]["progress"] == {"total": 50, "done": 50, "failed": 1, "ended": True}
    assert sorted(content["artist"]["position"] for name, content in seen if name == "artist") == list(range(50))


def done_until_killed(system: RunningSystem) -> list[str]:
    """Kills the artist service once some artists of the batch are done; which were told."""
    done: list[str] = []
    assert eventually(lambda: is_known(system, "killed"))
    for name, content in events(system, "killed"):
        if name == "artist":
            done.append(content["artist"]["artist_id"])
            if len(done) == SOME:
                system.child("services.artist").kill()
    return done


def run_out_of_lease(system: RunningSystem) -> None:
    """What the killed process had is due again after a minute; the test does not wait for it."""
    (path,) = system.folder.glob("data/**/*artist.sqlite")
    with closing(sqlite3.connect(path, timeout=10)) as database, database:
        database.execute("UPDATE jobs SET lease_until = created_at WHERE state = 'RUNNING'")


@pytest.mark.timeout(200)
def test_a_process_that_is_killed_in_the_middle_costs_nothing_that_was_done(system):
    known = known_ids(system)[49:]
    ids = [*known[:10], UNKNOWN, *known[10:]]
    assert len(ids) > 4 * SOME
    system.script(fault={"kind": "delay", "seconds": 0.5})
    asking = threading.Thread(target=post, args=(system, ids, "killed"))
    asking.start()
    done = done_until_killed(system)
    before = len(pages_asked(system))
    asking.join()
    run_out_of_lease(system)

    assert eventually(lambda: post(system, ids, "killed").status_code == 200)
    artists = post(system, ids, "killed").json()

    assert [each["artist_id"] for each in artists] == ids
    assert [each["artist_id"] for each in artists if each.get("error")] == [UNKNOWN]
    assert len(done) >= SOME
    assert not set(done) & set(pages_asked(system)[before:])
