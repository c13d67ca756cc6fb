"""services/artist/providers/apify: how it asks about one artist, and what it makes of answers."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from kernel import deadline
from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from kernel.evidence import Absent, Answer, Found
from kernel.limiter import LimitReached
from services.artist.domain import Audience, Identity
from services.artist.providers.apify import NAME, ApifyProvider
from tests.fakes.canned import CannedUpstream
from tests.fakes.raw_server import Conversation, RawServer, answer
from tests.fakes.servers import find_free_port
from tests.sandbox.running import RunningSandbox
from tests.services.artist.providers.asking_apify import (
    HALCYON,
    RADIOHEAD,
    TOKEN,
    UNKNOWN,
    FakeSpending,
    apify_at,
    item,
    says_items,
)
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

Ask = Callable[[ApifyProvider, str], Answer[Audience]]
ASKS: Mapping[str, Ask] = {
    "one": lambda provider, spotify_id: provider.find_audience(Identity(spotify_id=spotify_id)),
    "many": lambda provider, spotify_id: provider.find_audience_of_many([spotify_id])[spotify_id],
}
REFUSALS = {
    "no_token": "ENRICHMENT_APIFY_API_TOKEN",
    "bad_token": "ENRICHMENT_APIFY_API_TOKEN",
    "no_usage": "no usage left",
    "not_rented": "not rented",
    "unknown": "actor is gone",
    "no_record": "actor is gone",
}


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKS[request.param]


@pytest.fixture
def spending() -> FakeSpending:
    return FakeSpending()


@pytest.fixture
def provider(sandbox: RunningSandbox, spending: FakeSpending, patience: timedelta) -> Iterator[ApifyProvider]:
    with apify_at(f"{sandbox.url}/apify/v2", spending=spending, timeout=patience) as asking:
        yield asking


@pytest.fixture
def canned(upstream: CannedUpstream, spending: FakeSpending) -> Iterator[ApifyProvider]:
    """Its upstream answers what the test lays in."""
    upstream.asked.clear()
    with apify_at(upstream.server.url, spending=spending) as asking:
        yield asking


class TestApifyKeepsTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: ApifyProvider, ask: Ask) -> Subject:
        def fail(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                sandbox.script({"provider": NAME, "fault": fault})

        def ask_at(url: str) -> Any:
            with apify_at(url, timeout=TIMEOUT) as elsewhere:
                return ask(elsewhere, RADIOHEAD)

        return Subject(NAME, lambda: ask(provider, RADIOHEAD), lambda: ask(provider, UNKNOWN), fail=fail, ask_at=ask_at)


def about(spotify_id: str | None) -> Identity:
    return Identity(spotify_id=spotify_id)


def test_listeners_and_followers_are_found_for_certain_with_the_page_they_stand_on(provider):
    found = provider.find_audience(about(HALCYON))

    assert isinstance(found, Found)
    assert found.value.monthly_listeners == 284_731
    assert found.value.followers is not None
    assert (found.confidence, found.matched_on) == (1.0, ("Spotify id",))
    assert found.source_url == f"https://open.spotify.com/artist/{HALCYON}"


def test_one_artist_is_one_call_that_ends_with_our_time_and_costs_one_item(sandbox, provider, spending):
    provider.find_audience(about(RADIOHEAD))

    rows = sandbox.control(f"journal?provider={NAME}")["rows"]
    assert [row["api_method"] for row in rows] == ["run-sync"]
    assert (rows[0]["params"]["timeout"], rows[0]["params"]["maxItems"]) == ("1", "1")
    assert spending.spent == 1


@pytest.mark.parametrize("spotify_id", [None, "", "not-an-id", "4Z8W4fKeB5YxbusRsdQVPb/../x"])
def test_without_a_usable_id_nothing_is_asked_or_spent(sandbox, provider, spending, spotify_id):
    assert isinstance(provider.find_audience(about(spotify_id)), Absent)
    assert NAME not in sandbox.control("counters")
    assert spending.spent == 0


def test_the_token_travels_in_its_header_and_never_in_a_url(upstream: CannedUpstream, canned):
    says_items(upstream, item(RADIOHEAD, 1))

    canned.find_audience(about(RADIOHEAD))

    head = upstream.asked[0].partition(b"\r\n\r\n")[0]
    assert f"authorization: bearer {TOKEN}".encode() in head.lower()
    assert TOKEN.encode() not in head.splitlines()[0]


def test_items_are_matched_by_id_and_not_by_place(upstream: CannedUpstream, canned):
    says_items(upstream, item(HALCYON, 1), item(RADIOHEAD, 2, 3), item(RADIOHEAD, 4))

    assert canned.find_audience(about(RADIOHEAD)).value == Audience(monthly_listeners=2, followers=3)


@pytest.mark.parametrize(
    "named",
    [
        {"url": f"https://open.spotify.com/artist/{RADIOHEAD}"},
        {"url": f"https://open.spotify.com/intl-fr/artist/{RADIOHEAD}?si=1"},
        {"artist_url": f"https://open.spotify.com/artist/{RADIOHEAD}"},
        {"uri": f"spotify:artist:{RADIOHEAD}"},
    ],
)
def test_an_item_without_an_id_of_its_own_is_matched_by_its_address(upstream: CannedUpstream, canned, named):
    says_items(upstream, {**named, "monthlyListeners": 5})

    assert isinstance(canned.find_audience(about(RADIOHEAD)), Found)


@pytest.mark.parametrize(("written", "read"), [(0, 0), (7, 7), ("39214567", 39_214_567), (10**30, 2**63 - 1)])
def test_a_number_is_read_as_a_number_or_as_digits(upstream: CannedUpstream, canned, written, read):
    says_items(upstream, item(RADIOHEAD, written, written))

    assert canned.find_audience(about(RADIOHEAD)).value == Audience(monthly_listeners=read, followers=read)


@pytest.mark.parametrize("useless", [None, "", "many", "-1", -1, True, 1.5, [], {}, "9" * 50, "٣"])
def test_an_artist_without_a_number_is_absent_whatever_stands_in_its_place(upstream: CannedUpstream, canned, useless):
    says_items(upstream, item(RADIOHEAD, useless, 5))

    answer = canned.find_audience(about(RADIOHEAD))

    assert isinstance(answer, Absent)
    assert "no monthly listeners" in answer.reason


@pytest.mark.parametrize("items", [[], [item(HALCYON, 1)], [{"error": "no such page"}], [item("x", 1)], [{"uri": 5}]])
def test_items_about_nobody_or_somebody_else_are_absence(upstream: CannedUpstream, canned, items):
    says_items(upstream, *items)

    answer = canned.find_audience(about(RADIOHEAD))

    assert isinstance(answer, Absent)
    assert "no such artist" in answer.reason


@pytest.mark.parametrize("body", ["{}", "null", "1", "[1]", '[{"monthlyListeners": NaN}]', "[" * 100_000])
def test_what_is_not_a_list_of_artists_is_malformed(upstream: CannedUpstream, canned, body):
    upstream.says(body)

    assert type(fault_of(lambda: canned.find_audience(about(RADIOHEAD)))) is ProviderMalformed


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_says_what_a_person_has_to_do_and_costs_nothing(sandbox, provider, spending, ask, code):
    sandbox.script({"provider": NAME, "fault": {"kind": "apify_error", "code": code}})

    fault = fault_of(lambda: ask(provider, RADIOHEAD))

    assert type(fault) is ProviderRejected
    assert REFUSALS[code] in str(fault)
    assert TOKEN not in str(fault)
    assert spending.spent == 0


def test_throttling_without_a_time_pauses_for_seconds_and_costs_nothing(sandbox, provider, spending, ask):
    sandbox.script({"provider": NAME, "fault": {"kind": "apify_error", "code": "rate_limit"}})

    fault = fault_of(lambda: ask(provider, RADIOHEAD))

    assert type(fault) is ProviderThrottled
    assert fault.retry_after == timedelta(seconds=5)
    assert spending.spent == 0


@pytest.mark.parametrize(("code", "fault"), [("too_long", ProviderTimeout), ("run_failed", ProviderUnavailable)])
def test_a_run_that_came_to_nothing_is_a_fault_that_was_paid_for(sandbox, provider, spending, code, fault):
    sandbox.script({"provider": NAME, "fault": {"kind": "apify_error", "code": code}})

    assert type(fault_of(lambda: provider.find_audience(about(RADIOHEAD)))) is fault
    assert spending.spent == 1


@pytest.mark.parametrize(("kind", "spent"), [("hang", 1), ("reset", 1), ("html", 1)])
def test_a_call_whose_end_is_unknown_counts_as_spent(sandbox, provider, spending, ask, kind, spent):
    sandbox.script({"provider": NAME, "fault": {"kind": kind}})

    fault_of(lambda: ask(provider, RADIOHEAD))

    assert spending.spent == spent


def test_a_refused_connection_costs_nothing(spending, ask):
    with apify_at(f"http://127.0.0.1:{find_free_port()}", spending=spending) as elsewhere:
        fault_of(lambda: ask(elsewhere, RADIOHEAD))

    assert spending.spent == 0


def test_an_allowance_that_is_used_up_keeps_us_from_asking(sandbox, ask):
    with apify_at(f"{sandbox.url}/apify/v2", spending=FakeSpending(left=0)) as poor, pytest.raises(LimitReached):
        ask(poor, RADIOHEAD)

    assert NAME not in sandbox.control("counters")


def test_the_sixth_run_at_once_is_deferred_and_has_its_turn_when_one_ends(spending):
    all_asked, may_answer, lock = threading.Semaphore(0), threading.Event(), threading.Lock()
    most_open = 0

    def act(peer: Conversation) -> None:
        nonlocal most_open
        while peer.read_request():
            with lock:
                most_open += 1
            all_asked.release()
            assert may_answer.wait(10)
            peer.send(answer(json.dumps([item(RADIOHEAD, 1)]).encode(), status="201 Created"))

    server = RawServer(act)
    with apify_at(server.url, spending=spending, timeout=timedelta(seconds=10)) as asking, ThreadPoolExecutor(5) as pool:
        running = [pool.submit(asking.find_audience, about(RADIOHEAD)) for _ in range(5)]
        assert all(all_asked.acquire(timeout=10) for _ in range(5))

        with deadline.within(timedelta(milliseconds=50)), pytest.raises(LimitReached) as deferred:
            asking.find_audience(about(RADIOHEAD))
        open_then = most_open
        may_answer.set()
        answers = [each.result(10) for each in running]
        later = asking.find_audience(about(RADIOHEAD))
    server.stop()

    assert (deferred.value.retry_after or timedelta(0)) > timedelta(0)
    assert open_then == 5
    assert all(isinstance(each, Found) for each in [*answers, later])
    assert spending.spent == 6
