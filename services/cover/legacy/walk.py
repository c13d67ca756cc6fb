"""How are a whole older installation's covers taken over, although it may be stopped at any moment?"""

from collections.abc import Callable, Sequence
from typing import Final

from kernel.database import Database
from kernel.jobs import Lane
from services.cover.domain import CoverRef, Kind
from services.cover.legacy import standing
from services.cover.legacy.owners import Owners
from services.cover.legacy.reading import Wanted, read
from services.cover.legacy.report import Report
from services.cover.legacy.source import OldCovers, OldOwner
from services.cover.legacy.standing import NOTHING
from services.cover.store import CoverStore

_ORDER: Final = (Kind.ARTIST, Kind.ALBUM)
_UNKNOWN: Final = "its album is not known here"


def _no_pause(_report: Report) -> None:
    """What happens between two batches when nobody watches."""


class Walk:
    """Takes over one older database. Stopped between or within batches, the next walk goes on after the last whole batch.

    A dry one only reads, here and there, and asks the neighbours nothing that writes. It says what a real one would do, but takes
    an artist who is known here by another name for unknown, and two rows about one who is unknown for two.
    """

    def __init__(self, old: OldCovers, owners: Owners, store: CoverStore, database: Database, *, is_dry: bool = False) -> None:
        self._old = old
        self._owners = owners
        self._store = store
        self._database = database
        self._report = Report(old.name, is_dry)
        self._taken: set[CoverRef] = set()

    def run(self, after_batch: Callable[[Report], None] = _no_pause) -> Report:
        """Raises Unreadable when the older database is lost, OwnFault when ours or a neighbour is; what is done by then stays."""
        begun, after = self._begin()
        for kind in _ORDER[_ORDER.index(begun) :]:
            for owners in self._old.batches(kind, after):
                self._take(kind, owners)
                after_batch(self._report)
            after = None
        strays = self._old.strays()
        self._report.left += strays
        self._report.read += strays.total()
        self._end()
        return self._report

    def _begin(self) -> tuple[Kind, int | str | None]:
        with self._database.read() as connection:
            begun = standing.load_progress(connection, self._old.name)
        if begun is None:
            return _ORDER[0], None
        self._report.resumed_after = str(OldOwner(*begun, name=None))
        return begun

    def _end(self) -> None:
        if not self._report.is_dry:
            with self._database.write() as connection:
                standing.forget_progress(connection, self._old.name)
        with self._database.read() as connection:
            self._report.figures = standing.count_figures(connection)

    def _take(self, kind: Kind, owners: Sequence[OldOwner]) -> None:
        """First they are looked for, then that is noted, with the progress: killed in between, both are done again."""
        requested, references = self._sort(self._find(self._read(owners)))
        if self._report.is_dry:
            return
        if requested:
            self._store.request(requested, Lane.LOW)
        with self._database.write() as connection:
            standing.keep_references(connection, references)
            standing.save_progress(connection, self._old.name, kind, owners[-1].id)

    def _read(self, owners: Sequence[OldOwner]) -> list[Wanted]:
        usable = []
        for owner in owners:
            wanted, failed = read(owner)
            usable += [wanted] if wanted else []
            self._report.read += len(owner.references)
            self._report.failed += [(str(owner), reason) for reason in failed]
        return usable

    def _find(self, wanted: Sequence[Wanted]) -> list[tuple[CoverRef, Wanted]]:
        """Those that are ours, of one kind."""
        if wanted and wanted[0].kind is Kind.ARTIST and not self._report.is_dry:
            return list(zip(self._owners.ensure_artists(wanted), wanted, strict=True))
        found = [(self._owners.find(each), each) for each in wanted]
        for each in (each for ref, each in found if ref is None):
            self._miss(each)
        return [(ref, each) for ref, each in found if ref is not None]

    def _miss(self, wanted: Wanted) -> None:
        if wanted.kind is Kind.ALBUM:
            self._report.left[_UNKNOWN] += 1 + wanted.spare
            return
        self._report.newcomers += 1
        self._report.requested += 1
        self._report.known += wanted.spare

    def _sort(self, found: Sequence[tuple[CoverRef, Wanted]]) -> tuple[list[CoverRef], dict[CoverRef, str]]:
        """Which have to be looked for, and what is to be noted of which."""
        with self._database.read() as connection:
            standings = standing.load_standings(connection, [ref for ref, _ in found])
        requested, references = list[CoverRef](), dict[CoverRef, str]()
        for ref, wanted in found:
            known = standings.get(ref, NOTHING)
            self._report.known += wanted.spare
            if known.has_reference or ref in self._taken:
                self._report.known += 1
                continue
            self._taken.add(ref)
            references[ref] = wanted.reference
            requested += [ref] if known.is_wanted else []
        self._report.requested += len(requested)
        self._report.noted += len(references) - len(requested)
        return requested, references
