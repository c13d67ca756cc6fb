"""Where does what is said of albums and tracks lie, and what of it do their own rows show?"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from facts.known import Check
from facts.storing import FactShelf
from facts.values import Image, Tag, Text
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import NotFound
from kernel.jobs import JobStore, Lane
from services.album.asking import Learned
from services.album.domain import (
    AlbumField,
    AlbumId,
    AlbumTrack,
    Description,
    Kind,
    TrackField,
    TrackId,
    TrackKind,
)
from services.album.dossier import (
    AlbumDossier,
    AlbumFact,
    AlbumOverride,
    AlbumTrust,
    AlbumValue,
    TrackDossier,
    TrackTrust,
    TrackValue,
    with_drift,
)
from services.album.storing import listing, rows
from services.album.storing.tables import albums, said_of_albums, said_of_tracks, tracks
from services.album.storing.writing import Pen

ENRICH_ALBUM = "enrich_album"
ENRICH_TRACK = "enrich_track"

_TEXT, _WORD, _NUMBER, _WORDS = TypeAdapter(Text), TypeAdapter(str), TypeAdapter(int), TypeAdapter(tuple[str, ...])
_TAGS = TypeAdapter(tuple[Tag, ...])
facts_of_albums: Final[FactShelf[AlbumField, AlbumValue, Kind]] = FactShelf(
    said_of_albums,
    {
        AlbumField.URL: _WORD,
        AlbumField.LISTENERS: _NUMBER,
        AlbumField.PLAYCOUNT: _NUMBER,
        AlbumField.TAGS: _TAGS,
        AlbumField.WIKI: _TEXT,
        AlbumField.IMAGES: TypeAdapter(tuple[Image, ...]),
        AlbumField.TRACKS: TypeAdapter(tuple[AlbumTrack, ...]),
        AlbumField.GENRES: _WORDS,
        AlbumField.RELEASED: _WORD,
        AlbumField.KIND: _WORD,
        AlbumField.LABELS: _WORDS,
        AlbumField.BARCODE: _WORD,
        AlbumField.MBID: _WORD,
        AlbumField.RELEASE_GROUP_MBID: _WORD,
        AlbumField.SPOTIFY_ID: _WORD,
        AlbumField.DESCRIPTION: TypeAdapter(Description),
    },
    Kind,
)
facts_of_tracks: Final[FactShelf[TrackField, TrackValue, TrackKind]] = FactShelf(
    said_of_tracks,
    {
        TrackField.URL: _WORD,
        TrackField.LISTENERS: _NUMBER,
        TrackField.PLAYCOUNT: _NUMBER,
        TrackField.TAGS: _TAGS,
        TrackField.DURATION: _NUMBER,
    },
    TrackKind,
)

GOES_BY: Final = {
    AlbumField.MBID: "musicbrainz",
    AlbumField.RELEASE_GROUP_MBID: "musicbrainz",
    AlbumField.SPOTIFY_ID: "spotify",
}
"""The fields that settle which album is meant, and who goes by them."""

GenresOf = Callable[[AlbumDossier], Sequence[str]]


@dataclass(frozen=True, slots=True)
class FromFiles:
    """What the tags of an album's files say of it: genres, and how many files each; facts as any provider's."""

    genres: tuple[tuple[str, int], ...] = ()
    facts: tuple[AlbumFact, ...] = ()


ReadFiles = Callable[[sa.Connection, AlbumId], FromFiles]


class AlbumDossiers:
    """Satisfies enriching.Shelf for albums. Safe to call from any thread; each method is one transaction."""

    def __init__(
        self,
        database: Database,
        pen: Pen,
        jobs: JobStore,
        *,
        trust: AlbumTrust,
        genres: GenresOf,
        files: ReadFiles,
        clock: Clock,
    ) -> None:
        self._database = database
        self._pen = pen
        self._jobs = jobs
        self._trust = trust
        self._genres = genres
        self._files = files
        self._clock = clock

    def load(self, thing_id: str) -> AlbumDossier | None:
        """Everything known of the album, in one snapshot."""
        with self._database.read() as connection:
            return self._load(connection, thing_id)

    def save(self, thing_id: str, learned: Learned[AlbumField, AlbumValue, Kind]) -> AlbumDossier:
        """All or nothing; what was not answered is asked again by a job. Raises NotFound when the album is gone."""
        with self._pen.write() as connection:
            self._there(connection, thing_id)
            facts_of_albums.write_facts(connection, thing_id, learned.facts)
            facts_of_albums.write_checks(connection, thing_id, learned.checks)
            dossier = self._show(connection, thing_id)
            plan_again(self._jobs, connection, ENRICH_ALBUM, {"album_id": thing_id}, learned.checks)
            return dossier

    def save_override(self, album_id: str, override: AlbumOverride) -> None:
        """Raises NotFound."""
        with self._pen.write() as connection:
            self._there(connection, album_id)
            facts_of_albums.write_overrides(connection, album_id, [override])
            self._settle(connection, album_id, override.field)
            self._show(connection, album_id)

    def delete_override(self, album_id: str, field: AlbumField) -> bool:
        """Whether there was one. Raises NotFound."""
        with self._pen.write() as connection:
            self._there(connection, album_id)
            gone = facts_of_albums.delete_override(connection, album_id, field)
            self._settle(connection, album_id, field)
            self._show(connection, album_id)
            return gone

    def mark_due(self, album_ids: Sequence[str], kind: Kind | None = None) -> list[str]:
        """Makes everything about these albums, or all of one kind, due now; answers which of them are known."""
        with self._pen.write() as connection:
            known = list(connection.execute(sa.select(albums.c.id).where(albums.c.id.in_(album_ids))).scalars())
            facts_of_albums.make_due(connection, known, self._clock.now(), kind)
        return known

    def show(self, album_ids: Collection[str]) -> None:
        """Brings their rows up to what is known now, after their files have changed."""
        with self._pen.write() as connection:
            known = connection.execute(sa.select(albums.c.id).where(albums.c.id.in_(album_ids))).scalars().all()
            for album_id in known:
                self._show(connection, album_id)

    def _settle(self, connection: sa.Connection, album_id: str, field: AlbumField) -> None:
        """An id says which album is meant: what its provider said before was perhaps about another one."""
        if field in GOES_BY:
            facts_of_albums.forget(connection, album_id, GOES_BY[field])
            facts_of_albums.make_due(connection, [album_id], self._clock.now(), Kind.DESCRIPTION)

    def _load(self, connection: sa.Connection, album_id: str) -> AlbumDossier | None:
        row = connection.execute(listing.whole_albums().where(albums.c.id == album_id)).one_or_none()
        if row is None:
            return None
        files = self._files(connection, AlbumId(album_id))
        return AlbumDossier(
            album=rows.album_of(row),
            facts=(*facts_of_albums.load_facts(connection, album_id), *files.facts),
            overrides=facts_of_albums.load_overrides(connection, album_id),
            checks=facts_of_albums.load_checks(connection, album_id),
            file_genres=files.genres,
        )

    def _there(self, connection: sa.Connection, album_id: str) -> AlbumDossier:
        dossier = self._load(connection, album_id)
        if dossier is None:
            raise NotFound("No album has this id.")
        return dossier

    def _show(self, connection: sa.Connection, album_id: str) -> AlbumDossier:
        """Brings the columns of the album's own row, and the drift of its overrides, up to what is known now."""
        dossier = self._there(connection, album_id)
        facts_of_albums.note_drift(connection, album_id, with_drift(dossier, self._trust, self._clock.now()))
        values = self._columns(dossier) | {"updated_at": self._clock.now()}
        connection.execute(sa.update(albums).where(albums.c.id == album_id).values(values))
        return self._there(connection, album_id)

    def _columns(self, dossier: AlbumDossier) -> dict[str, Any]:
        def shown(field: AlbumField) -> Any:
            best = dossier.chosen(field, trust=self._trust)
            return best.value if best else None

        return {
            "release_group_mbid": shown(AlbumField.RELEASE_GROUP_MBID),
            "spotify_id": shown(AlbumField.SPOTIFY_ID),
            "lastfm_url": shown(AlbumField.URL),
            "lastfm_listeners": shown(AlbumField.LISTENERS),
            "lastfm_playcount": shown(AlbumField.PLAYCOUNT),
            "lastfm_tags": [tag.name for tag in shown(AlbumField.TAGS) or ()],
            "genres": list(self._genres(dossier)),
            "released": shown(AlbumField.RELEASED),
            "enriched_at": dossier.answered_at(),
        }


class TrackDossiers:
    """Satisfies enriching.Shelf for tracks. Safe to call from any thread; each method is one transaction."""

    def __init__(self, database: Database, pen: Pen, jobs: JobStore, *, trust: TrackTrust, clock: Clock) -> None:
        self._database = database
        self._pen = pen
        self._jobs = jobs
        self._trust = trust
        self._clock = clock

    def load(self, thing_id: str) -> TrackDossier | None:
        """Everything known of the track, in one snapshot."""
        with self._database.read() as connection:
            return _load_track(connection, thing_id)

    def save(self, thing_id: str, learned: Learned[TrackField, TrackValue, TrackKind]) -> TrackDossier:
        """All or nothing; what was not answered is asked again by a job. Raises NotFound when the track is gone."""
        with self._pen.write() as connection:
            if _load_track(connection, thing_id) is None:
                raise NotFound("No track has this id.")
            facts_of_tracks.write_facts(connection, thing_id, learned.facts)
            facts_of_tracks.write_checks(connection, thing_id, learned.checks)
            dossier = _load_track(connection, thing_id)
            if dossier is None:
                raise NotFound("No track has this id.")
            values = _columns_of_track(dossier, self._trust, self._clock.now())
            connection.execute(sa.update(tracks).where(tracks.c.id == thing_id).values(values))
            plan_again(self._jobs, connection, ENRICH_TRACK, {"track_id": thing_id}, learned.checks)
            return replace(dossier, track=rows.track_of(_track_row(connection, thing_id)))


def plan_again(
    jobs: JobStore, connection: sa.Connection, kind: str, payload: Mapping[str, str], checks: Sequence[Check[Any]]
) -> None:
    """A job asks again, when that is due, for what was not answered."""
    due = [check.next_check_at for check in checks if not check.is_answer]
    if due:
        key = f"{kind}:{next(iter(payload.values()))}"
        jobs.enqueue(kind, dict(payload), lane=Lane.LOW, due_at=min(due), dedupe_key=key, connection=connection)


def _track_row(connection: sa.Connection, track_id: str) -> Any:
    return connection.execute(sa.select(tracks).where(tracks.c.id == track_id)).one_or_none()


def _load_track(connection: sa.Connection, track_id: str) -> TrackDossier | None:
    row = _track_row(connection, TrackId(track_id))
    if row is None:
        return None
    return TrackDossier(
        track=rows.track_of(row),
        facts=facts_of_tracks.load_facts(connection, track_id),
        overrides=facts_of_tracks.load_overrides(connection, track_id),
        checks=facts_of_tracks.load_checks(connection, track_id),
    )


def _columns_of_track(dossier: TrackDossier, trust: TrackTrust, now: datetime) -> dict[str, Any]:
    def shown(field: TrackField) -> Any:
        best = dossier.chosen(field, trust=trust)
        return best.value if best else None

    return {
        "lastfm_url": shown(TrackField.URL),
        "lastfm_listeners": shown(TrackField.LISTENERS),
        "lastfm_playcount": shown(TrackField.PLAYCOUNT),
        "lastfm_tags": [tag.name for tag in shown(TrackField.TAGS) or ()],
        "duration_ms": shown(TrackField.DURATION),
        "enriched_at": dossier.answered_at(),
        "updated_at": now,
    }
