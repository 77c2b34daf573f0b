"""What administrative bodies were told, of whom, and why."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0006"
down_revision = "issues_0005"


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    words, number = (sa.Text(collation="C"), sa.BigInteger()) if postgresql else (sa.Text(), sa.Integer())
    op.create_table(
        "inquiries",
        sa.Column("town", words, nullable=False),
        sa.Column("line", number, nullable=False),
        *(sa.Column(name, words, nullable=False) for name in ("at", "body", "affair", "ground", "items", "form", "embargo")),
        sa.Column("batch", words),
        sa.Column("piece", number),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("town", "line"),
        sa.UniqueConstraint("town", "body", "batch", "piece"),
        sqlite_strict=True,
    )
    op.create_index("inquiries_by_time", "inquiries", ["town", "at"])
    op.create_table(
        "provisions",
        sa.Column("town", words, nullable=False),
        sa.Column("subject", words, nullable=False),
        sa.Column("line", number, nullable=False),
        sa.Column("place", number, nullable=False),
        sa.Column("told", words, nullable=False),
        sa.PrimaryKeyConstraint("town", "subject", "line", "place"),
        sqlite_strict=True,
    )
    op.create_index("provisions_by_line", "provisions", ["town", "line"])


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back to before it was")
