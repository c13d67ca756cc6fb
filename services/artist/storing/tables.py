"""How are artists laid out in the database? The newest shape; migrations/versions/ holds the way there."""

import sqlalchemy as sa

from facts.storing import fact_tables
from kernel.database import Json, UtcDateTime
from upstreams.spending import spending_table

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
    sa.Column("wikidata_id", sa.String(16)),
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
names = sa.Table(
    "artist_names",
    metadata,
    sa.Column("match_key", sa.Text, primary_key=True),
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    # Whether the name alone means this artist. Of one asked for by an id that is not known: a namesake may be far better known.
    sa.Column("is_enough", sa.Boolean, nullable=False, server_default=sa.true()),
)

said = fact_tables(metadata, "artist")
facts, checks, overrides = said.facts, said.checks, said.overrides

# Who says that an artist is known elsewhere by which id; `source` is the question it answers.
claims = sa.Table(
    "artist_claims",
    metadata,
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("provider", sa.String(32), primary_key=True),
    sa.Column("source", sa.String(64), primary_key=True),
    sa.Column("scheme", sa.String(16), primary_key=True),
    sa.Column("value", sa.String(64), primary_key=True),
    sa.Column("basis", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("rests_on", sa.String(64), nullable=False),
    sa.Column("now", sa.String(64), nullable=False),
    sa.Column("evidence", Json, nullable=False),
)
sa.Index("ix_artist_claims_value", claims.c.scheme, claims.c.value)

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

# Ids of artists that turned out to be others; they lead there for ever.
redirects = sa.Table(
    "artist_redirects",
    metadata,
    sa.Column("old_id", sa.String(36), primary_key=True),
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), nullable=False),
)
sa.Index("ix_artist_redirects_artist", redirects.c.artist_id)

# Names that every provider answered about, and none knew.
absences = sa.Table(
    "artist_absences",
    metadata,
    sa.Column("match_key", sa.Text, primary_key=True),
    sa.Column("checked_at", UtcDateTime, nullable=False),
    sa.Column("next_check_at", UtcDateTime, nullable=False),
)
sa.Index("ix_artist_absences_due", absences.c.next_check_at)

# Which job enriches which artists together, by the name a caller watches it by.
batches = sa.Table(
    "artist_batches",
    metadata,
    sa.Column("batch_id", sa.String(64), primary_key=True),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("artist_ids", Json, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

spending_table(metadata)
