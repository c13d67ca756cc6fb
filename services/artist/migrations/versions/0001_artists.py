"""Artists, their names, facts, checks, similar artists and overrides; the service's jobs."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json, UtcDateTime
from kernel.job_table import job_table

revision = "0001"
down_revision = None

_CHILDREN = ("artist_overrides", "artist_similar", "artist_checks", "artist_facts", "artist_names")

_TABLES = (
    "jobs",
    "artist_absences",
    "artist_overrides",
    "artist_similar",
    "artist_checks",
    "artist_facts",
    "artist_names",
    "artists",
)


def upgrade() -> None:
    _create_artists()
    _create_what_is_known()
    _create_what_is_asked()
    job_table(sa.MetaData()).create(op.get_bind())


def _create_artists() -> None:
    op.create_table(
        "artists",
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
    op.create_index("ix_artists_sort", "artists", ["sort_key", "id"])
    unidentified = sa.text("mbid IS NULL")
    op.create_index(
        "uq_artists_unidentified_name",
        "artists",
        ["match_key"],
        unique=True,
        sqlite_where=unidentified,
        postgresql_where=unidentified,
    )
    op.create_table("artist_names", sa.Column("match_key", sa.Text, primary_key=True), _artist())


def _create_what_is_known() -> None:
    op.create_table(
        "artist_facts",
        _artist(),
        sa.Column("field", sa.String(32), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("evidence", Json, nullable=False),
    )
    op.create_table(
        "artist_similar",
        _artist(),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("similar_artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("evidence", Json, nullable=False),
    )
    op.create_index("ix_artist_similar_weight", "artist_similar", ["artist_id", sa.literal_column("weight DESC"), "rank"])
    op.create_index("ix_artist_similar_other", "artist_similar", ["similar_artist_id"])
    op.create_table(
        "artist_overrides",
        _artist(),
        sa.Column("field", sa.String(32), primary_key=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("differs_since", UtcDateTime),
    )


def _create_what_is_asked() -> None:
    op.create_table(
        "artist_checks",
        _artist(),
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
    op.create_table(
        "artist_absences",
        sa.Column("match_key", sa.Text, primary_key=True),
        sa.Column("checked_at", UtcDateTime, nullable=False),
        sa.Column("next_check_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_artist_absences_due", "artist_absences", ["next_check_at"])


def downgrade() -> None:
    for table in ("jobs", "artist_absences", *_CHILDREN, "artists"):
        op.drop_table(table)


def _artist() -> sa.Column[str]:
    return sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True)
