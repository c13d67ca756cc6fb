"""services/album/providers/lastfm: how it asks the sandbox, and what it makes of faults."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Found
from kernel.http import HttpClient
from services.album.domain import AlbumIdentity, TrackIdentity
from services.album.providers.lastfm import NAME, LastfmAlbums
from tests.fakes.canned import KEY, USER_AGENT
from tests.sandbox.running import LASTFM, RunningSandbox
from tests.services.album.providers.asking import calls, door_to, lastfm_over, script
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

Ask = Callable[[LastfmAlbums, str, str], Any]
ASKS: Mapping[str, Ask] = {
    "album.getInfo": lambda provider, title, artist: provider.find_profile(AlbumIdentity(title, artist), language="en"),
    "album.getTopTags": lambda provider, title, artist: provider.find_tags(AlbumIdentity(title, artist)),
    "track.getInfo": lambda provider, title, artist: provider.find_track(TrackIdentity(title, artist)),
}
KNOWN = {"album.getInfo": "Kid A", "album.getTopTags": "Kid A", "track.getInfo": "Airbag"}
OK_COMPUTER = "0b6b4ba0-d36f-47bd-b4ea-6a5b91842d29"


@pytest.fixture(params=ASKS)
def method(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def provider(sandbox: RunningSandbox, door: HttpClient, patience: timedelta) -> LastfmAlbums:
    return lastfm_over(door, f"{sandbox.url}{LASTFM}", timeout=patience)


def ask_known(provider: LastfmAlbums, method: str) -> Any:
    return ASKS[method](provider, KNOWN[method], "Radiohead")


class TestLastfmKeepsTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: LastfmAlbums, method: str) -> Subject:
        def ask_at(url: str) -> Any:
            with door_to(url) as http:
                return ask_known(lastfm_over(http, url, timeout=TIMEOUT), method)

        return Subject(
            NAME,
            lambda: ask_known(provider, method),
            lambda: ASKS[method](provider, "No Such Record", "Radiohead"),
            fail=lambda fault: script(sandbox, NAME, dict(fault)),
            ask_at=ask_at,
        )


@pytest.mark.parametrize(
    ("code", "fault"), [(6, ProviderMalformed), (8, ProviderUnavailable), (10, ProviderRejected), (29, ProviderThrottled)]
)
def test_an_error_code_is_its_fault_under_200_as_well(sandbox, provider, method, code, fault):
    sandbox.fault("lastfm_error", code=code, status=200)

    assert type(fault_of(lambda: ask_known(provider, method))) is fault


def test_a_cold_album_is_two_calls_and_a_cold_track_one(sandbox, provider):
    for each in ASKS:
        ask_known(provider, each)

    assert calls(sandbox, NAME) == dict.fromkeys(map(str.lower, ASKS), 1)


def test_a_call_is_by_name_in_the_body_and_lets_names_be_corrected(sandbox, provider):
    provider.find_profile(AlbumIdentity("OK Computer", "Radiohead", mbid=OK_COMPUTER), language="fr")
    provider.find_track(TrackIdentity("Airbag", "Radiohead"))

    album, track = sandbox.control("journal")["rows"]
    for row in (album, track):
        assert (row["http_method"], row["query_params"], row["user_agent"]) == ("POST", [], USER_AGENT)
        assert not {"mbid", "sk", "username"} & row["params"].keys()
        assert row["params"]["autocorrect"] == "1"
        assert KEY not in str(row["params"])
    assert (album["params"]["album"], album["params"]["artist"], album["params"]["lang"]) == ("OK Computer", "Radiohead", "fr")
    assert (track["params"]["track"], track["params"]["artist"]) == ("Airbag", "Radiohead")


def test_an_album_is_read_whole_its_lengths_in_seconds(provider):
    found = provider.find_profile(AlbumIdentity("ok computer", "radiohead"), language="en")

    profile = found.value
    assert (profile.title, profile.artist, profile.mbid) == ("OK Computer", "Radiohead", OK_COMPUTER)
    assert profile.listeners < profile.playcount
    assert (profile.wiki.language, "Read more" in profile.wiki.content) == ("en", False)
    assert [image.size for image in profile.images] == ["small", "medium", "large", "extralarge", "mega"]
    assert [track.position for track in profile.tracks] == list(range(1, 13))
    assert (profile.tracks[0].title, profile.tracks[0].duration) == ("Airbag", timedelta(seconds=284))
    assert profile.tracks[1].duration is None
    assert (found.confidence, found.matched_on) == (0.8, ("title", "artist"))
    assert found.source_url == profile.url == "https://www.last.fm/music/Radiohead/OK+Computer"
    assert found.licence


def test_a_track_is_read_whole_its_length_in_milliseconds(provider):
    found = provider.find_track(TrackIdentity("Airbag", "Radiohead"))

    track = found.value
    assert (track.title, track.artist, track.duration) == ("Airbag", "Radiohead", timedelta(seconds=284))
    assert track.listeners < track.playcount
    assert track.mbid
    assert [tag.name for tag in track.tags][:2] == ["alternative", "alternative rock"]
    assert (found.confidence, found.source_url) == (0.8, track.url)


def test_a_length_nobody_knows_is_none(provider):
    assert provider.find_track(TrackIdentity("Paranoid Android", "Radiohead")).value.duration is None


def test_tags_are_at_most_ten_heaviest_first(provider):
    tags = provider.find_tags(AlbumIdentity("OK Computer", "Radiohead")).value

    assert 1 <= len(tags) <= 10
    assert [tag.weight for tag in tags] == sorted((tag.weight for tag in tags), reverse=True)


@pytest.mark.parametrize(("mbid", "confidence"), [(OK_COMPUTER, 1.0), (OK_COMPUTER.upper(), 1.0), ("0" * 36, 0.8)])
def test_the_same_release_makes_certain_and_another_contradicts_nothing(provider, mbid, confidence):
    found = provider.find_profile(AlbumIdentity("OK Computer", "Radiohead", mbid=mbid), language="en")

    assert found.confidence == confidence
    assert ("MusicBrainz id" in found.matched_on) == (confidence == 1.0)


def test_what_stands_for_nothing_is_never_asked(sandbox, provider, method):
    for title, artist in (("[unknown]", "Radiohead"), ("Kid A", "[unknown]"), ("Unknown Album", "X"), ("", "Radiohead")):
        answer = ASKS[method](provider, title, artist)
        assert isinstance(answer, Absent)
        assert answer.reason
    assert calls(sandbox, NAME) == {}


def test_an_album_with_next_to_nothing_is_found_and_its_gaps_are_gaps(provider):
    bare = AlbumIdentity("Bare Sandbox Album", "Bare Sandbox Artist")

    found = provider.find_profile(bare, language="en")

    assert isinstance(found, Found)
    assert (found.value.mbid, found.value.wiki, found.value.images, found.value.tracks) == (None, None, (), ())
    assert isinstance(provider.find_tags(bare), Absent)
