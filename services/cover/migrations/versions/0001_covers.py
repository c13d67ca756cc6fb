"""Covers, what they showed before, which sources were asked, images, pictures that are nobody's; the service's jobs."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json, UtcDateTime
from kernel.job_table import job_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_covers()
    _create_versions()
    _create_attempts()
    _create_images()
    job_table(sa.MetaData()).create(op.get_bind())


def _create_covers() -> None:
    op.create_table(
        "covers",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("entity_id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("artist_name", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("image_id", sa.String(64)),
        sa.Column("source", sa.String(16)),
        sa.Column("grade", sa.SmallInteger),
        sa.Column("origin", sa.Text),
        sa.Column("licence", sa.Text),
        sa.Column("attribution", sa.Text),
        sa.Column("digest", sa.String(64)),
        sa.Column("found_at", UtcDateTime),
        sa.Column("is_locked", sa.Boolean, nullable=False),
        sa.Column("is_stale", sa.Boolean, nullable=False),
        sa.Column("legacy_ref", sa.Text),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("checked_at", UtcDateTime),
        sa.Column("next_check_at", UtcDateTime),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_covers_image", "covers", ["image_id"])
    op.create_index("ix_covers_digest", "covers", ["digest"])
    op.create_index("ix_covers_due", "covers", ["next_check_at"])


def _create_versions() -> None:
    op.create_table(
        "cover_versions",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("entity_id", sa.String(36), primary_key=True),
        sa.Column("image_id", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("grade", sa.SmallInteger, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("attribution", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("found_at", UtcDateTime, nullable=False),
        sa.Column("replaced_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["kind", "entity_id"], ["covers.kind", "covers.entity_id"], ondelete="CASCADE"),
    )
    op.create_index("ix_cover_versions_image", "cover_versions", ["image_id"])


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("entity_id", sa.String(36), primary_key=True),
        sa.Column("source", sa.String(16), primary_key=True),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("attempted_at", UtcDateTime, nullable=False),
        sa.Column("asked_again_at", UtcDateTime),
        sa.ForeignKeyConstraint(["kind", "entity_id"], ["covers.kind", "covers.entity_id"], ondelete="CASCADE"),
    )
    op.create_index("ix_attempts_source", "attempts", ["kind", "source", "outcome"])


def _create_images() -> None:
    op.create_table(
        "images",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("colour", sa.String(7), nullable=False),
        sa.Column("thumb_hash", sa.String(64), nullable=False),
        sa.Column("sizes", Json, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("accessed_at", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_images_accessed", "images", ["accessed_at"])
    op.create_table(
        "quarantine",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.Integer, nullable=False),
        sa.Column("found_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    for table in ("jobs", "quarantine", "images", "attempts", "cover_versions", "covers"):
        op.drop_table(table)
