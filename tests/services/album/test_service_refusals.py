"""What the album service refuses, and by the name of which field."""

from collections.abc import Iterator

import grpc
import pytest

from facts.naming import MAX_NAME
from soniquebay.album.v1 import album_pb2 as pb
from tests.services.album.conftest import NOWHERE
from tests.services.album.known import MBIDS
from tests.services.album.running import RunningAlbum, refusal
from tests.services.artist.running import RunningArtist

BAD = grpc.StatusCode.INVALID_ARGUMENT
RIGHT = {"artist": "Radiohead", "title": "Airbag", "album": "OK Computer"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAlbum]:
    """One service for all requests that are refused before anything happens."""
    folder = tmp_path_factory.mktemp("shared")
    with RunningArtist(NOWHERE, folder / "artist") as artists, RunningAlbum(artists.server.port, folder / "album") as running:
        yield running


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"artist": ""}, ["artist"]),
        ({"title": " \t "}, ["title"]),
        ({"artist": "x" * (MAX_NAME + 1)}, ["artist"]),
        ({"title": "x" * (MAX_NAME + 1)}, ["title"]),
        ({"album": "x" * (MAX_NAME + 1)}, ["album"]),
        ({"artist": "x\0"}, ["artist"]),
        ({"title": "x\u0007"}, ["title"]),
        ({"album": "x\u001b"}, ["album"]),
        ({"artist_mbid": "not-an-id"}, ["artist_mbid"]),
        ({"track_mbid": f"{MBIDS[0]}0"}, ["track_mbid"]),
        ({"album_mbid": "1"}, ["album_mbid"]),
        ({"album": " ", "album_mbid": MBIDS[0]}, ["album_mbid"]),
        ({"artist": "", "title": "", "album": "\0", "track_mbid": "x"}, ["artist", "title", "album", "track_mbid"]),
    ],
)
def test_every_wrong_field_of_an_entry_is_named(shared: RunningAlbum, fields, wrong):
    request = pb.EnsureTracksRequest(tracks=[pb.TrackName(**RIGHT), pb.TrackName(**(RIGHT | fields))])

    refused = refusal(shared, "EnsureTracks", request)

    assert (refused.code, refused.fields) == (BAD, [f"tracks[1].{field}" for field in wrong])


def test_every_wrong_entry_is_named(shared: RunningAlbum):
    entries = [pb.TrackName(artist="X"), pb.TrackName(**RIGHT), pb.TrackName(title="Y")]

    refused = refusal(shared, "EnsureTracks", pb.EnsureTracksRequest(tracks=entries))

    assert refused.fields == ["tracks[0].title", "tracks[2].artist"]


@pytest.mark.parametrize("count", [0, 1001])
def test_a_page_of_none_or_too_many_is_refused(shared: RunningAlbum, count):
    refused = refusal(shared, "EnsureTracks", pb.EnsureTracksRequest(tracks=[pb.TrackName(**RIGHT)] * count))

    assert (refused.code, refused.fields) == (BAD, ["tracks"])


def test_one_wrong_entry_keeps_all_others_out(shared: RunningAlbum):
    refusal(shared, "EnsureTracks", pb.EnsureTracksRequest(tracks=[pb.TrackName(**RIGHT), pb.TrackName(artist="X")]))

    assert list(shared.call("ListAlbums", pb.ListAlbumsRequest()).albums) == []


@pytest.mark.parametrize("album", ["", "   "])
def test_an_album_of_no_letters_is_none(shared: RunningAlbum, album):
    answer = shared.ensure(pb.TrackName(artist="X", title="\u00a0Y ", album=album))

    assert (answer.tracks[0].album_id, list(answer.new_album_ids)) == ("", [])


@pytest.mark.parametrize("text", ["nobody", "", "\0", "x" * 10_000])
def test_ids_that_nobody_has_are_not_found(shared: RunningAlbum, text):
    requests = {
        "GetAlbum": pb.GetAlbumRequest(album=text),
        "GetTrack": pb.GetTrackRequest(track=text),
        "ListAlbumTracks": pb.ListAlbumTracksRequest(album=text),
    }

    assert {refusal(shared, rpc, request).code for rpc, request in requests.items()} == {grpc.StatusCode.NOT_FOUND}


@pytest.mark.parametrize(
    ("request_of", "wrong"),
    [
        (pb.ListAlbumsRequest(page_size=-1), ["page_size"]),
        (pb.ListAlbumsRequest(page_token="made.up"), ["page_token"]),
        (pb.ListAlbumsRequest(title_prefix="\0"), ["title_prefix"]),
        (pb.ListAlbumsRequest(title_prefix="x" * (MAX_NAME + 1), artist_id="\0"), ["title_prefix", "artist_id"]),
        (pb.ListAlbumTracksRequest(album="x", page_token="made.up"), ["page_token"]),
    ],
)
def test_a_wrong_list_is_refused_by_the_name_of_its_field(shared: RunningAlbum, request_of, wrong):
    rpc = type(request_of).__name__.removesuffix("Request")

    refused = refusal(shared, rpc, request_of)

    assert (refused.code, refused.fields) == (BAD, wrong)
