"""services/artist/spending.py, on an SQLite file and on PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kernel.database import Database
from kernel.errors import ProviderThrottled
from kernel.limiter import LimitReached
from tests.fakes.clock import FakeClock
from upstreams.spending import Allowance, SpendingLedger, spending

Ledger = Callable[..., SpendingLedger]


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    with database.write() as connection:
        spending.create(connection)


@pytest.fixture
def ledger(database: Database, clock: FakeClock) -> Ledger:
    return lambda per_day, per_month: SpendingLedger(
        database, allowances={"apify": Allowance(per_day=per_day, per_month=per_month)}, clock=clock
    )


@pytest.fixture
def other_process(database_url: str) -> Iterator[Database]:
    """A database of its own on the same tables, as a second process has it."""
    opened = Database(database_url, schema="public", connections=20)
    yield opened
    opened.close()


def refusal_of(ledger: SpendingLedger, provider: str = "apify") -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        ledger.spend_up_to(provider, 1)
    return caught.value


def asked(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {row.period: row.asked for row in connection.execute(sa.select(spending))}


def test_what_is_asked_for_is_granted_and_written_down_for_the_day_and_the_month(ledger: Ledger, database: Database):
    granted = ledger(100, 1000).spend_up_to("apify", 50)

    assert granted == 50
    assert asked(database) == {"2026-01-01": 50, "2026-01": 50}


def test_of_a_batch_as_many_are_granted_as_are_left(ledger: Ledger):
    generous = ledger(60, 1000)

    assert [generous.spend_up_to("apify", 50) for _ in range(2)] == [50, 10]


def test_the_months_allowance_bounds_a_batch_too(ledger: Ledger):
    assert ledger(60, 7).spend_up_to("apify", 50) == 7


def test_a_day_that_is_used_up_says_so_until_the_next_day_begins(ledger: Ledger, clock: FakeClock):
    strict = ledger(1, 1000)
    clock.set_wall(datetime(2026, 1, 31, 22, 30, tzinfo=UTC))
    strict.spend_up_to("apify", 1)

    fault = refusal_of(strict)

    assert isinstance(fault, ProviderThrottled)
    assert str(fault) == "apify: the allowance of 1 artists a day is used up"
    assert fault.retry_after == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("today", "next_month"),
    [
        (datetime(2026, 1, 31, 23, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2024, 2, 29, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_month_that_is_used_up_says_so_until_the_next_month_begins(ledger: Ledger, clock: FakeClock, today, next_month):
    strict = ledger(1, 1)
    clock.set_wall(today)
    strict.spend_up_to("apify", 1)

    fault = refusal_of(strict)

    assert "a month is used up" in str(fault)
    assert today + (fault.retry_after or timedelta(0)) == next_month


def test_the_next_day_has_an_allowance_of_its_own_and_the_month_goes_on_counting(ledger: Ledger, clock: FakeClock):
    strict = ledger(3, 5)
    granted = []

    for day in (1, 2, 3):
        clock.set_wall(datetime(2026, 3, day, tzinfo=UTC))
        granted.append(strict.spend_up_to("apify", 3) if day < 3 else refusal_of(strict).kind)

    assert granted == [3, 2, "deferred"]


def test_the_next_month_begins_anew(ledger: Ledger, clock: FakeClock):
    strict = ledger(1, 1)
    strict.spend_up_to("apify", 1)

    clock.set_wall(datetime(2026, 2, 1, tzinfo=UTC))

    assert strict.spend_up_to("apify", 1) == 1


@pytest.mark.parametrize(("per_day", "per_month"), [(0, 100), (100, 0)])
def test_an_allowance_of_zero_means_never(ledger: Ledger, database: Database, per_day, per_month):
    refusal_of(ledger(per_day, per_month))

    assert asked(database) == {}


def test_a_provider_without_an_allowance_may_spend_nothing(ledger: Ledger):
    assert refusal_of(ledger(9, 9), "somebody").provider == "somebody"


def test_what_is_given_back_can_be_spent_again(ledger: Ledger):
    strict = ledger(5, 5)
    strict.spend_up_to("apify", 5)

    strict.refund("apify", 2)

    assert strict.spend_up_to("apify", 5) == 2


def test_a_refund_of_a_day_that_has_ended_does_not_enlarge_the_new_one(ledger: Ledger, database: Database, clock: FakeClock):
    strict = ledger(5, 50)
    strict.spend_up_to("apify", 5)
    clock.set_wall(datetime(2026, 2, 1, tzinfo=UTC))

    strict.refund("apify", 5)

    assert strict.spend_up_to("apify", 50) == 5
    assert asked(database)["2026-02-01"] == 5


def test_a_larger_allowance_is_felt_at_once_and_a_smaller_one_too(ledger: Ledger):
    ledger(1, 100).spend_up_to("apify", 1)

    assert ledger(10, 100).spend_up_to("apify", 50) == 9
    refusal_of(ledger(5, 100))


def test_twenty_threads_of_two_processes_spend_exactly_the_allowance(ledger: Ledger, other_process: Database, clock: FakeClock):
    here = ledger(17, 1000)
    there = SpendingLedger(other_process, allowances={"apify": Allowance(per_day=17, per_month=1000)}, clock=clock)
    barrier = threading.Barrier(20)

    def spend(number: int) -> int:
        barrier.wait(10)
        try:
            return (here, there)[number % 2].spend_up_to("apify", 2)
        except LimitReached:
            return 0

    with ThreadPoolExecutor(20) as pool:
        granted = list(pool.map(spend, range(20)))

    assert sum(granted) == 17
    assert sorted(granted, reverse=True)[:9] == [2] * 8 + [1]


def test_spending_and_giving_back_at_once_loses_nothing(ledger: Ledger, database: Database):
    generous = ledger(1000, 1000)
    generous.spend_up_to("apify", 100)
    barrier = threading.Barrier(10)

    def act(number: int) -> None:
        barrier.wait(10)
        if number % 2:
            generous.refund("apify", 3)
        else:
            generous.spend_up_to("apify", 5)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(act, range(10)))

    assert set(asked(database).values()) == {110}
