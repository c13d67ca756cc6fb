"""Does the provider read what the real Last.fm was recorded to send?"""

import json
from http import HTTPStatus
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Found
from services.artist.domain import Identity, Profile
from services.artist.providers.lastfm import LastfmProvider
from tests.fakes.canned import CannedUpstream
from tests.fakes.samples import recorded

SAMPLES = recorded("lastfm")

PARSED_HERE = {
    "artist.getInfo-ok.xml",
    "artist.getInfo-no-bio-no-image-no-mbid.xml",
    "artist.getSimilar-ok.xml",
    "artist.getTopTags-ok.xml",
    "error-6-not-found.xml",
    "errors-matrix.json",
}
# Of services that are not built yet, or in JSON, which this provider does not ask for.
NOT_PARSED_HERE = {
    "album.getInfo-empty-tags-urls.json",
    "album.getInfo-no-mbid-no-wiki.xml",
    "album.getInfo-ok.json",
    "album.getInfo-ok.xml",
    "album.getTopTags-ok.xml",
    "artist.getInfo-ok.json",
    "artist.getInfo-unknown-artist.json",
    "artist.getSimilar-empty.json",
    "track.getInfo-no-mbid.xml",
    "track.getInfo-ok.xml",
    "track.getTopTags-ok.json",
    "user.getInfo-no-country.xml",
    "user.getInfo-ok.json",
    "user.getInfo-ok.xml",
    "user.getRecentTracks-empty.xml",
    "user.getRecentTracks-nowplaying.json",
    "user.getRecentTracks-nowplaying.xml",
    "user.getRecentTracks-page.xml",
}
FAULTS = {
    3: ProviderMalformed,
    4: ProviderRejected,
    6: ProviderMalformed,
    8: ProviderUnavailable,
    9: ProviderRejected,
    10: ProviderRejected,
    11: ProviderUnavailable,
    16: ProviderUnavailable,
    17: ProviderRejected,
    26: ProviderRejected,
    29: ProviderThrottled,
}


def ask(provider: LastfmProvider, method: str) -> Any:
    match method:
        case "artist.getInfo":
            return provider.find_profile(Identity("Radiohead"), language="en")
        case "artist.getTopTags":
            return provider.find_tags(Identity("Radiohead"))
        case _:
            return provider.find_similar_artists(Identity("Radiohead"), limit=50)


def errors() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((SAMPLES / "errors-matrix.json").read_text())["errors"]
    return rows


def status_line(code: int) -> str:
    return f"{code} {HTTPStatus(code).phrase}"


def test_every_recorded_file_is_either_read_here_or_known_to_be_somebody_elses():
    assert {path.name for path in SAMPLES.iterdir()} == PARSED_HERE | NOT_PARSED_HERE


@pytest.mark.parametrize("file", sorted(name for name in PARSED_HERE if name.startswith("artist.")))
def test_a_recorded_answer_is_found(upstream: CannedUpstream, lastfm, file):
    upstream.says((SAMPLES / file).read_bytes())

    assert isinstance(ask(lastfm, file.split("-")[0]), Found)


def test_the_recorded_profile_is_read_field_by_field(upstream: CannedUpstream, lastfm):
    upstream.says((SAMPLES / "artist.getInfo-ok.xml").read_bytes())

    profile = ask(lastfm, "artist.getInfo").value

    assert isinstance(profile, Profile)
    assert (profile.name, profile.mbid) == ("Radiohead", "a74b1b7f-71a5-4011-9441-d0b5e4122711")
    assert (profile.listeners, profile.playcount) == (7_965_123, 1_286_093_099)
    assert [image.size for image in profile.images] == ["small", "medium", "large", "extralarge", "mega"]
    assert profile.biography is not None
    assert "<" not in profile.biography.content
    assert "Read more" not in profile.biography.summary


def test_the_recorded_bare_profile_has_nothing_made_up(upstream: CannedUpstream, lastfm):
    upstream.says((SAMPLES / "artist.getInfo-no-bio-no-image-no-mbid.xml").read_bytes())

    profile = ask(lastfm, "artist.getInfo").value

    assert (profile.mbid, profile.biography, profile.images) == (None, None, ())
    assert (profile.listeners, profile.playcount) == (6, 8)


@pytest.mark.parametrize("method", ["artist.getInfo", "artist.getTopTags", "artist.getSimilar"])
def test_the_recorded_miss_is_absent(upstream: CannedUpstream, lastfm, method):
    upstream.says((SAMPLES / "error-6-not-found.xml").read_bytes(), status="404 Not Found")

    assert isinstance(ask(lastfm, method), Absent)


@pytest.mark.parametrize("row", [row for row in errors() if "xml" in row], ids=lambda row: str(row["code"]))
@pytest.mark.parametrize("status", [None, 200])
def test_a_recorded_error_is_its_declared_fault_under_its_status_and_under_200(upstream: CannedUpstream, lastfm, row, status):
    upstream.says(row["xml"], status=status_line(status or row["http_status"]))

    with pytest.raises(FAULTS[row["code"]]):
        ask(lastfm, "artist.getInfo")


@pytest.mark.parametrize("row", [row for row in errors() if "not be found" in row["json"]["message"]], ids=str)
def test_the_recorded_words_for_a_miss_are_absence(upstream: CannedUpstream, lastfm, row):
    upstream.says(f'<lfm status="failed"><error code="6">{row["json"]["message"]}</error></lfm>')

    assert isinstance(ask(lastfm, "artist.getInfo"), Absent)
