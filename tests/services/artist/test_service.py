"""The artist service over real gRPC, with the sandbox as the internet."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2

from services.artist.wiring import SERVICE
from soniquebay.artist.v1 import artist_pb2 as pb
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist, refusal

BUF = Path(sys.executable).with_name("buf")
RADIOHEAD_MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
SPOTIFY_ID = "4Z8W4fKeB5YxbusRsdQVPb"
BAD = grpc.StatusCode.INVALID_ARGUMENT


def value(plain: Any) -> struct_pb2.Value:
    return json_format.ParseDict(plain, struct_pb2.Value())


def override(artist: str, field: str, plain: Any, reason: str = "I know better") -> pb.UpdateArtistOverrideRequest:
    return pb.UpdateArtistOverrideRequest(artist=artist, field=field, value=value(plain), reason=reason)


def test_a_cold_artist_is_enriched_with_three_calls_and_a_warm_one_with_none(service: RunningArtist, sandbox: RunningSandbox):
    cold = service.enrich("Radiohead")
    warm = service.enrich("radiohead")

    assert sandbox.control("counters")["lastfm"]["total"] == 3
    assert cold == warm
    assert (cold.artist.name, cold.artist.mbid) == ("Radiohead", RADIOHEAD_MBID)
    assert cold.lastfm.listeners > 1_000_000
    assert 1 <= len(cold.lastfm.tags) <= 10
    assert 1 <= len(cold.similar) <= 50
    assert cold.lastfm.bio.language == "en"
    assert {"url", "listeners", "playcount", "tags", "bio"} <= cold.lastfm.evidence.keys()
    assert not cold.stale


def test_the_key_never_stands_in_a_url(service: RunningArtist, sandbox: RunningSandbox):
    service.enrich("Radiohead")

    rows = sandbox.control("journal")["rows"]
    assert [row["query_params"] for row in rows] == [[], [], []]
    assert all(row["user_agent"].startswith("SoniqueBay/") for row in rows)


def test_force_refresh_asks_again(service: RunningArtist, sandbox: RunningSandbox):
    service.enrich("Radiohead")

    service.enrich("Radiohead", force_refresh=True)

    assert sandbox.control("counters")["lastfm"]["total"] == 6


def test_an_artist_nobody_knows_is_not_found_and_asked_about_once(service: RunningArtist, sandbox: RunningSandbox):
    request = pb.EnrichArtistRequest(name="No Such Artist At All")

    refused = [refusal(service, "EnrichArtist", request) for _ in range(2)]

    assert {each.code for each in refused} == {grpc.StatusCode.NOT_FOUND}
    assert sandbox.control("counters")["lastfm"]["total"] == 3


def test_an_enriched_artist_is_got_without_asking_and_by_language(service: RunningArtist, sandbox: RunningSandbox):
    enriched = service.enrich("Radiohead")

    got = service.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=enriched.artist.id)).enriched_artist
    french = service.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=enriched.artist.id, language="fr"))

    assert got == enriched
    assert french.enriched_artist.lastfm.bio.language == "en"
    assert sandbox.control("counters")["lastfm"]["total"] == 3


def test_a_refresh_asks_for_the_kinds_named(service: RunningArtist, sandbox: RunningSandbox):
    artist_id = service.enrich("Radiohead").artist.id
    sandbox.reset()

    answer = service.call("RefreshArtist", pb.RefreshArtistRequest(id=artist_id, kinds=["tags"]))

    assert answer.enriched_artist.artist.id == artist_id
    assert sandbox.control("counters")["lastfm"] == {"total": 1, "artist.gettoptags": 1}


def test_an_artist_is_got_alone(service: RunningArtist):
    enriched = service.enrich("Radiohead")

    assert service.call("GetArtist", pb.GetArtistRequest(artist=enriched.artist.id)).artist == enriched.artist


def test_similar_artists_are_listed_in_pages_and_filtered(service: RunningArtist):
    enriched = service.enrich("Radiohead")
    request = pb.ListSimilarArtistsRequest(artist=enriched.artist.id, page_size=3)

    listed: list[pb.SimilarArtist] = []
    while not listed or request.page_token:
        page = service.call("ListSimilarArtists", request)
        assert len(page.similar_artists) <= 3
        listed += page.similar_artists
        request.page_token = page.next_page_token
    close = service.call("ListSimilarArtists", pb.ListSimilarArtistsRequest(artist=enriched.artist.id, min_weight=0.9))
    held = service.call("ListSimilarArtists", pb.ListSimilarArtistsRequest(artist=enriched.artist.id, in_library=True))

    assert listed == list(enriched.similar)
    assert list(close.similar_artists) == [edge for edge in listed if edge.weight >= 0.9]
    assert list(held.similar_artists) == []


def test_a_batch_of_names_becomes_ids_in_order_and_asks_nobody(service: RunningArtist, sandbox: RunningSandbox):
    names = [pb.ArtistName(name=name) for name in ("Cher", "Radiohead", "cher")]

    ids = service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=names)).artist_ids

    assert ids[0] == ids[2] != ids[1]
    assert sandbox.control("journal")["rows"] == []
    assert service.call("GetArtist", pb.GetArtistRequest(artist=ids[1])).artist.in_library


def test_lists_are_walked_over_the_wire_by_name(service: RunningArtist):
    names = sorted(f"Band {number:02}" for number in range(25))
    wanted = [pb.ArtistName(name=name) for name in reversed(names)]
    service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=wanted))
    request = pb.ListArtistsRequest(page_size=7, name_prefix="BAND", in_library=True)

    listed: list[str] = []
    while not listed or request.page_token:
        page = service.call("ListArtists", request)
        listed += [artist.name for artist in page.artists]
        request.page_token = page.next_page_token

    assert listed == names


def test_an_invalidated_artist_is_asked_about_again(service: RunningArtist, sandbox: RunningSandbox):
    artist_id = service.enrich("Radiohead").artist.id

    answer = service.call("InvalidateArtists", pb.InvalidateArtistsRequest(artist_ids=[artist_id, "nobody"]))
    service.enrich("Radiohead")

    assert answer.invalidated_count == 1
    assert sandbox.control("counters")["lastfm"]["total"] == 6


def test_every_field_is_explained(service: RunningArtist):
    artist_id = service.enrich("Radiohead").artist.id

    every = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id)).explanations
    one = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field="listeners")).explanations

    assert [each.field for each in every] == ["url", "listeners", "playcount", "tags", "bio", "images", "mbid"]
    assert [each.field for each in one] == ["listeners"]
    assert one[0].chosen.status == pb.CANDIDATE_STATUS_CHOSEN
    assert "lastfm" in one[0].why
    assert one[0].HasField("next_check_time")


@pytest.mark.parametrize(
    ("field", "plain"),
    [
        ("listeners", 7),
        ("playcount", 2**53),
        ("url", "https://example.org/radiohead"),
        ("bio", "They are from Oxfordshire."),
        ("tags", ["one", "two"]),
        ("mbid", RADIOHEAD_MBID),
    ],
)
def test_an_override_wins_and_its_end_shows_the_providers_value_again(service: RunningArtist, field, plain):
    artist_id = service.enrich("Radiohead").artist.id
    before = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field=field)).explanations[0]

    set_to = service.call("UpdateArtistOverride", override(artist_id, field, plain)).explanation
    service.call("DeleteArtistOverride", pb.DeleteArtistOverrideRequest(artist=artist_id, field=field))
    after = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field=field)).explanations[0]

    assert set_to.chosen.status == pb.CANDIDATE_STATUS_LOCKED
    assert set_to.override.reason == "I know better"
    assert set_to.override.differs_upstream == (field != "mbid")
    assert after == before


def test_figures_are_keyed_by_provider(service: RunningArtist):
    figures = service.figures()

    assert (figures.provider, figures.requests, figures.circuit_breaker_state) == ("lastfm", 0, "closed")


def test_without_its_key_a_provider_is_off_and_says_so(sandbox: RunningSandbox, tmp_path: Path):
    with RunningArtist(sandbox.url, tmp_path, lastfm_api_key="") as service:
        refused = refusal(service, "EnrichArtist", pb.EnrichArtistRequest(name="Radiohead"))
        ids = service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=[pb.ArtistName(name="Radiohead")])).artist_ids
        got = service.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=ids[0])).enriched_artist

        assert service.figures().circuit_breaker_state == "off"
    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    assert "LASTFM_API_KEY" in refused.message
    assert [(note.provider, note.reason) for note in got.notes] == [("lastfm", pb.NOTE_REASON_OFF)]
    assert sandbox.control("journal")["rows"] == []


@pytest.fixture(scope="module")
def shared(sandbox_process: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningArtist]:
    """One service for all requests that are refused before anything happens."""
    with RunningArtist(sandbox_process.url, tmp_path_factory.mktemp("shared")) as running:
        running.call("EnsureArtists", pb.EnsureArtistsRequest(artists=[pb.ArtistName(name="Radiohead")]))
        yield running


@pytest.fixture
def held(shared: RunningArtist) -> str:
    """The id of an artist that is there."""
    listed: pb.ListArtistsResponse = shared.call("ListArtists", pb.ListArtistsRequest())
    return listed.artists[0].id


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "x\u0007"}, "name"),
        ({"name": "Radiohead", "spotify_url": f"https://open.spotify.com/artist/{SPOTIFY_ID}"}, "spotify_url"),
        ({"name": "Radiohead", "spotify_artist_id": SPOTIFY_ID}, "spotify_artist_id"),
        ({"spotify_url": "https://open.spotify.com/album/x"}, "spotify_url"),
        ({"spotify_url": f"https://evil.example/artist/{SPOTIFY_ID}"}, "spotify_url"),
        ({"spotify_artist_id": "short"}, "spotify_artist_id"),
        ({"spotify_artist_id": SPOTIFY_ID, "mbid": RADIOHEAD_MBID}, "mbid"),
        ({"name": "Radiohead", "mbid": "not-an-id"}, "mbid"),
        ({"name": "Radiohead", "language": "english"}, "language"),
        ({"name": "Radiohead", "language": "e1"}, "language"),
    ],
)
def test_a_wrong_enrichment_is_refused_by_the_name_of_its_field(shared: RunningArtist, fields, wrong):
    refused = refusal(shared, "EnrichArtist", pb.EnrichArtistRequest(**fields))

    assert (refused.code, refused.fields) == (BAD, [wrong])


@pytest.mark.parametrize(
    "request_of",
    [
        pb.EnrichArtistRequest(spotify_artist_id=SPOTIFY_ID),
        pb.EnrichArtistRequest(spotify_url=f"https://open.spotify.com/artist/{SPOTIFY_ID}"),
    ],
    ids=["id", "url"],
)
def test_a_spotify_id_nobody_has_seen_needs_what_is_off(shared: RunningArtist, request_of):
    assert refusal(shared, "EnrichArtist", request_of).code is grpc.StatusCode.FAILED_PRECONDITION


@pytest.mark.parametrize(
    ("rpc", "request_of", "wrong"),
    [
        ("GetEnrichedArtist", lambda held: pb.GetEnrichedArtistRequest(id=held, language="FR"), "language"),
        ("RefreshArtist", lambda held: pb.RefreshArtistRequest(id=held, kinds=["tags", "hats"]), "kinds"),
        ("ListArtists", lambda _: pb.ListArtistsRequest(page_size=-1), "page_size"),
        ("ListArtists", lambda _: pb.ListArtistsRequest(page_token="forged"), "page_token"),
        ("ListArtists", lambda _: pb.ListArtistsRequest(name_prefix="x" * 501), "name_prefix"),
        ("ListSimilarArtists", lambda held: pb.ListSimilarArtistsRequest(artist=held, min_weight=1.5), "min_weight"),
        ("ListSimilarArtists", lambda held: pb.ListSimilarArtistsRequest(artist=held, min_weight=float("nan")), "min_weight"),
        ("ExplainArtist", lambda held: pb.ExplainArtistRequest(artist=held, field="hats"), "field"),
        ("UpdateArtistOverride", lambda held: override(held, "hats", 1), "field"),
        ("UpdateArtistOverride", lambda held: override(held, "images", ["x"]), "field"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", 1, reason="  "), "reason"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", 1, reason="x" * 501), "reason"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", -1), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", 1.5), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", 1e300), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", "7"), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "listeners", None), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "tags", []), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "tags", ["x"] * 11), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "tags", [1]), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "url", "javascript:alert(1)"), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "mbid", "x"), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "bio", " "), "value"),
        ("InvalidateArtists", lambda _: pb.InvalidateArtistsRequest(), "artist_ids"),
        ("EnsureArtists", lambda _: pb.EnsureArtistsRequest(), "artists"),
        ("EnsureArtists", lambda _: pb.EnsureArtistsRequest(artists=[pb.ArtistName(name="x")] * 1001), "artists"),
    ],
)
def test_a_wrong_request_is_refused_by_the_name_of_its_field(shared: RunningArtist, held: str, rpc, request_of, wrong):
    refused = refusal(shared, rpc, request_of(held))

    assert (refused.code, refused.fields) == (BAD, [wrong])


def test_every_wrong_name_of_a_batch_is_named(shared: RunningArtist):
    batch = [pb.ArtistName(name="fine"), pb.ArtistName(), pb.ArtistName(name="fine", mbid="x")]

    refused = refusal(shared, "EnsureArtists", pb.EnsureArtistsRequest(artists=batch))

    assert (refused.code, refused.fields) == (BAD, ["artists[1].name", "artists[2].mbid"])


@pytest.mark.parametrize(
    ("rpc", "request_of"),
    [
        ("GetEnrichedArtist", lambda ref: pb.GetEnrichedArtistRequest(id=ref)),
        ("RefreshArtist", lambda ref: pb.RefreshArtistRequest(id=ref)),
        ("GetArtist", lambda ref: pb.GetArtistRequest(artist=ref)),
        ("ListSimilarArtists", lambda ref: pb.ListSimilarArtistsRequest(artist=ref)),
        ("ExplainArtist", lambda ref: pb.ExplainArtistRequest(artist=ref)),
        ("UpdateArtistOverride", lambda ref: override(ref, "listeners", 1)),
        ("DeleteArtistOverride", lambda ref: pb.DeleteArtistOverrideRequest(artist=ref, field="listeners")),
    ],
)
@pytest.mark.parametrize("ref", ["nobody", "x" * 10_000, "'; DROP TABLE artists;--", "\x00", "ö"])
def test_an_artist_never_seen_is_not_found(shared: RunningArtist, rpc, request_of, ref):
    assert refusal(shared, rpc, request_of(ref)).code is grpc.StatusCode.NOT_FOUND


def test_a_page_token_of_another_list_is_refused(service: RunningArtist):
    names = [pb.ArtistName(name=f"Band {number}") for number in range(5)]
    service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=names))
    token = service.call("ListArtists", pb.ListArtistsRequest(page_size=2, name_prefix="b")).next_page_token

    other = refusal(service, "ListArtists", pb.ListArtistsRequest(page_size=2, name_prefix="c", page_token=token))
    tampered = refusal(service, "ListArtists", pb.ListArtistsRequest(page_size=2, name_prefix="b", page_token=token[:-2]))

    assert token
    assert (other.code, other.fields) == (tampered.code, tampered.fields) == (BAD, ["page_token"])


def test_the_service_describes_itself_to_any_client(shared: RunningArtist):
    command = [str(BUF), "curl", "--http2-prior-knowledge", "--protocol", "grpc", "--list-services"]

    listed = subprocess.run(
        [*command, f"http://127.0.0.1:{shared.server.port}"], capture_output=True, text=True, timeout=30, check=True
    )

    assert {SERVICE, "grpc.health.v1.Health"} <= set(listed.stdout.split())
