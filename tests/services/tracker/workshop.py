"""The tracker's parts around a history of the test's own, without listening or waiting: jobs are done when the test says so."""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kernel.database import Database
from kernel.errors import InvalidArgument, OwnFault
from kernel.jobs import Jobs, JobState, JobStore
from services.tracker import jobs as tracker_jobs
from services.tracker.domain import Account, ImportId, ImportOptions, ImportState, Title
from services.tracker.fetching import Fetcher
from services.tracker.following import Following
from services.tracker.importing import Importing
from services.tracker.naming import NAME_TITLES, Naming
from services.tracker.newcomers import Found, Newcomers
from services.tracker.store import ENRICH_NEW, IMPORT, TrackerStore
from services.tracker.storing.runs import ImportRun
from services.tracker.storing.tables import accounts, metadata, plays, titles
from services.tracker.storing.titles import TitleIds, UnnamedTitle
from services.tracker.submitting import hand_on_to_nobody
from services.tracker.switch import FOLLOW, Switch
from tests.fakes.clock import FakeClock
from tests.services.tracker.histories import NAME, Door, FakeHistory

ACCOUNT = Account(NAME, "rj")


class FakeTracks:
    """Satisfies KnowsTracks and EnrichesAlbums: gives out ids by name, refuses whatever holds the artist `refused`, or does not
    answer; enriches `enriched_a_look` albums more at each look.
    """

    def __init__(self) -> None:
        self.is_down = False
        self.refused = ""
        self.asked: list[Sequence[UnnamedTitle]] = []
        self._albums: set[tuple[str, str]] = set()
        self._imported: dict[str, set[tuple[str, str]]] = {}
        self.enriched_a_look = 1
        self._enriched: dict[str, int] = {}

    def ensure_tracks(self, wanted: Sequence[UnnamedTitle], import_id: str) -> tuple[list[TitleIds], int]:
        self.asked.append(wanted)
        if self.is_down:
            raise OwnFault("The album service does not answer.")
        if any(each.title.artist == self.refused for each in wanted):
            raise InvalidArgument.of("", "The album service refuses this.")
        albums = {(each.title.artist, each.title.album) for each in wanted if each.title.album}
        new = len(albums - self._albums)
        self._imported.setdefault(import_id, set()).update(albums - self._albums)
        self._albums |= albums
        return [self._ids(each) for each in wanted], new

    def enrich_new(self, import_id: str, limit: int) -> Found:
        if self.is_down:
            raise OwnFault("The album service does not answer.")
        new = len(self._imported.get(import_id, ()))
        planned = min(new, limit or 50)
        enriched = min(planned, self._enriched.get(import_id, 0))
        self._enriched[import_id] = enriched + self.enriched_a_look
        return Found(new, planned, enriched)

    def _ids(self, each: UnnamedTitle) -> TitleIds:
        artist, track, album = (str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in (each.title.artist, each.title.track, "a"))
        return TitleIds(each.id, artist, track, album if each.title.album else None)


class Workshop:
    """Imports and looks, on a database with the tracker's tables."""

    def __init__(
        self, database: Database, clock: FakeClock, history: FakeHistory | None = None, *, account: Account = ACCOUNT
    ) -> None:
        self.database = database
        self.clock = clock
        self.history = history or FakeHistory()
        self.tracks = FakeTracks()
        self.job_store = JobStore(database, clock)
        self.jobs = Jobs(self.job_store, clock, jitter=lambda: 0.0)
        self.store = TrackerStore(database, self.job_store, clock=clock)
        self.naming = Naming(database, self.tracks)
        self.fetcher = Fetcher(self.history, Door())
        newcomers = Newcomers(self.store, self.naming, self.tracks, clock)
        importing = Importing(self.store, {NAME: self.fetcher}, naming=self.naming, newcomers=newcomers, clock=clock)
        self.switch = Switch(database, self.job_store, account=account, missing="", interval=timedelta(seconds=120), clock=clock)
        following = Following(
            database,
            self.fetcher,
            account=account,
            naming=self.naming,
            name_later=self.store.name_titles_later,
            hand_on=hand_on_to_nobody,
            clock=clock,
        )
        handlers = {IMPORT: importing.run, FOLLOW: following.look, NAME_TITLES: self.naming.name_rest, ENRICH_NEW: newcomers.look}
        tracker_jobs.register(self.jobs, handlers)

    def begin(self, **options: Any) -> ImportId:
        """An import that is asked for, and not yet begun."""
        return self.store.create_import(ACCOUNT, NAME, ImportOptions(**options)).id

    def run(self, import_id: ImportId | None = None, **options: Any) -> ImportRun:
        """One attempt at an import: a new one unless one is given."""
        import_id = import_id or self.begin(**options)
        self.attempt(self.store.get_import(import_id).job_id)
        return self.store.get_import(import_id)

    def finish(self, import_id: ImportId, attempts: int = 1000) -> ImportRun:
        """Attempt after attempt, an hour apart, until it has ended."""
        for _ in range(attempts):
            run = self.run(import_id)
            if run.state.is_over:
                return run
            self.clock.advance(3600)
        raise AssertionError(run)

    def attempt(self, job_id: str) -> None:
        self.jobs.run(job_id)

    def work(self) -> None:
        """Does every job that is due."""
        for job_id in self.job_store.reserve(100):
            self.jobs.run(job_id)

    def die_at(self, table: sa.Table) -> Callable[[], None]:
        """From now on a write to the table ends the attempt like a killed process; the answer undoes that."""

        def fail(*_: object) -> None:
            raise Killed

        verb = f"INSERT INTO {table.name}"

        def listener(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.lstrip().startswith(verb):
                fail()

        engine = self.database._engine
        sa.event.listen(engine, "before_cursor_execute", listener)
        return lambda: sa.event.remove(engine, "before_cursor_execute", listener)

    def stored(self) -> Counter[tuple[int, Title]]:
        """Every play that is there, as a multiset."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(plays.c.uts, titles).join(titles, titles.c.id == plays.c.title_id)).all()
        return Counter((row.uts, Title(row.artist, row.track, row.album)) for row in rows)

    def empty(self) -> None:
        """Forgets everything."""
        with self.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
            connection.execute(sa.text("DELETE FROM jobs"))


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


__all__ = ["ACCOUNT", "FakeTracks", "ImportState", "JobState", "Killed", "Workshop", "accounts"]
