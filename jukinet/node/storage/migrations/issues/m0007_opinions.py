"""Counts of what residents think of services under discussion."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0007"
down_revision = "issues_0006"


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    words, number = (sa.Text(collation="C"), sa.BigInteger()) if postgresql else (sa.Text(), sa.Integer())
    op.create_table(
        "opinions",
        *(sa.Column(name, words, nullable=False) for name in ("town", "about", "day", "chosen")),
        sa.Column("rating", number, nullable=False),
        sa.Column("count", number, nullable=False),
        sa.PrimaryKeyConstraint("town", "about", "day", "chosen", "rating"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("a count is never taken back to before it was")
