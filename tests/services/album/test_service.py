"""The album service over real gRPC, beside a real artist service."""

from pathlib import Path

import grpc
import pytest

from services.album.settings import AlbumSettings
from services.artist.settings import ArtistSettings
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.artist.v1 import artist_pb2
from tests.fakes.clock import FakeClock
from tests.services.album.known import MBIDS
from tests.services.album.running import RunningAlbum, refusal
from tests.services.artist.known import together
from tests.services.artist.running import RunningArtist

SONG = pb.TrackName(artist="Radiohead", title="Airbag", album="OK Computer")
OTHER_SONG = pb.TrackName(artist="Björk", title="Jóga", album="Homogenic")


def asked(artists: RunningArtist) -> float:
    """How many calls the artist service has answered."""
    return artists.samples().get("grpc_server_handled_total", 0.0)


def test_a_page_of_names_becomes_ids_in_the_order_asked(service: RunningAlbum, artists: RunningArtist):
    plain = pb.TrackName(artist="radiohead", title="Creep")

    answer = service.ensure(SONG, OTHER_SONG, plain, SONG)

    song, other, creep, again = answer.tracks
    assert song == again
    assert song.artist_id == creep.artist_id != other.artist_id
    assert (creep.album_id, list(answer.new_album_ids)) == ("", [song.album_id, other.album_id])
    artist = artists.call("GetArtist", artist_pb2.GetArtistRequest(artist=other.artist_id)).artist
    assert (artist.name, artist.in_library) == ("Björk", True)


def test_the_artist_service_is_asked_once_for_all_it_is_needed_for_and_never_again(service: RunningAlbum, artists: RunningArtist):
    first = service.ensure(SONG, OTHER_SONG, pb.TrackName(artist="RADIOHEAD", title="Creep"))
    after_first = asked(artists)

    again = service.ensure(SONG, OTHER_SONG, pb.TrackName(artist="Radiohead", title="Lucky", album="OK Computer"))

    assert (after_first, asked(artists)) == (1, 1)
    assert again.tracks[0] == first.tracks[0]
    assert list(again.new_album_ids) == []


def test_callers_at_once_get_the_same_ids_of_the_same_names(service: RunningAlbum):
    names = [pb.TrackName(artist=f"Band {n % 7}", title=f"Song {n}", album=f"Record {n % 11}") for n in range(60)]

    with together(4) as run:
        answers = run(lambda number: list(service.ensure(*names[number * 5 :]).tracks))

    whole = list(service.ensure(*names).tracks)
    assert answers == [whole[number * 5 :] for number in range(4)]


def test_namesakes_that_are_told_apart_by_their_ids_stay_apart(service: RunningAlbum):
    one, other = (
        pb.TrackName(artist="Nirvana", title="Song", album="Nirvana", artist_mbid=mbid) for mbid in (MBIDS[1], MBIDS[2])
    )

    first, second, third = service.ensure(one, other, one).tracks

    assert first == third
    assert first.artist_id != second.artist_id
    assert first.album_id != second.album_id


def test_an_id_in_capitals_is_the_same_id(service: RunningAlbum):
    mbid = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
    named = [
        pb.TrackName(artist="X", title="Y", album=album, album_mbid=each) for album, each in (("A", mbid), ("B", mbid.upper()))
    ]

    one, other = service.ensure(*named).tracks

    assert one.album_id == other.album_id
    assert service.call("GetAlbum", pb.GetAlbumRequest(album=one.album_id)).album.mbid == mbid


def test_without_the_artist_service_nothing_is_written_and_the_caller_is_told_to_come_back(tmp_path: Path, free_port: int):
    with RunningAlbum(free_port, tmp_path) as service:
        refused = refusal(service, "EnsureTracks", pb.EnsureTracksRequest(tracks=[SONG]))

        assert service.call("ListAlbums", pb.ListAlbumsRequest()) == pb.ListAlbumsResponse()
    assert refused.code is grpc.StatusCode.UNAVAILABLE
    assert refused.retry_after is not None
    assert str(free_port) not in refused.message


def test_what_is_known_needs_no_artist_service(tmp_path: Path, artists: RunningArtist, free_port: int):
    with RunningAlbum(artists.server.port, tmp_path / "album") as service:
        first = service.ensure(SONG)

    with RunningAlbum(free_port, tmp_path / "album") as service:
        again = service.ensure(SONG, pb.TrackName(artist="Radiohead", title="Lucky"))
        refused = refusal(service, "EnsureTracks", pb.EnsureTracksRequest(tracks=[SONG, OTHER_SONG]))

        assert [each.title for each in service.call("ListAlbums", pb.ListAlbumsRequest()).albums] == ["OK Computer"]
    assert again.tracks[0] == first.tracks[0]
    assert refused.code is grpc.StatusCode.UNAVAILABLE


def test_an_album_and_a_track_are_got_by_their_ids(service: RunningAlbum, clock: FakeClock):
    named = pb.TrackName(artist="Radiohead", title="Airbag", album="OK Computer", track_mbid=MBIDS[1], album_mbid=MBIDS[2])
    (ids,) = service.ensure(named).tracks

    album = service.call("GetAlbum", pb.GetAlbumRequest(album=ids.album_id)).album
    track = service.call("GetTrack", pb.GetTrackRequest(track=ids.track_id)).track

    assert (album.id, album.title, album.artist_id, album.artist_name) == (
        ids.album_id,
        "OK Computer",
        ids.artist_id,
        "Radiohead",
    )
    assert (album.mbid, album.track_count) == (MBIDS[2], 1)
    assert (track.id, track.title, track.artist_id, track.artist_name) == (ids.track_id, "Airbag", ids.artist_id, "Radiohead")
    assert (track.mbid, track.album_id) == (MBIDS[1], ids.album_id)
    assert {each.ToJsonString() for each in (album.create_time, album.update_time, track.create_time, track.update_time)} == {
        clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    }


def test_what_is_not_known_of_a_track_is_left_out(service: RunningAlbum):
    (ids,) = service.ensure(pb.TrackName(artist="Radiohead", title="Creep")).tracks

    track = service.call("GetTrack", pb.GetTrackRequest(track=ids.track_id)).track

    assert not track.HasField("album_id")
    assert not track.HasField("mbid")


def test_albums_are_walked_over_the_wire_by_title(service: RunningAlbum):
    titles = sorted(f"Record {number:02}" for number in range(25))
    ensured = service.ensure(*(pb.TrackName(artist="Radiohead", title="Song", album=title) for title in reversed(titles)))
    service.ensure(pb.TrackName(artist="Björk", title="Song", album="Record 99"))
    request = pb.ListAlbumsRequest(page_size=7, title_prefix="RÉC", artist_id=ensured.tracks[0].artist_id)

    listed: list[str] = []
    while not listed or request.page_token:
        page = service.call("ListAlbums", request)
        listed += [album.title for album in page.albums]
        request.page_token = page.next_page_token

    assert listed == titles


def test_the_tracks_of_an_album_are_walked_over_the_wire_by_title(service: RunningAlbum):
    titles = sorted(f"Song {number:02}" for number in range(12))
    ensured = service.ensure(*(pb.TrackName(artist="Radiohead", title=title, album="Record") for title in reversed(titles)))
    request = pb.ListAlbumTracksRequest(page_size=5, album=ensured.new_album_ids[0])

    listed: list[str] = []
    while not listed or request.page_token:
        page = service.call("ListAlbumTracks", request)
        listed += [track.title for track in page.tracks]
        request.page_token = page.next_page_token

    assert listed == titles


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({}, "127.0.0.1:50051"),
        ({"artist_port": 7001}, "127.0.0.1:7001"),
        ({"artist_port": 7001, "album_artist_address": "dns:///artist:50051"}, "dns:///artist:50051"),
    ],
)
def test_the_artist_service_is_looked_for_on_this_machine_unless_an_address_says_where(changes, target):
    assert AlbumSettings(**changes).artist_target == target


def test_no_setting_of_this_service_is_a_mistake_to_the_one_that_reads_the_same_environment():
    looks_like_theirs = {name for name in AlbumSettings.model_fields if name.upper().startswith(ArtistSettings.own_prefixes)}

    assert looks_like_theirs <= ArtistSettings.model_fields.keys()
