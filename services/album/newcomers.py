"""Which albums came in by an import, and how many of them are enriched by now?"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.jobs import JobStore, Lane
from services.album.storing.dossiers import ENRICH_ALBUM
from services.album.storing.tables import albums, tracks
from services.album.storing.writing import Pen

MOST_ALBUMS = 50
"""So many of one import are enriched unless more are asked for."""
_AT_ONCE = 500
"""Nobody else can write while they are planned."""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Albums that came in by an import, how many of them are to be enriched, and how many of those are."""

    new: int
    to_enrich: int
    enriched: int


class NewAlbums:
    """Plans, behind everything else, the enriching of what imports brought in. Any thread may call it, any number of times."""

    def __init__(self, pen: Pen, jobs: JobStore, clock: Clock) -> None:
        self._pen = pen
        self._jobs = jobs
        self._clock = clock

    def enrich(self, import_id: str, limit: int) -> Newcomers:
        """Goes on until `limit` of the import's albums are planned, those of most tracks first; some hundreds at each call."""
        own = albums.c.import_id == import_id
        with self._pen.write() as connection:
            counts = self._counts(connection, import_id)
            room = min(limit - counts.to_enrich, _AT_ONCE)
            if room > 0 and counts.new > counts.to_enrich:
                size = sa.select(sa.func.count()).where(tracks.c.album_id == albums.c.id).scalar_subquery()
                best = sa.select(albums.c.id).where(own, albums.c.planned_at.is_(None))
                best = best.order_by(size.desc(), albums.c.created_at, albums.c.id).limit(room)
                chosen = list(connection.execute(best).scalars())
                connection.execute(sa.update(albums).where(albums.c.id.in_(chosen)).values(planned_at=self._clock.now()))
                self._plan(connection, chosen)
            return self._counts(connection, import_id)

    def request(self, album_ids: Collection[str]) -> None:
        """The same for these albums, whatever brought them in; what is no album's id is passed over."""
        with self._pen.write() as connection:
            self._plan(connection, connection.execute(sa.select(albums.c.id).where(albums.c.id.in_(album_ids))).scalars().all())

    def _plan(self, connection: sa.Connection, album_ids: Collection[str]) -> None:
        for album_id in album_ids:
            key = f"{ENRICH_ALBUM}:{album_id}"
            self._jobs.enqueue(ENRICH_ALBUM, {"album_id": album_id}, lane=Lane.LOW, dedupe_key=key, connection=connection)

    def _counts(self, connection: sa.Connection, import_id: str) -> Newcomers:
        is_planned = albums.c.planned_at.is_not(None)
        counted = sa.select(
            sa.func.count(),
            sa.func.count(albums.c.planned_at),
            sa.func.count(sa.case((sa.and_(is_planned, albums.c.enriched_at.is_not(None)), 1))),
        ).where(albums.c.import_id == import_id)
        return Newcomers(*connection.execute(counted).one())
