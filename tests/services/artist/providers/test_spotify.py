"""services/artist/providers/spotify: over the sandbox, in both of its profiles."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from sandbox.spotify.accounts import CLIENT_SECRET
from services.artist.domain import Identity
from services.artist.providers.spotify import NAME, SpotifyProvider
from tests.fakes.canned import USER_AGENT
from tests.sandbox.running import RunningSandbox
from tests.services.artist.providers.canned_spotify import spotify_at
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

HALCYON = "2pvfGvbL4mouaDY9ZSwUmv"
RADIOHEAD = "4Z8W4fKeB5YxbusRsdQVPb"
QUEEN = "1dfeR4HaWDbWqFHLkxsg1d"
NOBODY = "0000000000000000000000"
DEVMODE, EXTENDED = "devmode2026", "extended"

Ask = Callable[[SpotifyProvider], Any]


@pytest.fixture
def provider(sandbox: RunningSandbox, patience: timedelta) -> Iterator[SpotifyProvider]:
    with over(sandbox.url, patience) as spotify:
        yield spotify


def over(url: str, timeout: timedelta = TIMEOUT, **options: Any) -> Any:
    return spotify_at(f"{url}/spotify/v1", f"{url}/spotify-accounts", timeout=timeout, **options)


def set_profile(sandbox: RunningSandbox, profile: str) -> None:
    assert sandbox.client.put("/_sandbox/spotify", json={"profile": profile}).is_success


def script(sandbox: RunningSandbox, kind: str, *, upstream: str = NAME, **options: object) -> None:
    rule: dict[str, object] = {"provider": upstream, "fault": {"kind": kind, **options}}
    sandbox.script(rule)


def calls(sandbox: RunningSandbox) -> dict[str, int]:
    counted: dict[str, int] = sandbox.control("counters").get(NAME, {})
    return {method: count for method, count in counted.items() if method != "total"}


def subject_of(sandbox: RunningSandbox, provider: SpotifyProvider, *, upstream: str, known: Ask, unknown: Ask) -> Subject:
    def fail(fault: Mapping[str, Any]) -> None:
        sandbox.client.delete("/_sandbox/faults")
        if fault:
            sandbox.script({"provider": upstream, "fault": dict(fault)})

    def ask_at(url: str) -> Any:
        with spotify_at(url, url, timeout=TIMEOUT) as elsewhere:
            return known(elsewhere)

    return Subject(NAME, lambda: known(provider), lambda: unknown(provider), fail=fail, ask_at=ask_at)


def find_profile(spotify_id: str | None) -> Ask:
    return lambda provider: provider.find_profile(Identity(spotify_id=spotify_id), language="en")


def find_identity(name: str, *titles: str) -> Ask:
    return lambda provider: provider.find_identity(Identity(name, titles=titles))


def find_releases(spotify_id: str | None) -> Ask:
    return lambda provider: provider.find_releases(Identity(spotify_id=spotify_id))


class TestSpotifyProfilesKeepTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: SpotifyProvider) -> Subject:
        return subject_of(sandbox, provider, upstream=NAME, known=find_profile(HALCYON), unknown=find_profile(NOBODY))


class TestSpotifyIdentitiesKeepTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: SpotifyProvider) -> Subject:
        known = find_identity("Queen", "The Game", "A Night at the Opera")
        return subject_of(sandbox, provider, upstream=NAME, known=known, unknown=find_identity("No Such Artist At All", "X"))


class TestSpotifyReleasesKeepTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: SpotifyProvider) -> Subject:
        set_profile(sandbox, EXTENDED)
        return subject_of(sandbox, provider, upstream=NAME, known=find_releases(HALCYON), unknown=find_releases(NOBODY))


class TestSpotifyAccountsKeepTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: SpotifyProvider) -> Subject:
        known, unknown = find_profile(HALCYON), find_profile(NOBODY)
        return subject_of(sandbox, provider, upstream="spotify-accounts", known=known, unknown=unknown)


@pytest.mark.parametrize("profile", [DEVMODE, EXTENDED])
def test_a_profile_has_what_both_kinds_of_app_are_given(sandbox, provider, profile):
    set_profile(sandbox, profile)

    found = find_profile(HALCYON)(provider)

    assert isinstance(found, Found)
    assert (found.confidence, found.matched_on) == (0.95, ("Spotify id",))
    assert (found.value.name, found.value.url) == ("Halcyon Relay", f"https://open.spotify.com/artist/{HALCYON}")
    assert [image.size for image in found.value.images] == ["160x160", "320x320", "640x640"]
    assert calls(sandbox) == {"artists.get": 1}


def test_an_extended_app_is_told_followers_genres_and_popularity(sandbox, provider):
    set_profile(sandbox, EXTENDED)

    profile = find_profile(HALCYON)(provider).value

    assert (profile.followers, profile.popularity) == (96214, 41)
    assert profile.genres


def test_what_a_development_app_is_not_told_is_unknown_and_not_zero(sandbox, provider):
    profile = find_profile(HALCYON)(provider).value

    assert (profile.followers, profile.popularity, profile.genres) == (None, None, ())


@pytest.mark.parametrize("spotify_id", [None, "", "../me", "short", f"{HALCYON}/albums"])
@pytest.mark.parametrize("find", [find_profile, find_releases])
def test_what_is_no_id_is_not_asked(sandbox, provider, find, spotify_id):
    assert isinstance(find(spotify_id)(provider), Absent)
    assert calls(sandbox) == {}


@pytest.mark.parametrize("find", [find_profile, find_releases])
def test_an_id_that_spotify_cannot_read_is_absent(sandbox, provider, find):
    script(sandbox, "spotify_error", code="bad_id")

    assert isinstance(find(HALCYON)(provider), Absent)


@pytest.mark.parametrize("profile", [DEVMODE, EXTENDED])
@pytest.mark.parametrize(
    ("name", "titles", "spotify_id"),
    [
        ("Radiohead", ("Kid A", "In Rainbows"), RADIOHEAD),
        ("queen", ("The Game", "News of the World"), QUEEN),
        ("Nirvana", ("Nevermind", "In Utero"), "6olE6TJLqED3rqDCT0FyPh"),
        ("Nirvana", ("All Of Us", "The Story Of Simon Simopath"), "0KBRFnTM89HjCE1ZKnx00m"),
        ("Björk", ("Homogenic", "Vespertine"), "7w29UYBi0qsHi5RTcv3lmA"),
        ("Bjork", ("Homogenic", "Vespertine"), "7w29UYBi0qsHi5RTcv3lmA"),
        ("!!!", ("Myth Takes", "Thr!!!er"), "0GIHTX28bAQYRBUyGcbHNB"),
    ],
)
def test_namesakes_are_told_apart_by_albums_in_common(sandbox, provider, profile, name, titles, spotify_id):
    set_profile(sandbox, profile)

    found = find_identity(name, *titles)(provider)

    assert isinstance(found, Found)
    assert (found.value.spotify_id, found.confidence) == (spotify_id, 0.85)
    assert found.matched_on[0].startswith("name")
    assert found.matched_on[1:] == ("2 albums in common",)


@pytest.mark.parametrize("titles", [(), ("Queen",), ("Greatest Hits", "Live"), ("A Kind of Nothing", "Nobody's Record")])
def test_a_name_without_albums_in_common_is_ambiguous_with_everybody_who_bears_it(sandbox, provider, titles):
    set_profile(sandbox, EXTENDED)

    ambiguous = find_identity("Queen", *titles)(provider)

    assert isinstance(ambiguous, Ambiguous)
    assert len(ambiguous.candidates) == 3
    assert {match.name for match in ambiguous.candidates} == {"Queen"}
    assert ambiguous.candidates[0].spotify_id == QUEEN
    assert any(match.description == "genres: hip-hop, trap; 75 followers" for match in ambiguous.candidates)


def test_even_a_name_borne_by_one_alone_is_not_enough(provider):
    ambiguous = find_identity("Radiohead")(provider)

    assert isinstance(ambiguous, Ambiguous)
    assert [match.spotify_id for match in ambiguous.candidates] == [RADIOHEAD]


def test_an_identity_with_an_id_is_looked_up_by_it(sandbox, provider):
    found = provider.find_identity(Identity("Somebody", spotify_id=HALCYON, titles=("X",)))

    assert isinstance(found, Found)
    assert (found.value.name, found.matched_on) == ("Halcyon Relay", ("Spotify id",))
    assert calls(sandbox) == {"artists.get": 1}


@pytest.mark.parametrize("name", ["", "  ", '"', "[unknown]", "Various Artists"])
def test_a_name_that_is_nobodys_is_never_sent(sandbox, provider, name):
    assert isinstance(find_identity(name, "X")(provider), Absent)
    assert calls(sandbox) == {}


def test_a_search_is_for_the_whole_name_and_compares_three_at_most(sandbox, provider):
    find_identity('Queen "Freddie"', "X")(provider)
    find_identity("Queen", "The Game", "Nobody's Record")(provider)

    searches = [row["params"] for row in sandbox.control("journal?provider=spotify")["rows"] if row["api_method"] == "search"]
    assert [search["q"] for search in searches] == ['artist:"Queen Freddie"', 'artist:"Queen"']
    assert {(search["type"], search["limit"]) for search in searches} == {("artist", "10")}
    assert calls(sandbox) == {"search": 2, "artists.albums": 3}


def test_an_extended_app_is_told_the_labels_of_the_five_newest(sandbox, provider):
    set_profile(sandbox, EXTENDED)

    found = find_releases(HALCYON)(provider)

    assert isinstance(found, Found)
    newest = found.value[0]
    assert (newest.title, newest.released, newest.precision) == ("The Long Exposure (Deluxe Edition)", date(2025, 4, 11), "day")
    assert (newest.labels, newest.kind) == (("Meridian Static",), "album")
    assert newest.url == f"https://open.spotify.com/album/{newest.id}"
    assert [bool(release.labels) for release in found.value] == [True] * 5 + [False] * (len(found.value) - 5)
    assert [release.released for release in found.value] == sorted((r.released for r in found.value), reverse=True)
    assert calls(sandbox) == {"artists.albums": 1, "albums.get": 5}


def test_a_development_app_is_told_no_labels_and_stops_asking(sandbox, provider):
    found = find_releases(HALCYON)(provider)

    assert isinstance(found, Found)
    assert len(found.value) == 10
    assert not any(release.labels for release in found.value)
    assert calls(sandbox) == {"artists.albums": 1, "albums.get": 1}


def test_every_call_of_a_question_but_the_first_waits_for_the_limiter(sandbox):
    waited: list[int] = []
    set_profile(sandbox, EXTENDED)

    with over(sandbox.url, pace=lambda: waited.append(sum(calls(sandbox).values()))) as provider:
        find_releases(HALCYON)(provider)

    assert waited == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("code", ["forbidden", "premium"])
def test_a_refusal_of_the_app_is_rejected_in_words_of_its_own(sandbox, provider, code):
    script(sandbox, "spotify_error", code=code)

    raised = fault_of(lambda: find_profile(HALCYON)(provider))

    assert type(raised) is ProviderRejected
    assert ("Premium" in str(raised)) == (code == "premium")


def test_an_empty_refusal_is_rejected_and_names_the_setting(sandbox, provider):
    script(sandbox, "status", code=403, body="")

    raised = fault_of(lambda: find_profile(HALCYON)(provider))

    assert type(raised) is ProviderRejected
    assert "SPOTIFY_CLIENT_ID" in str(raised)


@pytest.mark.parametrize(
    ("code", "options", "seconds"),
    [
        ("rate_limit", {}, 7),
        ("rate_limit_text", {}, 3600),
        ("quota", {"retry_after": 86400}, 86400),
        ("quota", {"retry_after": 1}, 1),
    ],
)
def test_throttling_in_all_its_bodies_waits_as_long_as_asked(sandbox, provider, code, options, seconds):
    script(sandbox, "spotify_error", code=code, **options)

    raised = fault_of(lambda: find_profile(HALCYON)(provider))

    assert type(raised) is ProviderThrottled
    assert raised.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("code", "fault"),
    [("bad_limit", ProviderMalformed), ("bad_gateway", ProviderUnavailable), ("expired_token", ProviderRejected)],
)
def test_the_other_errors_are_declared_faults(sandbox, provider, code, fault):
    script(sandbox, "spotify_error", code=code)

    assert type(fault_of(lambda: find_profile(HALCYON)(provider))) is fault


@pytest.mark.parametrize(
    "pair", [{"client_secret": "wrong"}, {"client_id": "wrong:pair"}, {"client_id": "", "client_secret": ""}]
)
def test_a_wrong_pair_is_rejected_and_names_the_settings_but_not_their_values(sandbox, pair):
    with over(sandbox.url, **pair) as provider:
        raised = fault_of(lambda: find_profile(HALCYON)(provider))

    assert type(raised) is ProviderRejected
    assert "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET" in str(raised)
    assert CLIENT_SECRET not in str(raised)
    assert calls(sandbox) == {}


def test_a_token_that_expired_early_is_replaced(sandbox, provider):
    sandbox.script({"provider": NAME, "times": 1, "fault": {"kind": "spotify_error", "code": "expired_token"}})

    assert isinstance(find_profile(HALCYON)(provider), Found)
    assert sandbox.control("counters")["spotify-accounts"]["total"] == 2


def test_no_token_or_secret_ever_stands_in_a_url(sandbox, provider):
    find_releases(HALCYON)(provider)
    find_identity("Queen", "The Game")(provider)

    for row in sandbox.control("journal")["rows"]:
        assert set(row["query_params"]) <= {"include_groups", "limit", "q", "type"}
        assert row["user_agent"] == USER_AGENT


def test_addresses_may_end_in_a_slash(sandbox):
    url = urlsplit(sandbox.url).netloc

    with spotify_at(f"http://{url}/spotify/v1/", f"http://{url}/spotify-accounts/", timeout=TIMEOUT) as provider:
        assert isinstance(find_profile(HALCYON)(provider), Found)
