"""Which of our artists does an older row mean?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from kernel.database import upsert
from services.artist.domain import ArtistId, ArtistName, Identity, match_key
from services.artist.identity.claims import asked_by
from services.artist.identity.naming import Source
from services.artist.legacy.reading import CONFIDENCE, WORDS, Imported
from services.artist.storing import rows
from services.artist.storing.tables import artists, claims

IMPORT: Final = Source("import", CONFIDENCE, WORDS)


def safely_named(connection: sa.Connection, batch: Sequence[Imported]) -> list[ArtistName]:
    """The names to go by, with a Spotify id only where it tells artists apart: `resolve` takes nobody by name who brings one.

    A namesake that has another Spotify id is another artist; one that has none yet is taken for the same.
    """
    keys = {match_key(each.named.name) for each in batch}
    spotify_ids = {each.named.spotify_id for each in batch} - {None}
    query = sa.select(artists.c.match_key, artists.c.spotify_id).where(artists.c.spotify_id.is_not(None))
    known = connection.execute(query.where(sa.or_(artists.c.match_key.in_(keys), artists.c.spotify_id.in_(spotify_ids)))).all()
    held = {row.spotify_id for row in known}
    # The first Spotify id that comes with a name goes with it, unless ours of that name has one already.
    first: dict[str, str | None] = {row.match_key: None for row in known}
    names = []
    for named in (each.named for each in batch):
        if named.spotify_id is not None:
            first.setdefault(match_key(named.name), named.spotify_id)
        is_telling = named.mbid is None and (named.spotify_id in held or first.get(match_key(named.name)) != named.spotify_id)
        names.append(named if is_telling else replace(named, spotify_id=None))
    return names


def claim_spotify_ids(connection: sa.Connection, batch: Iterable[tuple[ArtistId, Imported]]) -> None:
    """Claims for the artists the Spotify ids they had; one that has none yet and is free is shown at once."""
    wanted: dict[str, ArtistId] = {}
    said: list[dict[str, Any]] = []
    for artist_id, each in batch:
        if each.named.spotify_id is not None:
            wanted.setdefault(each.named.spotify_id, artist_id)
            who = Identity(spotify_id=each.named.spotify_id)
            said += rows.rows_of_claims(artist_id, asked_by(who, IMPORT.provider, IMPORT.confidence, each.retrieved_at, WORDS))
    upsert(connection, claims, said, key=rows.CLAIM_KEY)
    taken = set(connection.execute(sa.select(artists.c.spotify_id).where(artists.c.spotify_id.in_(list(wanted)))).scalars())
    free = {artist_id: spotify_id for spotify_id, artist_id in wanted.items() if spotify_id not in taken}
    for artist_id, spotify_id in free.items():
        unidentified = sa.update(artists).where(artists.c.id == artist_id, artists.c.spotify_id.is_(None))
        connection.execute(unidentified.values(spotify_id=spotify_id))
