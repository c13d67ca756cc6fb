"""Does the provider read what the real Spotify was recorded to send of albums?"""

import json

import pytest

from kernel.evidence import Absent
from services.album.domain import AlbumIdentity
from tests.fakes.canned_spotify import page
from tests.fakes.samples import recorded

SAMPLES = recorded("spotify")
SINGULARITY = "3IqzqH6ShrRtie9Yd2ODyG"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def test_every_recorded_file_of_single_albums_is_read_here():
    assert {path.name for path in SAMPLES.glob("album-*")} == {"album-devmode-2026.json", "album-extended-quota.json"}


@pytest.mark.parametrize(("file", "label"), [("album-extended-quota.json", "Smihilism Records"), ("album-devmode-2026.json", "")])
def test_the_recorded_album_is_read_in_either_shape(catalogue, spotify, file, label):
    catalogue.says("albums/", sample(file))

    found = spotify.find_listing(AlbumIdentity("SINGLARITY", "Area 11", spotify_id=SINGULARITY))

    listing = found.value
    assert (listing.id, listing.title, listing.artist) == (SINGULARITY, "SINGLARITY", "Area 11")
    assert (listing.released, listing.kind, listing.track_count) == ("2020-12-18", "album", 11)
    assert (listing.barcode, listing.label) == ("195916707034", label)
    assert [image.size for image in listing.images] == ["64x64", "300x300", "640x640"]
    assert found.confidence == 1.0


def test_the_recorded_album_is_found_by_name_among_others(catalogue, spotify):
    albums = [
        json.loads(sample("album-extended-quota.json")),
        *json.loads(sample("albums-batch-removed-in-devmode.json"))["albums"],
    ]
    catalogue.says("search", {"albums": page(*albums)})
    catalogue.says("albums/", sample("album-devmode-2026.json"))

    found = spotify.find_listing(AlbumIdentity("Singlarity", "area 11", track_count=11))

    assert (found.value.id, found.confidence) == (SINGULARITY, 0.9)


def test_an_album_of_the_recorded_batch_of_older_shape_is_an_edition(catalogue, spotify):
    catalogue.says("search", {"albums": page(*json.loads(sample("albums-batch-removed-in-devmode.json"))["albums"])})

    found = spotify.find_listing(AlbumIdentity("The Best Of Keane", "Keane"))

    assert (found.value.title, found.confidence) == ("The Best Of Keane (Deluxe Edition)", 0.65)
    assert found.value.barcode == "00602537518357"


def test_the_recorded_list_of_albums_is_searched_as_hits_are(catalogue, spotify):
    catalogue.says("search", b'{"albums": ' + sample("artist-albums-extended-quota.json") + b"}")

    assert spotify.find_listing(AlbumIdentity("Trackhouse", "Pitbull")).value.released == "2023-10-06"


def test_the_recorded_empty_search_is_absent(catalogue, spotify):
    catalogue.says("search", sample("search-empty.json").replace(b'"tracks"', b'"albums"'))

    assert isinstance(spotify.find_listing(AlbumIdentity("X", "Y")), Absent)
