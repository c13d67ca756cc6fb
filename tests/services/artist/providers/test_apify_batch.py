"""services/artist/providers/apify: how it asks about many artists at once."""

import json
from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest

from kernel import deadline
from kernel.database import Database
from kernel.errors import ProviderMalformed, ProviderTimeout, ProviderUnavailable
from kernel.evidence import Absent, Found
from kernel.limiter import LimitReached
from services.artist.providers.apify import NAME, ApifyProvider
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import Conversation, RawServer, answer
from tests.sandbox.running import RunningSandbox
from tests.services.artist.providers.asking_apify import HALCYON, RADIOHEAD, UNKNOWN, FakeSpending, apify_at, item
from tests.services.providers.contract import fault_of
from upstreams.spending import Allowance, SpendingLedger

PLENTY = timedelta(minutes=5)
IDS = [f"{number:022d}" for number in range(1, 200)]
RUN = {"id": "HG7ML7M8z78YcAPEB", "defaultDatasetId": "wmKPijuyDnPZAPRMk", "status": "RUNNING"}
OVER = {**RUN, "status": "SUCCEEDED"}


@pytest.fixture
def spending() -> FakeSpending:
    return FakeSpending()


@pytest.fixture
def paced() -> list[str]:
    """One entry for each time the limiter was waited for."""
    return []


@pytest.fixture
def provider(sandbox: RunningSandbox, spending: FakeSpending, paced: list[str]) -> Iterator[ApifyProvider]:
    with apify_at(f"{sandbox.url}/apify/v2", spending=spending, timeout=PLENTY, pace=lambda: paced.append("waited")) as asking:
        yield asking


def set_runs(sandbox: RunningSandbox, **settings: object) -> None:
    assert sandbox.client.put("/_sandbox/apify", json=settings).status_code == 200


def calls_of(sandbox: RunningSandbox) -> list[str]:
    return [row["api_method"] for row in sandbox.control(f"journal?provider={NAME}")["rows"]]


class ScriptedApify:
    """Answers one request after the other as told, then nothing; a step may be a body with 200, or the bytes of an answer."""

    def __init__(self, *steps: object) -> None:
        self._steps = iter(steps)
        self.asked: list[str] = []
        self.server = RawServer(self._act)

    def _act(self, peer: Conversation) -> None:
        while request := peer.read_request():
            self.asked.append(request.split(b"\r\n")[0].decode().removesuffix(" HTTP/1.1"))
            step = next(self._steps, None)
            if step is None:
                peer.hang()
                return
            peer.send(step if isinstance(step, bytes) else answer(json.dumps(step).encode()))

    def paths(self) -> list[str]:
        """Method and path of what was asked."""
        return [line.partition("?")[0] for line in self.asked]


def test_fifty_artists_are_one_run_and_each_has_its_own_answer(sandbox, provider, spending):
    asked = [*IDS[:48], RADIOHEAD, HALCYON]

    answers = provider.find_audience_of_many(asked)

    found = {spotify_id: answer.value for spotify_id, answer in answers.items() if isinstance(answer, Found)}
    assert list(answers) == asked
    assert found.keys() == {RADIOHEAD, HALCYON}
    assert found[HALCYON].monthly_listeners == 284_731
    assert calls_of(sandbox) == ["run", "dataset.items"]
    assert spending.spent == 50


def test_a_run_that_takes_minutes_is_followed_to_its_end_and_each_call_after_the_first_is_paced(sandbox, provider, paced):
    set_runs(sandbox, run_seconds=150, time_scale=0.001)

    answers = provider.find_audience_of_many([RADIOHEAD])

    calls = calls_of(sandbox)
    assert isinstance(answers[RADIOHEAD], Found)
    assert calls[0] == "run"
    assert calls[-1] == "dataset.items"
    assert set(calls[1:-1]) == {"run.get"}
    assert len(paced) == len(calls) - 1


def test_each_id_is_asked_about_once_and_what_is_no_id_not_at_all(sandbox, provider, spending):
    answers = provider.find_audience_of_many([RADIOHEAD, "x/../y", RADIOHEAD, UNKNOWN])

    assert {each: type(answer) for each, answer in answers.items()} == {RADIOHEAD: Found, "x/../y": Absent, UNKNOWN: Absent}
    assert spending.spent == 2


@pytest.mark.parametrize("ids", [[], ["not-an-id"]])
def test_a_batch_without_a_usable_id_asks_and_spends_nothing(sandbox, provider, spending, ids):
    assert provider.find_audience_of_many(ids).keys() == set(ids)
    assert NAME not in sandbox.control("counters")
    assert spending.spent == 0


def test_more_than_fifty_are_several_runs(sandbox, provider, spending, paced):
    answers = provider.find_audience_of_many([*IDS[:119], RADIOHEAD])

    assert len(answers) == 120
    assert isinstance(answers[RADIOHEAD], Found)
    assert calls_of(sandbox) == ["run", "dataset.items"] * 3
    assert (spending.spent, len(paced)) == (120, 5)


def test_beyond_the_allowance_artists_are_left_out_and_not_called_absent(sandbox):
    with apify_at(f"{sandbox.url}/apify/v2", spending=FakeSpending(left=3), timeout=PLENTY) as poor:
        answers = poor.find_audience_of_many([RADIOHEAD, *IDS[:60]])

    row = sandbox.control(f"journal?provider={NAME}")["rows"][0]
    assert list(answers) == [RADIOHEAD, *IDS[:2]]
    assert row["params"]["maxItems"] == "3"
    assert calls_of(sandbox) == ["run", "dataset.items"]


def test_the_ledger_is_an_allowance_to_the_provider(sandbox, database: Database, clock: FakeClock):
    ledger = SpendingLedger(database, allowances={NAME: Allowance(per_day=2, per_month=9)}, clock=clock)

    with apify_at(f"{sandbox.url}/apify/v2", spending=ledger, timeout=PLENTY) as careful:
        answers = careful.find_audience_of_many([RADIOHEAD, HALCYON, *IDS[:9]])
        with pytest.raises(LimitReached, match="2 artists a day"):
            careful.find_audience_of_many([UNKNOWN])

    assert answers.keys() == {RADIOHEAD, HALCYON}


def test_a_later_runs_fault_does_not_cost_us_what_the_first_has_found(sandbox, provider, spending):
    sandbox.script({"provider": NAME, "api_method": "run", "sequence": ["ok", "503"], "fault": {"kind": "html"}})

    answers = provider.find_audience_of_many([RADIOHEAD, *IDS[:60]])

    assert list(answers) == [RADIOHEAD, *IDS[:49]]
    assert spending.spent == 61


@pytest.mark.parametrize("outcome", ["FAILED", "ABORTED", "TIMED-OUT"])
def test_a_run_that_ends_otherwise_is_unavailable_and_paid_for(sandbox, provider, spending, outcome):
    set_runs(sandbox, outcome=outcome)

    fault = fault_of(lambda: provider.find_audience_of_many([RADIOHEAD, HALCYON]))

    assert type(fault) is ProviderUnavailable
    assert spending.spent == 2
    assert calls_of(sandbox) == ["run"]


def test_a_run_that_outlasts_our_time_is_aborted_so_that_it_stops_costing(sandbox, spending):
    set_runs(sandbox, run_seconds=100)

    with apify_at(f"{sandbox.url}/apify/v2", spending=spending, timeout=timedelta(seconds=1.9)) as hasty:
        fault = fault_of(lambda: hasty.find_audience_of_many([RADIOHEAD]))

    assert type(fault) is ProviderTimeout
    assert calls_of(sandbox)[-1] == "run.abort"
    assert sandbox.control(f"journal?provider={NAME}")["rows"][0]["params"]["timeout"] == "2"
    assert spending.spent == 1


def test_a_run_whose_caller_has_gone_is_aborted_too():
    apify = ScriptedApify({"data": RUN}, {"data": RUN}, {"data": RUN})
    gone = Event()

    with (
        apify_at(apify.server.url, timeout=PLENTY, pace=gone.set) as asking,
        deadline.ended_by(gone),
        pytest.raises(ProviderTimeout),
    ):
        asking.find_audience_of_many([RADIOHEAD])
    apify.server.stop()

    assert apify.paths()[0] == "POST /acts/augeas~spotify-monthly-listeners/runs"
    assert apify.paths()[-1] == f"POST /actor-runs/{RUN['id']}/abort"


@pytest.mark.parametrize("aborting", [b"", answer(b"<html>", status="502 Bad Gateway"), {"data": OVER}])
def test_a_fault_while_following_aborts_the_run_and_stays_the_fault_however_that_goes(aborting):
    apify = ScriptedApify({"data": RUN}, answer(status="500 Oops"), aborting)

    with apify_at(apify.server.url, timeout=PLENTY) as asking:
        fault = fault_of(lambda: asking.find_audience_of_many([RADIOHEAD]))
    apify.server.stop()

    assert type(fault) is ProviderUnavailable
    assert "HTTP 500" in str(fault)
    assert apify.paths()[2:] == [f"POST /actor-runs/{RUN['id']}/abort"]


def test_a_limiter_that_says_no_under_way_aborts_the_run():
    def refuse() -> None:
        raise LimitReached(NAME, "may not be asked yet", retry_after=timedelta(minutes=1))

    apify = ScriptedApify({"data": RUN}, {"data": RUN})
    with apify_at(apify.server.url, pace=refuse, timeout=PLENTY) as asking, pytest.raises(LimitReached):
        asking.find_audience_of_many([RADIOHEAD])
    apify.server.stop()

    assert apify.paths()[1:] == [f"POST /actor-runs/{RUN['id']}/abort"]


@pytest.mark.parametrize(
    "run",
    [
        {**OVER, "id": "../../users/me"},
        {**OVER, "defaultDatasetId": "x?token=y"},
        {**OVER, "defaultDatasetId": "a" * 65},
        {**OVER, "status": "DANCING"},
        {**OVER, "id": 5},
        {},
        None,
        [],
    ],
)
def test_a_run_that_is_none_or_whose_ids_do_not_belong_in_a_path_is_malformed(run):
    apify = ScriptedApify({"data": run})

    with apify_at(apify.server.url, timeout=PLENTY) as asking:
        fault = fault_of(lambda: asking.find_audience_of_many([RADIOHEAD]))
    apify.server.stop()

    assert type(fault) is ProviderMalformed
    assert len(apify.asked) == 1


@pytest.mark.parametrize("status", ["READY", "RUNNING", "TIMING-OUT", "ABORTING"])
def test_every_state_short_of_the_end_is_waited_out(status):
    apify = ScriptedApify({"data": {**RUN, "status": status}}, {"data": OVER}, [item(RADIOHEAD, 9)])

    with apify_at(apify.server.url, timeout=PLENTY) as asking:
        answers = asking.find_audience_of_many([RADIOHEAD])
    apify.server.stop()

    assert isinstance(answers[RADIOHEAD], Found)
    assert apify.paths()[1:] == [f"GET /actor-runs/{RUN['id']}", f"GET /datasets/{RUN['defaultDatasetId']}/items"]
