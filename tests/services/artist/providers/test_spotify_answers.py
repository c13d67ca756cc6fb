"""services/artist/providers/spotify: what is made of bodies, the expected ones and any others."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.values import Image
from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from services.artist.domain import MAX_NAME, Identity, Profile
from services.artist.providers.spotify import SpotifyProvider
from tests.fakes.canned_spotify import CannedSpotify, album, artist, page
from tests.services.artist.providers.canned_spotify import spotify_over

DECLARED = (ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable)
ID = "0TnOYISbd1XYRBk9myaseg"
OTHER = "51Blml2LZPmy7TTiAg47vQ"
THIRD = "6Yi6ndhYVLUaYu7rEqUCPT"
FOURTH = "5s3rOzCczqCQrvueHRCZOx"
RECORD = "56jg3KJcYmfL7RzYmG2O1Q"
WHO = Identity("Somebody", spotify_id=ID)
BY_NAME = Identity("Somebody", titles=("First Light", "Second Wind", "Third Rail", "Fourth Wall"))


@pytest.fixture(scope="module")
def shared_upstream() -> Iterator[CannedSpotify]:
    canned = CannedSpotify()
    yield canned
    canned.server.stop()


@pytest.fixture(scope="module")
def spotify(shared_upstream: CannedSpotify) -> Iterator[SpotifyProvider]:
    with spotify_over(shared_upstream) as provider:
        yield provider


@pytest.fixture
def upstream(shared_upstream: CannedSpotify) -> CannedSpotify:
    shared_upstream.forget()
    return shared_upstream


def profile_of(provider: SpotifyProvider) -> Profile:
    found = provider.find_profile(WHO, language="en")
    assert isinstance(found, Found)
    return found.value


def search(*entries: object) -> dict[str, object]:
    return {"artists": page(*entries)}


def records(*titles: str) -> dict[str, object]:
    return page(*(album(RECORD, title) for title in titles))


def test_an_artist_with_nothing_but_a_name_has_nothing_made_up(upstream, spotify):
    upstream.says("artists/", {"id": ID, "name": "Somebody"})

    assert profile_of(spotify) == Profile("Somebody")


@pytest.mark.parametrize(
    "odd",
    [
        {"followers": None, "genres": None, "popularity": None, "images": None, "external_urls": None},
        {"followers": 7, "genres": "rock", "popularity": "85", "images": {"url": "x"}, "external_urls": []},
        {"followers": {"total": -1}, "genres": [None, 7, ""], "popularity": 101, "images": [None, 7, {}], "external_urls": {}},
        {"followers": {"total": True}, "genres": {}, "popularity": 8.5, "external_urls": {"spotify": "javascript:alert(1)"}},
    ],
)
def test_a_field_of_another_type_or_out_of_range_is_as_good_as_missing(upstream, spotify, odd):
    upstream.says("artists/", {"id": ID, "name": "Somebody"} | odd)

    assert profile_of(spotify) == Profile("Somebody")


def test_zero_is_told_from_not_given(upstream, spotify):
    upstream.says("artists/", artist(ID, "Somebody", followers={"total": 0}, popularity=0))

    assert (profile_of(spotify).followers, profile_of(spotify).popularity) == (0, 0)


def test_pictures_are_largest_last_and_only_from_spotifys_hosts_over_https(upstream, spotify):
    good, other = "https://i.scdn.co/image/ab67", "https://image-cdn-ak.spotifycdn.com/image/ab67"
    images = [
        {"url": good, "width": 640, "height": 640},
        {"url": other, "width": 64, "height": 64},
        {"url": good, "width": None, "height": None},
        {"url": "http://i.scdn.co/image/ab67", "width": 9, "height": 9},
        {"url": "https://i.scdn.co.example.org/image", "width": 9, "height": 9},
        {"url": "https://evilscdn.co/image", "width": 9, "height": 9},
        {"url": "https://[half/image", "width": 9, "height": 9},
    ]
    upstream.says("artists/", artist(ID, "Somebody", images=images))

    assert profile_of(spotify).images == (Image("", good), Image("64x64", other), Image("640x640", good))


def test_lists_are_bounded_and_doubles_are_one(upstream, spotify):
    images = [{"url": f"https://i.scdn.co/image/{n}", "width": n, "height": n} for n in range(1, 500)]
    upstream.says("artists/", artist(ID, "Somebody", images=images, genres=["pop", "pop", *map(str, range(900))]))

    profile = profile_of(spotify)

    assert len(profile.images) == 10
    assert profile.genres[:2] == ("pop", "0")
    assert len(profile.genres) == 20


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": ID},
        {"id": ID, "name": "x" * (MAX_NAME + 1)},
        {"id": ID, "name": ["Somebody"]},
        {"id": "../etc", "name": "Somebody"},
        {"error": {"status": 404, "message": "Resource not found"}},
        [],
        "Somebody",
        b'{"id": NaN}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"<html>premium</html>",
    ],
)
def test_what_names_no_artist_is_malformed_and_not_absent(upstream, spotify, body):
    upstream.says("artists/", body)

    with pytest.raises(ProviderMalformed):
        profile_of(spotify)


def test_an_answer_that_names_another_id_is_believed_less(upstream, spotify):
    upstream.says("artists/", artist(OTHER, "Somebody"))

    found = spotify.find_profile(WHO, language="en")

    assert found.confidence == 0.5
    assert found.matched_on == ("Spotify id", "but the answer names another")


@pytest.mark.parametrize("body", [b"Not found", b"", {"message": "no"}, {"error": {"message": "Service not found"}}, []])
def test_a_404_that_does_not_speak_of_a_thing_is_malformed(upstream, spotify, body):
    upstream.says("artists/", body, status="404 Not Found")

    with pytest.raises(ProviderMalformed):
        profile_of(spotify)


@pytest.mark.parametrize("words", ["Resource not found", "non existing id", "Not found."])
def test_a_404_in_any_of_spotifys_words_is_absence(upstream, spotify, words):
    upstream.says("artists/", {"error": {"status": 404, "message": words}}, status="404 Not Found")

    assert isinstance(spotify.find_profile(WHO, language="en"), Absent)
    assert isinstance(spotify.find_releases(WHO), Absent)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", ProviderRejected),
        (b"  ", ProviderRejected),
        (b"Active premium subscription required for the owner of the app.", ProviderRejected),
        ({"error": {"status": 403, "message": "Forbidden"}}, ProviderRejected),
        (b"<html>Get Premium</html>", ProviderMalformed),
        (b"Blocked by policy", ProviderMalformed),
        ({"reason": "none"}, ProviderMalformed),
    ],
)
def test_a_403_is_a_refusal_only_in_spotifys_own_words(upstream, spotify, body, fault):
    upstream.says("artists/", body, status="403 Forbidden")

    with pytest.raises(fault):
        profile_of(spotify)


@pytest.mark.parametrize("status", ["202 Accepted", "302 Found", "400 Bad Request", "410 Gone", "418 I'm a teapot"])
def test_a_status_that_means_nothing_here_is_malformed(upstream, spotify, status):
    upstream.says("artists/", {"error": {"message": "what?"}}, status=status)

    with pytest.raises(ProviderMalformed):
        profile_of(spotify)


def test_releases_are_newest_first_with_partial_dates_and_without_rows_that_name_nothing(upstream, spotify):
    listed = [
        album(RECORD, "By year", "1999", release_date_precision="year", album_type="compilation"),
        album(RECORD, "By month", "2001-05"),
        album(RECORD, "By day", "2001-05-06", album_type="SINGLE"),
        album(RECORD, "Undated", "soon", album_type="mixtape"),
        album(RECORD, "0000", "0000"),
        album("x", "No id"),
        album(RECORD, ""),
        None,
        7,
    ]
    upstream.says(f"artists/{ID}/albums", page(*listed))

    releases = spotify.find_releases(WHO).value

    assert [(release.title, release.released, release.precision, release.kind) for release in releases] == [
        ("By day", date(2001, 5, 6), "day", "single"),
        ("By month", date(2001, 5, 1), "month", "album"),
        ("By year", date(1999, 1, 1), "year", "compilation"),
        ("Undated", None, "day", ""),
        ("0000", None, "day", "album"),
    ]


def test_a_later_release_without_a_label_does_not_end_the_asking(upstream, spotify):
    ids = [f"{n:022d}" for n in range(7)]
    upstream.says(f"artists/{ID}/albums", page(*(album(each, each, f"20{20 - n}") for n, each in enumerate(ids))))
    for n, each in enumerate(ids):
        upstream.says(f"albums/{each}", album(each, each, label=None if n == 1 else f"Label {n}"))

    labels = [release.labels for release in spotify.find_releases(WHO).value]

    assert labels == [("Label 0",), (), ("Label 2",), ("Label 3",), ("Label 4",), (), ()]


@pytest.mark.parametrize("label", [None, "", "   ", 7, ["X"], "x" * (MAX_NAME + 1)])
def test_a_newest_release_without_a_label_ends_the_asking(upstream, spotify, label):
    upstream.says(f"artists/{ID}/albums", page(album(RECORD, "A", "2020"), album(OTHER, "B", "2019")))
    upstream.says("albums/", album(RECORD, "A", label=label))

    assert [release.labels for release in spotify.find_releases(WHO).value] == [(), ()]
    assert [path for path in upstream.paths() if "/albums/" in path] == [f"/v1/albums/{RECORD}"]


def test_an_album_gone_since_it_was_listed_has_no_label(upstream, spotify):
    upstream.says(f"artists/{ID}/albums", page(album(RECORD, "A")))

    assert [release.labels for release in spotify.find_releases(WHO).value] == [()]


def test_an_artist_without_releases_is_absent(upstream, spotify):
    upstream.says(f"artists/{ID}/albums", page())

    assert isinstance(spotify.find_releases(WHO), Absent)


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {}}, {"artists": {"items": []}}, []])
def test_a_page_without_a_list_is_malformed_and_not_empty(upstream, spotify, body):
    upstream.says(f"artists/{ID}/albums", body)

    with pytest.raises(ProviderMalformed):
        spotify.find_releases(WHO)


@pytest.mark.parametrize("body", [{}, {"tracks": {"items": []}}, {"artists": None}, {"artists": []}, {"artists": {"items": 7}}])
def test_a_search_that_found_something_else_is_malformed_and_not_empty(upstream, spotify, body):
    upstream.says("search", body)

    with pytest.raises(ProviderMalformed):
        spotify.find_identity(BY_NAME)


def test_a_search_that_does_not_exist_is_malformed_and_not_absent(upstream, spotify):
    with pytest.raises(ProviderMalformed):
        spotify.find_identity(BY_NAME)


def test_nobody_of_that_name_is_absent(upstream, spotify):
    upstream.says("search", search(artist(ID, "Somebody Else"), artist(OTHER, "Some"), None, {"name": "Somebody"}))

    assert isinstance(spotify.find_identity(BY_NAME), Absent)


def test_a_name_that_is_only_marks_to_the_latin_alphabet_matches_only_itself(upstream, spotify):
    upstream.says("search", search(artist(ID, "\U0001f5a4"), artist(OTHER, "\U0001f608")))

    ambiguous = spotify.find_identity(Identity("\U0001f5a4"))

    assert [match.spotify_id for match in ambiguous.candidates] == [ID]


@pytest.mark.parametrize(
    ("ours", "theirs", "is_found"),
    [
        (2, 0, True),
        (2, 1, True),
        (2, 2, False),
        (3, 1, True),
        (3, 2, False),
        (4, 2, True),
        (1, 0, False),
        (0, 0, False),
    ],
)
def test_the_one_meant_leads_by_twice_as_many_albums(upstream, spotify, ours, theirs, is_found):
    upstream.says("search", search(artist(ID, "Somebody"), artist(OTHER, "SOMEBODY")))
    upstream.says(f"artists/{ID}/albums", records(*BY_NAME.titles[:theirs], "Another"))
    upstream.says(f"artists/{OTHER}/albums", records(*BY_NAME.titles[:ours], "Yet Another"))

    answer = spotify.find_identity(BY_NAME)

    assert isinstance(answer, Found if is_found else Ambiguous)
    chosen = answer.value if isinstance(answer, Found) else answer.candidates[0]
    assert chosen.spotify_id == (OTHER if ours > theirs else ID)
    assert chosen.titles


@pytest.mark.parametrize(("title", "is_found"), [("First Light (Deluxe Edition)", True), ("Somebody", False), ("Live", False)])
def test_where_one_album_is_known_that_one_is_enough_unless_anybody_may_have_it(upstream, spotify, title, is_found):
    upstream.says("search", search(artist(ID, "Somebody")))
    upstream.says("artists/", records(title))

    answer = spotify.find_identity(replace(BY_NAME, titles=(title.removesuffix(" (Deluxe Edition)"),)))

    assert isinstance(answer, Found if is_found else Ambiguous)
    assert not isinstance(answer, Found) or answer.matched_on == ("name", "1 album in common")


def test_two_editions_of_one_album_are_one_album_in_common(upstream, spotify):
    upstream.says("search", search(artist(ID, "Somebody")))
    upstream.says("artists/", records("First Light", "First Light (Deluxe Edition)", "first light - Remastered 2011"))

    assert isinstance(spotify.find_identity(BY_NAME), Ambiguous)


def test_accents_do_not_keep_the_one_meant_from_being_found_and_are_told(upstream, spotify):
    upstream.says("search", search(artist(ID, "Sómebödy")))
    upstream.says("artists/", records(*BY_NAME.titles))

    assert spotify.find_identity(BY_NAME).matched_on == ("name, accents aside", "4 albums in common")


def test_the_three_compared_are_those_named_exactly_and_the_better_known_first(upstream, spotify):
    entries = [
        artist("0" * 22, "Sömebody", popularity=99),
        artist(ID, "Somebody", popularity=1),
        artist(OTHER, "Somebody", popularity=50, followers={"total": 1}),
        artist(THIRD, "Somebody", popularity=50, followers={"total": 9}),
        artist(FOURTH, "Somebody", popularity=0),
    ]
    upstream.says("search", search(*entries))

    ambiguous = spotify.find_identity(BY_NAME)

    assert [path.split("/")[3] for path in upstream.paths() if "albums" in path] == [THIRD, OTHER, ID]
    assert [match.spotify_id for match in ambiguous.candidates] == [THIRD, OTHER, ID, FOURTH, "0" * 22]


def test_what_tells_candidates_apart_is_said_when_given(upstream, spotify):
    told = artist(ID, "Somebody", genres=["a", "b", "c", "d"], followers={"total": 1234567})
    upstream.says("search", search(told, artist(OTHER, "Somebody", followers={"total": 1}), artist(THIRD, "Somebody")))

    ambiguous = spotify.find_identity(replace(BY_NAME, titles=()))

    assert [match.description for match in ambiguous.candidates] == ["genres: a, b, c; 1,234,567 followers", "1 follower", ""]


def test_a_name_of_any_length_fits_a_query(upstream, spotify):
    long = "x" * MAX_NAME
    upstream.says("search", search(artist(ID, long)))

    assert isinstance(spotify.find_identity(Identity(long)), Ambiguous)
    assert len(upstream.paths()[0]) < 300


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from([ID, OTHER, RECORD, "Somebody", "First Light", "2020-01-01", "https://i.scdn.co/image/a"]),
)
KEYS = st.sampled_from(
    "artists albums items id name genres followers total popularity images url width height external_urls spotify label "
    "release_date album_type error message status".split()
)
TREES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)), max_leaves=30
)
SHARED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_answered_or_declared(upstream: CannedSpotify, spotify: SpotifyProvider, body: Any) -> None:
    upstream.forget()
    for path in ("artists/", "albums/", "search"):
        upstream.says(path, body)
    for ask in (
        lambda: spotify.find_profile(WHO, language="en"),
        lambda: spotify.find_identity(BY_NAME),
        lambda: spotify.find_releases(WHO),
    ):
        with suppress(*DECLARED):
            assert isinstance(ask(), Found | Absent | Ambiguous)


@SHARED
@given(tree=TREES)
def test_any_json_is_an_answer_or_a_declared_fault(upstream, spotify, tree):
    assert_answered_or_declared(upstream, spotify, tree)


@SHARED
@given(entry=st.dictionaries(KEYS, TREES, max_size=8))
def test_any_fields_of_a_named_thing_are_an_answer_or_a_declared_fault(upstream, spotify, entry):
    thing = {**entry, "id": ID, "name": "Somebody"}

    assert_answered_or_declared(upstream, spotify, {**thing, "artists": {"items": [thing]}, "items": [thing]})


@SHARED
@given(start=st.integers(0, 500), length=st.integers(0, 40), put=st.binary(max_size=20))
def test_a_body_with_a_wound_is_an_answer_or_a_declared_fault(upstream, spotify, start, length, put):
    whole = json.dumps(search(artist(ID, "Somebody", genres=["pop"], followers={"total": 5}))).encode()
    at = start % len(whole)

    assert_answered_or_declared(upstream, spotify, whole[:at] + put + whole[at + length :])
