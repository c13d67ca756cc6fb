"""How are albums and tracks laid out in the database? The newest shape; migrations/versions/ holds the way there.

A `name_key` is an artist's id and a match key in one text: both databases look many single values up fast, and many pairs slowly.
"""

import sqlalchemy as sa

from facts.storing import fact_tables
from kernel.database import Json, UtcDateTime
from upstreams.spending import spending_table

metadata = sa.MetaData()

_SORTED = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")

# What the artist service answered about a name. Kept for good: an id that became another one leads there for ever.
artist_names = sa.Table(
    "artist_names",
    metadata,
    sa.Column("match_key", sa.Text, primary_key=True),
    sa.Column("mbid", sa.String(36), primary_key=True),  # empty: none was named
    sa.Column("artist_id", sa.String(36), nullable=False),
    sqlite_with_rowid=False,
)

albums = sa.Table(
    "albums",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("sort_key", _SORTED, nullable=False),
    sa.Column("artist_id", sa.String(36), nullable=False),
    sa.Column("artist_name", sa.Text, nullable=False),
    sa.Column("mbid", sa.String(36), unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("release_group_mbid", sa.String(36)),
    sa.Column("spotify_id", sa.String(22)),
    sa.Column("lastfm_url", sa.Text),
    sa.Column("lastfm_listeners", sa.BigInteger),
    sa.Column("lastfm_playcount", sa.BigInteger),
    sa.Column("lastfm_tags", Json),
    sa.Column("genres", Json),
    sa.Column("released", sa.Text),
    sa.Column("in_library", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("enriched_at", UtcDateTime),
    # The import it came in by, and when it was planned to be enriched for that.
    sa.Column("import_id", sa.String(64)),
    sa.Column("planned_at", UtcDateTime),
)
sa.Index("ix_albums_import", albums.c.import_id)
sa.Index("ix_albums_sort", albums.c.sort_key, albums.c.id)
sa.Index("ix_albums_artist", albums.c.artist_id, albums.c.sort_key, albums.c.id)

# Every title under which an album was named: what it led to once it always leads to.
album_titles = sa.Table(
    "album_titles",
    metadata,
    sa.Column("name_key", sa.Text, primary_key=True),
    sa.Column("album_id", sa.String(36), sa.ForeignKey("albums.id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("ix_album_titles_album", album_titles.c.album_id)

tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("sort_key", _SORTED, nullable=False),
    sa.Column("artist_id", sa.String(36), nullable=False),
    sa.Column("artist_name", sa.Text, nullable=False),
    sa.Column("album_id", sa.String(36), sa.ForeignKey("albums.id", ondelete="CASCADE")),
    sa.Column("mbid", sa.String(36)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("disc_number", sa.Integer),
    sa.Column("track_number", sa.Integer),
    sa.Column("file_duration_ms", sa.BigInteger),
    sa.Column("duration_ms", sa.BigInteger),  # as providers say
    sa.Column("lastfm_url", sa.Text),
    sa.Column("lastfm_listeners", sa.BigInteger),
    sa.Column("lastfm_playcount", sa.BigInteger),
    sa.Column("lastfm_tags", Json),
    sa.Column("in_library", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("enriched_at", UtcDateTime),
)
sa.Index("uq_tracks_name", tracks.c.name_key, tracks.c.album_id, unique=True)
# The one above takes two without an album for two different ones.
_IS_LOOSE = tracks.c.album_id.is_(None)
sa.Index("uq_tracks_loose", tracks.c.name_key, unique=True, sqlite_where=_IS_LOOSE, postgresql_where=_IS_LOOSE)
sa.Index("ix_tracks_album", tracks.c.album_id, tracks.c.sort_key, tracks.c.id)

said_of_albums = fact_tables(metadata, "album")
said_of_tracks = fact_tables(metadata, "track")
spending_table(metadata)

# Which job enriches which tracks together, by the name a caller watches it by.
batches = sa.Table(
    "track_batches",
    metadata,
    sa.Column("batch_id", sa.String(64), primary_key=True),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
