"""Alembic's entry: runs the versions of whichever app `kernel.database` was asked to migrate, on the connection it opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True, compare_type=True)
context.run_migrations()
