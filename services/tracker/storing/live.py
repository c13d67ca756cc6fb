"""How is it kept what the live tracker does, and what watchers are told?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kernel.database import dialect_insert
from services.tracker.domain import AccountId
from services.tracker.storing.tables import events, followed

PLAY, PLAYING, STATUS = "play", "now_playing", "status"
"""Kinds of events."""

_KEPT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Followed:
    """The live tracker of one account. `since`: the second from which on it owns the history; `playing`: what plays now."""

    account_id: AccountId
    is_running: bool
    interval_seconds: int
    job_id: str
    since: int
    changed_at: datetime
    polled_at: datetime | None
    answered_at: datetime | None
    swept_at: datetime | None
    error: str
    plays_stored: int
    playing: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Event:
    """What watchers are told, in the order of `id`."""

    id: int
    kind: str
    content: Mapping[str, Any]


def load_followed(connection: sa.Connection, account_id: AccountId) -> Followed | None:
    row = connection.execute(sa.select(followed).where(followed.c.account_id == account_id)).one_or_none()
    return None if row is None else Followed(**row._asdict())


def save_followed(connection: sa.Connection, account_id: AccountId, since: int, now: datetime, **values: Any) -> None:
    """Changes these values; where the account was never followed, from `since` on it is."""
    row = {
        "account_id": account_id,
        "is_running": False,
        "interval_seconds": 0,
        "job_id": "",
        "since": since,
        "changed_at": now,
        "error": "",
        "plays_stored": 0,
    }
    new = dialect_insert(connection, followed).values(row | values)
    connection.execute(new.on_conflict_do_update(index_elements=["account_id"], set_=values))


def count_stored(connection: sa.Connection, account_id: AccountId, plays: int) -> None:
    """So many plays more were stored by the live tracker."""
    more = sa.update(followed).where(followed.c.account_id == account_id)
    connection.execute(more.values(plays_stored=followed.c.plays_stored + plays))


def add_events(connection: sa.Connection, told: Sequence[tuple[str, Mapping[str, Any]]], now: datetime) -> None:
    """Adds (kind, content), and forgets what is older than some hours."""
    if told:
        connection.execute(
            sa.insert(events), [{"kind": kind, "content": dict(content), "told_at": now} for kind, content in told]
        )
        connection.execute(sa.delete(events).where(events.c.told_at < now - _KEPT))


def newest_event(connection: sa.Connection) -> int:
    """Id of the newest event; 0 when there is none."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(events.c.id), 0))).scalar_one())


def list_events(connection: sa.Connection, after: int, limit: int = 200) -> list[Event]:
    """Those after the event `after`, oldest first."""
    wanted = sa.select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
    return [Event(row.id, row.kind, row.content) for row in connection.execute(wanted)]
