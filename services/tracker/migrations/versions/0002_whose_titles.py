"""Titles are remembered with the import they came in by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("titles", sa.Column("import_id", sa.Integer))


def downgrade() -> None:
    op.drop_column("titles", "import_id")
