"""A repeated POST with the same key has one effect and one answer, whoever repeats it and whenever."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gateway.idempotency import Claim, Idempotency, Saved
from gateway.ledger import MIGRATIONS, DatabaseLedger
from gateway.problems import Problem
from kernel.database import Database
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import MakeGateway
from tests.gateway.trial import TrialServer

PATH = "/trial/v1/records"
KEYED = {"idempotency-key": "key-1"}
LEASE = timedelta(seconds=40)


@pytest.fixture
def migrations() -> Path:
    return MIGRATIONS


@pytest.fixture
def ledger(database: Database, clock: FakeClock) -> DatabaseLedger:
    return DatabaseLedger(database, clock)


def test_the_same_key_and_request_get_the_same_answer_without_a_second_effect(
    make_gateway: MakeGateway, trial: TrialServer
) -> None:
    client = make_gateway().client

    first = client.post(PATH, json={"name": "n"}, headers=KEYED)
    second = client.post(PATH, content=b'{ "name" : "n" }', headers=KEYED | {"content-type": "application/json"})

    assert second.content == first.content
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(trial.seen) == 1


def test_the_answer_outlives_a_restart(make_gateway: MakeGateway, trial: TrialServer) -> None:
    before, after = make_gateway(), make_gateway()

    first = before.client.post(PATH, json={"name": "n"}, headers=KEYED)
    second = after.client.post(PATH, json={"name": "n"}, headers=KEYED)

    assert second.content == first.content
    assert len(trial.seen) == 1


def test_the_same_key_with_another_request_is_422(make_gateway: MakeGateway, trial: TrialServer) -> None:
    client = make_gateway().client
    client.post(PATH, json={"name": "n"}, headers=KEYED)

    other_body = client.post(PATH, json={"name": "m"}, headers=KEYED)
    other_method = client.post("/trial/v1/records/r:archive", headers=KEYED)

    assert (other_body.status_code, other_method.status_code) == (422, 422)
    assert len(trial.seen) == 1


def test_fifty_at_once_are_one_effect_and_all_get_its_answer(make_gateway: MakeGateway, trial: TrialServer) -> None:
    client = make_gateway().client
    with ThreadPoolExecutor(50) as pool:
        futures = [pool.submit(client.post, "/trial/v1/patience/x", headers=KEYED) for _ in range(50)]
        assert trial.waiting.acquire(timeout=10)
        trial.may_answer.set()
        answers = [future.result() for future in futures]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(trial.seen) == 1


def test_a_keyed_request_runs_on_when_its_client_leaves(make_gateway: MakeGateway, trial: TrialServer) -> None:
    client = make_gateway().client
    with pytest.raises(httpx.ReadTimeout):
        client.post("/trial/v1/patience/x", headers=KEYED, timeout=1.5)
    assert trial.waiting.acquire(timeout=15)
    assert not trial.cancelled.is_set()

    trial.may_answer.set()
    answer = client.post("/trial/v1/patience/x", headers=KEYED)

    assert answer.json()["id"] == "x"
    assert len(trial.seen) == 1


def test_a_refused_request_keeps_its_refusal_and_one_to_be_repeated_runs_again(
    make_gateway: MakeGateway, trial: TrialServer
) -> None:
    client = make_gateway().client

    refused = [client.post("/trial/v1/records/missing:archive", headers={"idempotency-key": "a"}) for _ in range(2)]
    malformed = [client.post(PATH, json={}, headers={"idempotency-key": "b"}) for _ in range(2)]
    mended = client.post(PATH, json={"name": "n"}, headers={"idempotency-key": "b"})

    assert [answer.status_code for answer in refused] == [404, 404]
    assert refused[1].headers["idempotency-replayed"] == "true"
    assert refused[1].headers["content-type"] == "application/problem+json"
    assert [answer.status_code for answer in malformed] == [400, 400]
    assert mended.status_code == 200
    assert len(trial.seen) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ü"])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    answer = client.post(PATH, json={"name": "n"}, headers=[(b"idempotency-key", key.encode("latin-1"))])

    assert answer.status_code == 400


def test_the_ledger_hands_out_a_claim_once_and_then_the_answer(ledger: DatabaseLedger) -> None:
    answer = Saved(200, {"content-type": "application/json"}, b"\x00{}")

    first, second = ledger.claim("n", "f", LEASE), ledger.claim("n", "f", LEASE)
    other = ledger.claim("n", "g", LEASE)
    ledger.keep("n", answer)

    assert (first, second, other) == (Claim.MINE, Claim.TAKEN, Claim.OTHER)
    assert ledger.claim("n", "f", LEASE) == answer
    assert ledger.claim("n", "g", LEASE) is Claim.OTHER


def test_a_lapsed_claim_is_handed_on_and_a_released_one_forgotten(ledger: DatabaseLedger, clock: FakeClock) -> None:
    ledger.claim("n", "f", LEASE)

    clock.advance(41)

    assert ledger.claim("n", "f", LEASE) is Claim.MINE
    assert ledger.claim("n", "f", LEASE) is Claim.TAKEN
    ledger.release("n")
    assert ledger.claim("n", "g", LEASE) is Claim.MINE


def test_an_answer_is_kept_a_day(ledger: DatabaseLedger, clock: FakeClock) -> None:
    ledger.claim("n", "f", LEASE)
    ledger.keep("n", Saved(200, {}, b""))

    clock.advance(24 * 3600 - 1)
    kept = ledger.claim("n", "f", LEASE)
    clock.advance(2)

    assert kept == Saved(200, {}, b"")
    assert ledger.claim("n", "g", LEASE) is Claim.MINE


@pytest.mark.parametrize(
    ("status", "is_kept"),
    [(200, True), (202, True), (404, True), (409, True), *((status, False) for status in (429, 499, 500, 501, 503, 504))],
)
def test_only_final_answers_are_kept(ledger: DatabaseLedger, status: int, *, is_kept: bool) -> None:
    async def run() -> Saved:
        return Saved(status, {}, b"")

    asyncio.run(Idempotency(ledger).once("n", "f", run, seconds=1))

    assert ledger.claim("n", "f", LEASE) == (Saved(status, {}, b"") if is_kept else Claim.MINE)


def test_a_call_that_ran_out_of_time_runs_again(make_gateway: MakeGateway, trial: TrialServer) -> None:
    client = make_gateway().client

    answers = [client.post("/trial/v1/records/late:archive", headers=KEYED) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [504, 504]
    assert len(trial.seen) == 2


def test_a_claim_is_given_back_when_the_call_breaks(tmp_path: Path, clock: FakeClock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'g.sqlite'}", schema="gateway")
    database.migrate(MIGRATIONS)
    ledger = DatabaseLedger(database, clock)

    async def broken() -> Saved:
        raise Problem("unavailable")

    async def passing() -> Saved:
        return Saved(503, {}, b"")

    async def ask() -> None:
        keyed = Idempotency(ledger)
        with pytest.raises(Problem):
            await keyed.once("n", "f", broken, seconds=1)
        await keyed.once("n", "f", passing, seconds=1)

    asyncio.run(ask())

    assert ledger.claim("n", "f", LEASE) is Claim.MINE
    database.close()
