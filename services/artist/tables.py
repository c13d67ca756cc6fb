"""How are artists laid out in the database? The newest shape; migrations/versions/ holds the way there."""

import sqlalchemy as sa

from kernel.database import Json, UtcDateTime

metadata = sa.MetaData()

artists = sa.Table(
    "artists",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("match_key", sa.Text, nullable=False),
    sa.Column("sort_key", sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite"), nullable=False),
    sa.Column("mbid", sa.String(36), unique=True),
    sa.Column("spotify_id", sa.String(22), unique=True),
    sa.Column("in_library", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("lastfm_url", sa.Text),
    sa.Column("lastfm_listeners", sa.BigInteger),
    sa.Column("lastfm_playcount", sa.BigInteger),
    sa.Column("lastfm_tags", Json),
    sa.Column("lastfm_similar_artists_fetched", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("lastfm_info_fetched_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
sa.Index("ix_artists_sort", artists.c.sort_key, artists.c.id)
# One row per name until a MusicBrainz id tells two artists of that name apart.
sa.Index(
    "uq_artists_unidentified_name",
    artists.c.match_key,
    unique=True,
    sqlite_where=artists.c.mbid.is_(None),
    postgresql_where=artists.c.mbid.is_(None),
)

names = sa.Table(
    "artist_names",
    metadata,
    sa.Column("match_key", sa.Text, primary_key=True),
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
)

facts = sa.Table(
    "artist_facts",
    metadata,
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.String(32), primary_key=True),
    sa.Column("language", sa.String(8), primary_key=True),
    sa.Column("provider", sa.String(32), primary_key=True),
    sa.Column("value", Json, nullable=False),
    sa.Column("evidence", Json, nullable=False),
)

checks = sa.Table(
    "artist_checks",
    metadata,
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("provider", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("language", sa.String(8), primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("checked_at", UtcDateTime, nullable=False),
    sa.Column("next_check_at", UtcDateTime, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("faults", sa.Integer, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
)

similar = sa.Table(
    "artist_similar",
    metadata,
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("provider", sa.String(32), primary_key=True),
    sa.Column("similar_artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("weight", sa.Float, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("evidence", Json, nullable=False),
)
sa.Index("ix_artist_similar_weight", similar.c.artist_id, similar.c.weight.desc(), similar.c.rank)
sa.Index("ix_artist_similar_other", similar.c.similar_artist_id)

overrides = sa.Table(
    "artist_overrides",
    metadata,
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.String(32), primary_key=True),
    sa.Column("value", Json, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("differs_since", UtcDateTime),
)

# Names that every provider answered about, and none knew.
absences = sa.Table(
    "artist_absences",
    metadata,
    sa.Column("match_key", sa.Text, primary_key=True),
    sa.Column("checked_at", UtcDateTime, nullable=False),
    sa.Column("next_check_at", UtcDateTime, nullable=False),
)
sa.Index("ix_artist_absences_due", absences.c.next_check_at)
