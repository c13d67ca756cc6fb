"""Does the provider read what the real Last.fm was recorded to send of albums and tracks?"""

from datetime import timedelta

import pytest

from kernel.evidence import Absent
from services.album.domain import AlbumIdentity, TrackIdentity
from tests.fakes.samples import recorded

SAMPLES = recorded("lastfm")
OF_ALBUMS_AND_TRACKS = {
    "album.getInfo-ok.xml",
    "album.getInfo-no-mbid-no-wiki.xml",
    "album.getTopTags-ok.xml",
    "track.getInfo-ok.xml",
    "track.getInfo-no-mbid.xml",
}
# In JSON, which is not asked for.
NOT_ASKED_FOR = {"album.getInfo-ok.json", "album.getInfo-empty-tags-urls.json", "track.getTopTags-ok.json"}


def test_every_recorded_file_of_albums_and_tracks_is_read_here_or_known_not_to_be_asked_for():
    recorded_files = {path.name for path in SAMPLES.iterdir() if path.name.startswith(("album.", "track."))}

    assert recorded_files == OF_ALBUMS_AND_TRACKS | NOT_ASKED_FOR


def test_the_recorded_album_is_read_field_by_field(upstream, lastfm):
    upstream.says((SAMPLES / "album.getInfo-ok.xml").read_bytes())

    found = lastfm.find_profile(AlbumIdentity("OK Computer", "Radiohead"), language="en")

    album = found.value
    assert (album.title, album.artist, album.mbid) == ("OK Computer", "Radiohead", "0b6b4ba0-d36f-47bd-b4ea-6a5b91842d29")
    assert (album.listeners, album.playcount) == (4_534_014, 233_593_613)
    assert (album.tracks[0].title, album.tracks[0].duration) == ("Airbag", timedelta(seconds=262))
    assert len(album.images) == 5
    assert album.wiki is not None
    assert "<" not in album.wiki.content
    assert found.confidence == 0.8


def test_the_recorded_bare_album_has_nothing_made_up(upstream, lastfm):
    upstream.says((SAMPLES / "album.getInfo-no-mbid-no-wiki.xml").read_bytes())

    album = lastfm.find_profile(AlbumIdentity("Test", "Test Artist"), language="en").value

    assert (album.mbid, album.wiki) == (None, None)
    assert [(track.title, track.duration) for track in album.tracks] == [("TEST", timedelta(seconds=210))]


def test_the_recorded_tags_of_an_album_are_read(upstream, lastfm):
    upstream.says((SAMPLES / "album.getTopTags-ok.xml").read_bytes())

    found = lastfm.find_tags(AlbumIdentity("Test Album", "Test Artist"))

    assert [(tag.name, tag.weight) for tag in found.value][:3] == [
        ("a tag", 100),
        ("slamming guttural brutal test metal", 100),
        ("brutal test metal", 66),
    ]
    assert found.confidence == 0.8


def test_the_recorded_track_is_read_field_by_field(upstream, lastfm):
    upstream.says((SAMPLES / "track.getInfo-ok.xml").read_bytes())

    track = lastfm.find_track(TrackIdentity("Lithium", "Nirvana")).value

    assert (track.title, track.artist, track.mbid) == ("Lithium", "Nirvana", "535b0edb-d69d-3324-b2b3-960942a481bd")
    assert (track.listeners, track.playcount, track.duration) == (2_701_887, 24_119_339, timedelta(seconds=311))
    assert [tag.name for tag in track.tags] == ["Grunge", "rock", "90s", "alternative"]


def test_the_recorded_bare_track_has_nothing_made_up(upstream, lastfm):
    upstream.says((SAMPLES / "track.getInfo-no-mbid.xml").read_bytes())

    track = lastfm.find_track(TrackIdentity("Set It Off", "Static-X")).value

    assert (track.mbid, track.tags, track.duration) == (None, (), timedelta(seconds=235))


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_the_recorded_miss_is_absent(upstream, lastfm, status):
    upstream.says((SAMPLES / "error-6-not-found.xml").read_bytes(), status=status)

    assert isinstance(lastfm.find_profile(AlbumIdentity("X", "Y"), language="en"), Absent)
    assert isinstance(lastfm.find_track(TrackIdentity("X", "Y")), Absent)
