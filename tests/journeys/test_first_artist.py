import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.servers import RedisServer
from tests.journeys.running import ARTIST_ONLY, RunningSystem

BUF = Path(sys.executable).with_name("buf")


@pytest.fixture(scope="module", params=["SQLite and memory", "PostgreSQL and Redis"])
def system(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("system")
    if request.param == "SQLite and memory":
        with RunningSystem(folder, services=ARTIST_ONLY) as running:
            yield running
        return
    redis = RedisServer()
    with request.getfixturevalue("postgres_server").fresh_database() as database_url:
        settings = {"DATABASE_URL": database_url, "REDIS_URL": redis.url}
        with RunningSystem(folder, settings, services=ARTIST_ONLY) as running:
            yield running
        redis.close()


@pytest.fixture
def fresh(system):
    system.sandbox.post("/_sandbox/reset", json={"journal": True, "faults": True})
    return system


def buf_curl(system, *arguments):
    command = [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_one_command_says_that_it_is_a_sandbox_and_prints_one_url(system):
    assert "SANDBOX" in system.said
    assert system.said.count(f"http://localhost:{system.gateway_port}") == 1


def test_an_artist_is_answered_whole_for_three_calls_and_again_for_none(fresh):
    answer = fresh.enrich(name="Radiohead")
    calls = fresh.calls()
    again = fresh.enrich(name="Radiohead")

    body = answer.json()
    assert answer.status_code == 200
    assert body["lastfm"]["url"] == "https://www.last.fm/music/Radiohead"
    assert body["lastfm"]["listeners"] > 0
    assert body["lastfm"]["playcount"] > body["lastfm"]["listeners"]
    assert len(body["lastfm"]["tags"]) >= 5
    assert "Oxfordshire" in body["lastfm"]["bio"]["content"]
    assert len(body["similar"]) >= 5
    assert all(0 < each["weight"] <= 1 and each["evidence"]["provider"] == "lastfm" for each in body["similar"])
    assert {"url", "listeners", "playcount", "tags", "bio"} <= body["lastfm"]["evidence"].keys()
    assert calls == 3
    assert fresh.calls() == 3
    assert again.json() == body


def test_what_is_asked_in_another_case_is_the_same_artist(fresh):
    first = fresh.enrich(name="Portishead").json()

    second = fresh.enrich(name="  PORTISHEAD ").json()

    assert second["artist"]["id"] == first["artist"]["id"]
    assert fresh.calls() == 3


def test_an_unknown_artist_is_not_found_and_remembered(fresh):
    answers = [fresh.enrich(name="Nobody Has This Name") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert fresh.calls() == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"nmae": "Radiohead"}, "nmae"),
        ({"name": 7}, "name"),
        ({"name": ["Radiohead"]}, "name"),
        ({"spotify_url": "https://example.org/artist/1"}, "spotify_url"),
        ({"spotify_artist_id": "short"}, "spotify_artist_id"),
        ({"name": "Radiohead", "mbid": "no"}, "mbid"),
        ({"name": "Radiohead", "language": "english"}, "language"),
        ({"name": "a\u0000b"}, "name"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(fresh, body, field):
    answer = fresh.enrich(**body)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert fresh.calls() == 0


@pytest.mark.parametrize("content", [b"{", b"", b"[1]", b'{"name": "a", "name": "b"}', b'{"name": NaN}', b"\xff"])
def test_what_is_no_json_object_is_refused(fresh, content):
    answer = fresh.client.post("/api/v1/enrichment/artists/enrich", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_reflection_lists_the_services_to_an_independent_client(fresh):
    listed = buf_curl(fresh, "--list-services", f"http://127.0.0.1:{fresh.artist_port}")

    assert "soniquebay.artist.v1.ArtistService" in listed.stdout.split()
    assert "grpc.health.v1.Health" in listed.stdout.split()


def test_the_readmes_grpc_example_works_with_an_independent_client(fresh):
    url = f"http://127.0.0.1:{fresh.artist_port}/soniquebay.artist.v1.ArtistService/EnrichArtist"

    called = buf_curl(fresh, "-d", '{"name": "Radiohead"}', url)

    assert json.loads(called.stdout)["enrichedArtist"]["artist"]["name"] == "Radiohead"


def test_lists_similar_explanations_and_overrides_work_as_the_readme_says(fresh):
    artist = fresh.enrich(name="Radiohead").json()["artist"]["id"]
    path = f"/api/v1/artists/{artist}"

    listed = fresh.client.get("/api/v1/artists", params={"name_prefix": "rad"}).json()
    similar = fresh.client.get(f"{path}/similar", params={"min_weight": 0.5}).json()
    put = fresh.client.put(f"{path}/overrides/tags", json={"value": ["art rock"], "reason": "my own shelf"})
    explained = fresh.client.get(f"{path}/explain", params={"field": "tags"}).json()["explanations"][0]
    shown = fresh.client.get(f"/api/v1/enrichment/artists/{artist}").json()["lastfm"]["tags"]
    deleted = fresh.client.delete(f"{path}/overrides/tags")

    assert artist in {each["id"] for each in listed["artists"]}
    assert all(each["weight"] >= 0.5 for each in similar["similar_artists"])
    assert put.status_code == 200
    assert explained["chosen"]["value"][0]["name"] == "art rock"
    assert explained["override"]["differs_upstream"] is True
    assert len(explained["candidates"]) == 2
    assert [tag["name"] for tag in shown] == ["art rock"]
    assert deleted.status_code == 200
    assert len(fresh.client.get(f"/api/v1/enrichment/artists/{artist}").json()["lastfm"]["tags"]) >= 5


def test_the_metrics_rpc_agrees_with_what_the_upstream_saw(fresh):
    before = fresh.client.get("/api/v1/enrichment/metrics").json()["lastfm"]["requests"]
    fresh.enrich(name="Massive Attack")
    fresh.enrich(name="Massive Attack")

    figures = fresh.client.get("/api/v1/enrichment/metrics").json()["lastfm"]

    assert figures["requests"] - before == fresh.calls() == 3
    assert figures.keys() == {
        "provider",
        "requests",
        "success_rate",
        "failure_rate",
        "cache_hit_rate",
        "avg_latency",
        "circuit_breaker_state",
    }


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"])
def test_the_gateways_own_pages_answer(fresh, path):
    assert fresh.client.get(path).status_code == 200
