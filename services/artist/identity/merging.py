"""What if two of our artists turn out to be one? The id that goes leads to the one that stays, and nothing known is lost."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from services.artist.domain import ArtistId, IdScheme
from services.artist.storing.numbers import numbers
from services.artist.storing.tables import artists, checks, claims, facts, names, overrides, redirects, similar

_MOVED = (
    (names, ("match_key",)),
    (overrides, ("field",)),
    (claims, ("provider", "source", "scheme", "value")),
    (facts, ("field", "language", "provider")),
    (checks, ("provider", "kind", "language")),
    (numbers, ("metric", "provider", "observed_at")),
    (similar, ("provider",)),  # a provider's list is one answer: two of them are not mixed
)


def find_twin(connection: sa.Connection, artist_id: ArtistId, ids: Mapping[str, str | None]) -> ArtistId | None:
    """Another row that has one of these ids already, by column; a MusicBrainz id before a Spotify id."""
    for scheme in (IdScheme.MBID, IdScheme.SPOTIFY):
        value = ids.get(scheme)
        if value is not None:
            other = sa.select(artists.c.id).where(artists.c[scheme] == value, artists.c.id != artist_id)
            twin = connection.execute(other).scalar_one_or_none()
            if twin is not None:
                return ArtistId(twin)
    return None


def merge_artists(connection: sa.Connection, *, kept: ArtistId, gone: ArtistId, now: datetime) -> None:
    """Makes one of two rows that are the same artist; the id that goes leads to the one that stays for ever.

    Names, claims, a person's values and the places in other artists' lists move over; facts and lists where the other has none.
    """
    for table, key in _MOVED:
        held = sa.select(*(table.c[column] for column in key)).where(table.c.artist_id == kept)
        clash = sa.tuple_(*(table.c[column] for column in key)).in_(held)
        connection.execute(sa.update(table).where(table.c.artist_id == gone, sa.not_(clash)).values(artist_id=kept))
    is_own = similar.c.artist_id == kept, similar.c.similar_artist_id.in_([kept, gone])
    connection.execute(sa.delete(similar).where(*is_own))  # nobody is like itself
    pointing = sa.select(similar.c.artist_id, similar.c.provider).where(similar.c.similar_artist_id == kept)
    is_clash = sa.tuple_(similar.c.artist_id, similar.c.provider).in_(pointing)
    connection.execute(
        sa.update(similar).where(similar.c.similar_artist_id == gone, sa.not_(is_clash)).values(similar_artist_id=kept)
    )
    connection.execute(sa.update(redirects).where(redirects.c.artist_id == gone).values(artist_id=kept))
    joins = sa.select(artists.c.in_library).where(artists.c.id == gone).scalar_subquery()
    connection.execute(
        sa.update(artists).where(artists.c.id == kept).values(in_library=sa.or_(artists.c.in_library, joins), updated_at=now)
    )
    connection.execute(sa.delete(artists).where(artists.c.id == gone))
    connection.execute(sa.insert(redirects).values(old_id=gone, artist_id=kept))
