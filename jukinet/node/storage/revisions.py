"""Which revision a database is at, and how it gets to the newest. Alembic is loaded only where there is something to do: it would take 9 MB
and 80 ms of each node that finds its databases as it left them.
"""

from importlib.resources import as_file, files

from sqlalchemy import Connection, inspect, text

from jukinet.node.storage.place import File

_MIGRATIONS = files("jukinet.node.storage") / "migrations"


def newest(which: File) -> str:
    """Migrations are numbered files: mNNNN_what.py makes revision WHICH_NNNN."""
    numbers = [path.name[1:5] for path in (_MIGRATIONS / which).iterdir() if path.name.startswith("m") and path.name.endswith(".py")]
    return f"{which}_{max(numbers)}"


def revision_of(connection: Connection) -> str:
    """ "" for a database with nothing in it."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def bring_to_newest(connection: Connection, which: File) -> None:
    """Within the caller's transaction."""
    if revision_of(connection) == newest(which):
        return
    from alembic import command
    from alembic.config import Config

    with as_file(_MIGRATIONS) as migrations:
        config = Config()
        config.set_main_option("script_location", str(migrations))
        config.set_main_option("version_locations", str(migrations / which))
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
