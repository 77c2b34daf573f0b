"""Several towns in one database: an outbox is numbered by town. On PostgreSQL, texts that compare and numbers that count as in SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0002"
down_revision = "issues_0001"

NUMBERS = ("id", "number", "refused", "dead")
COLUMNS = ("town", "id", "destination", "path", "number", "body", "refused", "dead")


def upgrade() -> None:
    op.rename_table("outbox", "outbox_0001")
    op.create_table(
        "outbox",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("town", "destination", "path")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("town", "id"),
        sa.UniqueConstraint("town", "destination", "path", "number"),
        sqlite_strict=True,
    )
    op.execute(f"INSERT INTO outbox ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)} FROM outbox_0001")
    op.drop_table("outbox_0001")
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _as_in_sqlite(sa.inspect(connection))


def _as_in_sqlite(inspector: sa.Inspector) -> None:
    for table in inspector.get_table_names():
        if table != "alembic_version":
            for column in inspector.get_columns(table):
                if isinstance(column["type"], sa.Text):
                    op.alter_column(table, column["name"], type_=sa.Text(collation="C"))
                elif isinstance(column["type"], sa.Integer):
                    op.alter_column(table, column["name"], type_=sa.BigInteger())


def downgrade() -> None:
    raise NotImplementedError("a register is never taken back to before it was")
