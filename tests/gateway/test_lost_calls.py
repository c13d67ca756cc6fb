"""A call whose service ended under it is made again where that does no harm, and the caller hears of it where it may."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from tests.fakes.patience import eventually
from tests.fakes.wire import Wire
from tests.gateway.conftest import MakeGateway
from tests.gateway.trial import PICTURE, TrialServer

AT_ONCE = 10.0
"""Seconds: long for what takes a few milliseconds."""
MOST_LEFT = 9.7
"""Of ten seconds."""


@pytest.fixture
def wire(trial: TrialServer) -> Iterator[Wire]:
    with Wire(trial.port) as laid:
        yield laid


@pytest.fixture
def client(wire: Wire, make_gateway: MakeGateway) -> httpx.Client:
    """Of a gateway that reaches the trial server by the wire."""
    addresses = dict.fromkeys(("trial.v1", "soniquebay.artist.v1"), f"127.0.0.1:{wire.port}")
    return make_gateway(gateway_services=addresses).client


@pytest.fixture
def lose(wire: Wire, trial: TrialServer) -> Callable[..., httpx.Response]:
    """Asks, cuts the wire once the service is at it, and lets it answer from then on."""

    def ask(send: Callable[..., httpx.Response], *arguments: str) -> httpx.Response:
        with ThreadPoolExecutor(1) as asking:
            answer = asking.submit(send, *arguments)
            assert trial.waiting.acquire(timeout=AT_ONCE)
            wire.cut()
            trial.may_answer.set()
            return answer.result()

    return ask


def test_what_changes_nothing_is_asked_again(client, trial, lose):
    answer = lose(client.get, "/trial/v1/patience/x")

    assert (answer.status_code, answer.json()["id"]) == (200, "x")
    assert len(trial.seen) == 2


def test_a_download_that_had_not_begun_is_asked_again(client, trial, lose):
    answer = lose(client.get, "/trial/v1/pictures/patient:stream")

    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert len(trial.seen) == 2


def test_an_event_stream_that_had_not_begun_is_asked_again(client, trial, lose):
    answer = lose(client.get, "/trial/v1/counts:watch?most=1&is_patient=true")

    assert answer.text.count("event: ") == 3  # the snapshot, the count, the end
    assert len(trial.seen) == 2


def test_what_may_have_changed_something_is_left_to_its_caller(client, trial, lose):
    answer = lose(client.post, "/trial/v1/patience/x")

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert len(trial.seen) == 1


def test_what_its_contract_calls_idempotent_is_asked_again(client, trial, lose):
    answer = lose(client.post, "/trial/v1/records/patient/enrich")

    assert (answer.status_code, answer.json()["id"]) == (200, "patient")
    assert len(trial.seen) == 2


def test_what_its_verb_calls_idempotent_is_asked_again(client, trial, lose):
    answer = lose(partial(client.put, json={"record": {}}), "/trial/v1/records/patient")

    assert answer.status_code == 200
    assert len(trial.seen) == 2


def test_a_deletion_is_left_to_its_caller_since_a_second_one_would_find_nothing(client, trial, lose):
    answer = lose(client.delete, "/trial/v1/records/patient")

    assert answer.status_code == 503
    assert len(trial.seen) == 1


def test_nothing_is_asked_a_third_time(client, wire, trial):
    with ThreadPoolExecutor(1) as asking:
        answer = asking.submit(client.get, "/trial/v1/patience/x")
        for _ in range(2):
            assert trial.waiting.acquire(timeout=AT_ONCE)
            wire.cut()

        assert answer.result().status_code == 503
    assert len(trial.seen) == 2


def test_what_a_service_says_itself_is_its_answer(client, trial):
    answer = client.get("/trial/v1/failures/store")

    assert (answer.status_code, answer.json()["detail"]) == (503, "The store is away.")
    assert len(trial.seen) == 1


def test_what_a_leaving_service_had_not_begun_is_asked_again_whatever_it_is(client, trial):
    answer = client.post("/trial/v1/records/leaving:archive")

    assert (answer.status_code, answer.json()["id"]) == (200, "leaving")
    assert len(trial.seen) == 2


def test_the_second_time_has_no_more_than_is_left_of_the_first(wire, trial, make_gateway):
    addresses = dict.fromkeys(("trial.v1", "soniquebay.artist.v1"), f"127.0.0.1:{wire.port}")
    gateway = make_gateway(gateway_services=addresses, gateway_deadline="10s")
    with ThreadPoolExecutor(1) as asking:
        answer = asking.submit(gateway.client.get, "/trial/v1/patience/x")
        assert trial.waiting.acquire(timeout=AT_ONCE)
        assert eventually(lambda: trial.left() < MOST_LEFT)
        wire.cut()
        assert trial.waiting.acquire(timeout=AT_ONCE)
        left = trial.left()
        trial.may_answer.set()

    assert answer.result().status_code == 200
    assert left < MOST_LEFT
