"""How do scans move from one state to another? Each scan with the job that does it."""

from collections.abc import Sequence
from typing import Any, Final

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import Conflict, FailedPrecondition, NotFound
from kernel.jobs import JobStore, Lane
from services.album.scanning.domain import FileProblem, Scan, ScanId, ScanState
from services.album.storing import files

SCAN: Final = "scan"

FOR_EVER: Final = 1_000_000
"""Attempts of a job that is only ever interrupted; what it cannot do is written into its scan."""
_TRIES: Final = 3


class ScanStore:
    """All of it is safe to call from any thread; each method is one transaction."""

    def __init__(self, database: Database, jobs: JobStore, *, clock: Clock) -> None:
        self.database = database
        self._jobs = jobs
        self._clock = clock

    def create(self, *, lane: Lane = Lane.NORMAL) -> Scan:
        """A new scan with its job, or the one that is not over."""
        for _ in range(_TRIES):
            found = self._create(lane)
            if found is not None:
                return found
        raise Conflict("Scans begin and end at this moment; ask again.")

    def begin(self, scan_id: ScanId) -> Scan | None:
        """The scan, RUNNING from now on; None when it is over."""
        with self.database.write() as connection:
            scan = files.load_scan(connection, scan_id)
            if scan is None or scan.state.is_over:
                return None
            started_at = scan.started_at or self._clock.now()
            files.change_scan(connection, scan_id, state=ScanState.RUNNING, started_at=started_at)
            return files.load_scan(connection, scan_id)

    def get(self, scan_id: ScanId) -> Scan:
        """Raises NotFound."""
        with self.database.read() as connection:
            return _there(files.load_scan(connection, scan_id))

    def list(self, *, before: int | None, limit: int) -> list[Scan]:
        """Newest first; `before`: only those older than this one."""
        with self.database.read() as connection:
            return files.list_scans(connection, before=before, limit=limit)

    def cancel(self, scan_id: ScanId) -> Scan:
        """Raises NotFound; FailedPrecondition when it is over."""
        ended: dict[str, Any] = {"state": ScanState.CANCELLED, "ended_at": self._clock.now()}
        with self.database.write() as connection:
            scan = _there(files.load_scan(connection, scan_id))
            self._jobs.cancel(scan.job_id, connection=connection)  # first, as its worker does: or both could wait for ever
            if not files.change_scan(connection, scan_id, **ended):
                raise FailedPrecondition("This scan has ended.")
            return _there(files.load_scan(connection, scan_id))

    def list_problems(self, *, after: bytes | None, limit: int) -> Sequence[FileProblem]:
        """By path; `after`: only those that come later."""
        with self.database.read() as connection:
            return files.list_problems(connection, after=after, limit=limit)

    def _create(self, lane: Lane) -> Scan | None:
        """None when the one that was under way has ended in this very moment."""
        with self.database.write() as connection:
            scan_id = files.add_scan(connection, self._clock.now())
            if scan_id is None:
                return files.load_active_scan(connection)
            job_id = self._jobs.enqueue(
                SCAN,
                {"scan_id": scan_id},
                lane=lane,
                dedupe_key=f"{SCAN}:{scan_id}",
                max_attempts=FOR_EVER,
                connection=connection,
            )
            files.change_scan(connection, scan_id, job_id=job_id)
            return files.load_scan(connection, scan_id)


def _there(scan: Scan | None) -> Scan:
    if scan is None:
        raise NotFound("No scan has this id.")
    return scan
