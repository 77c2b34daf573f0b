"""Residents with their history, cards and whose they are, identities."""

import sqlalchemy as sa
from alembic import op

revision = "register_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "card_holders",
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("resident", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town", "certificate"),
        sqlite_strict=True,
    )
    op.create_table(
        "card_registry",
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("certificate"),
        sqlite_strict=True,
    )
    op.create_table(
        "identities",
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("resident_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("town", "resident_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "residents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("household", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("protected", sa.Integer(), nullable=False),
        sa.Column("moving", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kana", sa.Text(), server_default="", nullable=False),
        sa.Column("latin_name", sa.Text(), server_default="", nullable=False),
        sa.Column("alias", sa.Text(), server_default="", nullable=False),
        sa.Column("former_name", sa.Text(), server_default="", nullable=False),
        sa.Column("former_kana", sa.Text(), server_default="", nullable=False),
        sa.Column("birth", sa.Text(), server_default="", nullable=False),
        sa.Column("sex", sa.Text(), server_default="", nullable=False),
        sa.Column("relationship", sa.Text(), server_default="", nullable=False),
        sa.Column("became_resident", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("building", sa.Text(), server_default="", nullable=False),
        sa.Column("address_since", sa.Text(), server_default="", nullable=False),
        sa.Column("notified", sa.Text(), server_default="", nullable=False),
        sa.Column("previous_address", sa.Text(), server_default="", nullable=False),
        sa.Column("my_number", sa.Text(), server_default="", nullable=False),
        sa.Column("resident_code", sa.Text(), nullable=False),
        sa.Column("nationality", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("period", sa.Text(), server_default="", nullable=False),
        sa.Column("expires", sa.Text(), server_default="", nullable=False),
        sa.Column("card_number", sa.Text(), server_default="", nullable=False),
        sa.Column("became", sa.Text(), server_default="", nullable=False),
        sa.Column("domicile", sa.Text(), server_default="", nullable=False),
        sa.Column("family_head", sa.Text(), server_default="", nullable=False),
        sa.Column("elector", sa.Text(), server_default="", nullable=False),
        sa.Column("health_insurance", sa.Text(), server_default="", nullable=False),
        sa.Column("elderly_insurance", sa.Text(), server_default="", nullable=False),
        sa.Column("care_insurance", sa.Text(), server_default="", nullable=False),
        sa.Column("pension", sa.Text(), server_default="", nullable=False),
        sa.Column("child_allowance", sa.Text(), server_default="", nullable=False),
        sa.Column("rice", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("town", "resident_code"),
        sqlite_strict=True,
    )
    op.create_index("residents_by_household", "residents", ["town", "household", "number"], unique=False)
    op.create_index("residents_by_kana", "residents", ["town", "kana", "birth"], unique=False)
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("resident", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident"],
            ["residents.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("a register is never taken back to before it was")
