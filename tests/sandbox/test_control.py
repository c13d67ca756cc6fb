"""Does the control API tell what happened, and does the limiter refuse?"""

import signal
import socket
from urllib.parse import urlsplit

import pytest

from tests.sandbox.running import RunningSandbox


def test_journal_has_one_row_per_request_newest_last_with_the_key_masked(sandbox):
    sandbox.ask("artist.getInfo", artist="Radiohead", api_key="0123456789abcdef")
    sandbox.client.get("/lastfm/2.0/", params={"method": "artist.getTopTags", "artist": "Cher", "api_key": "k9"})

    first, second = sandbox.control("journal")["rows"]

    assert first["api_method"] == "artist.getInfo".lower()
    assert first["params"] == {"method": "artist.getInfo", "api_key": "…ef", "artist": "Radiohead"}
    assert (first["http_method"], first["path"], first["status"], first["fault"]) == ("POST", "/2.0/", 200, None)
    assert (first["query_params"], second["query_params"]) == ([], ["api_key", "artist", "method"])
    assert first["user_agent"].startswith("python-httpx/")
    assert first["duration_ms"] > 0
    assert second["seq"] == first["seq"] + 1


def test_journal_is_filtered_and_paged_by_sequence(sandbox):
    for artist in ("Radiohead", "Cher", "Queen", "Rush"):
        sandbox.ask("artist.getInfo", artist=artist)
    sandbox.ask("artist.getTopTags", artist="Cher")

    infos = sandbox.control("journal?provider=lastfm&method=artist.getinfo")["rows"]
    newest = sandbox.control("journal?limit=2")["rows"]
    following = sandbox.control(f"journal?after={infos[0]['seq']}&limit=2")["rows"]

    assert [row["params"]["artist"] for row in infos] == ["Radiohead", "Cher", "Queen", "Rush"]
    assert [row["api_method"] for row in newest] == ["artist.getinfo", "artist.gettoptags"]
    assert [row["seq"] for row in following] == [infos[1]["seq"], infos[2]["seq"]]


def test_counters_count_every_method_and_reset_forgets_them(sandbox):
    sandbox.ask("artist.getInfo", artist="Radiohead")
    sandbox.ask("ARTIST.getinfo", artist="Nobody At All")
    sandbox.ask("artist.getSimilar", artist="Radiohead")

    counted = sandbox.control("counters")
    sandbox.client.post("/_sandbox/reset", json={"journal": True})

    assert counted == {"lastfm": {"total": 3, "artist.getinfo": 2, "artist.getsimilar": 1}}
    assert sandbox.control("counters") == {}


def test_limiter_refuses_with_429_error_29_and_no_retry_after(sandbox):
    sandbox.client.put("/_sandbox/limits", json={"lastfm": {"per_second": 3, "window_seconds": 600}})
    sandbox.client.put("/_sandbox/limits", json={"lastfm": {"per_second": 0.01, "window_seconds": 300}})

    codes = [sandbox.ask("artist.getInfo", artist="Radiohead", format="json") for _ in range(5)]

    assert [answer.status_code for answer in codes] == [200, 200, 200, 429, 429]
    assert codes[4].json()["error"] == 29
    assert "retry-after" not in codes[4].headers


def test_limiter_counts_each_key_by_itself(sandbox):
    sandbox.client.put("/_sandbox/limits", json={"lastfm": {"per_second": 0.01, "window_seconds": 100}})

    first = [sandbox.ask("artist.getInfo", artist="Cher", api_key="one").status_code for _ in range(2)]
    other = sandbox.ask("artist.getInfo", artist="Cher", api_key="two").status_code

    assert (first, other) == ([200, 429], 200)


def test_lifted_limit_refuses_nobody(sandbox):
    codes = {sandbox.ask("artist.getTopTags", artist="Cher").status_code for _ in range(40)}

    assert codes == {200}


def test_reset_brings_the_first_limits_back(sandbox):
    sandbox.client.post("/_sandbox/reset", json={"limits": True})

    assert sandbox.control("limits")["lastfm"] == {"per_second": 5.0, "window_seconds": 2}


@pytest.mark.parametrize("body", ['{"lastfm": 5}', '{"lastfm": {"per_second": 0}}', "[]", "{"])
def test_limits_that_make_no_sense_are_refused(sandbox, body):
    assert sandbox.client.put("/_sandbox/limits", content=body).status_code == 400


def test_catalogue_lists_the_real_artists_and_tells_all_about_one(sandbox):
    names = sandbox.control("catalogue")["artists"]
    slashed = sandbox.control("catalogue/AC/DC")

    assert len(names) >= 64
    assert slashed["name"] == "AC/DC"
    assert slashed["is_mbid_real"] is True


def test_health_is_ok(sandbox):
    assert sandbox.client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_process_at_once_even_while_a_request_hangs(number):
    with RunningSandbox("--no-limits") as running:
        running.fault("hang")
        address = urlsplit(running.url)
        with socket.create_connection((address.hostname, address.port)) as held:
            held.sendall(b"GET /lastfm/2.0/ HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            while not running.control("counters"):
                pass

            running.process.send_signal(number)

            assert running.process.wait(timeout=3) == 0


def test_no_limits_starts_without_any():
    with RunningSandbox("--no-limits") as running:
        assert running.control("limits") == {}


def test_seed_changes_what_was_heard_and_nothing_else():
    with RunningSandbox("--seed", "1") as one, RunningSandbox("--seed", "2") as two, RunningSandbox("--seed", "1") as again:
        heard = [
            running.ask_json("user.getRecentTracks", user="listener_500", limit=500)["recenttracks"]["track"]
            for running in (one, two, again)
        ]

    assert len(heard[0]) == len(heard[1]) == 500
    assert heard[0] != heard[1]
    assert heard[0] == heard[2]
