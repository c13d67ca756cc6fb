"""services/album/providers/spotify: which hit it chooses, and what it makes of answers of any shape."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Found
from services.album.domain import AlbumIdentity
from services.album.providers.spotify import SpotifyAlbums
from tests.fakes.canned_spotify import CannedSpotify, album, page
from tests.services.album.providers.asking import DECLARED

IDS = tuple(f"{n}" * 22 for n in range(1, 6))
ID, OTHER = IDS[:2]
WHAT = AlbumIdentity("Kid A", "Radiohead")


def hit(at: int, title: str = "Kid A", *artists: str, **more: Any) -> dict[str, object]:
    credited = [{"name": name} for name in artists or ("Radiohead",)]
    return album(IDS[at - 1], title, artists=credited, **more)


def listing_of(catalogue: CannedSpotify, spotify: SpotifyAlbums, *hits: object, what: AlbumIdentity = WHAT) -> Any:
    catalogue.says("search", {"albums": page(*hits)})
    return spotify.find_listing(what)


def test_the_plain_title_beats_its_editions_wherever_they_stand_and_whatever_they_hold(catalogue, spotify):
    hits = [hit(1, "Kid A (Deluxe Edition)", total_tracks=10), hit(2, "Kid Á", total_tracks=10), hit(3, total_tracks=11)]

    found = listing_of(catalogue, spotify, *hits, what=AlbumIdentity("Kid A", "Radiohead", track_count=10))

    assert (found.value.id, found.confidence) == (IDS[2], 0.8)


@pytest.mark.parametrize("title", ["Kid A (Deluxe Edition)", "Kid A - Remastered 2011", "Kid A (Special Collectors Edition)"])
def test_an_edition_is_taken_where_there_is_nothing_else(catalogue, spotify, title):
    found = listing_of(catalogue, spotify, hit(1, title, total_tracks=10))

    assert (found.confidence, found.matched_on) == (0.65, ("title, words of an edition aside", "artist"))


def test_of_equals_one_of_as_many_tracks_is_first_then_albums_then_spotifys_order(catalogue, spotify):
    single = hit(1, album_type="single", total_tracks=2)
    hits = [single, hit(2, total_tracks=12), hit(3, total_tracks=10), hit(4, total_tracks=10)]

    def chosen(track_count: int) -> Any:
        return listing_of(catalogue, spotify, *hits, what=AlbumIdentity("Kid A", "Radiohead", track_count=track_count))

    assert [chosen(tracks).value.id for tracks in (0, 2, 10, 99)] == [IDS[1], IDS[0], IDS[2], IDS[1]]
    assert chosen(10).confidence == 0.9
    assert chosen(99).confidence == 0.8


@pytest.mark.parametrize(
    ("asked", "artists", "confidence"),
    [
        ("Queen & David Bowie", ("Queen", "David Bowie"), 0.8),
        ("Queen, David Bowie", ("Queen", "David Bowie"), 0.8),
        ("David Bowie", ("Queen", "David Bowie"), 0.7),
        ("Björk", ("Bjork",), 0.7),
    ],
)
def test_an_artist_may_be_one_of_several(catalogue, spotify, asked, artists, confidence):
    found = listing_of(catalogue, spotify, hit(1, "Kid A", *artists), what=AlbumIdentity("Kid A", asked))

    assert found.confidence == confidence
    assert found.value.artist == ", ".join(artists)


@pytest.mark.parametrize(
    "other",
    [hit(1, "Kid A", "Coldplay"), hit(1, "Kid A Mnesia"), hit(1, "Kid A (Live)"), album(ID, "Kid A"), {"id": "x"}, None, "x"],
)
def test_what_has_another_title_or_artist_is_absent_after_one_call(catalogue, spotify, other):
    assert isinstance(listing_of(catalogue, spotify, other), Absent)
    assert len(catalogue.paths()) == 1


def test_the_whole_album_takes_the_place_of_the_hit(catalogue, spotify):
    catalogue.says(f"albums/{ID}", hit(1, external_ids={"upc": "00602537518357"}, label=" XL ", total_tracks=10))

    listing = listing_of(catalogue, spotify, hit(1)).value

    assert (listing.barcode, listing.label, listing.track_count) == ("00602537518357", "XL", 10)


@pytest.mark.parametrize("whole", [None, hit(2, "Something Else", label="Wrong")])
def test_a_hit_stands_where_its_album_is_gone_or_another(catalogue, spotify, whole):
    if whole:
        catalogue.says(f"albums/{ID}", whole)

    listing = listing_of(catalogue, spotify, hit(1)).value

    assert (listing.id, listing.title, listing.label) == (ID, "Kid A", "")


def test_an_id_answered_with_another_is_half_believed(catalogue, spotify):
    catalogue.says(f"albums/{ID}", hit(2))

    found = spotify.find_listing(AlbumIdentity("Kid A", "Radiohead", spotify_id=ID))

    assert (found.value.id, found.confidence) == (OTHER, 0.5)


@pytest.mark.parametrize(
    ("field", "value", "read", "expected"),
    [
        ("release_date", "2000", "released", "2000"),
        ("release_date", "2000-10", "released", "2000-10"),
        ("release_date", "2000-10-02", "released", "2000-10-02"),
        ("release_date", "0000", "released", ""),
        ("release_date", "2000-13", "released", ""),
        ("release_date", "02.10.2000", "released", ""),
        ("release_date", 2000, "released", ""),
        ("album_type", "COMPILATION", "kind", "compilation"),
        ("album_type", "mixtape", "kind", ""),
        ("total_tracks", "10", "track_count", None),
        ("total_tracks", 0, "track_count", None),
        ("total_tracks", 10**30, "track_count", None),
        ("tracks", {"total": 7}, "track_count", 7),
        ("external_ids", {"upc": "none"}, "barcode", ""),
        ("external_ids", ["x"], "barcode", ""),
        ("label", "x" * 501, "label", ""),
        ("label", None, "label", ""),
        ("images", [{"url": "https://evil.example/a.png"}], "images", ()),
        ("external_urls", {"spotify": "javascript:alert(1)"}, "url", ""),
        ("artists", "Radiohead", "artist", ""),
        ("artists", [{"name": "x" * 400}, {"name": "y" * 400}], "artist", "x" * 400),
    ],
)
def test_a_field_is_read_or_unknown(catalogue, spotify, field, value, read, expected):
    catalogue.says(f"albums/{ID}", hit(1) | {field: value})

    found = spotify.find_listing(AlbumIdentity("?", "?", spotify_id=ID))

    assert getattr(found.value, read) == expected


@pytest.mark.parametrize("node", [{}, {"id": ID}, {"id": ID, "name": ""}, {"id": "../x", "name": "Kid A"}, {"id": ID, "name": 1}])
def test_what_names_no_album_is_malformed(catalogue, spotify, node):
    catalogue.says(f"albums/{ID}", node)

    with pytest.raises(ProviderMalformed):
        spotify.find_listing(AlbumIdentity("?", "?", spotify_id=ID))


@pytest.mark.parametrize("content", [{}, {"albums": None}, {"albums": {"items": {}}}, {"artists": page()}])
def test_a_search_without_a_list_is_malformed(catalogue, spotify, content):
    catalogue.says("search", content)

    with pytest.raises(ProviderMalformed):
        spotify.find_listing(WHAT)


@pytest.mark.parametrize("letter", ["x", "x ", '"'])
def test_names_of_any_length_fit_a_query(catalogue, spotify, letter):
    title, artist = (f"a {letter * 500}"[:500], f"b {letter * 500}"[:500])
    catalogue.says("search", {"albums": page()})

    assert isinstance(spotify.find_listing(AlbumIdentity(title, artist)), Absent)
    assert all(len(path) < 350 for path in catalogue.paths())


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=12),
    st.sampled_from([ID, OTHER, "Kid A", "Radiohead", "2000-10-02", "https://i.scdn.co/image/a"]),
)
KEYS = st.sampled_from(
    "albums items id name artists images url width height external_urls spotify external_ids upc label release_date album_type "
    "total_tracks tracks total error message status".split()
)
TREES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)), max_leaves=30
)
STATUSES = st.sampled_from(["200 OK", "200 OK", "200 OK", "400 Bad", "403 No", "404 None", "429 Slow", "500 Broken"])
SHARED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_answered_or_declared(catalogue: CannedSpotify, spotify: SpotifyAlbums, body: Any, status: str) -> None:
    catalogue.forget()
    for path in ("albums/", "search"):
        catalogue.says(path, body, status=status)
    for what in (WHAT, AlbumIdentity("Kid A", "Radiohead", spotify_id=ID, track_count=10)):
        with suppress(*DECLARED):
            assert isinstance(spotify.find_listing(what), Found | Absent)


@SHARED
@given(tree=TREES, status=STATUSES)
def test_any_json_under_any_status_is_an_answer_or_a_declared_fault(catalogue, spotify, tree, status):
    assert_answered_or_declared(catalogue, spotify, tree, status)


@SHARED
@given(fields=st.dictionaries(KEYS, TREES, max_size=8))
def test_any_fields_of_the_album_meant_are_an_answer_or_a_declared_fault(catalogue, spotify, fields):
    thing = {**fields, **hit(1)}

    assert_answered_or_declared(catalogue, spotify, {**thing, "albums": {"items": [thing, fields]}}, "200 OK")


@SHARED
@given(start=st.integers(0, 500), length=st.integers(0, 40), put=st.binary(max_size=20))
def test_a_body_with_a_wound_is_an_answer_or_a_declared_fault(catalogue, spotify, start, length, put):
    whole = json.dumps({"albums": page(hit(1, total_tracks=10))}).encode()
    at = start % len(whole)

    assert_answered_or_declared(catalogue, spotify, whole[:at] + put + whole[at + length :], "200 OK")
