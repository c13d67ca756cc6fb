"""Where does what we know of artists stay, and how is it found again?"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from facts.storing import plain_evidence
from kernel.clock import Clock
from kernel.database import Database, upsert
from kernel.errors import AlreadyExists
from kernel.jobs import JobStore, Lane
from services.artist.asking.questions import Target
from services.artist.domain import Artist, ArtistField, ArtistId, ArtistName, ArtistRef, IdScheme, Kind, SimilarName, match_key
from services.artist.dossier import ID_FIELDS, Dossier, Override, SimilarArtist, Trust, with_drift
from services.artist.identity.judging import PAGE_OF_THE_NAME
from services.artist.identity.merging import find_twin, merge_artists
from services.artist.identity.naming import LIBRARY, REQUEST, UNSAID, Source, add_name, find_artist, resolve
from services.artist.merge import Learned
from services.artist.storing import listing, numbers, rows
from services.artist.storing.columns import accepted_ids, columns_of, spelling
from services.artist.storing.listing import ArtistFilter, SimilarFilter
from services.artist.storing.tables import absences, artists, claims, redirects, similar
from services.artist.storing.values import facts_of_artists
from services.artist.storing.writing import writing

T = TypeVar("T")

REFRESH = "refresh_artist"


@dataclass(frozen=True, slots=True)
class Ensured:
    """Ids in the order asked for; `joined` are those that were not in the library before."""

    ids: list[ArtistId]
    joined: list[ArtistId]


class ArtistStore:
    """All of it is safe to call from any thread; each method is one transaction."""

    def __init__(self, database: Database, jobs: JobStore, *, clock: Clock, trust: Trust) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._trust = trust
        self._turn = threading.Lock()

    def find(self, ref: ArtistRef) -> Artist | None:
        """The artist meant, or None. Among several of one name: the library's, else the most heard, else the first seen."""
        with self._database.read() as connection:
            return find_artist(connection, ref)

    def ensure(self, wanted: Sequence[ArtistName]) -> Ensured:
        """Makes the artists that are missing; all are in the library from now on."""

        def write(connection: sa.Connection) -> Ensured:
            ids = resolve(connection, wanted, self._clock.now(), LIBRARY)
            fresh = sa.and_(artists.c.id.in_(set(ids)), artists.c.in_library.is_(False))
            joining = sa.update(artists).where(fresh).values(in_library=True, updated_at=self._clock.now())
            joined = connection.execute(joining.returning(artists.c.id)).scalars().all()
            return Ensured(ids, [ArtistId(artist_id) for artist_id in joined])

        return self._writing(write)

    def load(self, artist_id: ArtistId) -> Dossier | None:
        """Everything known of the artist, in one snapshot."""
        with self._database.read() as connection:
            return _load(connection, artist_id)

    def save(self, target: Target, learned: Learned, *, is_more_due: Callable[[Dossier], bool]) -> ArtistId:
        """Writes down what was learnt, all or nothing; makes a new artist, and plans a refresh of what was not answered, or,
        where `is_more_due` says so, was left for later. The artist may turn out to be one that is there under another id.
        """

        def write(connection: sa.Connection) -> ArtistId:
            named = learned.named or target.asked
            asked = target.asked
            known = ArtistName(named.name or asked.name, named.mbid or asked.mbid, named.spotify_id or asked.spotify_id)
            is_enough = _is_name_enough(target, learned)
            source = replace(REQUEST if learned.claims is None else UNSAID, is_page=is_enough)
            artist_id = target.artist.id if target.artist else resolve(connection, [known], self._clock.now(), source)[0]
            artist_id = self._present_id(connection, artist_id)
            add_name(connection, artist_id, asked.name or known.name, is_enough=is_enough)
            told = learned if target.artist else _beside(_load(connection, artist_id), learned)
            self._write_learned(connection, artist_id, told)
            artist_id = self._show(connection, artist_id, known)
            self._plan_refresh(connection, artist_id, learned, is_more_due)
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
        """Raises AlreadyExists for an id elsewhere that another artist has."""

        def write(connection: sa.Connection) -> None:
            ids = {override.field.value: str(override.value)} if override.field in ID_FIELDS else {}
            if find_twin(connection, artist_id, ids):
                raise AlreadyExists("Another artist has this id.")
            facts_of_artists.write_overrides(connection, artist_id, [override])
            self._show_settled(connection, artist_id, override.field)

        self._writing(write)

    def delete_override(self, artist_id: ArtistId, field: ArtistField) -> bool:
        """Whether there was one."""

        def write(connection: sa.Connection) -> bool:
            gone = facts_of_artists.delete_override(connection, artist_id, field)
            if gone and field in ID_FIELDS:
                connection.execute(sa.update(artists).where(artists.c.id == artist_id).values({field.value: None}))
            self._show_settled(connection, artist_id, field)
            return gone

        return self._writing(write)

    def mark_due(self, artist_ids: Sequence[ArtistId]) -> list[ArtistId]:
        """Makes everything about these artists due now; answers which of them are known."""

        def write(connection: sa.Connection) -> list[ArtistId]:
            known = connection.execute(sa.select(artists.c.id).where(artists.c.id.in_(artist_ids))).scalars().all()
            facts_of_artists.make_due(connection, known, self._clock.now())
            return [ArtistId(artist_id) for artist_id in known]

        return self._writing(write)

    def list_artists(self, wanted: ArtistFilter, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, Artist]]:
        """At most `limit` artists by name, each with its sort key; `after` is the (sort key, id) of the last one had."""
        with self._database.read() as connection:
            found = connection.execute(listing.by_name(wanted, after=after, limit=limit))
            return [(row.sort_key, rows.artist_of(row)) for row in found]

    def list_similar(self, artist_id: ArtistId, wanted: SimilarFilter, *, offset: int, limit: int) -> list[SimilarArtist]:
        """At most `limit` similar artists, most alike first."""
        with self._database.read() as connection:
            found = connection.execute(listing.similar_to(artist_id, wanted).offset(offset).limit(limit))
            return [rows.similar_of(row) for row in found]

    def list_due(self, before: datetime, *, limit: int) -> list[ArtistId]:
        """At most `limit` artists of the library of which something is due before then, the longest overdue first."""
        with self._database.read() as connection:
            return [ArtistId(artist_id) for artist_id in connection.execute(listing.due(before, limit=limit)).scalars()]

    def list_numbers(self, artist_id: ArtistId, metric: ArtistField | None) -> list[numbers.Series]:
        """The artist's numbers over time; of one metric, or all."""
        with self._database.read() as connection:
            found = numbers.load(connection, artist_id, self._clock.now())
        return [series for series in found if metric in (None, series.metric)]

    def _writing(self, write: Callable[[sa.Connection], T]) -> T:
        # One at a time of this process: who waits for the others in PostgreSQL holds one of its few connections meanwhile, and a
        # batch would hold them all.
        with self._turn, writing(self._database) as connection:
            return write(connection)

    def _present_id(self, connection: sa.Connection, artist_id: ArtistId) -> ArtistId:
        """Of an artist that became another one since it was looked up."""
        moved = connection.execute(sa.select(redirects.c.artist_id).where(redirects.c.old_id == artist_id)).scalar_one_or_none()
        return ArtistId(moved) if moved else artist_id

    def _write_learned(self, connection: sa.Connection, artist_id: ArtistId, learned: Learned) -> None:
        facts_of_artists.write_facts(connection, artist_id, learned.facts)
        facts_of_artists.write_checks(connection, artist_id, learned.checks)
        numbers.record(connection, artist_id, learned.facts)
        if learned.claims is not None:
            connection.execute(sa.delete(claims).where(claims.c.artist_id == artist_id))
            upsert(connection, claims, rows.rows_of_claims(artist_id, learned.claims), key=rows.CLAIM_KEY)
        for provider, found in (learned.similar or {}).items():
            self._replace_similar(connection, artist_id, provider, found)

    def _replace_similar(
        self, connection: sa.Connection, artist_id: ArtistId, provider: str, found: Sequence[tuple[SimilarName, Any]]
    ) -> None:
        source = Source(provider, PAGE_OF_THE_NAME, "its list of similar artists", is_page=True)
        ids = resolve(connection, [ArtistName(row.name, row.mbid) for row, _ in found], self._clock.now(), source)
        connection.execute(sa.delete(similar).where(similar.c.artist_id == artist_id, similar.c.provider == provider))
        edges: dict[ArtistId, dict[str, Any]] = {}
        for other, (row, evidence) in zip(ids, found, strict=True):
            if other != artist_id:
                edges.setdefault(other, _edge(artist_id, other, provider, row, plain_evidence(evidence)))
        upsert(connection, similar, list(edges.values()), key=("artist_id", "provider", "similar_artist_id"))

    def _show(self, connection: sa.Connection, artist_id: ArtistId, named: ArtistName | None) -> ArtistId:
        """Brings the columns of the artist's own row, and the drift of its overrides, up to what is known now.

        Answers under which id the artist is from now on: an id elsewhere that another row has already shows that both are one.
        """
        dossier = _load(connection, artist_id)
        if dossier is None:
            return artist_id
        facts_of_artists.note_drift(connection, artist_id, with_drift(dossier, self._trust, self._clock.now()))
        ids = accepted_ids(dossier)
        twin = find_twin(connection, artist_id, ids)
        if twin is not None:
            merge_artists(connection, kept=twin, gone=artist_id, now=self._clock.now())
            return self._show(connection, twin, named)
        values = {**columns_of(dossier, self._trust), **ids, **spelling(dossier.artist, named)}
        connection.execute(sa.update(artists).where(artists.c.id == artist_id).values(**values, updated_at=self._clock.now()))
        return artist_id

    def _show_settled(self, connection: sa.Connection, artist_id: ArtistId, field: ArtistField) -> None:
        """When it changes who is meant, everything is due: answers about somebody else are worth nothing."""
        if field in ID_FIELDS:
            connection.execute(sa.delete(similar).where(similar.c.artist_id == artist_id))
            facts_of_artists.make_due(connection, [artist_id], self._clock.now())
        self._show(connection, artist_id, None)

    def _plan_refresh(
        self, connection: sa.Connection, artist_id: ArtistId, learned: Learned, is_more_due: Callable[[Dossier], bool]
    ) -> None:
        due = [check.next_check_at for check in learned.checks if not check.is_answer]
        dossier = _load(connection, artist_id)
        if dossier is not None and is_more_due(dossier):
            due.append(self._clock.now())
        if due:
            self._jobs.enqueue(
                REFRESH,
                {"artist_id": artist_id},
                lane=Lane.LOW,
                due_at=min(due),
                dedupe_key=f"{REFRESH}:{artist_id}",
                connection=connection,
            )


def _load(connection: sa.Connection, artist_id: ArtistId) -> Dossier | None:
    row = connection.execute(sa.select(artists).where(artists.c.id == artist_id)).one_or_none()
    if row is None:
        return None
    return Dossier(
        artist=rows.artist_of(row),
        facts=facts_of_artists.load_facts(connection, artist_id),
        similar=tuple(map(rows.similar_of, connection.execute(listing.similar_to(artist_id, SimilarFilter())))),
        overrides=facts_of_artists.load_overrides(connection, artist_id),
        checks=facts_of_artists.load_checks(connection, artist_id),
        claims=tuple(map(rows.claim_of, connection.execute(sa.select(claims).where(claims.c.artist_id == artist_id)))),
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


def _is_name_enough(target: Target, learned: Learned) -> bool:
    """Whether the name alone will mean this artist from now on: it was asked for so, or the page of the name is this artist's."""
    if target.is_named and target.asked.mbid is None and target.asked.spotify_id is None:
        return True
    mbid = learned.named.mbid if learned.named else None
    pages = [claim for claim in learned.claims or () if claim.source == Kind.PROFILE and claim.scheme is IdScheme.MBID]
    return any(claim.value == mbid for claim in pages)


def _beside(held: Dossier | None, learned: Learned) -> Learned:
    """What was learnt under a name we did not have, of one we turn out to know: it adds to the claims, and where it told nobody
    apart it adds none, for a name nearly the same must not undo what is known.
    """
    if held is None or not held.claims or learned.claims is None:
        return learned
    is_told = learned.named is not None and (learned.named.mbid or learned.named.spotify_id)
    return replace(learned, claims=(*held.claims, *learned.claims) if is_told else None)


def _absence_key(named: ArtistName) -> str:
    return " ".join(filter(None, (match_key(named.name), named.mbid, named.spotify_id)))
