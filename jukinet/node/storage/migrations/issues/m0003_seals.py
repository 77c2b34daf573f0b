"""Digital seals by their id. Those made before this have another format, which no reader knows any more; none of them was ever issued."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0003"
down_revision = "issues_0002"


def upgrade() -> None:
    words = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "seals",
        sa.Column("town", words, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("visit", words, nullable=False),
        sa.PrimaryKeyConstraint("town", "id"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("a register is never taken back to before it was")
