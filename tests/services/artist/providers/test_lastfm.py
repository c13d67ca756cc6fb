"""services/artist/providers/lastfm: how it asks, and what it makes of faults."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Found
from services.artist.domain import Identity, Profile
from services.artist.providers.lastfm import NAME, LastfmProvider
from tests.fakes.canned import KEY, USER_AGENT, CannedUpstream
from tests.fakes.raw_server import RawServer, once
from tests.sandbox.running import LASTFM, RunningSandbox
from tests.services.artist.providers.canned import lastfm_at
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

Ask = Callable[[LastfmProvider, str], Any]
ASKS: Mapping[str, Ask] = {
    "artist.getInfo": lambda provider, name: provider.find_profile(Identity(name), language="en"),
    "artist.getTopTags": lambda provider, name: provider.find_tags(Identity(name)),
    "artist.getSimilar": lambda provider, name: provider.find_similar_artists(Identity(name), limit=50),
}
RADIOHEAD_MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
FAILED = '<?xml version="1.0" encoding="UTF-8"?>\n<lfm status="failed">\n  <error code="{code}">{words}</error>\n</lfm>\n'


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKS[request.param]


@pytest.fixture
def provider(sandbox: RunningSandbox, patience: timedelta) -> Iterator[LastfmProvider]:
    """Asks the sandbox."""
    with lastfm_at(f"{sandbox.url}{LASTFM}", urlsplit(sandbox.url).netloc, timeout=patience) as lastfm:
        yield lastfm


class TestLastfmKeepsTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: LastfmProvider, ask: Ask) -> Subject:
        def fail(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                sandbox.script({"fault": fault})

        def ask_at(url: str) -> Any:
            with lastfm_at(url, urlsplit(url).netloc, timeout=TIMEOUT) as elsewhere:
                return ask(elsewhere, "Radiohead")

        return Subject(
            NAME, lambda: ask(provider, "Radiohead"), lambda: ask(provider, "No Such Artist At All"), fail=fail, ask_at=ask_at
        )


@pytest.mark.parametrize("status", [None, 200])
@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (3, ProviderMalformed),
        (4, ProviderRejected),
        (6, ProviderMalformed),  # a missing parameter: our mistake, and no word about the artist
        (8, ProviderUnavailable),
        (9, ProviderRejected),
        (10, ProviderRejected),
        (11, ProviderUnavailable),
        (16, ProviderUnavailable),
        (17, ProviderRejected),
        (26, ProviderRejected),
        (29, ProviderThrottled),
        (99, ProviderMalformed),
    ],
)
def test_an_error_code_means_the_same_under_its_own_status_and_under_200(sandbox, provider, ask, code, fault, status):
    sandbox.fault("lastfm_error", code=code, **({} if status is None else {"status": status}))

    raised = fault_of(lambda: ask(provider, "Radiohead"))

    assert type(raised) is fault


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "404 Not Found"])
@pytest.mark.parametrize("words", ["The artist you supplied could not be found", "Artist not found", "no such page"])
def test_not_found_is_absence_in_all_its_wordings_and_statuses(upstream: CannedUpstream, lastfm, ask, words, status):
    upstream.says(FAILED.format(code=6, words=words), status=status)

    assert isinstance(ask(lastfm, "Nobody"), Absent)


def test_a_suspended_key_is_not_tried_again_for_hours(sandbox, provider, ask):
    sandbox.fault("lastfm_error", code=26)

    raised = fault_of(lambda: ask(provider, "Radiohead"))

    assert (raised.retry_after or timedelta(0)) >= timedelta(hours=1)
    assert "key" in str(raised)
    assert KEY not in str(raised)


@pytest.mark.parametrize("status", [None, 200])
def test_throttling_without_a_time_pauses_for_a_minute(sandbox, provider, ask, status):
    sandbox.fault("lastfm_error", code=29, **({} if status is None else {"status": status}))

    raised = fault_of(lambda: ask(provider, "Radiohead"))

    assert raised.retry_after == timedelta(minutes=1)


def test_one_artist_is_three_calls_one_a_method(sandbox, provider):
    for ask_one in ASKS.values():
        ask_one(provider, "Radiohead")

    assert sandbox.control("counters")["lastfm"] == {"total": 3} | dict.fromkeys(map(str.lower, ASKS), 1)


def test_the_key_travels_in_the_body_and_never_in_a_url(upstream: CannedUpstream, lastfm, ask):
    upstream.asked.clear()
    upstream.says(FAILED.format(code=6, words="Artist not found"))

    ask(lastfm, "Radiohead")

    head, _, body = upstream.asked[0].partition(b"\r\n\r\n")
    assert KEY.encode() not in head
    assert f"api_key={KEY}".encode() in body


def test_a_call_names_us_puts_nothing_in_the_query_and_needs_no_session_key(sandbox, provider, ask):
    ask(provider, "Radiohead")

    row = sandbox.control("journal")["rows"][-1]
    assert row["http_method"] == "POST"
    assert row["query_params"] == []
    assert row["user_agent"] == USER_AGENT
    assert not {"sk", "api_sig", "mbid"} & row["params"].keys()


def test_calls_share_one_connection(upstream: CannedUpstream):
    fresh = CannedUpstream()
    fresh.says(FAILED.format(code=6, words="Artist not found"))

    with lastfm_at(fresh.server.url, fresh.server.host_port) as lastfm:
        for ask_one in ASKS.values():
            ask_one(lastfm, "Radiohead")
    fresh.server.stop()

    assert fresh.server.connections == 1


def test_bytes_that_are_not_http_are_a_fault(ask):
    server = RawServer(once(b"\x16\x03\x01\x00\x02\x02\x28"))

    with lastfm_at(server.url, server.host_port) as lastfm:
        raised = fault_of(lambda: ask(lastfm, "Radiohead"))
    server.stop()

    assert type(raised) is ProviderUnavailable


def test_a_profile_is_read_whole(provider):
    found = provider.find_profile(Identity("radiohead"), language="en")

    assert isinstance(found, Found)
    profile = found.value
    assert isinstance(profile, Profile)
    assert (profile.name, profile.mbid) == ("Radiohead", RADIOHEAD_MBID)
    assert profile.listeners is not None
    assert profile.playcount is not None
    assert 1_000_000 < profile.listeners < profile.playcount
    assert profile.biography is not None
    assert profile.biography.language == "en"
    assert "Read more" not in profile.biography.content
    assert found.source_url == profile.url


def test_tags_are_at_most_ten_heaviest_first(provider):
    tags = provider.find_tags(Identity("Radiohead")).value

    assert 1 <= len(tags) <= 10
    assert [tag.weight for tag in tags] == sorted((tag.weight for tag in tags), reverse=True)


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_similar_artists_are_as_many_as_asked_for_with_ids_weights_and_ranks(provider, limit):
    similar = provider.find_similar_artists(Identity("Radiohead"), limit=limit).value

    assert 1 <= len(similar) <= limit
    assert [row.rank for row in similar] == list(range(1, len(similar) + 1))
    assert all(0 <= row.weight <= 1 for row in similar)
    assert any(row.mbid for row in similar)


@pytest.mark.parametrize(
    ("mbid", "confidence"), [(None, 0.8), (RADIOHEAD_MBID, 1.0), ("8ed2e0b3-aa4c-4e13-bec3-dc7393ed4d6b", 0.3)]
)
def test_a_musicbrainz_id_only_judges_the_answer(sandbox, provider, mbid, confidence):
    found = provider.find_profile(Identity("Radiohead", mbid=mbid), language="en")

    assert found.confidence == confidence
    assert "mbid" not in sandbox.control("journal")["rows"][-1]["params"]


def test_a_page_about_nobody_in_particular_is_absent(provider):
    assert isinstance(provider.find_profile(Identity("[unknown]"), language="en"), Absent)


def test_an_artist_with_next_to_nothing_is_found_and_its_gaps_are_absent(provider):
    found = provider.find_profile(Identity("Bare Sandbox Artist"), language="en")

    assert isinstance(found, Found)
    assert (found.value.mbid, found.value.biography, found.value.images) == (None, None, ())
    assert isinstance(provider.find_tags(Identity("Bare Sandbox Artist")), Absent)
    assert isinstance(provider.find_similar_artists(Identity("Bare Sandbox Artist"), limit=5), Absent)
