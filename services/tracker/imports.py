"""How is an import begun, waited for and watched?"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kernel.clock import Clock
from kernel.errors import FailedPrecondition, NotFound, ProviderUnavailable
from kernel.jobs import Lane
from kernel.waiting import Waiting
from services.tracker.domain import Account, ImportId, ImportOptions, ImportState
from services.tracker.files import recognise
from services.tracker.store import TrackerStore
from services.tracker.storing.runs import ImportRun

_POLL = 0.25


@dataclass(frozen=True, slots=True)
class Source:
    """A source that can be asked: whose plays are read there, and which settings that needs and has not, if any."""

    account: str
    missing: str


class Imports:
    """Begins imports, and follows them for callers."""

    def __init__(self, store: TrackerStore, sources: Mapping[str, Source], *, waiting: Waiting, clock: Clock) -> None:
        self._store = store
        self._sources = sources
        self._waiting = waiting
        self._clock = clock

    def create(self, source: str, options: ImportOptions, *, lane: Lane = Lane.NORMAL) -> ImportRun:
        """Raises FailedPrecondition without the key or the user that the source needs."""
        known = self._sources[source]
        if known.missing:
            raise FailedPrecondition(f"Nothing can be imported from {source}: set {known.missing}.")
        return self._store.create_import(Account(source, known.account), source, options, lane=lane)

    def upload(self, content: bytes, account: str, options: ImportOptions) -> ImportRun:
        """An import of this file; `account`: whose plays it holds, where it does not say. Raises InvalidArgument."""
        found = recognise(io.BytesIO(content))
        family = found.kind.partition("_")[0]
        name = account or found.account or self._sources["lastfm"].account or "listener"
        # An export of Last.fm's or ListenBrainz' holds the plays of the account there: read again from there, none is doubled.
        return self._store.create_import(Account(family, name), found.kind, options, content=content)

    def wait(self, import_id: ImportId) -> ImportRun:
        """The import once it has ended well.

        Raises NotFound and FailedPrecondition for what ended it, ProviderUnavailable when it waits for its source, DeadlineSpent.
        """
        for _ in self._waiting.rounds(_POLL):
            run = self._store.get_import(import_id)
            if run.state is ImportState.SUCCEEDED:
                return run
            if run.state is ImportState.FAILED:
                raise NotFound(run.error) if run.failure == "not_found" else FailedPrecondition(run.error)
            if run.state in (ImportState.PAUSED, ImportState.CANCELLED):
                raise FailedPrecondition(f"Import {import_id} was {run.state.lower()} meanwhile.")
            if run.retry_at is not None:
                pause = run.retry_at - self._clock.now()
                message = f"does not answer; import {import_id} goes on by itself as soon as it does"
                raise ProviderUnavailable(run.source, message, retry_after=pause)
        raise AssertionError  # the rounds end by an exception only

    def watch(self, import_id: ImportId) -> Iterator[ImportRun]:
        """The import as it is, and again whenever it has changed; ends with it. Raises NotFound, Overloaded, DeadlineSpent."""
        run = self._store.get_import(import_id)
        yield run
        if run.state.is_over:
            return
        for _ in self._waiting.rounds(_POLL):
            before, run = run, self._store.get_import(import_id)
            if run.revision != before.revision:
                yield run
            if run.state.is_over:
                return
