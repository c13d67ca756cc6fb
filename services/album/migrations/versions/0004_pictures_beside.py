"""Files are found by the picture that lies beside them."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_index_files_folder_picture", "index_files", ["folder_picture"])


def downgrade() -> None:
    op.drop_index("ix_index_files_folder_picture", "index_files")
