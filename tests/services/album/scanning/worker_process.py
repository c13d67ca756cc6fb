"""A real process that works until the scan is over, and kills itself before its n-th statement: `URL MUSIC_DIR N`."""

import os
import signal
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from kernel.clock import SystemClock
from kernel.database import Database
from kernel.jobs import JobStore
from tests.fakes.patience import eventually
from tests.services.album.scanning.studio import Studio

LEASE = timedelta(milliseconds=300)
FILES_AT_ONCE = 7


def main(url: str, music_dir: str, dies_at: int) -> None:
    database = Database(url, schema="public")
    studio = Studio(database, SystemClock(), Path(music_dir), at_once=FILES_AT_ONCE)
    studio.jobs.store = JobStore(database, SystemClock(), lease=LEASE)
    scan = studio.scans.list(before=None, limit=1)[0]
    statements = count(1)

    def die(*_: object) -> None:
        if next(statements) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(database._engine, "before_cursor_execute", die)

    def is_over() -> bool:
        studio.run_due()  # nothing, until the lease of the one before has run out
        return studio.scans.get(scan.id).state.is_over

    sys.exit(0 if eventually(is_over) else 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
