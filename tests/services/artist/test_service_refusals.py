"""What the artist service refuses, and by the name of which field."""

from collections.abc import Iterator

import grpc
import pytest

from soniquebay.artist.v1 import artist_pb2 as pb
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist, override, refusal

RADIOHEAD_MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
SPOTIFY_ID = "4Z8W4fKeB5YxbusRsdQVPb"
BAD = grpc.StatusCode.INVALID_ARGUMENT


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
        ("UpdateArtistOverride", lambda held: override(held, "spotify_id", "short"), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "wikidata_id", "44190"), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "genres", "rock"), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "label", ["Parlophone"]), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "monthly_listeners", -1), "value"),
        ("UpdateArtistOverride", lambda held: override(held, "releases", ["x"]), "field"),
        ("UpdateArtistOverride", lambda held: override(held, "management", ["x"]), "field"),
        ("GetArtistNumbers", lambda held: pb.GetArtistNumbersRequest(artist=held, metric="bio"), "metric"),
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
        ("GetArtistNumbers", lambda ref: pb.GetArtistNumbersRequest(artist=ref)),
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
