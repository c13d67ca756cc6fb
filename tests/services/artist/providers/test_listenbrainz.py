"""services/artist/providers/listenbrainz.py: how it asks, and what it makes of answers."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from services.artist.domain import Identity, ListenCounts
from services.artist.providers.listenbrainz import MOST_AT_ONCE, NAME, ListenbrainzProvider
from tests.fakes.canned import CannedUpstream
from tests.fakes.clock import FakeClock
from tests.fakes.samples import recorded
from tests.sandbox.running import RunningSandbox
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

RADIOHEAD = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
UNKNOWN = "00000000-0000-4000-8000-000000000000"

Ask = Callable[[ListenbrainzProvider, str], Answer[ListenCounts]]
ASKS: Mapping[str, Ask] = {
    "one": lambda provider, mbid: provider.find_listens(Identity(mbid=mbid)),
    "many": lambda provider, mbid: provider.find_listens_of_many([mbid, UNKNOWN])[mbid],
}


@contextmanager
def listenbrainz_at(url: str, *, token: str = "", timeout: timedelta = TIMEOUT) -> Iterator[ListenbrainzProvider]:
    http = HttpClient(user_agent="SoniqueBay/1.0 ( somebody@example.org )", trusted_hosts=[urlsplit(url).netloc])
    yield ListenbrainzProvider(http, url=url, token=token, timeout=timeout, clock=FakeClock())
    http.close()


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKS[request.param]


@pytest.fixture
def provider(sandbox: RunningSandbox, patience: timedelta) -> Iterator[ListenbrainzProvider]:
    with listenbrainz_at(f"{sandbox.url}/listenbrainz", timeout=patience) as asking:
        yield asking


@pytest.fixture
def canned(upstream: CannedUpstream) -> Iterator[ListenbrainzProvider]:
    """Its upstream answers what the test lays in."""
    upstream.asked.clear()
    with listenbrainz_at(upstream.server.url) as asking:
        yield asking


class TestListenbrainzKeepsTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: ListenbrainzProvider, ask: Ask) -> Subject:
        def fail(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                sandbox.script({"provider": NAME, "fault": fault})

        def ask_at(url: str) -> Any:
            with listenbrainz_at(url) as elsewhere:
                return ask(elsewhere, RADIOHEAD)

        return Subject(NAME, lambda: ask(provider, RADIOHEAD), lambda: ask(provider, UNKNOWN), fail=fail, ask_at=ask_at)


def row(mbid: str, listeners: object, listens: object) -> dict[str, object]:
    return {"artist_mbid": mbid, "total_user_count": listeners, "total_listen_count": listens}


def test_listeners_and_listens_are_found_with_their_source(provider):
    found = provider.find_listens(Identity("Radiohead", mbid=RADIOHEAD))

    assert isinstance(found, Found)
    assert 0 < (found.value.listeners or 0) < (found.value.listens or 0)
    assert (found.confidence, found.matched_on) == (0.95, ("MusicBrainz id",))
    assert found.source_url == f"https://listenbrainz.org/artist/{RADIOHEAD}"


def test_fifty_artists_are_one_call_and_each_has_its_own_answer(sandbox, provider):
    others = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(49)]

    answers = provider.find_listens_of_many([*others, RADIOHEAD])

    assert answers.keys() == {*others, RADIOHEAD}
    assert [mbid for mbid, answer in answers.items() if isinstance(answer, Found)] == [RADIOHEAD]
    assert sandbox.control("counters")[NAME] == {"total": 1, "popularity.artist": 1}


@pytest.mark.parametrize("mbid", [None, "", "not-an-id"])
def test_without_an_id_nothing_is_asked(sandbox, provider, mbid):
    assert isinstance(provider.find_listens(Identity("Radiohead", mbid=mbid)), Absent)
    assert NAME not in sandbox.control("counters")


def test_of_a_batch_only_the_usable_ids_are_asked_about(sandbox, provider):
    answers = provider.find_listens_of_many(["not-an-id", RADIOHEAD, RADIOHEAD])

    assert [type(answer) for answer in answers.values()] == [Absent, Found]
    assert sandbox.control("counters")[NAME]["total"] == 1
    assert provider.find_listens_of_many([]) == {}


def test_more_than_a_thousand_at_once_are_refused_before_they_are_asked_about(provider):
    with pytest.raises(ValueError, match="1000"):
        provider.find_listens_of_many([f"{number:08d}-0000-4000-8000-000000000000" for number in range(MOST_AT_ONCE + 1)])


def test_rows_are_matched_by_id_and_not_by_place(upstream: CannedUpstream, canned):
    upstream.says(json.dumps([row(UNKNOWN, 1, 2), row(RADIOHEAD.upper(), 3, 4)]))

    assert canned.find_listens(Identity(mbid=RADIOHEAD)).value == ListenCounts(listeners=3, listens=4)


@pytest.mark.parametrize("useless", [None, True, -1, "12", 1.5, [], {}])
def test_a_count_that_is_none_is_left_out_and_two_such_are_absence(upstream: CannedUpstream, canned, useless):
    upstream.says(json.dumps([row(RADIOHEAD, useless, useless), row(UNKNOWN, useless, 7)]))

    answers = canned.find_listens_of_many([RADIOHEAD, UNKNOWN])

    assert isinstance(answers[RADIOHEAD], Absent)
    assert answers[UNKNOWN].value == ListenCounts(listeners=None, listens=7)


@pytest.mark.parametrize("body", ["[]", "{}", "null", "1", '"x"', "[null, 1]", '[{"total_user_count": NaN}]', "[" * 100_000])
def test_what_is_not_a_list_of_artists_is_malformed(upstream: CannedUpstream, canned, body):
    upstream.says(body)

    assert type(fault_of(lambda: canned.find_listens(Identity(mbid=RADIOHEAD)))) is ProviderMalformed


def test_a_row_about_somebody_else_is_no_answer_about_ours(upstream: CannedUpstream, canned):
    upstream.says(json.dumps([row(UNKNOWN, 1, 2)]))

    assert isinstance(canned.find_listens(Identity(mbid=RADIOHEAD)), Absent)


def test_throttling_names_the_seconds_of_their_own_header(sandbox, provider, ask):
    sandbox.script({"provider": NAME, "fault": {"kind": "listenbrainz_error", "code": "over_limit"}})

    fault = fault_of(lambda: ask(provider, RADIOHEAD))

    assert type(fault) is ProviderThrottled
    assert fault.retry_after == timedelta(seconds=10)


def test_the_token_travels_in_its_header_and_only_when_there_is_one(upstream: CannedUpstream, canned):
    upstream.says(json.dumps([row(RADIOHEAD, 1, 2)]))

    with listenbrainz_at(upstream.server.url, token="t0ken") as known:
        known.find_listens(Identity(mbid=RADIOHEAD))
    canned.find_listens(Identity(mbid=RADIOHEAD))

    with_token, without = (request.lower() for request in upstream.asked)
    assert b"authorization: token t0ken" in with_token
    assert b"authorization" not in without


def test_a_refused_token_names_the_setting_and_not_the_token(sandbox):
    with listenbrainz_at(f"{sandbox.url}/listenbrainz", token="invalid-token") as refused:
        fault = fault_of(lambda: refused.find_listens(Identity(mbid=RADIOHEAD)))

    assert type(fault) is ProviderRejected
    assert "LISTENBRAINZ_TOKEN" in str(fault)
    assert "invalid-token" not in str(fault)


RECORDED_FAULTS = {400: ProviderMalformed, 401: ProviderRejected, 404: ProviderMalformed, 429: ProviderThrottled}


def test_the_recorded_errors_are_their_declared_faults(upstream: CannedUpstream, canned):
    errors = json.loads((recorded(NAME) / "cases-submit-stats-errors.json").read_text())["errors"]

    for error in errors:
        upstream.says(json.dumps(error["body"]), status=f"{error['status']} As Recorded")
        assert type(fault_of(lambda: canned.find_listens(Identity(mbid=RADIOHEAD)))) is RECORDED_FAULTS[error["status"]]

    assert {error["status"] for error in errors} == RECORDED_FAULTS.keys()


def test_every_other_recorded_file_is_known_to_be_of_listens_which_are_not_asked_for():
    not_parsed_here = {"get-listens-ok.json", "listen-with-mbid-mapping-2026.json"}

    assert {path.name for path in recorded(NAME).iterdir()} == not_parsed_here | {"cases-submit-stats-errors.json"}
