"""A table grows a thousandfold inside one transaction, and PostgreSQL still plans for the empty one it knew: it would look through a whole
town for each resident. Told in between, it uses the indexes. SQLite plans by the indexes alone.
"""

from sqlalchemy import Connection, Table


def grown(connection: Connection, *tables: Table) -> None:
    """To be said after 1, 2, 4, 8, … pieces: often enough, and seldom enough to cost nothing."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table.name}")
