"""kernel/job_figures.py"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from structlog.testing import capture_logs

from kernel.database import Database
from kernel.errors import BreakerOpen, NotFound, ProviderUnavailable
from kernel.job_figures import JobFigures
from kernel.job_table import job_table
from kernel.jobs import Again, JobContext, Jobs, JobState, JobStore, Lane
from tests.fakes.clock import FakeClock
from tests.fakes.servers import find_free_port


@pytest.fixture
def jobs(database: Database, clock: FakeClock) -> Jobs:
    with database.write() as connection:
        job_table(sa.MetaData()).create(connection)
    return Jobs(JobStore(database, clock), clock)


@pytest.fixture
def shown(jobs: Jobs) -> Callable[[], dict[str, float]]:
    """What is scraped, by name and labels, without the times at which counters were made."""
    registry = CollectorRegistry()
    registry.register(JobFigures(jobs))

    def scrape() -> dict[str, float]:
        lines = generate_latest(registry).decode().splitlines()
        samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in samples if "_created" not in name}

    return scrape


def refuse(_context: JobContext) -> None:
    raise NotFound("There is no such thing.")


def test_without_any_job_every_figure_is_there_and_0(jobs: Jobs, shown: Callable[[], dict[str, float]]) -> None:
    jobs.register("walk", lambda _: None)

    assert shown() == dict.fromkeys(
        [
            *(f'jobs_attempts_total{{kind="walk",outcome="{each}"}}' for each in ("succeeded", "postponed", "failed")),
            *(f'jobs_attempts_total{{kind="walk",outcome="{each}"}}' for each in ("buried", "lost")),
            *(f'jobs_unfinished{{state="{each}"}}' for each in ("pending", "running", "dead")),
            *(f'jobs_due{{lane="{each}"}}' for each in ("high", "normal", "low")),
            *(f'jobs_oldest_due_seconds{{lane="{each}"}}' for each in ("high", "normal", "low")),
            'jobs_dead{kind="walk"}',
        ],
        0.0,
    )


def test_what_waits_for_its_time_is_not_due_and_the_oldest_due_one_tells_the_age(
    jobs: Jobs, clock: FakeClock, shown: Callable[[], dict[str, float]]
) -> None:
    now = clock.now()
    jobs.store.enqueue("walk", lane=Lane.LOW, due_at=now - timedelta(hours=3))
    jobs.store.enqueue("swim", lane=Lane.LOW, due_at=now - timedelta(hours=2))
    jobs.store.enqueue("walk", lane=Lane.LOW, due_at=now + timedelta(hours=1))
    jobs.store.enqueue("walk", lane=Lane.NORMAL, due_at=now + timedelta(seconds=1))
    running = jobs.store.enqueue("walk", lane=Lane.HIGH, due_at=now - timedelta(days=1))
    assert jobs.store.claim(running)

    figures = shown()

    assert [figures[f'jobs_due{{lane="{lane}"}}'] for lane in ("high", "normal", "low")] == [0, 0, 2]
    assert [figures[f'jobs_oldest_due_seconds{{lane="{lane}"}}'] for lane in ("high", "normal", "low")] == [0, 0, 3 * 3600]
    assert [figures[f'jobs_unfinished{{state="{state}"}}'] for state in ("pending", "running", "dead")] == [4, 1, 0]


def test_the_dead_are_shown_by_kind_those_that_nothing_here_knows_as_well(
    jobs: Jobs, shown: Callable[[], dict[str, float]]
) -> None:
    for kind in ("walk", "walk", "fly"):
        claim = jobs.store.claim(jobs.store.enqueue(kind))
        assert claim
        jobs.store.bury(claim, "It cannot be done.")
    jobs.register("swim", lambda _: None)

    figures = shown()

    assert [figures[f'jobs_dead{{kind="{kind}"}}'] for kind in ("walk", "fly", "swim")] == [2, 1, 0]
    assert figures['jobs_unfinished{state="dead"}'] == 3
    assert figures['jobs_due{lane="normal"}'] == 0


def test_what_is_done_or_cancelled_is_not_counted(jobs: Jobs, shown: Callable[[], dict[str, float]]) -> None:
    jobs.register("walk", lambda _: None)
    jobs.run(jobs.store.enqueue("walk"))
    jobs.store.cancel(jobs.store.enqueue("walk"))

    figures = shown()

    assert sum(value for name, value in figures.items() if "attempts" not in name) == 0


def test_every_ending_of_an_attempt_is_counted(jobs: Jobs, clock: FakeClock, shown: Callable[[], dict[str, float]]) -> None:
    def fail(_context: JobContext) -> None:
        raise ProviderUnavailable("upstream", "no answer")

    def throttled(_context: JobContext) -> None:
        raise BreakerOpen("upstream", "not asked", retry_after=timedelta(seconds=1))

    def lose(context: JobContext) -> None:
        jobs.store.cancel(context.job.id)

    endings: dict[str, Callable[[JobContext], Again | None]] = {
        "done": lambda _: None,
        "again": lambda _: Again(clock.now()),
        "throttled": throttled,
        "fails": fail,
        "refused": refuse,
        "cancelled": lose,
    }
    for kind, handler in endings.items():
        jobs.register(kind, handler)
        jobs.run(jobs.store.enqueue(kind))

    assert {name for name, value in shown().items() if "attempts" in name and value} == {
        'jobs_attempts_total{kind="done",outcome="succeeded"}',
        'jobs_attempts_total{kind="again",outcome="postponed"}',
        'jobs_attempts_total{kind="throttled",outcome="postponed"}',
        'jobs_attempts_total{kind="fails",outcome="failed"}',
        'jobs_attempts_total{kind="refused",outcome="buried"}',
        'jobs_attempts_total{kind="cancelled",outcome="lost"}',
    }


def test_the_count_walks_an_index_of_what_is_unfinished(jobs: Jobs, clock: FakeClock, database: Database) -> None:
    now = clock.now()
    row = {"kind": "walk", "lane": 1, "attempts": 0, "max_attempts": 5, "due_at": now, "rank_at": now, "created_at": now}
    done = [{**row, "id": str(number), "updated_at": now, "state": JobState.SUCCEEDED} for number in range(5000)]
    with database.write() as connection:
        connection.execute(sa.insert(job_table(sa.MetaData())), done)
    jobs.store.enqueue("walk")
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        counted = [heap.jobs for heap in jobs.store.count_unfinished(now)]
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    ((statement, parameters),) = [each for each in asked if each[0].startswith("SELECT")]
    with database.read() as connection:
        explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = " ".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))

    assert counted == [1]
    assert re.search(r"\bjobs_(once|next)\b", plan), plan


def test_without_its_database_the_other_figures_are_shown_and_the_log_says_why(clock: FakeClock) -> None:
    away = Database(f"postgres://someone:hunter2@127.0.0.1:{find_free_port()}/x", schema="x")
    jobs = Jobs(JobStore(away, clock), clock)
    jobs.register("walk", lambda _: None)
    registry = CollectorRegistry()
    registry.register(JobFigures(jobs))

    with capture_logs() as lines:
        text = generate_latest(registry).decode()

    assert 'jobs_attempts_total{kind="walk",outcome="succeeded"} 0.0' in text
    assert "jobs_due" not in text
    assert [line["event"] for line in lines] == ["jobs_not_counted"]
