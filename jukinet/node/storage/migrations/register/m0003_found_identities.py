"""Identities of before, those of today's set, and by what all of them are found. The list is made by the node itself when it is empty: only
the node knows whose it is."""

import sqlalchemy as sa
from alembic import op

revision = "register_0003"
down_revision = "register_0002"


def upgrade() -> None:
    words = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()

    def needed(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, words, nullable=False) for name in names]

    op.create_table(
        "former_identities",
        *needed("town", "resident_code"),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        *needed("name", "birth", "sex", "address", "change", "changed", "until"),
        sa.PrimaryKeyConstraint("town", "resident_code", "version"),
        sqlite_strict=True,
    )
    op.create_index("former_identities_by_end", "former_identities", ["town", "until"])
    op.create_table(
        "identities_today",
        *needed("town", "resident_code", "my_number", "kana"),
        sa.PrimaryKeyConstraint("town", "resident_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "identity_keys",
        *needed("town"),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        *needed("home", "resident_code"),
        sa.PrimaryKeyConstraint("town", "key", "home", "resident_code"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("a register is never taken back to before it was")
