"""Which of our artists is meant by a name? External ids first, then the name, and never two artists made of one."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from facts.naming import sort_key
from kernel.database import dialect_insert, upsert
from services.artist.domain import Artist, ArtistId, ArtistName, ArtistRef, Identity, IdScheme, clean_name, match_key
from services.artist.identity.claims import GIVEN_BY_CALLER, asked_by
from services.artist.identity.judging import Basis
from services.artist.storing import rows
from services.artist.storing.tables import artists, claims, names, redirects


def find_artist(connection: sa.Connection, ref: ArtistRef) -> Artist | None:
    """The artist meant, or None."""
    if ref.named is not None:
        return _best(ref.named, _of_names(connection, [ref.named]))
    column, value = (artists.c.id, ref.id) if ref.id is not None else (artists.c.spotify_id, ref.spotify_id)
    row = connection.execute(sa.select(artists).where(column == value)).one_or_none()
    if row is None and ref.id is not None:
        moved = sa.select(artists).join(redirects, redirects.c.artist_id == artists.c.id).where(redirects.c.old_id == ref.id)
        row = connection.execute(moved).one_or_none()
    return None if row is None else rows.artist_of(row)


@dataclass(frozen=True, slots=True)
class Source:
    """On whose word a name goes with an id, and what that is worth; `is_page`: it has one page a name, so the name is enough."""

    provider: str
    confidence: float
    words: str
    is_page: bool = False


REQUEST = Source("request", GIVEN_BY_CALLER, "asked for by this id")
LIBRARY = Source("library", 0.9, "tags of the library's files")
UNSAID = Source("", 0.0, "")
"""Nobody's: what is claimed is written down by the caller."""


def resolve(connection: sa.Connection, wanted: Sequence[ArtistName], now: datetime, source: Source = REQUEST) -> list[ArtistId]:
    """Ids in the order given; artists that are not there yet are made. Inside the caller's write transaction."""
    known = _of_names(connection, wanted)
    ids: list[ArtistId] = []
    made: list[Artist] = []
    adopted: dict[ArtistId, str] = {}
    for name in wanted:
        artist = _best(name, known)
        if artist is None:
            artist = Artist(
                ArtistId(str(uuid.uuid4())), clean_name(name.name), now, now, mbid=name.mbid, spotify_id=name.spotify_id
            )
            made.append(artist)
            known.add(artist, match_key(name.name))
        elif artist.mbid is None and name.mbid is not None and artist.id not in adopted and name.mbid not in known.by_mbid:
            adopted[artist.id] = name.mbid
            known.identify(artist, name.mbid)
        ids.append(artist.id)
    _insert(connection, made, source)
    for artist_id, mbid in adopted.items():
        connection.execute(sa.update(artists).where(artists.c.id == artist_id).values(mbid=mbid, updated_at=now))
    if source.provider:
        identified = {artist.id: artist.mbid for artist in made if artist.mbid} | adopted
        _insert_claims(connection, identified, source, now)
    return ids


def _insert_claims(connection: sa.Connection, identified: Mapping[ArtistId, str], source: Source, now: datetime) -> None:
    """Writes down on whose word these artists have their MusicBrainz ids."""
    made = []
    for artist_id, mbid in identified.items():
        said = asked_by(Identity(mbid=mbid), source.provider, source.confidence, now, source.words)
        made += rows.rows_of_claims(artist_id, said)
    upsert(connection, claims, made, key=rows.CLAIM_KEY)


class _Known:
    """The artists that may be meant, by each way of naming them."""

    def __init__(self) -> None:
        self.by_mbid: dict[str, Artist] = {}
        self.by_spotify_id: dict[str, Artist] = {}
        self.by_name: defaultdict[str, list[Artist]] = defaultdict(list)
        self.needs_id: set[tuple[str, ArtistId]] = set()

    def add(self, artist: Artist, key: str, *, is_enough: bool = True) -> None:
        self.by_name[key].append(artist)
        if not is_enough and not artist.in_library:
            self.needs_id.add((key, artist.id))
        if artist.mbid is not None:
            self.by_mbid[artist.mbid] = artist
        if artist.spotify_id is not None:
            self.by_spotify_id[artist.spotify_id] = artist

    def identify(self, artist: Artist, mbid: str) -> None:
        """From now on the artist is the one of this id, and of no other: the next id under the same name is another artist's."""
        self.by_mbid[mbid] = identified = replace(artist, mbid=mbid)
        for alike in self.by_name.values():
            alike[:] = [identified if each.id == artist.id else each for each in alike]


def _of_names(connection: sa.Connection, wanted: Iterable[ArtistName]) -> _Known:
    known = _Known()
    keys = {match_key(name.name) for name in wanted}
    mbids = {name.mbid for name in wanted if name.mbid is not None}
    by_name = sa.select(artists, names.c.match_key.label("said"), names.c.is_enough).join(names)
    for row in connection.execute(by_name.where(names.c.match_key.in_(keys))):
        known.add(rows.artist_of(row), row.said, is_enough=row.is_enough)
    if mbids - known.by_mbid.keys():
        for row in connection.execute(sa.select(artists).where(artists.c.mbid.in_(mbids))):
            known.by_mbid.setdefault(row.mbid, rows.artist_of(row))
        _add_former(connection, mbids - known.by_mbid.keys(), known)
    spotify_ids = {name.spotify_id for name in wanted if name.spotify_id is not None}
    if spotify_ids - known.by_spotify_id.keys():
        for row in connection.execute(sa.select(artists).where(artists.c.spotify_id.in_(spotify_ids))):
            known.by_spotify_id.setdefault(row.spotify_id, rows.artist_of(row))
    return known


def _add_former(connection: sa.Connection, mbids: set[str], known: _Known) -> None:
    """Artists by MusicBrainz ids that were merged into theirs: files and plays go on naming those for years."""
    merged = claims.c.scheme == IdScheme.MBID, claims.c.basis == Basis.MERGED
    first = sa.select(claims.c.value.label("former"), claims.c.artist_id, claims.c.now).where(*merged, claims.c.value.in_(mbids))
    chain = first.cte("chain", recursive=True)
    # What an id was merged into may have been merged again; UNION ends where ids lead to each other.
    is_next = sa.and_(claims.c.artist_id == chain.c.artist_id, claims.c.value == chain.c.now, *merged)
    chain = chain.union(sa.select(chain.c.former, chain.c.artist_id, claims.c.now).join(claims, is_next))
    own = sa.and_(artists.c.id == chain.c.artist_id, artists.c.mbid == chain.c.now)
    for row in connection.execute(sa.select(artists, chain.c.former).join(chain, own)):
        known.by_mbid.setdefault(row.former, rows.artist_of(row))


def _best(name: ArtistName, known: _Known) -> Artist | None:
    if name.mbid is not None and name.mbid in known.by_mbid:
        return known.by_mbid[name.mbid]
    if name.spotify_id is not None and name.spotify_id in known.by_spotify_id:
        return known.by_spotify_id[name.spotify_id]
    if name.spotify_id is not None and name.mbid is None:
        return None  # a name alone does not make the one there and ours the same
    key = match_key(name.name)
    alike = known.by_name.get(key, [])
    if name.mbid is None:
        alike = [artist for artist in alike if (key, artist.id) not in known.needs_id]
    else:  # another MusicBrainz id under the same name is another artist
        alike = [artist for artist in alike if artist.mbid in (None, name.mbid)]
    return min(alike, key=partial(_preference, key), default=None)


def _preference(key: str, artist: Artist) -> tuple[bool, bool, int, datetime, str]:
    """Who is really called so before who is also called so; then the library's own, the most heard, the first seen."""
    is_alias = match_key(artist.name) != key
    return (is_alias, not artist.in_library, -(artist.lastfm_listeners or 0), artist.created_at, artist.id)


def add_name(connection: sa.Connection, artist_id: ArtistId, name: str, *, is_enough: bool) -> None:
    """The artist is called so as well; a name that is enough stays so."""
    row = {"match_key": match_key(name), "artist_id": artist_id, "is_enough": is_enough}
    if is_enough:
        upsert(connection, names, [row], key=("match_key", "artist_id"))
    else:
        connection.execute(dialect_insert(connection, names).values(row).on_conflict_do_nothing())


def _insert(connection: sa.Connection, made: Sequence[Artist], source: Source) -> None:
    if not made:
        return
    connection.execute(sa.insert(artists), [_row(artist) for artist in made])
    connection.execute(sa.insert(names), [_name_row(artist, source) for artist in made])


def _name_row(artist: Artist, source: Source) -> dict[str, Any]:
    is_enough = source.is_page or (artist.mbid is None and artist.spotify_id is None)
    return {"match_key": match_key(artist.name), "artist_id": artist.id, "is_enough": is_enough}


def _row(artist: Artist) -> dict[str, Any]:
    return {
        "id": artist.id,
        "name": artist.name,
        "match_key": match_key(artist.name),
        "sort_key": sort_key(artist.name),
        "mbid": artist.mbid,
        "spotify_id": artist.spotify_id,
        "in_library": False,
        "created_at": artist.created_at,
        "updated_at": artist.updated_at,
    }
