"""A whole history is imported: nothing is lost, nothing twice, whatever is killed, refused, paused or away meanwhile."""

import gzip
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.patience import eventually
from tests.fakes.servers import RedisServer
from tests.journeys.listening import IMPORT_HISTORY, IMPORTS, PATIENT, ListeningSystem, OwnTracker, events, is_named
from tests.journeys.running import ROOT

# What takes long to set up is set up once; a machine that does other things too may take its time.
pytestmark = [pytest.mark.xdist_group("every_play"), pytest.mark.timeout(400)]

MANY, FEWER = 20_000, 3_000
AT_ONCE = 15.0
"""Seconds: what nobody needs to wait for takes one or two, and a machine may do other things too."""
COUNTS = {
    "status",
    "tracks_imported",
    "tracks_skipped",
    "tracks_errors",
    "albums_enriched",
    "total_albums_to_enrich",
    "total_scrobbles",
}


@pytest.fixture(scope="module")
def first_steps(tmp_path_factory) -> Iterator[ListeningSystem]:
    with ListeningSystem(tmp_path_factory.mktemp("system"), MANY) as running:
        assert running.history.total() == MANY
        yield running


@pytest.fixture(scope="module")
def grown_up(tmp_path_factory, postgres_server) -> Iterator[ListeningSystem]:
    redis = RedisServer()
    with postgres_server.fresh_database() as database_url:
        settings = {"DATABASE_URL": database_url, "REDIS_URL": redis.url}
        with ListeningSystem(tmp_path_factory.mktemp("grown_up"), FEWER, settings) as running:
            assert running.history.total() == FEWER
            yield running
        redis.close()


@pytest.fixture
def system(first_steps: ListeningSystem) -> ListeningSystem:
    """SQLite and memory, with nothing imported."""
    first_steps.empty()
    return first_steps


@pytest.fixture(params=["first_steps", "grown_up"], ids=["SQLite and memory", "PostgreSQL and Redis"])
def any_system(request) -> ListeningSystem:
    running: ListeningSystem = request.getfixturevalue(request.param)
    running.empty()
    return running


@pytest.fixture(scope="module")
def lone_tracker(tmp_path_factory) -> Iterator[OwnTracker]:
    tracker = OwnTracker(tmp_path_factory.mktemp("own"), MANY)
    try:
        with tracker.system:
            assert tracker.system.history.total() == MANY
            yield tracker
    finally:
        tracker.close()


@pytest.fixture
def tracker(lone_tracker: OwnTracker, tmp_path: Path) -> OwnTracker:
    """A tracker service with nothing imported, to be killed and started at will."""
    lone_tracker.replace(str(tmp_path))
    return lone_tracker


def month_of(uts: int) -> str:
    return f"{datetime.fromtimestamp(uts, UTC):%Y-%m}"


def day_of(uts: int) -> str:
    return f"{datetime.fromtimestamp(uts, UTC):%Y-%m-%d}"


def test_every_play_is_imported_and_shown_and_a_second_time_costs_one_request(any_system):
    history, total = any_system.history, any_system.history.total()
    days = Counter(day_of(uts) for uts, *_ in history.elements())
    months = Counter(month_of(uts) for uts, *_ in history.elements())
    artists = Counter(artist for _, artist, *_ in history.elements())
    busiest, most = days.most_common(1)[0]

    answer = any_system.import_history()
    first_calls = any_system.pages_asked()
    again = any_system.import_history()
    second_calls = any_system.pages_asked() - first_calls

    body = answer.json()
    assert answer.status_code == again.status_code == 200
    assert set(body) == set(again.json()) == COUNTS
    assert (body["status"], body["total_scrobbles"]) == ("success", total)
    assert (body["tracks_imported"], body["tracks_skipped"], body["tracks_errors"]) == (total, 0, 0)
    assert [again.json()[name] for name in ("tracks_imported", "tracks_skipped", "tracks_errors")] == [0, total, 0]
    assert second_calls == 1
    assert any_system.calls() == first_calls + 1 <= total / 1000 + 3

    assert any_system.stored() == history
    plays = any_system.get("/api/v1/plays", page_size=200)["plays"]
    assert [play["uts"] for play in plays] == [uts for uts, *_ in any_system.newest(200)]
    assert all(is_named(play) for play in plays)
    timeline = any_system.get("/api/v1/timeline", date=busiest)
    shown = [play for hour in timeline["hours"] for play in hour["plays"]]
    assert timeline["play_count"] == most
    assert [play["uts"] for play in shown] == sorted(uts for uts, *_ in history.elements() if day_of(uts) == busiest)
    analytics = any_system.get("/api/v1/analytics", **{"from": "2010-01-01", "to": "2025-01-01", "top": 200})
    assert (analytics["play_count"], analytics["artist_count"]) == (total, len(artists))
    assert {each["artist"]: each["play_count"] for each in analytics["top_artists"]} == artists
    assert {each["date"]: each["play_count"] for each in analytics["days"]} == days
    completeness = any_system.get("/api/v1/completeness")
    assert (completeness["stored_count"], completeness["holes"], completeness["quarantined_count"]) == (total, [], 0)
    assert {each["month"]: each["stored_count"] for each in completeness["months"]} == months


def test_a_limit_takes_the_newest_and_completeness_shows_what_is_missing(any_system):
    oldest = month_of(any_system.newest(500)[-1][0])
    months = Counter(month_of(uts) for uts, *_ in any_system.history.elements())

    body = any_system.import_history(limit=500).json()
    any_system.client.post("/api/v1/completeness:refresh")

    assert (body["tracks_imported"], body["total_scrobbles"]) == (500, any_system.history.total())
    assert sorted(uts for uts, *_ in any_system.stored().elements()) == sorted(uts for uts, *_ in any_system.newest(500))
    assert eventually(lambda: not any_system.get("/api/v1/completeness")["is_counting"], within=PATIENT)
    completeness = any_system.get("/api/v1/completeness")
    counted = {each["month"]: each["source_count"] for each in completeness["months"] if each["source_count"]}
    assert (completeness["stored_count"], completeness["source_count"]) == (500, any_system.history.total())
    assert counted == {month: count for month, count in months.items() if month >= oldest}


def test_who_does_not_wait_is_told_where_to_watch_it_to_its_end(system):
    system.arrange(page_seconds=0.2)

    answer = system.client.post(IMPORT_HISTORY, params={"limit": 4000}, headers={"prefer": "respond-async"})
    told = list(events(system.client, f"{answer.headers['location']}/events"))

    begun = answer.json()
    progress = [content["progress"] for name, content in told if name == "progress"]
    seen = [each["counts"]["seen"] for each in progress]
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    assert answer.headers["location"] == f"{IMPORTS}/{begun['started_import']['id']}"
    assert begun["status"] == "accepted"
    assert [name for name, _ in told] == [*["progress"] * len(progress), "end"]
    assert progress[0]["state"] in ("IMPORT_STATE_PENDING", "IMPORT_STATE_RUNNING")
    assert (progress[-1]["state"], progress[-1]["summary"], seen[-1]) == ("IMPORT_STATE_SUCCEEDED", "complete", 4000)
    assert seen == sorted(seen)
    assert len(set(seen)) >= 3
    assert sum(system.stored().values()) == 4000


def is_under_way(system: ListeningSystem, address: str) -> bool:
    """Whether some of it is stored, and some is not."""
    return 0 < int(system.get(address)["counts"]["seen"]) < MANY


def is_quiet(system: ListeningSystem) -> bool:
    """Whether the sandbox has answered all it was asked."""
    rows = system.sandbox.get("/_sandbox/journal", params={"provider": "lastfm"}).json()["rows"]
    return all(row["status"] is not None for row in rows)


def test_a_paused_import_stays_paused_over_a_restart_and_goes_on_where_it_was(system):
    system.arrange(page_seconds=0.3)
    address = system.begin()
    assert eventually(lambda: is_under_way(system, address), within=PATIENT)

    paused = system.post(f"{address}:pause")
    assert eventually(lambda: is_quiet(system), within=PATIENT)
    system.stop()
    system.start()
    another = system.import_history(limit=1)  # what comes after it in the queue is done, and it is not
    after = system.get(address)
    stored, calls = system.stored(), system.pages_asked()
    system.post(f"{address}:resume")
    ended = system.finish(address)

    assert another.status_code == 200
    assert paused["state"] == after["state"] == "IMPORT_STATE_PAUSED"
    assert paused["counts"]["imported"] == after["counts"]["imported"] == stored.total() < MANY
    assert calls == 1
    assert (ended["state"], ended["summary"], ended["counts"]["imported"]) == ("IMPORT_STATE_SUCCEEDED", "complete", MANY)
    assert system.stored() == system.history
    assert system.pages_asked() - calls <= (MANY - stored.total()) / 999 + 1


def test_a_cancelled_import_keeps_its_plays_a_retry_finishes_it_and_undo_takes_it_back(system):
    system.arrange(page_seconds=0.3)
    address = system.begin()
    assert eventually(lambda: is_under_way(system, address), within=PATIENT)

    cancelled = system.post(f"{address}:cancel")
    assert eventually(lambda: is_quiet(system), within=PATIENT)
    kept = system.stored()
    system.arrange(page_seconds=0)
    system.post(f"{address}:retry")
    ended = system.finish(address)
    whole = system.stored()
    undone = system.post(f"{address}:undo")

    assert cancelled["state"] == "IMPORT_STATE_CANCELLED"
    assert 0 < kept.total() == cancelled["counts"]["imported"] < MANY
    assert (ended["state"], ended["summary"], ended["counts"]["imported"]) == ("IMPORT_STATE_SUCCEEDED", "complete", MANY)
    assert whole == system.history
    assert (undone["is_undone"], undone["summary"], system.stored().total()) == (True, "undone", 0)
    refused = [system.client.post(f"{address}:{verb}") for verb in ("undo", "retry", "pause", "resume", "cancel")]
    assert [answer.status_code for answer in refused] == [400] * 5


@pytest.mark.parametrize("poison", ["error_8", "status_500", "html"])
def test_a_window_that_is_never_answered_is_a_hole_which_a_retry_closes(system, poison):
    newest = system.newest(2100)
    since, until = newest[720][0], newest[700][0] + 1
    poisoned = {heard for heard in newest if since <= heard[0] < until}
    system.arrange(poison_since=since, poison_until=until, poison_as=poison)

    answer = system.import_history(limit=2000)
    address = system.newest_import()
    before = system.get(address)
    (hole,) = system.get("/api/v1/completeness")["holes"]
    stored = system.stored()
    system.arrange(poison_since=0, poison_until=0)
    system.post(f"{address}:retry")
    ended = system.finish(address)

    assert answer.json()["status"] == before["summary"] == "complete with 1 hole"
    assert before["holes"] == [hole]
    assert hole["from_time"] <= moment(min(poisoned)[0])
    assert hole["to_time"] > moment(max(poisoned)[0])
    assert stored.total() == 2000
    assert not stored.keys() & poisoned
    assert (ended["state"], ended["summary"], ended["holes"]) == ("IMPORT_STATE_SUCCEEDED", "complete", [])
    assert system.get("/api/v1/completeness")["holes"] == []
    assert system.stored() == stored + Counter(heard for heard in newest if heard in poisoned)


def moment(uts: int) -> str:
    return f"{datetime.fromtimestamp(uts, UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_the_command_imports_so_many_plays_and_says_what_it_came_to(system):
    url = f"http://localhost:{system.gateway_port}"
    command = [sys.executable, str(ROOT / "scripts" / "import_lastfm_history.py"), "1000", "--url", url]

    done = subprocess.run(command, env=system.environment, capture_output=True, text=True, check=False, timeout=2 * PATIENT)

    assert done.returncode == 0, done.stderr
    assert "is complete in" in done.stdout
    assert "1,000 plays imported" in done.stdout
    assert system.stored().total() == 1000


def die(tracker: OwnTracker, chance: random.Random) -> None:
    """Kills it at some moment of its next two pages, while one is asked for, read, written or named; and starts it again."""
    system = tracker.system
    enough = system.pages_asked() + chance.choice((1, 2))
    assert eventually(lambda: system.pages_asked() >= enough, within=PATIENT)
    for _ in range(chance.randrange(100)):  # so many looks later
        system.pages_asked()
    tracker.kill()
    tracker.start(tracker.folder)


def test_a_tracker_killed_ten_times_loses_no_play_and_doubles_none(tracker):
    system, chance = tracker.system, random.Random(MANY)  # noqa: S311 - reproducible, not secret
    system.arrange(page_seconds=0.15)
    address = system.begin()

    for _ in range(10):
        die(tracker, chance)
    at_the_last_death = system.pages_asked()
    tracker.await_ready()
    assert eventually(lambda: system.get(address)["end_time"] is not None, within=2 * PATIENT)

    ended = system.get(address)
    assert system.pages_asked() > at_the_last_death  # it was not over by then
    assert (ended["state"], ended["summary"], ended["counts"]["imported"]) == ("IMPORT_STATE_SUCCEEDED", "complete", MANY)
    assert system.stored() == system.history
    assert eventually(lambda: system.unnamed() == 0)


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ({"LASTFM_USERNAME": "example_private"}, 400, "The Last.fm profile example_private is private"),
        ({"LASTFM_USERNAME": "example_nobody"}, 404, "Last.fm has no user example_nobody"),
        ({"LASTFM_API_KEY": "invalid-key"}, 400, "Last.fm refuses the API key"),
    ],
    ids=["private profile", "unknown user", "refused key"],
)
def test_what_no_waiting_will_mend_is_told_at_once_in_one_sentence(lone_tracker, tmp_path, settings, status, words):
    lone_tracker.replace(str(tmp_path), **settings)
    system = lone_tracker.system
    started = time.monotonic()

    answer = system.import_history()

    took = time.monotonic() - started
    ended = system.get(system.newest_import())
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].startswith(words)
    assert answer.json()["detail"].endswith(".")
    assert ". " not in answer.json()["detail"]
    assert took < AT_ONCE
    assert (ended["state"], ended["retry_time"]) == ("IMPORT_STATE_FAILED", None)
    assert system.calls() == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_whole_export_goes_into_an_empty_system_and_is_the_same(grown_up, tracker, pack):
    grown_up.empty()
    assert grown_up.import_history().status_code == 200
    content = grown_up.client.get("/api/v1/plays:export", params={"format": "jsonl"}, timeout=PATIENT).content

    answer = tracker.system.client.post(
        f"{IMPORTS}:upload", content=pack(content), headers={"content-type": "application/octet-stream"}, timeout=PATIENT
    )
    ended = tracker.system.finish(answer.headers["location"])

    assert answer.status_code == 202
    assert (ended["state"], ended["summary"], ended["counts"]["imported"]) == ("IMPORT_STATE_SUCCEEDED", "complete", FEWER)
    assert tracker.system.stored() == grown_up.stored() == grown_up.history
    assert tracker.system.calls() == 0


@pytest.mark.parametrize("content", [b"a letter, not a history", b'{"songs": 3}', b"\x1f\x8bnothing gzipped"])
def test_a_file_that_is_no_history_is_refused_by_the_name_of_its_field(system, content):
    answer = system.client.post(f"{IMPORTS}:upload", content=content, headers={"content-type": "application/octet-stream"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == {"file"}


def test_plays_come_without_the_album_service_and_their_ids_by_themselves_once_it_is_back(tracker):
    system = tracker.system

    with system.without("services.album"):
        answer = system.import_history(limit=2000)
        unnamed = system.unnamed()

    assert (answer.status_code, answer.json()["status"], answer.json()["tracks_imported"]) == (200, "success", 2000)
    assert unnamed == system.stored().total() == 2000
    assert eventually(lambda: system.unnamed() == 0)
