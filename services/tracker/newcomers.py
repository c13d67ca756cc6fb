"""How many of the albums that an import brought in are enriched by now? The album service does it; this asks how far it is."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from kernel.clock import Clock
from kernel.errors import OwnFault
from kernel.jobs import Again, JobContext
from services.tracker.domain import Counts, ImportId, ImportState
from services.tracker.naming import Naming, named
from services.tracker.store import TrackerStore
from services.tracker.storing import runs
from services.tracker.storing.runs import ImportRun

_log = structlog.get_logger(__name__)

_FIRST_LOOK = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
_GIVEN_UP = timedelta(days=2)
"""Providers that are down for longer are asked again by the album service; nobody counts for so long."""


@dataclass(frozen=True, slots=True)
class Found:
    """Albums that came in by an import, how many of them are to be enriched, and how many of those are."""

    new: int
    to_enrich: int
    enriched: int


class EnrichesAlbums(Protocol):
    """Whoever owns the albums."""

    def enrich_new(self, import_id: str, limit: int) -> Found:
        """Plans it, at most `limit` of them (0: as many as is usual), and says how far it is. Raises OwnFault."""
        ...


class Newcomers:
    """Has new albums enriched once an import has ended, and counts how many are."""

    def __init__(self, store: TrackerStore, naming: Naming, albums: EnrichesAlbums, clock: Clock) -> None:
        self._store = store
        self._naming = naming
        self._albums = albums
        self._clock = clock

    def hand_over(self, run: ImportRun, counts: Counts) -> Counts:
        """Names what the import has left without ids, and has the new albums enriched; the counts as they are then.

        Where nobody answers, the counts as they were: the job does it later.
        """
        if run.options.dry_run or not run.options.enrich_albums:
            return counts
        try:
            self._naming.name_all()
            return _counted(counts, self._albums.enrich_new(named(run.id), run.options.albums_limit))
        except OwnFault as error:
            _log.warning("new albums not handed over yet", error=str(error))
            return counts

    def look(self, context: JobContext) -> Again | None:
        """The job: hands over what could not be yet, and writes down how far it is. Raises OwnFault."""
        run = self._store.get_import(ImportId(context.job.payload["import_id"]))
        if run.state is not ImportState.SUCCEEDED:
            return None
        self._naming.name_all()
        new = self._albums.enrich_new(named(run.id), run.options.albums_limit)
        counts = _counted(run.counts, new)
        if counts != run.counts:
            with context.commit(None) as connection:
                runs.change_run(connection, run.id, self._clock.now(), only_in=[ImportState.SUCCEEDED], counts=counts)
        now, ended = self._clock.now(), run.ended_at or run.updated_at
        is_all_planned = new.to_enrich >= min(new.new, run.options.albums_limit or new.to_enrich)
        if (is_all_planned and new.enriched >= new.to_enrich) or now - ended > _GIVEN_UP:
            return None
        return Again(now + min(max(_FIRST_LOOK, (now - ended) / 10), _LONGEST_PAUSE))


def _counted(counts: Counts, new: Found) -> Counts:
    return replace(counts, new_albums=new.new, albums_to_enrich=new.to_enrich, albums_enriched=new.enriched)
