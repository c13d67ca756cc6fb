"""services/album/providers/spotify: over the sandbox, in both of its profiles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Found
from kernel.http import HttpClient
from services.album.domain import AlbumIdentity
from services.album.providers.spotify import NAME, SpotifyAlbums
from tests.fakes.canned import USER_AGENT
from tests.sandbox.running import RunningSandbox
from tests.services.album.providers.asking import calls, door_to, script, spotify_over
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

SIGNAL_GARDENS, DELUXE = "0q1zN567mBxLb3NyuvV5ro", "Signal Gardens (Deluxe Edition)"
PROFILES = ("devmode2026", "extended")
NOBODY = "0" * 22

ASKS: dict[str, Callable[[SpotifyAlbums, bool], Any]] = {
    "by id": lambda provider, known: provider.find_listing(
        AlbumIdentity("Signal Gardens", "Halcyon Relay", spotify_id=SIGNAL_GARDENS if known else NOBODY)
    ),
    "by name": lambda provider, known: provider.find_listing(
        AlbumIdentity("Signal Gardens" if known else "No Such Record", "Halcyon Relay")
    ),
}


def over(http: HttpClient, url: str, timeout: timedelta = TIMEOUT, **options: Any) -> SpotifyAlbums:
    return spotify_over(http, f"{url}/spotify/v1", f"{url}/spotify-accounts", timeout=timeout, **options)


@pytest.fixture
def provider(sandbox: RunningSandbox, door: HttpClient, patience: timedelta) -> SpotifyAlbums:
    return over(door, sandbox.url, patience)


def set_profile(sandbox: RunningSandbox, profile: str) -> None:
    assert sandbox.client.put("/_sandbox/spotify", json={"profile": profile}).is_success


class TestSpotifyKeepsTheContract(ProviderContract):
    @pytest.fixture(params=ASKS)
    def subject(self, sandbox: RunningSandbox, provider: SpotifyAlbums, request: pytest.FixtureRequest) -> Subject:
        ask = ASKS[request.param]

        def ask_at(url: str) -> Any:
            with door_to(url) as http:
                return ask(spotify_over(http, url, url, timeout=TIMEOUT), True)

        return Subject(
            NAME,
            lambda: ask(provider, True),
            lambda: ask(provider, False),
            fail=lambda fault: script(sandbox, NAME, dict(fault)),
            ask_at=ask_at,
        )


@pytest.mark.parametrize("profile", PROFILES)
def test_an_id_is_one_call_and_certain(sandbox, provider, profile):
    set_profile(sandbox, profile)

    found = provider.find_listing(AlbumIdentity("?", "?", spotify_id=SIGNAL_GARDENS))

    assert (found.value.title, found.value.id, found.value.kind) == ("Signal Gardens", SIGNAL_GARDENS, "album")
    assert (found.confidence, found.matched_on) == (1.0, ("Spotify id",))
    assert calls(sandbox, NAME) == {"albums.get": 1}


@pytest.mark.parametrize(("profile", "label"), [("devmode2026", ""), ("extended", "Meridian Static")])
def test_a_name_is_two_calls_and_brings_what_searches_leave_out(sandbox, door, profile, label):
    set_profile(sandbox, profile)
    waited: list[dict[str, int]] = []

    provider = over(door, sandbox.url, pace=lambda: waited.append(calls(sandbox, NAME)))

    found = provider.find_listing(AlbumIdentity("signal gardens", "halcyon relay"))

    assert isinstance(found, Found)
    listing = found.value
    assert (listing.id, listing.title, listing.artist) == (SIGNAL_GARDENS, "Signal Gardens", "Halcyon Relay")
    assert (listing.released, listing.track_count, listing.label) == ("2019-01-25", 8, label)
    assert listing.barcode.isdigit()
    assert [image.size for image in listing.images] == ["64x64", "300x300", "640x640"]
    assert found.source_url == listing.url == f"https://open.spotify.com/album/{SIGNAL_GARDENS}"
    assert (found.confidence, found.matched_on) == (0.8, ("title", "artist"))
    assert found.licence
    assert waited == [{"search": 1}]
    assert calls(sandbox, NAME) == {"search": 1, "albums.get": 1}


@pytest.mark.parametrize(
    ("what", "title", "confidence"),
    [
        (AlbumIdentity("Signal Gardens", "Halcyon Relay", track_count=8), "Signal Gardens", 0.9),
        (AlbumIdentity("Signal Gardens", "Halcyon Relay", track_count=3), "Signal Gardens", 0.8),
        (AlbumIdentity(DELUXE, "Halcyon Relay"), DELUXE, 0.8),
        (AlbumIdentity("Homogenic", "Bjork"), "Homogenic", 0.7),
        (AlbumIdentity("POP/STARS", "K/DA", track_count=1), "POP/STARS", 0.9),
    ],
)
def test_the_likest_is_chosen_and_judged(provider, what, title, confidence):
    found = provider.find_listing(what)

    assert (found.value.title, found.value.kind, found.confidence) == (title, "album", confidence)


def test_a_title_is_not_taken_from_another_artist(sandbox, provider):
    mine = provider.find_listing(AlbumIdentity("Signal Gardens", "Paper Quarry")).value
    nobodys = provider.find_listing(AlbumIdentity("Signal Gardens", "Radiohead"))

    assert (mine.artist, mine.released) == ("Paper Quarry", "2011-09-16")
    assert isinstance(nobodys, Absent)


@pytest.mark.parametrize("what", [AlbumIdentity("[unknown]", "X"), AlbumIdentity("X", ""), AlbumIdentity('""', "X")])
def test_what_cannot_be_searched_for_is_never_asked(sandbox, provider, what):
    assert isinstance(provider.find_listing(what), Absent)
    assert calls(sandbox, NAME) == {}


@pytest.mark.parametrize("spotify_id", ["", "../me", f"{SIGNAL_GARDENS}/tracks", "ü" * 22])
def test_what_is_no_id_is_searched_for_by_name(sandbox, provider, spotify_id):
    found = provider.find_listing(AlbumIdentity("Signal Gardens", "Halcyon Relay", spotify_id=spotify_id))

    assert found.value.id == SIGNAL_GARDENS
    assert calls(sandbox, NAME) == {"search": 1, "albums.get": 1}


def test_a_search_is_one_phrase_each_whatever_quotes_a_title_has(sandbox, provider):
    provider.find_listing(AlbumIdentity('Songs "From" Home" OR year:1990', "Halcyon Relay"))

    (row,) = sandbox.control("journal?provider=spotify")["rows"]
    assert row["params"] == {"q": 'album:"Songs From Home OR year:1990" artist:"Halcyon Relay"', "type": "album", "limit": "10"}
    assert row["user_agent"] == USER_AGENT


def test_a_fault_of_the_second_call_is_a_fault_and_no_half_answer(sandbox, provider):
    sandbox.script({"provider": NAME, "api_method": "albums.get", "fault": {"kind": "status", "code": 503}})

    assert type(fault_of(lambda: ASKS["by name"](provider, True))) is ProviderUnavailable


def test_throttling_for_a_day_is_told(sandbox, provider):
    script(sandbox, NAME, {"kind": "spotify_error", "code": "quota", "retry_after": 86400})

    fault = fault_of(lambda: ASKS["by name"](provider, True))

    assert type(fault) is ProviderThrottled
    assert fault.retry_after
    assert fault.retry_after.days == 1


def test_an_id_that_spotify_cannot_read_is_absent(sandbox, provider):
    script(sandbox, NAME, {"kind": "spotify_error", "code": "bad_id"})

    assert isinstance(ASKS["by id"](provider, True), Absent)
    script(sandbox, NAME, {})
    assert isinstance(ASKS["by id"](provider, True), Found)
