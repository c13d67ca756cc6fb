"""What providers say of albums and tracks, what is shown of it, what was spent, and tracks that are enriched together."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json, UtcDateTime

revision = "0002"
down_revision = "0001"

_COUNTS = ("lastfm_listeners", "lastfm_playcount")


def upgrade() -> None:
    _add_columns()
    op.create_index("ix_albums_import", "albums", ["import_id"])
    for sort in ("album", "track"):
        _create_facts(sort)
    op.create_table(
        "provider_spending",
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
    )
    op.create_table(
        "track_batches",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )


def _add_columns() -> None:
    for table in ("albums", "tracks"):
        op.add_column(table, sa.Column("lastfm_url", sa.Text))
        for name in _COUNTS:
            op.add_column(table, sa.Column(name, sa.BigInteger))
        op.add_column(table, sa.Column("lastfm_tags", Json))
        op.add_column(table, sa.Column("in_library", sa.Boolean, nullable=False, server_default=sa.false()))
        op.add_column(table, sa.Column("enriched_at", UtcDateTime))
    op.add_column("albums", sa.Column("release_group_mbid", sa.String(36)))
    op.add_column("albums", sa.Column("spotify_id", sa.String(22)))
    op.add_column("albums", sa.Column("genres", Json))
    op.add_column("albums", sa.Column("released", sa.Text))
    op.add_column("albums", sa.Column("import_id", sa.String(64)))
    op.add_column("albums", sa.Column("planned_at", UtcDateTime))
    op.add_column("tracks", sa.Column("disc_number", sa.Integer))
    op.add_column("tracks", sa.Column("track_number", sa.Integer))
    op.add_column("tracks", sa.Column("file_duration_ms", sa.BigInteger))
    op.add_column("tracks", sa.Column("duration_ms", sa.BigInteger))


def _create_facts(sort: str) -> None:
    def owner() -> sa.Column[str]:
        return sa.Column(f"{sort}_id", sa.String(36), sa.ForeignKey(f"{sort}s.id", ondelete="CASCADE"), primary_key=True)

    op.create_table(
        f"{sort}_facts",
        owner(),
        sa.Column("field", sa.String(32), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("rests_on", sa.String(64), nullable=False, server_default=""),
    )
    op.create_table(
        f"{sort}_checks",
        owner(),
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
        f"{sort}_overrides",
        owner(),
        sa.Column("field", sa.String(32), primary_key=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("differs_since", UtcDateTime),
    )


def downgrade() -> None:
    for table in ("track_batches", "provider_spending"):
        op.drop_table(table)
    for sort in ("track", "album"):
        for what in ("overrides", "checks", "facts"):
            op.drop_table(f"{sort}_{what}")
    op.drop_index("ix_albums_import", "albums")
    for name in ("duration_ms", "file_duration_ms", "track_number", "disc_number"):
        op.drop_column("tracks", name)
    for name in ("planned_at", "import_id", "released", "genres", "spotify_id", "release_group_mbid"):
        op.drop_column("albums", name)
    for table in ("albums", "tracks"):
        for name in ("enriched_at", "in_library", "lastfm_tags", *_COUNTS, "lastfm_url"):
            op.drop_column(table, name)
