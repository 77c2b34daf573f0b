"""Applications for a first card."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0009"
down_revision = "issues_0008"


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    words, number = (sa.Text(collation="C"), sa.BigInteger()) if postgresql else (sa.Text(), sa.Integer())
    op.create_table(
        "card_applications",
        sa.Column("town", words, nullable=False),
        *(sa.Column(name, number, nullable=False) for name in ("number", "resident")),
        *(sa.Column(name, words, nullable=False) for name in ("kind", "applied", "handed")),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("state", words, nullable=False),
        sa.PrimaryKeyConstraint("town", "number"),
        sqlite_strict=True,
    )
    op.create_index("card_applications_by_resident", "card_applications", ["town", "resident"])
    op.create_index("card_applications_by_state", "card_applications", ["town", "state"])


def downgrade() -> None:
    raise NotImplementedError("who has applied keeps their application")
