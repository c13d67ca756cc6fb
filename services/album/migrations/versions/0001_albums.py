"""Albums, their titles, tracks, the artists' names; the service's jobs."""

import sqlalchemy as sa
from alembic import op

from kernel.database import UtcDateTime
from kernel.job_table import job_table

revision = "0001"
down_revision = None

_SORTED = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")


def upgrade() -> None:
    op.create_table(
        "artist_names",
        sa.Column("match_key", sa.Text, primary_key=True),
        sa.Column("mbid", sa.String(36), primary_key=True),
        sa.Column("artist_id", sa.String(36), nullable=False),
        sqlite_with_rowid=False,
    )
    _create_albums()
    _create_tracks()
    job_table(sa.MetaData()).create(op.get_bind())


def _create_albums() -> None:
    op.create_table(
        "albums",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("sort_key", _SORTED, nullable=False),
        sa.Column("artist_id", sa.String(36), nullable=False),
        sa.Column("artist_name", sa.Text, nullable=False),
        sa.Column("mbid", sa.String(36), unique=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_albums_sort", "albums", ["sort_key", "id"])
    op.create_index("ix_albums_artist", "albums", ["artist_id", "sort_key", "id"])
    op.create_table(
        "album_titles",
        sa.Column("name_key", sa.Text, primary_key=True),
        sa.Column("album_id", sa.String(36), sa.ForeignKey("albums.id", ondelete="CASCADE"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_album_titles_album", "album_titles", ["album_id"])


def _create_tracks() -> None:
    op.create_table(
        "tracks",
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
    )
    op.create_index("uq_tracks_name", "tracks", ["name_key", "album_id"], unique=True)
    is_loose = sa.text("album_id IS NULL")
    op.create_index("uq_tracks_loose", "tracks", ["name_key"], unique=True, sqlite_where=is_loose, postgresql_where=is_loose)
    op.create_index("ix_tracks_album", "tracks", ["album_id", "sort_key", "id"])


def downgrade() -> None:
    for table in ("jobs", "tracks", "album_titles", "albums", "artist_names"):
        op.drop_table(table)
