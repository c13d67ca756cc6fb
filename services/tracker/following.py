"""What does the live tracker do when it looks? It reads what was played since, what came late, and what plays now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from kernel import deadline
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import ProviderFault, Refused
from kernel.jobs import Again, JobContext
from services.tracker.domain import Account, AccountId, Page, Play
from services.tracker.fetching import Fetched, Fetcher
from services.tracker.naming import Naming
from services.tracker.planning import plan_catch_up
from services.tracker.storing import live, runs, spans
from services.tracker.storing.book import Entry, Written, write_plays
from services.tracker.storing.live import PLAY, PLAYING, STATUS, Followed
from services.tracker.storing.titles import unnamed_titles

_SWEEP_EVERY = timedelta(hours=6)
_SWEEP = timedelta(days=14)
"""How far back plays may still come in: for so long do sources take plays of devices that were offline."""
_LONGEST_LOOK = timedelta(minutes=10)
"""A look that hangs is cut; what it has stored stays, and the next one goes on."""

_log = structlog.get_logger(__name__)

HandOn = Callable[[sa.Connection, list[Play]], None]
"""Plans that new plays are handed on to somebody, in the transaction that stores them."""
NameLater = Callable[[sa.Connection | None], None]
"""Plans that what has no ids yet is given some, in a transaction if there is one."""


class Stopped(Exception):
    """The tracker was stopped while it looked."""


class Following:
    """Does the job of looking, of one account."""

    def __init__(
        self,
        database: Database,
        source: Fetcher,
        *,
        account: Account,
        naming: Naming,
        name_later: NameLater,
        hand_on: HandOn,
        clock: Clock,
    ) -> None:
        self._database = database
        self._source = source
        self._account = account
        self._naming = naming
        self._name_later = name_later
        self._hand_on = hand_on
        self._clock = clock

    def look(self, context: JobContext) -> Again | None:
        """One look, and when the next one is; None when the tracker was stopped."""
        account_id = AccountId(context.job.payload["account_id"])
        with self._database.read() as connection:
            known = live.load_followed(connection, account_id)
            covered = spans.load_coverage(connection, account_id)
            is_ours = runs.find_account_id(connection, self._account) == account_id
        if known is None or not known.is_running or not is_ours:  # somebody else is followed since: their plays are not these
            return None
        try:
            return self._look(context, known, covered)
        except Stopped:
            return None

    def _look(self, context: JobContext, known: Followed, covered: list[tuple[int, int]]) -> Again:
        now = self._clock.now()
        is_sweep = known.swept_at is None or known.swept_at <= now - _SWEEP_EVERY
        sweep_from = int((now - _SWEEP if is_sweep else now).timestamp())
        walk = plan_catch_up(known.since, sweep_from, covered)
        error: Exception | None = None
        try:
            with deadline.within(_LONGEST_LOOK):
                page = self._read(context, known, walk, repairs=is_sweep)
            self._answered(context, known, page, is_sweep=is_sweep)
        except (ProviderFault, Refused) as fault:
            error = fault
            self._failed(context, known, fault)
        pause = timedelta(seconds=known.interval_seconds)
        asked = error.retry_after if isinstance(error, ProviderFault) else None
        return Again(now + max(pause, asked or pause), str(error) if error else None)

    def _read(self, context: JobContext, known: Followed, walk: Any, *, repairs: bool) -> Page:
        """Reads the walk to its end; the first page, which tells what plays now."""
        first: Page | None = None
        while not walk.is_over:
            asked_at = int(self._clock.now().timestamp())
            fetched = self._source.fetch(self._account.name, walk)
            first = first or fetched.page
            written = self._write(context, known, fetched, asked_at, repairs=repairs)
            if written.title_ids and self._naming.name(written.title_ids) is None:
                self._name_later(None)
            walk = fetched.walk
        return first or Page(())

    def _write(self, context: JobContext, known: Followed, fetched: Fetched, asked_at: int, *, repairs: bool) -> Written:
        step, now = fetched.step, self._clock.now()
        entry = Entry(known.account_id, step.plays, fetched.page.rejects, None, step.whole, asked_at)
        with self._committing(context, known) as connection:
            written = write_plays(connection, entry, now, repairs=repairs)
            if step.whole is not None:
                spans.add_coverage(connection, known.account_id, step.whole, asked_at)
            if written.stored:
                live.count_stored(connection, known.account_id, len(written.stored))
                told = [(PLAY, _told(self._account.source, play)) for play in sorted(written.stored, key=lambda play: play.uts)]
                live.add_events(connection, told, now)
                self._hand_on(connection, written.stored)
        return written

    def _answered(self, context: JobContext, known: Followed, page: Page, *, is_sweep: bool) -> None:
        now = self._clock.now()
        playing = None
        if page.playing is not None:
            playing = {**asdict(page.playing), "image_url": page.playing_image_url, "seen_at": now.isoformat()}
        is_same = _names(playing) == _names(known.playing)
        changed: dict[str, Any] = {"polled_at": now, "answered_at": now, "error": ""}
        changed |= {} if is_same else {"playing": playing}
        changed |= {"swept_at": now} if is_sweep else {}
        with self._committing(context, known) as connection:
            live.save_followed(connection, known.account_id, known.since, now, **changed)
            told: list[tuple[str, Any]] = [] if is_same else [(PLAYING, playing or {})]
            is_first = known.polled_at is None or known.polled_at < known.changed_at
            told += [(STATUS, {})] if known.error or is_first else []
            live.add_events(connection, told, now)
            if unnamed_titles(connection, 1):  # left behind by a look that was killed before it named them
                self._name_later(connection)

    def _failed(self, context: JobContext, known: Followed, error: Exception) -> None:
        now = self._clock.now()
        _log.warning("look failed", error=str(error))
        with self._committing(context, known) as connection:
            live.save_followed(connection, known.account_id, known.since, now, polled_at=now, error=str(error))
            if str(error) != known.error:
                live.add_events(connection, [(STATUS, {})], now)

    @contextmanager
    def _committing(self, context: JobContext, known: Followed) -> Iterator[sa.Connection]:
        """Raises Stopped, and writes nothing, when the tracker was stopped since."""
        with context.commit(None) as connection:
            yield connection
            present = live.load_followed(connection, known.account_id)
            if present is None or not present.is_running:
                raise Stopped


def _names(playing: Any) -> tuple[str, str, str] | None:
    return (playing["artist"], playing["track"], playing["album"]) if playing else None


def _told(source: str, play: Play) -> dict[str, Any]:
    return {"uts": play.uts, **asdict(play.title), "image_url": play.image_url, "source": source}
