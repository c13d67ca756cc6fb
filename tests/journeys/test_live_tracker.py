"""What is played is in the journal within one look of the live tracker and pushed to its watchers; a restart misses nothing."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.environment import settings_for
from tests.fakes.patience import eventually
from tests.journeys.listening import PATIENT, ListeningSystem, events
from tests.sandbox.running import RunningSandbox

# What takes long to set up is set up once; a machine that does other things too may take its time.
pytestmark = [pytest.mark.xdist_group("live_tracker"), pytest.mark.timeout(300)]

TRACKER = "/api/v1/services/tracker"
INTERVAL = 15
"""Seconds: the shortest there is."""
LATEST = INTERVAL + 10.0
"""Seconds for one interval, the look, and a machine that does other things too."""
PLAYS = 500


class FollowingSystem(ListeningSystem):
    """Its upstream is a sandbox of the test's own, which goes on while the system is off."""

    def __init__(self, folder: Path, upstream: RunningSandbox) -> None:
        addresses = {name: value for name, value in settings_for(upstream.url).items() if name != "LASTFM_USERNAME"}
        super().__init__(folder, PLAYS, {**addresses, "TRACKER_INTERVAL_SECONDS": str(INTERVAL)}, services=["tracker"])
        self.upstream = upstream

    def start(self) -> None:
        super(ListeningSystem, self).start()

    def play(self, track: str, *, seconds_ago: int = 60) -> None:
        """The account has played it; names are made up."""
        uts = int(time.time()) - seconds_ago
        heard = {"uts": uts, "artist": "Somebody Live", "track": track, "album": "Sessions"}
        answer = self.upstream.client.post("/_sandbox/plays", json={"user": self.account, "plays": [heard]})
        assert answer.status_code == 201

    def announce(self, track: str) -> None:
        """What the account plays at this moment; nothing if empty."""
        playing = {"user": self.account, **({"artist": "Somebody Live", "track": track, "album": "Sessions"} if track else {})}
        assert self.upstream.client.put("/_sandbox/now_playing", json=playing).is_success

    def looks(self) -> int:
        """How often the upstream was asked for what was played."""
        return int(self.upstream.control("counters").get("lastfm", {}).get("user.getrecenttracks", 0))

    def tracks(self) -> list[str]:
        """What the journal holds, newest first."""
        return [play["track"] for play in self.get("/api/v1/plays", page_size=200)["plays"]]


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[FollowingSystem]:
    with RunningSandbox() as upstream:
        upstream.reset()
        with FollowingSystem(tmp_path_factory.mktemp("system"), upstream) as system:
            yield system


@pytest.fixture
def system(running: FollowingSystem) -> FollowingSystem:
    """Its tracker is stopped, and nothing plays."""
    running.post(f"{TRACKER}/stop")
    running.announce("")
    return running


def is_waiting_for_its_next_look(system: FollowingSystem) -> bool:
    status = system.get(f"{TRACKER}/status")
    return bool(status["state"] == "following" and status["last_error"] == "")


def test_starting_and_stopping_are_answered_in_one_word(system):
    answers = [system.post(f"{TRACKER}/{verb}") for verb in ("start", "start", "stop", "stop")]

    assert answers == [{"status": "started"}, {"status": "started"}, {"status": "stopped"}, {"status": "stopped"}]


def test_the_status_says_whether_it_runs_how_often_it_looks_and_what_it_saw_last(system):
    before = system.get(f"{TRACKER}/status")
    system.play("Seen Last", seconds_ago=40)
    system.post(f"{TRACKER}/start")
    assert eventually(lambda: is_waiting_for_its_next_look(system), within=PATIENT)

    after = system.get(f"{TRACKER}/status")

    assert (before["running"], before["state"], before["interval_seconds"]) == (False, "stopped", INTERVAL)
    assert (after["running"], after["state"], after["interval_seconds"]) == (True, "following", INTERVAL)
    assert after["last_track"] == "Somebody Live|Seen Last|Sessions"
    assert after["account"] == system.account
    assert after["lag_seconds"] <= LATEST


def test_a_play_is_in_the_journal_and_pushed_within_one_interval_and_what_plays_now_is_never_a_play(system):
    system.post(f"{TRACKER}/start")
    assert eventually(lambda: is_waiting_for_its_next_look(system), within=PATIENT)

    with closing(events(system.client, f"{TRACKER}/events")) as told:
        first = next(told)
        system.announce("Not Over Yet")
        system.play("Just Over", seconds_ago=5)
        played_at = time.monotonic()
        pushed = dict(next(told) for _ in range(2))
        took = time.monotonic() - played_at
        during = system.get(f"{TRACKER}/status")
        system.announce("")
        system.post(f"{TRACKER}/start")  # started again, it looks at once
        silent = next(content for name, content in told if name == "now_playing")

    assert (first[0], first[1]["status"]["state"]) == ("status", "following")
    assert set(pushed) == {"play", "now_playing"}
    assert (pushed["play"]["play"]["track"], pushed["now_playing"]["now_playing"]["track"]) == ("Just Over", "Not Over Yet")
    assert took < LATEST
    assert during["now_playing"]["track"] == "Not Over Yet"
    assert during["last_track"] == "Somebody Live|Just Over|Sessions"
    assert silent["now_playing"]["track"] == ""
    assert system.tracks().count("Just Over") == 1
    assert "Not Over Yet" not in system.tracks()


def test_a_restart_misses_nothing_and_leaves_the_tracker_as_it_was(system):
    system.post(f"{TRACKER}/start")
    assert eventually(lambda: is_waiting_for_its_next_look(system), within=PATIENT)
    system.stop()
    system.play("While It Was Off", seconds_ago=30)
    system.play("A Moment Later", seconds_ago=10)

    system.start()
    is_running = system.get(f"{TRACKER}/status")["running"]
    is_caught_up = eventually(lambda: {"While It Was Off", "A Moment Later"} <= set(system.tracks()), within=LATEST)
    system.post(f"{TRACKER}/stop")
    system.stop()
    looks = system.looks()
    system.start()
    status = system.get(f"{TRACKER}/status")
    imported = system.import_history(limit=1)  # what comes after it in the queue is done, and no look was taken

    assert is_running
    assert is_caught_up
    assert system.tracks().count("While It Was Off") == system.tracks().count("A Moment Later") == 1
    assert (status["running"], status["state"]) == (False, "stopped")
    assert imported.status_code == 200
    assert system.looks() == looks + 1
