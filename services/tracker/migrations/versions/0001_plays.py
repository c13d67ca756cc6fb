"""Plays and their titles, imports, what they covered and could not read, the live tracker; the service's jobs."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json, UtcDateTime
from kernel.job_table import job_table

revision = "0001"
down_revision = None

_TABLES = (
    "jobs",
    "events",
    "followed",
    "month_counts",
    "holes",
    "coverage",
    "uploads",
    "quarantine",
    "import_log",
    "imports",
    "removals",
    "plays",
    "titles",
    "accounts",
)


def upgrade() -> None:
    _create_titles()
    _create_plays()
    _create_imports()
    _create_what_is_set_aside()
    _create_what_is_read()
    _create_live()
    job_table(sa.MetaData()).create(op.get_bind())


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _create_titles() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("source", "name", name="uq_accounts"),
    )
    names = [sa.Column(name, sa.Text, nullable=False) for name in ("artist", "track", "album")]
    keys = [sa.Column(f"{name}_key", sa.Text, nullable=False) for name in ("artist", "track", "album")]
    mbids = [sa.Column(f"{name}_mbid", sa.String(36), nullable=False) for name in ("artist", "track", "album")]
    op.create_table(
        "titles",
        sa.Column("id", _serial(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
        *names,
        *keys,
        *mbids,
        sa.Column("image_url", sa.Text, nullable=False),
        sa.Column("artist_id", sa.String(36)),
        sa.Column("album_id", sa.String(36)),
        sa.Column("track_id", sa.String(36)),
        sa.Column("is_named", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("first_uts", sa.BigInteger),
    )
    op.create_index("ix_titles_artist", "titles", ["artist_key", "first_uts"])
    op.create_index("ix_titles_album", "titles", ["album_key"])
    op.create_index("ix_titles_artist_id", "titles", ["artist_id"])
    op.create_index("ix_titles_album_id", "titles", ["album_id"])
    op.create_index("ix_titles_first", "titles", ["first_uts"])
    unnamed = sa.column("is_named", sa.Boolean).is_(False)
    op.create_index("ix_titles_unnamed", "titles", ["id"], sqlite_where=unnamed, postgresql_where=unnamed)


def _create_plays() -> None:
    op.create_table(
        "plays",
        sa.Column("uts", sa.BigInteger, primary_key=True),
        sa.Column("account_id", sa.Integer, primary_key=True),
        sa.Column("title_id", sa.BigInteger, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("import_id", sa.Integer),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_plays_title", "plays", ["title_id", "uts"])
    op.create_table(
        "removals",
        sa.Column("id", _serial(), primary_key=True),
        sa.Column("removed_by", sa.Integer, nullable=False),
        sa.Column("uts", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("title_id", sa.BigInteger, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("import_id", sa.Integer),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_removals_removed_by", "removals", ["removed_by"])


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("walk", Json),
        sa.Column("holes", Json, nullable=False),
        sa.Column("waits", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reached", sa.BigInteger),
        sa.Column("seconds_a_play", sa.Float),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("failure", sa.String(32), nullable=False),
        sa.Column("retry_at", UtcDateTime),
        sa.Column("is_undone", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_table(
        "import_log",
        sa.Column("id", _serial(), primary_key=True),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id", ondelete="CASCADE"), nullable=False),
        sa.Column("logged_at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
    )
    op.create_index("ix_import_log", "import_log", ["import_id", "id"])


def _create_what_is_set_aside() -> None:
    op.create_table(
        "quarantine",
        sa.Column("digest", sa.LargeBinary(16), primary_key=True),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("import_id", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("stored_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_quarantine_account", "quarantine", ["account_id"])
    op.create_table(
        "uploads",
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _create_what_is_read() -> None:
    op.create_table(
        "coverage",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("since", sa.BigInteger, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "holes",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("since", sa.BigInteger, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "month_counts",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("counted_at", UtcDateTime, nullable=False),
    )


def _create_live() -> None:
    op.create_table(
        "followed",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("is_running", sa.Boolean, nullable=False),
        sa.Column("interval_seconds", sa.Integer, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("polled_at", UtcDateTime),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("swept_at", UtcDateTime),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("plays_stored", sa.BigInteger, nullable=False),
        sa.Column("playing", Json),
    )
    op.create_table(
        "events",
        sa.Column("id", _serial(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_told_at", "events", ["told_at"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
