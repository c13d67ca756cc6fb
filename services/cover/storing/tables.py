"""Which tables does the cover service have?"""

import sqlalchemy as sa

from kernel.database import Json, UtcDateTime

metadata = sa.MetaData()

covers = sa.Table(
    "covers",
    metadata,
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
    sa.Column("digest", sa.String(64)),  # of the bytes the source gave
    sa.Column("found_at", UtcDateTime),
    sa.Column("is_locked", sa.Boolean, nullable=False),
    sa.Column("is_stale", sa.Boolean, nullable=False),
    sa.Column("legacy_ref", sa.Text),
    sa.Column("asked_at", UtcDateTime),  # when somebody last waited for it
    sa.Column("checked_at", UtcDateTime),
    sa.Column("next_check_at", UtcDateTime),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
sa.Index("ix_covers_image", covers.c.image_id)
sa.Index("ix_covers_digest", covers.c.digest)
sa.Index("ix_covers_due", covers.c.next_check_at)

# What a cover showed before.
versions = sa.Table(
    "cover_versions",
    metadata,
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
    sa.ForeignKeyConstraint(["kind", "entity_id"], [covers.c.kind, covers.c.entity_id], ondelete="CASCADE"),
)
sa.Index("ix_cover_versions_image", versions.c.image_id)

# The latest of each source for each cover. Of `held` files that hold a picture it came out of `taken`.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("entity_id", sa.String(36), primary_key=True),
    sa.Column("source", sa.String(16), primary_key=True),
    sa.Column("outcome", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("held", sa.Integer, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.Column("attempted_at", UtcDateTime, nullable=False),
    sa.Column("asked_again_at", UtcDateTime),
    sa.ForeignKeyConstraint(["kind", "entity_id"], [covers.c.kind, covers.c.entity_id], ondelete="CASCADE"),
)
sa.Index("ix_attempts_source", attempts.c.kind, attempts.c.source, attempts.c.outcome)

images = sa.Table(
    "images",
    metadata,
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
sa.Index("ix_images_accessed", images.c.accessed_at)

# Pictures that belonged to too many to be anybody's, by the digest of their bytes.
quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("claimed_by", sa.Integer, nullable=False),
    sa.Column("found_at", UtcDateTime, nullable=False),
)
