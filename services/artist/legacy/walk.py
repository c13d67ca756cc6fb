"""How is a whole older installation taken over, although it may be stopped at any moment?"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database, Json, upsert
from services.artist.legacy.batch import write
from services.artist.legacy.reading import Imported, Unusable, read
from services.artist.legacy.report import Report
from services.artist.legacy.source import OldArtist, OldArtists
from services.artist.storing.tables import metadata
from services.artist.storing.writing import writing
from upstreams.older import OldId

# How far an unfinished walk has come; written with each batch, gone when the walk is done.
progress = sa.Table(
    "legacy_progress", metadata, sa.Column("source", sa.Text, primary_key=True), sa.Column("last_id", Json, nullable=False)
)

_Transactions = Callable[[], AbstractContextManager[sa.Connection]]


def _no_pause(_report: Report) -> None:
    """What happens between two batches when nobody watches."""


class Walk:
    """Takes over one older database. Stopped between or within batches, the next walk goes on after the last whole batch.

    A dry one does everything in one transaction and takes it back, so that its report is what a real one would say.
    """

    def __init__(self, old: OldArtists, database: Database, *, clock: Clock, language: str, is_dry: bool = False) -> None:
        self._old = old
        self._database = database
        self._clock = clock
        self._language = language
        self._report = Report(old.name, is_dry)

    def run(self, after_batch: Callable[[Report], None] = _no_pause) -> Report:
        """Raises Unreadable when the older database is lost, and StoreUnavailable when ours is; what was done by then stays."""
        with self._transactions() as transaction:
            last_id = self._report.resumed_after = self._progress(transaction)
            for rows in self._old.batches(last_id):
                self._take(rows, transaction)
                after_batch(self._report)
            with transaction() as connection:
                connection.execute(sa.delete(progress).where(progress.c.source == self._old.name))
        self._report.dropped.update(self._old.stray_references())
        return self._report

    @contextmanager
    def _transactions(self) -> Iterator[_Transactions]:
        """What opens a transaction for each batch; in a dry run all of them are one, and are taken back."""
        if not self._report.is_dry:
            yield partial(writing, self._database)
            return
        with writing(self._database) as connection:

            @contextmanager
            def part() -> Iterator[sa.Connection]:
                with connection.begin_nested():
                    yield connection

            yield part
            connection.rollback()

    def _progress(self, transaction: _Transactions) -> OldId | None:
        mine = sa.select(progress.c.last_id).where(progress.c.source == self._old.name)
        with transaction() as connection:
            last_id: OldId | None = connection.execute(mine).scalar_one_or_none()
        return last_id

    def _take(self, rows: Sequence[OldArtist], transaction: _Transactions) -> None:
        """One transaction for the batch. If the database refuses it, its halves, until the row that it means is alone."""
        batch, failed = self._read(rows)
        try:
            with transaction() as connection:
                written = write(connection, batch, language=self._language, now=self._clock.now())
                upsert(connection, progress, [{"source": self._old.name, "last_id": rows[-1].id}], key=("source",))
        except (sa.exc.IntegrityError, sa.exc.DataError):
            if len(rows) == 1:
                self._refuse(rows[0], transaction)
                return
            self._take(rows[: len(rows) // 2], transaction)
            self._take(rows[len(rows) // 2 :], transaction)
            return
        self._report.read += len(rows)
        self._report.failed += failed
        self._report.add(batch, written)

    def _refuse(self, row: OldArtist, transaction: _Transactions) -> None:
        with transaction() as connection:
            upsert(connection, progress, [{"source": self._old.name, "last_id": row.id}], key=("source",))
        self._report.read += 1
        self._report.failed.append((row.id, "the database refused it"))

    def _read(self, rows: Sequence[OldArtist]) -> tuple[list[Imported], list[tuple[OldId, str]]]:
        usable: list[Imported] = []
        failed: list[tuple[OldId, str]] = []
        for row in rows:
            try:
                usable.append(read(row, self._clock.now()))
            except Unusable as error:
                failed.append((row.id, str(error)))
        return usable, failed
