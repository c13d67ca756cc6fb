"""Which seconds of an account's history were read whole, and which would not be answered for?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kernel.database import upsert
from services.tracker.domain import AccountId, Hole, ImportId, cut_windows, merge_windows
from services.tracker.storing.tables import coverage, holes, month_counts, plays, quarantine

SETTLED_AFTER = 3600
"""Seconds after which plays have usually come in; those that come later are found by the live tracker's sweeps."""


def load_coverage(connection: sa.Connection, account_id: AccountId) -> list[tuple[int, int]]:
    """Windows [since, until), oldest first; none touch."""
    wanted = sa.select(coverage.c.since, coverage.c.until).where(coverage.c.account_id == account_id)
    return merge_windows((row.since, row.until) for row in connection.execute(wanted))


def add_coverage(connection: sa.Connection, account_id: AccountId, whole: tuple[int, int], asked_at: int) -> list[Hole]:
    """These seconds were read at that time; the holes they close, wholly or in part.

    The last hour before is never taken for read: plays are dated by when they began, and come when they have ended, or later.
    """
    since, until = whole[0], min(whole[1], asked_at - SETTLED_AFTER)
    if since >= until:
        return []
    whole = since, until
    touching = coverage.c.account_id == account_id, coverage.c.since <= until, coverage.c.until >= since
    joined = connection.execute(sa.delete(coverage).where(*touching).returning(coverage.c.since, coverage.c.until)).all()
    ((since, until),) = merge_windows([whole, *((row.since, row.until) for row in joined)])
    connection.execute(sa.insert(coverage).values(account_id=account_id, since=since, until=until))
    return _close_holes(connection, account_id, whole)


def forget_coverage(connection: sa.Connection, account_id: AccountId) -> None:
    """After plays were taken out that a later import may bring again: of this account, or of another that told the same."""
    connection.execute(sa.delete(coverage))
    connection.execute(sa.delete(holes).where(holes.c.account_id == account_id))


def load_holes(connection: sa.Connection, account_id: AccountId) -> list[Hole]:
    """Newest first."""
    wanted = sa.select(holes).where(holes.c.account_id == account_id).order_by(holes.c.since.desc())
    return [Hole(row.since, row.until, row.reason) for row in connection.execute(wanted)]


def save_holes(connection: sa.Connection, account_id: AccountId, found: Sequence[Hole]) -> None:
    """Adds to those that are known."""
    rows = [{"account_id": account_id, "since": each.since, "until": each.until, "reason": each.reason} for each in found]
    upsert(connection, holes, rows, key=("account_id", "since"))


def count_plays(
    connection: sa.Connection, account_id: AccountId, since: int, until: int, *, but_of: ImportId | None = None
) -> int:
    """Plays of the account in [since, until), those that one import stored left out."""
    wanted = sa.select(sa.func.count()).select_from(plays)
    wanted = wanted.where(plays.c.account_id == account_id, plays.c.uts >= since, plays.c.uts < until)
    if but_of is not None:
        wanted = wanted.where(sa.or_(plays.c.import_id.is_(None), plays.c.import_id != but_of))
    return int(connection.execute(wanted).scalar_one())


def newest_play(connection: sa.Connection, account_id: AccountId) -> int | None:
    """Second of the account's newest play."""
    wanted = sa.select(plays.c.uts).where(plays.c.account_id == account_id).order_by(plays.c.uts.desc()).limit(1)
    return connection.execute(wanted).scalar_one_or_none()


def count_months(connection: sa.Connection, account_id: AccountId) -> dict[str, int]:
    """Plays by month, in UTC."""
    is_sqlite = connection.dialect.name == "sqlite"
    text = sa.func.strftime("%Y-%m", plays.c.uts, "unixepoch") if is_sqlite else _postgres_month()
    month = text.label("month")
    counted = sa.select(month, sa.func.count().label("plays")).where(plays.c.account_id == account_id).group_by(month)
    return {row.month: row.plays for row in connection.execute(counted)}


def load_month_counts(connection: sa.Connection, account_id: AccountId) -> dict[str, tuple[int, datetime]]:
    """The source's own counts by month and when it gave them; month "" is all of them."""
    wanted = sa.select(month_counts).where(month_counts.c.account_id == account_id)
    # By name in brackets: `row.count` is the method that every tuple has.
    return {row["month"]: (row["count"], row["counted_at"]) for row in connection.execute(wanted).mappings()}


def save_month_count(connection: sa.Connection, account_id: AccountId, month: str, count: int, now: datetime) -> None:
    row = {"account_id": account_id, "month": month, "count": count, "counted_at": now}
    upsert(connection, month_counts, [row], key=("account_id", "month"))


def count_quarantined(connection: sa.Connection, account_id: AccountId) -> int:
    wanted = sa.select(sa.func.count()).select_from(quarantine).where(quarantine.c.account_id == account_id)
    return int(connection.execute(wanted).scalar_one())


def _postgres_month() -> sa.ColumnElement[Any]:
    return sa.func.to_char(sa.func.timezone("UTC", sa.func.to_timestamp(plays.c.uts)), "YYYY-MM")


def _close_holes(connection: sa.Connection, account_id: AccountId, whole: tuple[int, int]) -> list[Hole]:
    since, until = whole
    touched = holes.c.account_id == account_id, holes.c.since < until, holes.c.until > since
    closed = connection.execute(sa.delete(holes).where(*touched).returning(holes.c.since, holes.c.until, holes.c.reason)).all()
    for row in closed:
        left = [Hole(*window, row.reason) for window in cut_windows([(row.since, row.until)], whole)]
        save_holes(connection, account_id, left)
    return [Hole(row.since, row.until, row.reason) for row in closed]
