"""Moves by card: what the old town and the new town remember of each, and the cards that moved along."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0005"
down_revision = "issues_0004"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "departures",
        *map(_words, ("town", "move")),
        _bytes("digest"),
        *map(_words, ("destination", "noticed", "leaves", "moved")),
        _number("number"),
        *map(_words, ("cards", "state")),
        sa.PrimaryKeyConstraint("town", "move"),
        sqlite_strict=True,
    )
    op.create_index("departures_by_state", "departures", ["town", "state"])
    op.create_table(
        "leavers",
        *map(_words, ("town", "move")),
        _number("resident"),
        sa.PrimaryKeyConstraint("town", "move", "resident"),
        sqlite_strict=True,
    )
    op.create_index("leavers_by_resident", "leavers", ["town", "resident"])
    op.create_table(
        "arrivals",
        *map(_words, ("town", "move", "origin", "certificate")),
        _number("persons"),
        *map(_words, ("leaves", "until", "moved", "filed", "visit")),
        _number("number"),
        *map(_words, ("entry", "state")),
        sa.PrimaryKeyConstraint("town", "move"),
        sqlite_strict=True,
    )
    op.create_index("arrivals_by_state", "arrivals", ["town", "state"])
    op.create_index("arrivals_by_number", "arrivals", ["town", "number"])
    op.create_table(
        "moved_cards",
        *map(_words, ("town", "move")),
        _bytes("certificate"),
        *map(_words, ("until", "state")),
        sa.PrimaryKeyConstraint("town", "move", "certificate"),
        sqlite_strict=True,
    )
    op.create_index("moved_cards_by_certificate", "moved_cards", ["town", "certificate"])
    op.create_index("moved_cards_by_state", "moved_cards", ["town", "state", "until"])


def _words(name: str) -> "sa.Column[str]":
    return sa.Column(name, WORDS, nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, NUMBER, nullable=False)


def _bytes(name: str) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back to before it was")
