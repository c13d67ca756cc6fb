"""Last.fm breaks in every way it can; a person who asks is never told a lie, never kept waiting, and never sees a 500."""

import sqlite3
import time
from contextlib import closing

import pytest

from tests.journeys.running import ARTIST_ONLY, RunningSystem
from tests.sandbox.running import RunningSandbox

LONGEST = 9.5  # seconds: eight for the providers of one read, and the way there and back

FAULTS = {
    "500": {"kind": "status", "code": 500},
    "502": {"kind": "status", "code": 502},
    "503": {"kind": "status", "code": 503},
    "429": {"kind": "status", "code": 429},
    "429 for a day": {"kind": "status", "code": 429, "headers": {"retry-after": "79892"}},
    "html": {"kind": "html"},
    "truncated xml": {"kind": "truncated"},
    "wrong type": {"kind": "wrong_type"},
    "empty": {"kind": "empty"},
    "garbage": {"kind": "garbage"},
    "reset": {"kind": "reset"},
    "gzip bomb": {"kind": "gzip_bomb"},
    "huge": {"kind": "huge", "bytes": 50_000_000},
    "redirect loop": {"kind": "redirect_loop"},
    "short body": {"kind": "short_content_length"},
    "error 8": {"kind": "lastfm_error", "code": 8},
    "error 11": {"kind": "lastfm_error", "code": 11},
    "error 16": {"kind": "lastfm_error", "code": 16},
    "error 26": {"kind": "lastfm_error", "code": 26},
    "error 29": {"kind": "lastfm_error", "code": 29},
    "hang": {"kind": "hang"},
    "header drip": {"kind": "drip_headers", "interval": 0.5},
    "body drip": {"kind": "drip_body", "interval": 0.5},
}
THROTTLES = {"429", "429 for a day", "error 29"}

# The breaker has tests of its own; here every request shall reach the fault.
QUICK = {
    "LASTFM_CIRCUIT_BREAKER_THRESHOLD": "1000000",
    "ENRICHMENT_TIMEOUT_LASTFM": "1s",
    "ENRICHMENT_TIMEOUT_TOTAL": "2s",
    "LASTFM_RATE_PER_SECOND": "1000",
    "ENRICHMENT_PROVIDERS": "lastfm",  # when it is the only one, nobody else's answer hides its faults
}


@pytest.fixture(scope="module")
def upstream():
    with RunningSandbox() as running:
        running.reset()  # only scripted faults shall refuse
        yield running


@pytest.fixture(scope="module")
def system(tmp_path_factory, upstream):
    settings = {"LASTFM_API_KEY": "my-own-key", "LASTFM_URL": f"{upstream.url}/lastfm/2.0/", **QUICK}
    with RunningSystem(tmp_path_factory.mktemp("faults"), settings, services=ARTIST_ONLY) as running:
        for position, _ in enumerate(FAULTS):
            assert running.enrich(name=f"Fictional Band {position + 1:04}").status_code == 200
        yield running


def unpark(system):
    """A throttled provider is left alone for its time, which file and processes remember; for the next case that time is over."""
    system.end()
    for store in (system.folder / "data" / "limits").glob("*.sqlite"):
        with closing(sqlite3.connect(store)) as connection, connection:
            connection.execute("DELETE FROM parked")
    system.start()


@pytest.fixture
def broken(system, upstream, request):
    upstream.reset()
    upstream.script({"fault": FAULTS[request.param]})
    yield system
    assert upstream.control("counters")["lastfm"]["total"] > 0  # it was not left alone for what came before
    if request.param in THROTTLES:
        unpark(system)


@pytest.fixture(scope="module")
def refused(system, upstream):
    """A system that knows Radiohead and whose upstream no longer listens, nor will it for a later test."""
    upstream.reset()
    assert system.enrich(name="Radiohead").status_code == 200
    upstream.stop()
    return system


@pytest.mark.parametrize("broken", FAULTS, indirect=True)
def test_a_new_artist_is_unavailable_with_a_time_to_come_back(broken, request):
    name = f"Fictional Band {1000 + list(FAULTS).index(request.node.callspec.params['broken']):04}"
    started = time.monotonic()

    answer = broken.enrich(name=name)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.monotonic() - started < LONGEST


@pytest.mark.parametrize("broken", FAULTS, indirect=True)
def test_a_known_artist_is_answered_from_the_older_copy_and_marked(broken, request):
    name = f"Fictional Band {1 + list(FAULTS).index(request.node.callspec.params['broken']):04}"

    answer = broken.enrich(name=name, force_refresh=True)

    body = answer.json()
    assert answer.status_code == 200
    assert body["stale"] is True
    assert body["lastfm"]["listeners"] > 0
    assert len(body["similar"]) >= 5
    assert {note["reason"] for note in body["notes"]} & {"NOTE_REASON_FAULT", "NOTE_REASON_DEFERRED"}


def test_a_new_artist_is_unavailable_when_the_connection_is_refused(refused):
    answer = refused.enrich(name="Portishead")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_known_artist_is_answered_from_the_older_copy_when_the_connection_is_refused(refused):
    answer = refused.enrich(name="Radiohead", force_refresh=True)

    body = answer.json()
    assert answer.status_code == 200
    assert body["stale"] is True
    assert body["lastfm"]["listeners"] > 0
    assert "NOTE_REASON_FAULT" in {note["reason"] for note in body["notes"]}
