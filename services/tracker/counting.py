"""Is everything there? What is stored against the source's own count, month by month; counted by a job, a request a month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import FailedPrecondition
from kernel.jobs import JobContext, JobState, JobStore, Lane
from services.tracker.domain import EARLIEST, Account, AccountId, Hole
from services.tracker.fetching import Fetcher
from services.tracker.storing import runs, spans
from services.tracker.walking import Ask

COUNT_MONTHS = "count_months"
_ALL = ""
_FOR_EVER = 1_000_000


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One month: what is stored, and what the source counted, if it was asked."""

    month: str
    stored: int
    counted: int | None
    counted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of an account's history is there."""

    account: str
    stored: int
    counted: int | None
    counted_at: datetime | None
    is_counting: bool
    months: tuple[MonthCount, ...]
    holes: tuple[Hole, ...]
    quarantined: int


class Counting:
    """Compares one account's plays with what its source says there are."""

    def __init__(self, database: Database, jobs: JobStore, *, account: Account, missing: str, clock: Clock) -> None:
        """`missing`: which setting the source cannot be asked without, empty when it can."""
        self._database = database
        self._jobs = jobs
        self._account = account
        self._missing = missing
        self._clock = clock

    def completeness(self) -> Completeness:
        """What is known; asks nobody."""
        with self._database.read() as connection:
            account_id = runs.find_account_id(connection, self._account)
            if account_id is None:
                return Completeness(self._account.name, 0, None, None, self._is_counting(), (), (), 0)
            stored = spans.count_months(connection, account_id)
            counted = spans.load_month_counts(connection, account_id)
            holes = tuple(spans.load_holes(connection, account_id))
            quarantined = spans.count_quarantined(connection, account_id)
        names = sorted({*stored, *counted} - {_ALL}, reverse=True)
        months = tuple(MonthCount(name, stored.get(name, 0), *counted.get(name, (None, None))) for name in names)
        total, at = counted.get(_ALL, (None, None))
        return Completeness(self._account.name, sum(stored.values()), total, at, self._is_counting(), months, holes, quarantined)

    def refresh(self) -> None:
        """Has the months counted. Raises FailedPrecondition when the source cannot be asked."""
        if self._missing:
            raise FailedPrecondition(f"Nobody can be asked how much was played: set {self._missing}.")
        self._jobs.enqueue(COUNT_MONTHS, lane=Lane.LOW, dedupe_key=COUNT_MONTHS, max_attempts=_FOR_EVER)

    def count(self, source: Fetcher, context: JobContext) -> None:
        """The job: the total first, then the months from the newest; what an attempt before has counted is not asked again."""
        done: dict[str, int] = dict(context.job.progress or {})
        with self._database.read() as connection:
            account_id = runs.find_account_id(connection, self._account)
            oldest = None if account_id is None else _oldest(connection, account_id)
        now = self._clock.now()
        for name, since, until in [(_ALL, None, None), *_months(oldest or now, now)]:
            if name in done:
                continue
            page = source.ask(self._account.name, Ask(since, until, 1))
            done[name] = page.total if page.total is not None else 0
            with context.commit(done) as connection:
                account_id = runs.account_id_of(connection, self._account)
                spans.save_month_count(connection, account_id, name, done[name], self._clock.now())
            if name == _ALL and not done[name]:
                return

    def _is_counting(self) -> bool:
        job = self._jobs.find_unfinished(COUNT_MONTHS)
        return job is not None and job.state is not JobState.DEAD


def _oldest(connection: sa.Connection, account_id: AccountId) -> datetime | None:
    months = sorted(spans.count_months(connection, account_id))
    return datetime.strptime(f"{months[0]}+0000", "%Y-%m%z") if months else None


def _months(oldest: datetime, now: datetime) -> Iterator[tuple[str, int, int]]:
    """Each month's name, first second, and the second after its last; newest first."""
    first = max(oldest, datetime.fromtimestamp(EARLIEST, UTC))
    year, month = now.year, now.month
    until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    while (year, month) >= (first.year, first.month):
        since = datetime(year, month, 1, tzinfo=UTC)
        yield f"{year:04}-{month:02}", int(since.timestamp()), int(until.timestamp())
        until = since
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
