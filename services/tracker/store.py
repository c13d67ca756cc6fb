"""Where do imports and the live tracker stay, and how do they move from one state to another?"""

from collections.abc import Callable
from typing import Any, BinaryIO

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import FailedPrecondition, NotFound
from kernel.jobs import JobStore, Lane
from services.tracker.domain import Account, ImportId, ImportOptions, ImportState
from services.tracker.naming import NAME_TITLES
from services.tracker.planning import plan_retry
from services.tracker.storing import runs, spans
from services.tracker.storing.book import take_back
from services.tracker.storing.runs import ImportRun, LogEntry
from services.tracker.storing.titles import settle_first_plays, unnamed_titles

IMPORT = "import_history"
ENRICH_NEW = "enrich_new_albums"

_FOR_EVER = 1_000_000
"""Attempts of a job that is only ever interrupted; what it cannot do is written into its import."""

Moves = tuple[ImportState, ...]


class TrackerStore:
    """All of it is safe to call from any thread; each method is one transaction."""

    def __init__(self, database: Database, jobs: JobStore, *, clock: Clock) -> None:
        self.database = database
        self._jobs = jobs
        self._clock = clock

    def create_import(
        self, account: Account, source: str, options: ImportOptions, *, lane: Lane = Lane.NORMAL, content: bytes = b""
    ) -> ImportRun:
        """A new import with the job that does it; `content` is the file it reads, if it reads one."""
        now = self._clock.now()
        with self.database.write() as connection:
            account_id = runs.account_id_of(connection, account)
            import_id = runs.add_run(connection, account_id, source, options, now)
            if content:
                runs.save_upload(connection, import_id, content)
            self._enqueue(connection, import_id, lane, instead_of="")
            return _loaded(connection, import_id)

    def begin_import(self, import_id: ImportId) -> ImportRun | None:
        """The import, RUNNING from now on; unchanged, PENDING or with a `retry_at`, when it is not its turn; None when there is
        nothing to do.
        """
        with self.database.write() as connection:
            run = runs.load_run(connection, import_id)
            if run is None or run.state.is_over or run.state is ImportState.PAUSED:
                return None
            has_waited = run.state is ImportState.PENDING or run.retry_at is not None
            if has_waited and runs.is_another_running(connection, import_id):
                return run
            under_way, now = [ImportState.PENDING, ImportState.RUNNING], self._clock.now()
            runs.change_run(connection, import_id, now, only_in=under_way, state=ImportState.RUNNING, retry_at=None)
            return _loaded(connection, import_id)

    def get_import(self, import_id: ImportId) -> ImportRun:
        """Raises NotFound."""
        with self.database.read() as connection:
            return _loaded(connection, import_id)

    def list_imports(self, *, before: int | None, limit: int) -> list[ImportRun]:
        """Newest first."""
        with self.database.read() as connection:
            return runs.list_runs(connection, before=before, limit=limit)

    def list_log(self, import_id: ImportId, *, kind: str, after: int, limit: int) -> list[LogEntry]:
        """Oldest first. Raises NotFound."""
        with self.database.read() as connection:
            _loaded(connection, import_id)
            return runs.list_log(connection, import_id, kind=kind, after=after, limit=limit)

    def pause_import(self, import_id: ImportId) -> ImportRun:
        """Raises NotFound; FailedPrecondition when it has ended. Pausing twice is pausing once."""
        may = ImportState.PENDING, ImportState.RUNNING, ImportState.PAUSED
        return self._move(import_id, may, "has ended", "paused", state=ImportState.PAUSED, retry_at=None)

    def resume_import(self, import_id: ImportId) -> ImportRun:
        """Raises NotFound; FailedPrecondition when it is not paused."""
        return self._move(
            import_id,
            (ImportState.PAUSED,),
            "is not paused",
            "resumed",
            and_then=self._again,
            state=ImportState.PENDING,
        )

    def cancel_import(self, import_id: ImportId) -> ImportRun:
        """Raises NotFound; FailedPrecondition when it has ended."""
        may = ImportState.PENDING, ImportState.RUNNING, ImportState.PAUSED
        ended: dict[str, Any] = {"state": ImportState.CANCELLED, "ended_at": self._clock.now(), "retry_at": None}
        return self._move(import_id, may, "has ended", "cancelled", **ended)

    def undo_import(self, import_id: ImportId) -> ImportRun:
        """Takes back what it did. Raises NotFound; FailedPrecondition while it is under way, or after it was undone."""

        def undo(connection: sa.Connection, run: ImportRun) -> None:
            if run.is_undone:
                raise FailedPrecondition("This import was undone before.")
            take_back(connection, run.id)
            spans.forget_coverage(connection, run.account_id)

        may = ImportState.SUCCEEDED, ImportState.FAILED, ImportState.CANCELLED
        return self._move(import_id, may, "has not ended", "undone", and_then=undo, is_undone=True)

    def retry_import(self, import_id: ImportId) -> ImportRun:
        """Raises NotFound; FailedPrecondition when nothing is left to do, or while it is under way."""

        def retry(connection: sa.Connection, run: ImportRun) -> None:
            if run.is_undone:
                raise FailedPrecondition("This import was undone; begin a new one.")
            if run.state is ImportState.SUCCEEDED and not run.holes:
                raise FailedPrecondition("Nothing is left to do: the import is complete.")
            if run.walk is not None:
                walk = plan_retry(run.walk, run.holes)
                runs.change_run(connection, import_id, self._clock.now(), only_in=list(ImportState), walk=walk, holes=())
            self._again(connection, run)

        may = ImportState.SUCCEEDED, ImportState.FAILED, ImportState.CANCELLED
        anew: dict[str, Any] = {"state": ImportState.PENDING, "error": "", "failure": "", "waits": 0}
        anew |= {"ended_at": None, "retry_at": None}
        return self._move(import_id, may, "has not ended", "retried", and_then=retry, **anew)

    def read_upload(self, import_id: ImportId, into: BinaryIO) -> None:
        """Writes out the file that the import reads."""
        with self.database.read() as connection:
            into.writelines(runs.load_upload(connection, import_id))

    def settle(self) -> None:
        """After an import that ended before its end."""
        with self.database.write() as connection:
            self.settle_titles(connection)

    def settle_titles(self, connection: sa.Connection) -> None:
        """After an import: the first play of every title is what it is, and what was left without ids is named by a job.

        A process that is killed between writing a page and naming it leaves such titles behind.
        """
        settle_first_plays(connection)
        if unnamed_titles(connection, 1):
            self.name_titles_later(connection)

    def name_titles_later(self, connection: sa.Connection | None = None) -> None:
        """A job, planned in the caller's transaction if one is given, gives ids to what has none yet."""
        self._jobs.enqueue(NAME_TITLES, lane=Lane.NORMAL, dedupe_key=NAME_TITLES, max_attempts=_FOR_EVER, connection=connection)

    def look_after_newcomers(self, connection: sa.Connection, run: ImportRun) -> None:
        """A job, planned in the caller's transaction, has what the import brought in enriched, and counts how much of it is."""
        if run.options.enrich_albums:
            self._jobs.enqueue(
                ENRICH_NEW,
                {"import_id": run.id},
                lane=Lane.NORMAL,
                dedupe_key=f"{ENRICH_NEW}:{run.id}",
                max_attempts=_FOR_EVER,
                connection=connection,
            )

    def _again(self, connection: sa.Connection, run: ImportRun) -> None:
        self._enqueue(connection, run.id, Lane.NORMAL, instead_of=run.job_id)

    def _enqueue(self, connection: sa.Connection, import_id: ImportId, lane: Lane, *, instead_of: str) -> None:
        """A new job does it from now on: the old one may be waiting for a source that was to be left alone for days."""
        self._jobs.cancel(instead_of, connection=connection)
        job_id = self._jobs.enqueue(
            IMPORT,
            {"import_id": import_id},
            lane=lane,
            dedupe_key=f"import:{import_id}",
            max_attempts=_FOR_EVER,
            connection=connection,
        )
        runs.change_run(connection, import_id, self._clock.now(), only_in=list(ImportState), job_id=job_id)

    def _move(
        self,
        import_id: ImportId,
        only_in: Moves,
        refusal: str,
        log: str,
        *,
        and_then: Callable[[sa.Connection, ImportRun], None] | None = None,
        **values: Any,
    ) -> ImportRun:
        now = self._clock.now()
        with self.database.write() as connection:
            runs.lock_run(connection, import_id)
            run = _loaded(connection, import_id)
            if not runs.change_run(connection, import_id, now, only_in=list(only_in), **values):
                raise FailedPrecondition(f"This import {refusal}.")
            if and_then is not None:
                and_then(connection, run)
            runs.add_to_log(connection, import_id, now, [(log, f"The import was {log}.", "")])
            return _loaded(connection, import_id)


def _loaded(connection: sa.Connection, import_id: ImportId) -> ImportRun:
    run = runs.load_run(connection, import_id)
    if run is None:
        raise NotFound("No import has this id.")
    return run
