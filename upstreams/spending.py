"""How often may a provider still be asked that charges for each time? One allowance for all processes, kept on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database, dialect_insert
from kernel.limiter import LimitReached


def spending_table(metadata: sa.MetaData) -> sa.Table:
    """Each service that pays for something has one."""
    return sa.Table(
        "provider_spending",
        metadata,
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),  # a day, 2026-01-31, or the month it is in, 2026-01
        sa.Column("asked", sa.Integer, nullable=False),
    )


spending = spending_table(sa.MetaData())


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many `units` in a day and in a calendar month, both UTC. Zero means never."""

    per_day: int
    per_month: int
    units: str = "artists"


_NOTHING = Allowance(per_day=0, per_month=0)


class SpendingLedger:
    """Satisfies SpendsCarefully. A provider without an allowance may spend nothing.

    Both methods are one transaction, made before the provider is asked: an allowance that is counted afterwards is overdrawn by
    whoever asks meanwhile, and by a process that dies in between. Both raise StoreUnavailable and DeadlineSpent.
    """

    def __init__(self, database: Database, *, allowances: Mapping[str, Allowance], clock: Clock) -> None:
        """`allowances` by provider."""
        self._database = database
        self._allowances = dict(allowances)
        self._clock = clock

    def spend_up_to(self, provider: str, wanted: int) -> int:
        """How many of so many units may be asked for, at least one; they are spent.

        Raises LimitReached, with the time until the next day or month, when the allowance is used up. That says "our own limit",
        so it does not park the provider: a larger allowance is felt at once.
        """
        now = self._clock.now().astimezone(UTC)
        allowance = self._allowances.get(provider, _NOTHING)
        with self._database.write() as connection:
            asked = _lock_periods(connection, provider, now)
            left_this_month = allowance.per_month - asked[_month(now)]
            left_today = allowance.per_day - asked[_day(now)]
            if left_this_month <= 0:
                raise _used_up(provider, f"{allowance.per_month} {allowance.units} a month", _next_month(now) - now)
            if left_today <= 0:
                raise _used_up(provider, f"{allowance.per_day} {allowance.units} a day", _next_day(now) - now)
            granted = min(wanted, left_today, left_this_month)
            _add(connection, provider, now, granted)
        return granted

    def refund(self, provider: str, unused: int) -> None:
        """So many that were spent today have cost nothing. A day that has ended meanwhile is not given anything back."""
        now = self._clock.now().astimezone(UTC)
        with self._database.write() as connection:
            _lock_periods(connection, provider, now)
            _add(connection, provider, now, -unused)


def _lock_periods(connection: sa.Connection, provider: str, now: datetime) -> Mapping[str, int]:
    """What was asked this month and today, the rows made if need be; nobody else reads them before we have written.

    SQLite has one writer. On PostgreSQL the next one waits at the month's row: all lock it first, whatever day their clocks say.
    """
    fresh = [{"provider": provider, "period": period, "asked": 0} for period in (_month(now), _day(now))]
    connection.execute(dialect_insert(connection, spending).values(fresh).on_conflict_do_nothing())
    counts = (
        sa.select(spending.c.period, spending.c.asked)
        .where(spending.c.provider == provider, spending.c.period.in_([_month(now), _day(now)]))
        .order_by(spending.c.period)
        .with_for_update()
    )
    return {row.period: row.asked for row in connection.execute(counts)}


def _add(connection: sa.Connection, provider: str, now: datetime, units: int) -> None:
    """To both periods, which the caller has locked."""
    total = spending.c.asked + units
    is_now = spending.c.period.in_([_month(now), _day(now)])
    connection.execute(sa.update(spending).where(spending.c.provider == provider, is_now, total >= 0).values(asked=total))


def _used_up(provider: str, allowance: str, wait: timedelta) -> LimitReached:
    return LimitReached(provider, f"the allowance of {allowance} is used up", retry_after=wait)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _month(moment: datetime) -> str:
    return _day(moment)[:7]


def _next_day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _next_month(moment: datetime) -> datetime:
    return (_next_day(moment.replace(day=28)) + timedelta(days=4)).replace(day=1)
