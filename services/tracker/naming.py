"""Which artist, album and track of ours is meant by what was heard? Asked of the album service, a page of titles at a time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

import structlog

from facts.naming import MAX_NAME, clean_name
from kernel.database import Database
from kernel.errors import InvalidArgument, OwnFault
from kernel.jobs import JobContext
from services.tracker.domain import ImportId
from services.tracker.storing.titles import TitleIds, UnnamedTitle, name_titles, unnamed_titles

NAME_TITLES = "name_titles"
MOST_AT_ONCE = 1000

_log = structlog.get_logger(__name__)


class KnowsTracks(Protocol):
    """Makes and finds artists, albums and tracks by their names."""

    def ensure_tracks(self, wanted: Sequence[UnnamedTitle], import_id: str) -> tuple[list[TitleIds], int]:
        """Their ids, in the order given, and how many albums nobody had heard of before. At most MOST_AT_ONCE.

        New albums are remembered with the import, if one is named.

        Raises OwnFault when nobody answers, InvalidArgument when an entry is refused.
        """
        ...


class Naming:
    """Gives titles the ids of ours. What cannot be named now is named by a job, later: no play waits for it."""

    def __init__(self, database: Database, tracks: KnowsTracks) -> None:
        self._database = database
        self._tracks = tracks

    def name(self, title_ids: Iterable[int]) -> int | None:
        """Names these titles; how many albums are new, or None when nobody answered."""
        wanted = sorted(title_ids)
        new = 0
        for start in range(0, len(wanted), MOST_AT_ONCE):
            with self._database.read() as connection:
                some = unnamed_titles(connection, MOST_AT_ONCE, wanted[start : start + MOST_AT_ONCE])
            try:
                new += self._name(some)
            except OwnFault as error:
                _log.warning("titles not named yet", error=str(error))
                return None
        return new

    def name_rest(self, _: JobContext) -> None:
        """The job: names whatever has no ids yet. Raises OwnFault, upon which it is done again later."""
        self.name_all()

    def name_all(self) -> None:
        """Names whatever has no ids yet. Raises OwnFault."""
        while True:
            with self._database.read() as connection:
                some = unnamed_titles(connection, MOST_AT_ONCE)
            if not some:
                return
            self._name(some)

    def _name(self, some: Sequence[UnnamedTitle]) -> int:
        fit = [each for each in some if is_fit(each)]
        named_ones: list[TitleIds] = []
        new = 0
        for import_id, some_of_it in _by_import(fit):
            ids, newer = self._ensure(some_of_it, import_id)
            named_ones += ids
            new += newer
        # Names that nobody would take are marked as well: asked again, they would be refused again.
        known = {each.title_id for each in named_ones}
        unfit = [TitleIds(each.id, None, None, None) for each in some if each.id not in known]
        with self._database.write() as connection:
            name_titles(connection, [*named_ones, *unfit])
        return new

    def _ensure(self, some: Sequence[UnnamedTitle], import_id: str) -> tuple[list[TitleIds], int]:
        """Halves what is refused until only the one that is refused is left out: one odd name must not cost the others theirs."""
        if not some:
            return [], 0
        try:
            return self._tracks.ensure_tracks(some, import_id)
        except InvalidArgument as error:
            if len(some) == 1:
                _log.warning("title not named", error=str(error))
                return [], 0
        middle = len(some) // 2
        (first, new), (second, newer) = self._ensure(some[:middle], import_id), self._ensure(some[middle:], import_id)
        return [*first, *second], new + newer


def _by_import(some: Sequence[UnnamedTitle]) -> Iterator[tuple[str, list[UnnamedTitle]]]:
    """By what the album service calls the import they came in by; empty: by none."""
    by_import = sorted(some, key=lambda each: each.import_id or 0)
    for import_id, its_own in groupby(by_import, key=lambda each: each.import_id):
        yield named(import_id) if import_id else "", list(its_own)


def is_fit(title: UnnamedTitle) -> bool:
    """Whether the other services take such names."""
    names = title.title.artist, title.title.track, title.title.album
    is_short = all(len(clean_name(name)) <= MAX_NAME for name in names)
    return is_short and not any(ord(character) < ord(" ") for name in names for character in clean_name(name))


def named(import_id: ImportId) -> str:
    """What the album service calls the import."""
    return f"import-{import_id}"
