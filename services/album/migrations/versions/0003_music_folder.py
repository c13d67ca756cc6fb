"""The files of the music folder, and its scans."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "index_files",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("said", sa.String(32)),
        sa.Column("track_id", sa.String(36), sa.ForeignKey("tracks.id", ondelete="SET NULL")),
        sa.Column("album_id", sa.String(36), sa.ForeignKey("albums.id", ondelete="SET NULL")),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("genres", Json, nullable=False),
        sa.Column("released", sa.String(10)),
        sa.Column("release_group_mbid", sa.String(36)),
        sa.Column("picture", sa.String(5), nullable=False),
        sa.Column("folder_picture", sa.LargeBinary),
        sa.Column("reader", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("scanned_at", UtcDateTime, nullable=False),
        sa.Column("scan_id", sa.BigInteger, nullable=False),
    )
    for name in ("fingerprint", "track", "album"):
        op.create_index(f"ix_index_files_{name}", "index_files", [name if name == "fingerprint" else f"{name}_id"])
    is_failed = sa.text("state = 'failed'")
    op.create_index("ix_index_files_failed", "index_files", ["path"], sqlite_where=is_failed, postgresql_where=is_failed)
    op.create_table(
        "scans",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("turn", sa.SmallInteger, unique=True),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("folder", sa.LargeBinary, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("scans")
    op.drop_table("index_files")
