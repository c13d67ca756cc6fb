"""Does the provider read what the real Spotify was recorded to send?"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from services.artist.domain import Identity, Profile
from services.artist.providers.spotify import SpotifyProvider
from tests.fakes.canned_spotify import CannedSpotify, album, page
from tests.fakes.raw_server import answer
from tests.fakes.samples import recorded
from tests.services.artist.providers.canned_spotify import spotify_over

SAMPLES = recorded("spotify")

PARSED_HERE = {
    "album-devmode-2026.json",
    "album-extended-quota.json",
    "artist-albums-extended-quota.json",
    "artist-devmode-2026.json",
    "artist-extended-quota.json",
    "errors-matrix.json",
    "search-artist-ok.json",
    "search-empty.json",
}
# Batches are refused to apps in development mode, so none is ever asked for.
NOT_PARSED_HERE = {"albums-batch-removed-in-devmode.json"}
PITBULL = "0TnOYISbd1XYRBk9myaseg"
SINGULARITY = "3IqzqH6ShrRtie9Yd2ODyG"
FAULTS = {
    "token: wrong client secret/id": ProviderRejected,
    "token: no credentials": ProviderRejected,
    "api: missing/expired token": ProviderRejected,
    "limit above 10 (dev mode 2026)": ProviderMalformed,
    "endpoint removed for dev mode": ProviderRejected,
    "owner without Premium (dev mode 2026)": ProviderRejected,
    "rate limit, classic": ProviderThrottled,
    "rate limit, plain text": ProviderThrottled,
    "quota, since July 2026": ProviderThrottled,
    "server error": ProviderUnavailable,
}
ABSENCES = {"malformed id", "unknown id"}


@pytest.fixture
def upstream() -> Iterator[CannedSpotify]:
    canned = CannedSpotify()
    yield canned
    canned.server.stop()


@pytest.fixture
def spotify(upstream: CannedSpotify) -> Iterator[SpotifyProvider]:
    with spotify_over(upstream) as provider:
        yield provider


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def errors() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(sample("errors-matrix.json"))["errors"]
    return rows


def lay_in(upstream: CannedSpotify, row: dict[str, Any]) -> None:
    """The recorded error, from the service it was recorded of."""
    body = row["body_text"].encode() if "body_text" in row else json.dumps(row["body"]).encode()
    status = f"{row['status']} {HTTPStatus(row['status']).phrase}"
    headers = tuple(f"{name}: {value}" for name, value in row.get("headers", {}).items())
    upstream.says("artists/", body, status=status, headers=headers)
    if row["case"].startswith("token:"):
        upstream.token_answer = answer(body, status=status)


def find_profile(provider: SpotifyProvider) -> Any:
    return provider.find_profile(Identity(spotify_id=PITBULL), language="en")


def find_releases(provider: SpotifyProvider) -> Any:
    return provider.find_releases(Identity(spotify_id=PITBULL))


def test_every_recorded_file_is_either_read_here_or_known_not_to_be_asked_for():
    assert {path.name for path in SAMPLES.iterdir()} == PARSED_HERE | NOT_PARSED_HERE
    assert {row["case"] for row in errors()} == FAULTS.keys() | ABSENCES


def test_the_recorded_artist_of_an_extended_app_is_read_field_by_field(upstream, spotify):
    upstream.says("artists/", sample("artist-extended-quota.json"))

    profile = find_profile(spotify).value

    assert isinstance(profile, Profile)
    assert (profile.name, profile.url) == ("Pitbull", f"https://open.spotify.com/artist/{PITBULL}")
    assert (profile.followers, profile.popularity) == (10_817_055, 85)
    assert profile.genres == ("dance pop", "miami hip hop", "pop")
    assert [image.size for image in profile.images] == ["160x160", "320x320", "640x640"]


def test_the_recorded_artist_of_a_development_app_has_nothing_made_up(upstream, spotify):
    upstream.says("artists/", sample("artist-devmode-2026.json"))

    found = find_profile(spotify)

    assert (found.confidence, found.value.name, len(found.value.images)) == (0.95, "Pitbull", 3)
    assert (found.value.followers, found.value.popularity, found.value.genres) == (None, None, ())


def test_the_recorded_albums_are_releases_newest_first(upstream, spotify):
    upstream.says(f"artists/{PITBULL}/albums", sample("artist-albums-extended-quota.json"))

    releases = find_releases(spotify).value

    assert [(release.title, release.released) for release in releases] == [
        ("Trackhouse (Daytona 500 Edition)", date(2024, 2, 16)),
        ("Trackhouse", date(2023, 10, 6)),
    ]


@pytest.mark.parametrize(
    ("file", "labels"), [("album-extended-quota.json", ("Smihilism Records",)), ("album-devmode-2026.json", ())]
)
def test_the_recorded_album_has_its_label_where_the_app_is_told(upstream, spotify, file, labels):
    upstream.says(f"artists/{PITBULL}/albums", page(album(SINGULARITY, "SINGLARITY")))
    upstream.says(f"albums/{SINGULARITY}", sample(file))

    assert [release.labels for release in find_releases(spotify).value] == [labels]


def test_of_the_recorded_search_only_the_artist_of_that_name_is_a_candidate(upstream, spotify):
    upstream.says("search", sample("search-artist-ok.json"))

    ambiguous = spotify.find_identity(Identity("U2"))

    assert isinstance(ambiguous, Ambiguous)
    assert [match.spotify_id for match in ambiguous.candidates] == ["51Blml2LZPmy7TTiAg47vQ"]
    assert ambiguous.candidates[0].description == "genres: irish rock, permanent wave, rock; 7,369,641 followers"


def test_the_recorded_search_and_albums_in_common_are_an_identity(upstream, spotify):
    upstream.says("search", sample("search-artist-ok.json"))
    upstream.says("artists/", sample("artist-albums-extended-quota.json"))

    found = spotify.find_identity(Identity("U2", titles=("Trackhouse",)))

    assert isinstance(found, Found)
    assert found.value.spotify_id == "51Blml2LZPmy7TTiAg47vQ"


def test_the_recorded_empty_search_is_absent_when_it_was_for_artists_and_else_malformed(upstream, spotify):
    upstream.says("search", sample("search-empty.json"))
    with pytest.raises(ProviderMalformed):
        spotify.find_identity(Identity("U2"))

    upstream.says("search", sample("search-empty.json").replace(b'"tracks"', b'"artists"'))
    assert isinstance(spotify.find_identity(Identity("U2")), Absent)


@pytest.mark.parametrize("row", [row for row in errors() if row["case"] in FAULTS], ids=lambda row: row["case"])
def test_a_recorded_error_is_its_declared_fault(upstream, spotify, row):
    lay_in(upstream, row)

    with pytest.raises(FAULTS[row["case"]]) as caught:
        find_profile(spotify)

    asked = row.get("headers", {}).get("retry-after")
    assert caught.value.retry_after == (None if asked is None else timedelta(seconds=int(asked)))


@pytest.mark.parametrize("row", [row for row in errors() if row["case"] in ABSENCES], ids=lambda row: row["case"])
def test_a_recorded_word_for_an_unknown_id_is_absence(upstream, spotify, row):
    lay_in(upstream, row)

    assert isinstance(find_profile(spotify), Absent)
