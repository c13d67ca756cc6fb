"""Where does what we know of artists stay, and how is it found again?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database, upsert
from kernel.errors import AlreadyExists
from kernel.jobs import JobStore, Lane
from services.artist import rows
from services.artist.domain import (
    Artist,
    ArtistField,
    ArtistFilter,
    ArtistId,
    ArtistName,
    ArtistRef,
    SimilarFilter,
    SimilarName,
    clean_name,
    match_key,
)
from services.artist.dossier import CheckOutcome, Dossier, Override, SimilarArtist, with_drift
from services.artist.identities import find_artist, resolve
from services.artist.merge import SURE_OF_IDENTITY, Learned
from services.artist.tables import absences, artists, checks, facts, names, overrides, similar

T = TypeVar("T")

REFRESH = "refresh_artist"
_WRITERS = 0x736F6E69  # any number, the same in every replica
_UNTIL_THE_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Ensured:
    """Ids in the order asked for; `joined` are those that were not in the library before."""

    ids: list[ArtistId]
    joined: list[ArtistId]


class ArtistStore:
    """All of it is safe to call from any thread; each method is one transaction."""

    def __init__(self, database: Database, jobs: JobStore, *, clock: Clock, priority: Sequence[str]) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._priority = tuple(priority)

    def find(self, ref: ArtistRef) -> Artist | None:
        """The artist meant, or None. Among several of one name: the library's, else the most heard, else the first seen."""
        with self._database.read() as connection:
            return find_artist(connection, ref)

    def ensure(self, wanted: Sequence[ArtistName]) -> Ensured:
        """Makes the artists that are missing; all are in the library from now on."""

        def write(connection: sa.Connection) -> Ensured:
            ids = resolve(connection, wanted, self._clock.now())
            fresh = sa.and_(artists.c.id.in_(set(ids)), artists.c.in_library.is_(False))
            joining = sa.update(artists).where(fresh).values(in_library=True, updated_at=self._clock.now())
            joined = connection.execute(joining.returning(artists.c.id)).scalars().all()
            return Ensured(ids, [ArtistId(artist_id) for artist_id in joined])

        return self._writing(write)

    def load(self, artist_id: ArtistId) -> Dossier | None:
        """Everything known of the artist, in one snapshot."""
        with self._database.read() as connection:
            return _load(connection, artist_id)

    def save(self, artist: Artist | None, asked: ArtistName, learned: Learned) -> ArtistId:
        """Writes down what was learnt, all or nothing; makes a new artist, and plans a refresh of what was not answered."""

        def write(connection: sa.Connection) -> ArtistId:
            named = learned.named or asked
            known = replace(named, mbid=named.mbid or asked.mbid)
            artist_id = artist.id if artist else resolve(connection, [known], self._clock.now())[0]
            self._add_name(connection, artist_id, asked.name)
            upsert(
                connection,
                facts,
                rows.rows_of_facts(artist_id, learned.facts),
                key=("artist_id", "field", "language", "provider"),
            )
            upsert(connection, checks, rows.rows_of_checks(artist_id, learned), key=("artist_id", "provider", "kind", "language"))
            for provider, found in (learned.similar or {}).items():
                self._replace_similar(connection, artist_id, provider, found)
            self._show(connection, artist_id, known)
            self._plan_refresh(connection, artist_id, learned)
            return artist_id

        return self._writing(write)

    def remember_absent(self, named: ArtistName, believed_for: timedelta) -> None:
        """Every provider answered, and none knows the artist: nobody is asked again for so long."""
        now = self._clock.now()
        row = {"match_key": _absence_key(named), "checked_at": now, "next_check_at": now + believed_for}
        with self._database.write() as connection:
            connection.execute(sa.delete(absences).where(absences.c.next_check_at <= now))
            upsert(connection, absences, [row], key=("match_key",))

    def is_remembered_absent(self, named: ArtistName) -> bool:
        due = sa.select(absences.c.next_check_at).where(absences.c.match_key == _absence_key(named))
        with self._database.read() as connection:
            next_check_at = connection.execute(due).scalar_one_or_none()
        return next_check_at is not None and next_check_at > self._clock.now()

    def save_override(self, artist_id: ArtistId, override: Override) -> None:
        """Raises AlreadyExists for a MusicBrainz id that another artist has."""

        def write(connection: sa.Connection) -> None:
            if override.field is ArtistField.MBID and _is_taken(connection, override.value, artist_id):
                raise AlreadyExists("Another artist has this MusicBrainz id.")
            upsert(connection, overrides, [rows.row_of_override(artist_id, override)], key=("artist_id", "field"))
            self._show(connection, artist_id, None)

        self._writing(write)

    def delete_override(self, artist_id: ArtistId, field: ArtistField) -> bool:
        """Whether there was one."""
        chosen = sa.and_(overrides.c.artist_id == artist_id, overrides.c.field == field)

        def write(connection: sa.Connection) -> bool:
            gone = connection.execute(sa.delete(overrides).where(chosen)).rowcount > 0
            if gone and field is ArtistField.MBID:
                connection.execute(sa.update(artists).where(artists.c.id == artist_id).values(mbid=None))
            self._show(connection, artist_id, None)
            return gone

        return self._writing(write)

    def mark_due(self, artist_ids: Sequence[ArtistId]) -> list[ArtistId]:
        """Makes everything about these artists due now; answers which of them are known."""

        def write(connection: sa.Connection) -> list[ArtistId]:
            known = connection.execute(sa.select(artists.c.id).where(artists.c.id.in_(artist_ids))).scalars().all()
            due = sa.update(checks).where(checks.c.artist_id.in_(known)).values(next_check_at=self._clock.now())
            connection.execute(due)
            return [ArtistId(artist_id) for artist_id in known]

        return self._writing(write)

    def list_artists(self, wanted: ArtistFilter, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, Artist]]:
        """At most `limit` artists by name, each with its sort key; `after` is the (sort key, id) of the last one had."""
        query = sa.select(artists).order_by(artists.c.sort_key, artists.c.id).limit(limit)
        if wanted.name_prefix:
            prefix = rows.sort_key(wanted.name_prefix)
            query = query.where(artists.c.sort_key >= prefix, artists.c.sort_key < prefix + _UNTIL_THE_END)
        if wanted.in_library is not None:
            query = query.where(artists.c.in_library.is_(wanted.in_library))
        if after is not None:
            query = query.where(sa.tuple_(artists.c.sort_key, artists.c.id) > sa.tuple_(*map(sa.literal, after)))
        with self._database.read() as connection:
            return [(row.sort_key, rows.artist_of(row)) for row in connection.execute(query)]

    def list_similar(self, artist_id: ArtistId, wanted: SimilarFilter, *, offset: int, limit: int) -> list[SimilarArtist]:
        """At most `limit` similar artists, most alike first."""
        query = _similar_of(artist_id).where(similar.c.weight >= wanted.min_weight).offset(offset).limit(limit)
        if wanted.in_library is not None:
            query = query.where(artists.c.in_library.is_(wanted.in_library))
        with self._database.read() as connection:
            return [rows.similar_of(row) for row in connection.execute(query)]

    def _writing(self, write: Callable[[sa.Connection], T]) -> T:
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                # SQLite has one pen; here two that make each other's artists would deadlock, or make one of them twice. Not a
                # lock of the table: autovacuum would have to wait for it, or be cancelled.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS)))
            return write(connection)

    def _add_name(self, connection: sa.Connection, artist_id: ArtistId, name: str) -> None:
        upsert(connection, names, [{"match_key": match_key(name), "artist_id": artist_id}], key=("match_key", "artist_id"))

    def _replace_similar(
        self, connection: sa.Connection, artist_id: ArtistId, provider: str, found: Sequence[tuple[SimilarName, Any]]
    ) -> None:
        ids = resolve(connection, [ArtistName(row.name, row.mbid) for row, _ in found], self._clock.now())
        connection.execute(sa.delete(similar).where(similar.c.artist_id == artist_id, similar.c.provider == provider))
        edges: dict[ArtistId, dict[str, Any]] = {}
        for other, (row, evidence) in zip(ids, found, strict=True):
            if other != artist_id:
                edges.setdefault(other, _edge(artist_id, other, provider, row, rows.plain_evidence(evidence)))
        upsert(connection, similar, list(edges.values()), key=("artist_id", "provider", "similar_artist_id"))

    def _show(self, connection: sa.Connection, artist_id: ArtistId, named: ArtistName | None) -> None:
        """Brings the columns of the artist's own row, and the drift of its overrides, up to what is known now."""
        dossier = _load(connection, artist_id)
        if dossier is None:
            return
        drifted = with_drift(dossier.overrides, dossier, self._priority, self._clock.now())
        upsert(connection, overrides, [rows.row_of_override(artist_id, each) for each in drifted], key=("artist_id", "field"))
        values = {**_columns(dossier, self._priority), **_identity(connection, dossier, named, self._priority)}
        connection.execute(sa.update(artists).where(artists.c.id == artist_id).values(**values, updated_at=self._clock.now()))

    def _plan_refresh(self, connection: sa.Connection, artist_id: ArtistId, learned: Learned) -> None:
        unanswered = [check.next_check_at for check in learned.checks if not check.is_answer]
        if unanswered:
            self._jobs.enqueue(
                REFRESH,
                {"artist_id": artist_id},
                lane=Lane.LOW,
                due_at=min(unanswered),
                dedupe_key=f"{REFRESH}:{artist_id}",
                connection=connection,
            )


def _load(connection: sa.Connection, artist_id: ArtistId) -> Dossier | None:
    row = connection.execute(sa.select(artists).where(artists.c.id == artist_id)).one_or_none()
    if row is None:
        return None
    return Dossier(
        artist=rows.artist_of(row),
        facts=tuple(map(rows.fact_of, _of(connection, facts, artist_id))),
        similar=tuple(map(rows.similar_of, connection.execute(_similar_of(artist_id)))),
        overrides=tuple(map(rows.override_of, _of(connection, overrides, artist_id))),
        checks=tuple(map(rows.check_of, _of(connection, checks, artist_id))),
    )


def _of(connection: sa.Connection, table: sa.Table, artist_id: ArtistId) -> sa.CursorResult[Any]:
    return connection.execute(sa.select(table).where(table.c.artist_id == artist_id))


def _similar_of(artist_id: ArtistId) -> sa.Select[Any]:
    return (
        sa.select(similar, artists.c.mbid, artists.c.in_library)
        .join(artists, artists.c.id == similar.c.similar_artist_id)
        .where(similar.c.artist_id == artist_id)
        .order_by(similar.c.weight.desc(), similar.c.rank, similar.c.similar_artist_id)
    )


def _edge(artist_id: ArtistId, other: ArtistId, provider: str, row: SimilarName, evidence: Any) -> dict[str, Any]:
    return {
        "artist_id": artist_id,
        "provider": provider,
        "similar_artist_id": other,
        "name": row.name,
        "url": row.url,
        "weight": row.weight,
        "rank": row.rank,
        "evidence": evidence,
    }


def _columns(dossier: Dossier, priority: Sequence[str]) -> Mapping[str, Any]:
    """The columns that users' own queries read, as chosen now."""

    def shown(field: ArtistField) -> Any:
        best = dossier.chosen(field, priority=priority)
        return best.value if best else None

    lastfm = [check for check in dossier.checks if check.provider == "lastfm" and check.outcome is not CheckOutcome.ABSENT]
    return {
        "lastfm_url": shown(ArtistField.URL),
        "lastfm_listeners": shown(ArtistField.LISTENERS),
        "lastfm_playcount": shown(ArtistField.PLAYCOUNT),
        "lastfm_tags": [tag.name for tag in shown(ArtistField.TAGS) or ()],
        "lastfm_info_fetched_at": max((c.answered_at for c in lastfm if c.answered_at), default=None),
        "lastfm_similar_artists_fetched": any(c.kind == "similar" and c.answered_at for c in dossier.checks),
    }


def _identity(
    connection: sa.Connection, dossier: Dossier, named: ArtistName | None, priority: Sequence[str]
) -> Mapping[str, Any]:
    """The provider's spelling where it is the same name; a person's MusicBrainz id, else the best one no other artist has."""
    artist, override = dossier.artist, dossier.override(ArtistField.MBID)
    changes: dict[str, Any] = {}
    if named is not None and match_key(named.name) == match_key(artist.name):
        changes["name"] = clean_name(named.name)
    best = dossier.chosen(ArtistField.MBID, priority=priority)
    trusted = best if best is not None and best.evidence.confidence >= SURE_OF_IDENTITY else None
    if override is not None:
        changes["mbid"] = override.value
    elif artist.mbid is None:
        found = named.mbid if named is not None else trusted.value if trusted is not None else None
        changes |= {"mbid": found} if found and not _is_taken(connection, found, artist.id) else {}
    return changes


def _is_taken(connection: sa.Connection, mbid: object, artist_id: ArtistId) -> bool:
    other = sa.select(artists.c.id).where(artists.c.mbid == mbid, artists.c.id != artist_id)
    return connection.execute(other).first() is not None


def _absence_key(named: ArtistName) -> str:
    return f"{match_key(named.name)} {named.mbid}" if named.mbid else match_key(named.name)
