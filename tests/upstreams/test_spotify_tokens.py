"""services/artist/providers/spotify/tokens.py: one token, kept, renewed in time, fetched once however many ask."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderUnavailable
from kernel.evidence import Found
from services.artist.domain import Identity
from services.artist.providers.spotify import SpotifyProvider
from tests.fakes.canned_spotify import CannedSpotify, artist
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import answer
from tests.services.artist.providers.canned_spotify import spotify_over
from upstreams.spotify.tokens import _Token

SOMEBODY = "0TnOYISbd1XYRBk9myaseg"
WHO = Identity(spotify_id=SOMEBODY)
THREADS = 12


@pytest.fixture
def upstream() -> Iterator[CannedSpotify]:
    canned = CannedSpotify()
    canned.says("artists/", artist(SOMEBODY, "Somebody"))
    yield canned
    canned.server.stop()


@pytest.fixture
def spotify(upstream: CannedSpotify, clock: FakeClock) -> Iterator[SpotifyProvider]:
    with spotify_over(upstream, clock=clock) as provider:
        yield provider


def ask(provider: SpotifyProvider) -> object:
    return provider.find_profile(WHO, language="en")


def ask_at_once(provider: SpotifyProvider) -> list[object]:
    barrier = threading.Barrier(THREADS)

    def ask_together(_: int) -> object:
        barrier.wait()
        return ask(provider)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(ask_together, range(THREADS)))


def test_a_token_serves_until_a_minute_before_it_expires(upstream, spotify, clock):
    ask(spotify)
    clock.advance(3539)
    ask(spotify)

    assert upstream.tokens_given() == 1

    clock.advance(1)
    ask(spotify)

    assert upstream.tokens_given() == 2
    assert upstream.asked[-1].authorization == "Bearer token-2"


def test_the_wall_clock_does_not_matter(upstream, spotify, clock):
    ask(spotify)
    clock.set_wall(clock.now() + timedelta(days=4000))
    ask(spotify)

    assert upstream.tokens_given() == 1


@pytest.mark.parametrize(("expires_in", "served"), [(100, 49), (2, 0.9)])
def test_a_short_lived_token_serves_half_its_life(upstream, spotify, clock, expires_in, served):
    upstream.expires_in = expires_in
    ask(spotify)
    clock.advance(served)
    ask(spotify)

    assert upstream.tokens_given() == 1


@pytest.mark.parametrize("expires_in", [0, -5, None, "3600", True])
def test_a_token_without_a_believable_end_serves_one_call(upstream, spotify, expires_in):
    upstream.expires_in = expires_in
    ask(spotify)
    ask(spotify)

    assert upstream.tokens_given() == 2


def test_threads_that_start_at_once_share_one_token(upstream, spotify):
    found = ask_at_once(spotify)

    assert all(isinstance(each, Found) for each in found)
    assert upstream.tokens_given() == 1


def test_threads_whose_token_is_refused_at_once_share_one_new_token(upstream, spotify):
    ask(spotify)
    upstream.refuse("token-1")

    found = ask_at_once(spotify)

    assert all(isinstance(each, Found) for each in found)
    assert upstream.tokens_given() == 2


def test_a_refused_token_is_replaced_and_the_question_repeated_once_after_waiting_its_turn(upstream, clock):
    turns: list[int] = []
    upstream.refuse("token-1")

    with spotify_over(upstream, clock=clock, pace=lambda: turns.append(len(upstream.paths()))) as provider:
        assert isinstance(ask(provider), Found)

    assert [asked.authorization for asked in upstream.asked if asked.path != "/api/token"] == ["Bearer token-1", "Bearer token-2"]
    assert turns == [1]


def test_a_new_token_that_is_refused_too_is_rejected_and_names_the_settings(upstream, spotify):
    upstream.refuse("token-1", "token-2")

    with pytest.raises(ProviderRejected, match="SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET") as caught:
        ask(spotify)

    assert "token-" not in str(caught.value)
    assert len(upstream.paths()) == 2


def test_a_failed_wish_for_a_token_is_not_remembered(upstream, spotify):
    upstream.token_answer = answer(status="503 Service Unavailable")
    with pytest.raises(ProviderUnavailable):
        ask(spotify)
    upstream.token_answer = None

    assert isinstance(ask(spotify), Found)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"access_token": ""}',
        b'{"access_token": 7}',
        b'{"access_token": "two words"}',
        b'{"access_token": "a\\r\\nX-Injected: yes"}',
        '{"access_token": "schlüssel"}'.encode(),
        b'{"access_token": "' + b"x" * 5000 + b'"}',
    ],
)
def test_what_is_no_token_is_malformed_and_never_sent(upstream, spotify, body):
    upstream.token_answer = answer(body)

    with pytest.raises(ProviderMalformed):
        ask(spotify)

    assert upstream.paths() == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"error":"invalid_client","error_description":"Invalid client"}', ProviderRejected),
        (b'{"error":"invalid_client"}', ProviderRejected),
        (b'{"error":"unsupported_grant_type"}', ProviderMalformed),
        (b'{"error":{"status":400}}', ProviderMalformed),
        (b"no", ProviderMalformed),
    ],
)
@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized"])
def test_a_refusal_of_the_pair_is_told_from_other_refusals_by_its_words(upstream, spotify, body, fault, status):
    upstream.token_answer = answer(body, status=status)

    with pytest.raises(fault):
        ask(spotify)


def test_a_token_does_not_show_itself(upstream, spotify):
    assert "secret" not in repr(_Token("secret", 1.0))


def test_whoever_comes_to_its_turn_after_another_fetched_a_token_takes_that_one(upstream, spotify):
    ask(spotify)

    assert spotify._api._tokens._renewed().words == "token-1"
    assert upstream.tokens_given() == 1
