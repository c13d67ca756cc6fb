"""Does the provider read what the real MusicBrainz was recorded to send of releases?"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from kernel.evidence import Absent
from services.album.domain import AlbumIdentity
from services.album.providers.musicbrainz import MusicbrainzReleases
from tests.fakes.canned import AnsweringInTurn, body
from tests.fakes.samples import recorded

SAMPLES = recorded("musicbrainz")
GROUP = "f5093c06-23e3-404f-aeaa-40f72885ee3a"
RELEASE = "b84ee12a-09ef-421b-82de-0441a926375b"
RUMOURS = "7ec069c0-4424-3169-8ed0-d5e2473e0e84"


def sample(file: str) -> Any:
    return json.loads((SAMPLES / f"{file}.json").read_text("utf-8"))


@pytest.fixture
def ask(turns: AnsweringInTurn, musicbrainz: MusicbrainzReleases) -> Callable[..., Any]:
    """What is answered when MusicBrainz says these in turn."""

    def asked(what: AlbumIdentity, *contents: object) -> Any:
        turns.says(*(content if isinstance(content, bytes) else body(content) for content in contents))
        return musicbrainz.find_release(what)

    return asked


def test_every_recorded_file_of_releases_is_read_here():
    files = {path.stem for path in SAMPLES.glob("release*")}

    assert files == {"release-group-lookup-releases", "release-lookup-full", "release-search-ok"}


def test_the_recorded_release_and_its_group_are_read_field_by_field(ask):
    what = AlbumIdentity("The Dark Side of the Moon", "Pink Floyd", mbid=RELEASE)

    found = ask(what, sample("release-lookup-full"), sample("release-group-lookup-releases"))

    release = found.value
    assert (release.mbid, release.group_mbid) == (RELEASE, GROUP)
    assert (release.title, release.artist) == ("The Dark Side of the Moon", "Pink Floyd")
    assert (release.released, release.kind, release.labels) == ("1973-03-24", "album", ("Harvest",))
    assert (release.track_count, release.barcode, release.genres) == (10, "", ())
    assert found.confidence == 1.0


def test_the_recorded_group_leads_to_one_of_its_editions(ask):
    what = AlbumIdentity("The Dark Side of the Moon", "Pink Floyd", release_group_mbid=GROUP)

    found = ask(what, sample("release-group-lookup-releases"), sample("release-lookup-full"))

    assert (found.value.group_mbid, found.value.artist, found.value.released) == (GROUP, "Pink Floyd", "1973-03-24")


def test_the_recorded_release_of_another_album_is_not_believed(ask):
    assert isinstance(ask(AlbumIdentity("Rumours", "Fleetwood Mac", mbid=RELEASE), sample("release-lookup-full")), Absent)


@pytest.mark.parametrize(("tracks", "confidence"), [(0, 0.8), (11, 0.9)])
def test_the_recorded_search_finds_the_release_of_that_title_and_artist(ask, tracks, confidence):
    group = {"id": "416bb5e5-c7d1-3977-8fd7-7c9daf6c2be6", "title": "Rumours", "primary-type": "Album"}

    found = ask(AlbumIdentity("Rumours", "Fleetwood Mac", track_count=tracks), sample("release-search-ok"), group)

    assert (found.value.mbid, found.value.labels, found.value.track_count) == (RUMOURS, ("Warner Bros. Records",), 11)
    assert found.confidence == confidence


def test_the_recorded_search_has_nothing_by_another_artist(ask):
    assert isinstance(ask(AlbumIdentity("Rumours", "Fleet Foxes"), sample("release-search-ok")), Absent)


def test_the_recorded_empty_search_is_absent(ask):
    assert isinstance(ask(AlbumIdentity("X", "Y"), sample("release-search-ok") | {"count": 0, "releases": []}), Absent)


@pytest.mark.parametrize("case", ["unknown mbid", "malformed mbid"])
def test_the_recorded_words_for_an_unknown_id_are_absence(ask, case):
    row = next(row for row in sample("errors-matrix")["errors"] if row["case"] == case)

    assert isinstance(ask(AlbumIdentity("X", "Y", mbid=RELEASE), body(row["body"], f"{row['status']} Recorded")), Absent)


def test_the_recorded_redirect_of_a_merged_id_is_followed_by_its_id(ask, turns):
    row = next(row for row in sample("errors-matrix")["errors"] if row["case"] == "merged mbid")
    location = row["headers"]["location"].replace("artist/<new mbid>", f"release/{RELEASE}")
    moved = body(row["body"], f"{row['status']} Recorded", f"Location: {location}")
    what = AlbumIdentity("The Dark Side of the Moon", "Pink Floyd", mbid=RUMOURS)

    found = ask(what, moved, sample("release-lookup-full"), sample("release-group-lookup-releases"))

    assert (found.value.mbid, found.confidence) == (RELEASE, 1.0)
    assert [address.partition("?")[0] for address in turns.asked] == [
        f"/ws/2/release/{RUMOURS}",
        f"/ws/2/release/{RELEASE}",
        f"/ws/2/release-group/{GROUP}",
    ]
