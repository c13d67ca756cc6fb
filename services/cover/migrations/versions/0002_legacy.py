"""How far an older installation's covers are taken over."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "legacy_progress",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("last_id", Json, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("legacy_progress")
