"""How is a history imported? A page at a time: its plays and how far we are in one transaction, so it can be stopped anywhere."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import (
    BreakerOpen,
    DeadlineSpent,
    FailedPrecondition,
    NotFound,
    OwnFault,
    ProviderFault,
    ProviderThrottled,
    Refused,
)
from kernel.jobs import Again, JobContext, LeaseLost
from services.tracker.domain import NETWORK, Counts, Hole, ImportId, ImportState
from services.tracker.fetching import Fetched, Fetcher
from services.tracker.files import read_rows
from services.tracker.leaping import Search
from services.tracker.ledger import Ledger, merged_holes
from services.tracker.naming import Naming
from services.tracker.newcomers import Newcomers
from services.tracker.planning import plan_walk
from services.tracker.providers.file import Unguarded, sorted_rows
from services.tracker.store import TrackerStore
from services.tracker.storing import runs, spans
from services.tracker.storing.book import Entry, Written, count_new, write_plays
from services.tracker.storing.runs import ImportRun
from services.tracker.walking import Walk
from services.tracker.words import counted, span

_NEXT_TURN = timedelta(seconds=2)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=30)
_BUGS = 5
"""Attempts that may end in a bug of ours before the import is given up."""


class Halted(Exception):
    """The import was paused or cancelled meanwhile: nothing of this page is written."""


class Importing:
    """Does the job of one import from a source that is asked page by page."""

    def __init__(
        self, store: TrackerStore, sources: Mapping[str, Fetcher], *, naming: Naming, newcomers: Newcomers, clock: Clock
    ) -> None:
        """`sources`: those that are on, by name."""
        self._newcomers = newcomers
        self._store = store
        self._sources = sources
        self._naming = naming
        self._clock = clock

    def run(self, context: JobContext) -> Again | None:
        """Raises LeaseLost when the job is no longer ours, and DeadlineSpent when this process is to stop."""
        run = self._store.begin_import(ImportId(context.job.payload["import_id"]))
        if run is None:
            return None
        if run.state is ImportState.PENDING or run.retry_at is not None:  # another one is under way
            return Again(self._clock.now() + _NEXT_TURN)
        try:
            return self._attempt(context, run)
        except Halted:
            self._store.settle()
            return None

    def _attempt(self, context: JobContext, run: ImportRun) -> Again | None:
        attempt = _Attempt(context, Ledger(run), self._store, self._naming, self._newcomers, self._clock)
        try:
            with deadline.in_background(), self._source(run) as source:  # who looks at something meanwhile goes first
                return attempt.walk(source)
        except Refused as error:
            attempt.fail(error)
            self._store.settle()
            return None
        except (Halted, LeaseLost, DeadlineSpent, OwnFault):
            raise
        except Exception:
            if context.job.attempts >= _BUGS:
                attempt.fail(FailedPrecondition("A bug of ours ended it; our log has the details."))
            raise

    @contextmanager
    def _source(self, run: ImportRun) -> Iterator[Fetcher]:
        """Raises FailedPrecondition for a source that is off, and InvalidArgument for a file that is no history after all."""
        if run.source in NETWORK:
            if run.source not in self._sources:
                raise FailedPrecondition(f"{run.source} is off: its key is not set.")
            yield self._sources[run.source]
            return
        with tempfile.TemporaryFile(prefix="plays-") as file:
            self._store.read_upload(run.id, file)
            with sorted_rows(read_rows(file, run.source), until=run.options.until) as history:
                yield Fetcher(history, Unguarded())


class _Attempt:
    """One attempt at one import."""

    def __init__(
        self, context: JobContext, ledger: Ledger, store: TrackerStore, naming: Naming, newcomers: Newcomers, clock: Clock
    ) -> None:
        self._newcomers = newcomers
        self._context = context
        self._ledger = ledger
        self._run = ledger.run
        self._store = store
        self._naming = naming
        self._clock = clock
        self._is_naming = not ledger.run.options.dry_run
        self._is_asked = ledger.run.source in NETWORK

    def walk(self, source: Fetcher) -> Again | None:
        """To the end, or until the source is to be asked later."""
        walk = self._run.walk or self._plan()
        since = self._clock.monotonic()
        while not walk.is_over:
            deadline.check()
            if walk.leap is None and walk.windows[0].is_known:
                walk = self._skip(walk)
                continue
            asked_at = int(self._clock.now().timestamp())
            try:
                fetched = source.fetch(self._run.account.name, walk)
            except ProviderFault as error:
                stumbled = self._stumble(source, walk, error)
                if isinstance(stumbled, Again):
                    return stumbled
                walk = stumbled
                continue
            self._ledger.hear_total(walk.ask(), fetched.page.total)
            written = self._write(walk, fetched, asked_at, self._clock.monotonic() - since)
            since, walk = self._clock.monotonic(), fetched.walk
            self._name(written)
        self._end(walk)
        return None

    def fail(self, error: Refused) -> None:
        """It ends without having been able to do it."""
        kind = "not_found" if isinstance(error, NotFound) else "precondition"
        failed = {"state": ImportState.FAILED, "error": str(error), "failure": kind, "retry_at": None}
        with self._changing(**failed, ended_at=self._clock.now()) as connection:
            self._log(connection, "ended", str(error))

    def _plan(self) -> Walk:
        run = self._run
        with self._store.database.read() as connection:
            covered = spans.load_coverage(connection, run.account_id) if self._is_asked else []
            walk = plan_walk(run.options, covered)
        with self._changing(walk=walk) as connection:
            self._log(connection, "started", f"Reading what {run.account.name} has played.")
        return walk

    def _skip(self, walk: Walk) -> Walk:
        """Past a window that is stored already."""
        window = walk.windows[0]
        with self._store.database.read() as connection:
            known = spans.count_plays(connection, self._run.account_id, window.since or 0, window.until or 0, but_of=self._run.id)
        known = known if walk.left is None else min(known, walk.left)
        self._ledger.counts += Counts(seen=known, known=known)
        walk = walk.skip(known)
        with self._changing(walk=walk):
            return walk

    def _write(self, walk: Walk, fetched: Fetched, asked_at: int, seconds: float) -> Written:
        run, step, now = self._run, fetched.step, self._clock.now()
        entry = Entry(run.account_id, step.plays, fetched.page.rejects, run.id, step.whole, asked_at)
        with self._committing() as connection:
            if run.options.dry_run:  # what a page shows of other windows is counted when it is their turn
                new, bad = count_new(connection, replace(entry, plays=step.plays[: step.counted]), now)
                delta = Counts(imported=new, known=max(0, step.counted - new - bad), quarantined=bad)
                written = Written()
            else:
                # A file tells of some plays, never that there were no others.
                repairs = self._is_asked and not run.options.skip_existing
                written = write_plays(connection, entry, now, repairs=repairs, settles_first=False)
                is_whole = step.whole is not None and self._is_asked
                closed = spans.add_coverage(connection, run.account_id, step.whole, asked_at) if is_whole and step.whole else []
                self._tell(connection, written, closed)
                stored = len(written.stored)
                known = max(0, step.counted - stored - written.unfit)
                delta = Counts(0, stored - written.edited, known, written.edited, written.removed, len(written.rejects))
            self._ledger.add(step, delta + Counts(seen=step.counted, requests=fetched.requests), seconds)
            self._set_aside(connection, walk, fetched.walk)
            self._change(connection, walk=fetched.walk, holes=merged_holes(fetched.walk), error="", retry_at=None)
        return written

    def _tell(self, connection: sa.Connection, written: Written, closed: list[Hole]) -> None:
        entries = [("quarantined", each.reason, each.raw) for each in written.rejects]
        entries += [("hole_closed", f"{span(hole)} was answered after all.", "") for hole in closed]
        if written.edited or written.removed:
            message = f"{counted(written.edited, 'play')} changed at the source, {written.removed} gone from it."
            entries.append(("edited" if written.edited else "removed", message, ""))
        if written.kept:
            message = f"{counted(written.kept, 'play')} of one page are gone from the source: too many to take out unasked."
            entries.append(("note", message, ""))
        runs.add_to_log(connection, self._run.id, self._clock.now(), entries)

    def _name(self, written: Written) -> None:
        """Once nobody answers, the rest is left to a job: an import waits for no neighbour."""
        if not written.title_ids:
            return
        new = self._naming.name(written.title_ids) if self._is_naming else None
        if new is None:
            self._is_naming = False
            self._store.name_titles_later()
        else:
            self._ledger.counts += Counts(new_albums=new)

    def _stumble(self, source: Fetcher, walk: Walk, error: ProviderFault) -> Walk | Again:
        """What follows a fault: smaller pages or a leap when the source answers other things, else a wait."""
        is_closed = isinstance(error, ProviderThrottled | BreakerOpen)
        if is_closed or not source.is_answering(self._run.account.name):
            return self._wait(error)
        self._ledger.counts += Counts(requests=2)
        after = walk.refused(str(error), now=int(self._clock.now().timestamp()) + 1)
        is_lost = walk.leap is not None and walk.leap.search is Search.END and walk.leap.bottom is None
        if is_lost and after.leap is not None and after.leap.search is not Search.END:
            return self._wait(error)  # no part of the history is answered: that is no hole
        with self._changing(walk=after, holes=merged_holes(after)) as connection:
            self._set_aside(connection, walk, after)
        return after

    def _wait(self, error: ProviderFault) -> Again:
        ledger, now = self._ledger, self._clock.now()
        pause = max(error.retry_after or timedelta(0), min(_FIRST_WAIT * 2 ** min(ledger.waits, 20), _LONGEST_WAIT))
        ledger.waits += 1
        with self._changing(error=str(error), retry_at=now + pause) as connection:
            if ledger.waits == 1:
                self._log(connection, "waiting", f"{error}. It goes on by itself.")
        return Again(now + pause, str(error))

    def _end(self, walk: Walk) -> None:
        run, found = self._run, merged_holes(walk)
        message = "complete" + (f" with {counted(len(found), 'hole')}" if found else "")
        self._ledger.counts = self._newcomers.hand_over(run, self._ledger.counts)
        with self._committing() as connection:
            if not run.options.dry_run:
                self._store.look_after_newcomers(connection, run)
                self._store.settle_titles(connection)
                spans.save_holes(connection, run.account_id, found)
                runs.drop_upload(connection, run.id)
            self._log(connection, "ended", f"The import is {message}.")
            ended = {"state": ImportState.SUCCEEDED, "error": "", "retry_at": None, "ended_at": self._clock.now()}
            self._change(connection, walk=walk, holes=found, **ended)

    def _set_aside(self, connection: sa.Connection, before: Walk, after: Walk) -> None:
        for hole in after.holes[len(before.holes) :]:
            self._log(connection, "hole", f"{span(hole)} is set aside: {hole.reason}.")

    def _log(self, connection: sa.Connection, kind: str, message: str) -> None:
        runs.add_to_log(connection, self._run.id, self._clock.now(), [(kind, message, "")])

    @contextmanager
    def _committing(self) -> Iterator[sa.Connection]:
        with self._context.commit(None) as connection:
            yield connection

    @contextmanager
    def _changing(self, **values: Any) -> Iterator[sa.Connection]:
        """A transaction that changes the import's row, and what else the block does."""
        with self._committing() as connection:
            yield connection
            self._change(connection, **values)

    def _change(self, connection: sa.Connection, **values: Any) -> None:
        """Raises Halted when it was paused or cancelled since: that undoes the transaction."""
        values = self._ledger.values() | values
        if not runs.change_run(connection, self._run.id, self._clock.now(), only_in=[ImportState.RUNNING], **values):
            raise Halted
