"""By whom a record was looked at is found by whose it is. Lines that are there already are read once, some thousands a second."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "issues_0008"
down_revision = "issues_0007"

AT_ONCE = 10_000
READ = {
    "node_household_told": "subject",
    "node_extract_told": "subjects",
    "node_move_noticed": "subjects",
    "node_move_leaving": "subjects",
    "node_moves_told": "subject",
}


def upgrade() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    words, number = (sa.Text(collation="C"), sa.BigInteger()) if postgresql else (sa.Text(), sa.Integer())
    looks = op.create_table(
        "looks",
        sa.Column("town", words, nullable=False),
        sa.Column("subject", words, nullable=False),
        sa.Column("line", number, nullable=False),
        sa.PrimaryKeyConstraint("town", "subject", "line"),
        sqlite_strict=True,
    )
    op.create_index("looks_by_line", "looks", ["town", "line"])
    audit = sa.table("audit", *(sa.column(name) for name in ("town", "stream", "seq", "entry")))
    for town in connection.execute(sa.select(audit.c.town).distinct()).scalars().all():
        here = (audit.c.town == town, audit.c.stream == "exchanges")
        last = connection.execute(sa.select(sa.func.max(audit.c.seq)).where(*here)).scalar()
        for first in range(0, 0 if last is None else last + 1, AT_ONCE):
            some = sa.select(audit.c.seq, audit.c.entry).where(*here, audit.c.seq >= first, audit.c.seq < first + AT_ONCE)
            rows = [
                {"town": town, "subject": subject, "line": row.seq}
                for row in connection.execute(some)
                if row.entry
                for subject in _subjects(bytes(row.entry))
            ]
            if rows:
                connection.execute(sa.insert(looks), rows)


def _subjects(entry: bytes) -> Iterator[str]:
    line = json.loads(entry)
    field = READ.get(line["kind"])
    if field is not None and line.get("certificate", True):
        named = line[field]
        yield from {named} if isinstance(named, str) else set(named)


def downgrade() -> None:
    raise NotImplementedError("who looked at a record must stay to be found")
