"""How is the live tracker started and stopped, and what is it doing? It stays as it was left over restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import FailedPrecondition
from kernel.jobs import JobStore, Lane
from services.tracker.domain import Account
from services.tracker.storing import live, runs, spans
from services.tracker.storing.live import Followed
from services.tracker.telling.journal import PlayFilter, ToldPlay, list_plays

FOLLOW = "follow_account"
_FOR_EVER = 1_000_000
_STALLED_AFTER = 3
"""Intervals without a look."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the live tracker is doing. `tracker` is None while it was never started."""

    account: str
    interval_seconds: int
    state: str
    tracker: Followed | None
    newest: ToldPlay | None
    next_poll_at: datetime | None
    lag_seconds: int | None


class Switch:
    """Starts and stops the tracker of one account, and tells how it is."""

    def __init__(
        self, database: Database, jobs: JobStore, *, account: Account, missing: str, interval: timedelta, clock: Clock
    ) -> None:
        """`missing`: which setting it cannot work without, empty when it can; `interval` until a person sets another."""
        self._database = database
        self._jobs = jobs
        self._account = account
        self._missing = missing
        self._interval = interval
        self._clock = clock

    def start(self, interval: timedelta | None) -> None:
        """From now on it looks every `interval`, at once first; None keeps what is set. Raises FailedPrecondition."""
        if self._missing:
            raise FailedPrecondition(f"The tracker cannot follow anybody: set {self._missing}.")
        now = self._clock.now()
        with self._database.write() as connection:
            account_id = runs.account_id_of(connection, self._account)
            known = live.load_followed(connection, account_id)
            newest = spans.newest_play(connection, account_id)
            since = int(now.timestamp()) - spans.SETTLED_AFTER if newest is None else newest
            wanted = interval or (timedelta(seconds=known.interval_seconds) if known is not None else self._interval)
            if known is not None:  # a look may be due in an hour, or in a day where the source asked for it
                self._jobs.cancel(known.job_id, connection=connection)
            job_id = self._jobs.enqueue(
                FOLLOW,
                {"account_id": account_id},
                lane=Lane.HIGH,
                dedupe_key=f"{FOLLOW}:{account_id}",
                max_attempts=_FOR_EVER,
                connection=connection,
            )
            changed: dict[str, Any] = {"is_running": True, "job_id": job_id, "changed_at": now}
            changed["interval_seconds"] = int(wanted.total_seconds())
            live.save_followed(connection, account_id, since, now, **changed)
            live.add_events(connection, [(live.STATUS, {})], now)

    def stop(self) -> None:
        """It looks no more; a look under way writes nothing from now on."""
        now = self._clock.now()
        with self._database.write() as connection:
            account_id = runs.account_id_of(connection, self._account)
            known = live.load_followed(connection, account_id)
            if known is not None and known.is_running:
                live.save_followed(connection, account_id, known.since, now, is_running=False, changed_at=now, playing=None)
                live.add_events(connection, [(live.STATUS, {})], now)

    def status(self) -> Status:
        """As it is now."""
        with self._database.read() as connection:
            account_id = runs.find_account_id(connection, self._account)
            known = None if account_id is None else live.load_followed(connection, account_id)
            newest = list_plays(connection, PlayFilter(), None, 1)
        interval = known.interval_seconds if known is not None else int(self._interval.total_seconds())
        due = known.polled_at + timedelta(seconds=interval) if known is not None and known.polled_at is not None else None
        is_running = known is not None and known.is_running
        return Status(
            account=self._account.name,
            interval_seconds=interval,
            state=self._state(known, interval),
            tracker=known,
            newest=newest[0] if newest else None,
            next_poll_at=(due or self._clock.now()) if is_running else None,
            lag_seconds=self._lag(known) if is_running else None,
        )

    def _lag(self, known: Followed | None) -> int | None:
        if known is None or known.answered_at is None:
            return None
        return int((self._clock.now() - known.answered_at).total_seconds())

    def _state(self, known: Followed | None, interval: int) -> str:
        if known is None or not known.is_running:
            return "stopped"
        looked_at = known.changed_at if known.polled_at is None else max(known.polled_at, known.changed_at)
        if self._clock.now() - looked_at > timedelta(seconds=_STALLED_AFTER * interval):
            return "stalled"
        if known.error:
            return "failing"
        return "waiting" if known.polled_at is None or known.polled_at < known.changed_at else "following"
