"""Several towns in one database; history that the database itself keeps from being altered; of the current records, what finds them.

Numbers of lines stay what they are: what has been told of a history is remembered by them.
"""

import sqlalchemy as sa
from alembic import op

from jukinet.node.storage.kept import keep_history

revision = "register_0002"
down_revision = "register_0001"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOUND_BY = ("household", "number", "state", "kana", "birth", "resident_code")
IDENTITY = ("town", "resident_code", "name", "birth", "sex", "address", "change", "changed")


def upgrade() -> None:
    for name in ("history", "residents", "card_holders", "card_registry", "identities"):
        op.rename_table(name, f"{name}_0001")
    op.drop_index("residents_by_household")
    op.drop_index("residents_by_kana")
    _history()
    _residents()
    _cards()
    _identities()
    for name in ("history", "residents", "card_holders", "card_registry", "identities"):  # history first: it points at residents
        op.drop_table(f"{name}_0001")
    op.create_index("history_of_resident", "history", ["town", "resident", "seq"])
    op.create_index("residents_by_household", "residents", ["town", "household", "number"])
    op.create_index("residents_by_kana", "residents", ["town", "kana", "birth"])
    keep_history(op.get_bind())


def _words(name: str) -> "sa.Column[str]":
    return sa.Column(name, WORDS, nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, NUMBER, nullable=False)


def _bytes(name: str) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _copy(table: str, columns: tuple[str, ...], values: str) -> None:
    op.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}_0001")


def _history() -> None:
    op.create_table(
        "history",
        _words("town"),
        *map(_number, ("seq", "resident")),
        *map(_words, ("change", "reason", "changed")),
        _bytes("record"),
        sa.PrimaryKeyConstraint("town", "seq"),
        sqlite_strict=True,
    )
    names = ("town", "seq", "resident", "change", "reason", "changed", "record")
    _copy("history", names, ", ".join(names))


def _residents() -> None:
    """The records themselves are in the history already."""
    op.create_table(
        "residents",
        _words("town"),
        *map(_number, ("id", "seq", "household", "number")),
        *map(_words, ("state", "kana", "birth", "resident_code")),
        sa.PrimaryKeyConstraint("town", "id"),
        sa.UniqueConstraint("town", "resident_code"),
        sqlite_strict=True,
    )
    last = "(SELECT max(seq) FROM history WHERE history.town = residents_0001.town AND history.resident = residents_0001.id)"
    _copy("residents", ("town", "id", *FOUND_BY, "seq"), f"town, id, {', '.join(FOUND_BY)}, {last}")


def _cards() -> None:
    op.create_table(
        "card_holders",
        _words("town"),
        _bytes("certificate"),
        _number("resident"),
        sa.PrimaryKeyConstraint("town", "certificate"),
        sqlite_strict=True,
    )
    _copy("card_holders", ("town", "certificate", "resident"), "town, certificate, resident")
    op.create_table(
        "card_registry",
        _words("town"),
        _bytes("certificate"),
        *map(_words, ("home", "status", "reason")),
        sa.PrimaryKeyConstraint("town", "certificate"),
        sqlite_strict=True,
    )
    _copy("card_registry", ("town", "certificate", "home", "status", "reason"), "'centre', certificate, town, status, reason")


def _identities() -> None:
    op.create_table("identities", *map(_words, IDENTITY), sa.PrimaryKeyConstraint("town", "resident_code"), sqlite_strict=True)
    _copy("identities", IDENTITY, ", ".join(IDENTITY))


def downgrade() -> None:
    raise NotImplementedError("a register is never taken back to before it was")
