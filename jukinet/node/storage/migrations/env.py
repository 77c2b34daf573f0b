"""Alembic runs this file. The connection comes from `open.py` (online only: a node's file is always at hand)."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
