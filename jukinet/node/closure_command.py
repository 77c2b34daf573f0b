"""`jukinet close` and `jukinet reopen`: a municipality serves nobody for a while. Beside the running node, at once, or before it starts."""

from pathlib import Path
from typing import Annotated

import typer

from jukinet.errors import SettingsError
from jukinet.node.audit.log import instant
from jukinet.node.closure import Why, closure, reopen
from jukinet.node.closure import close as close_doors
from jukinet.node.keeping import Kept, kept, now
from jukinet.node.settings import NodeSettings, load
from jukinet.peers import PeerKind
from jukinet.plain import plain_words

Settings = Annotated[Path, typer.Option(help="The node's settings (TOML).")]


def close(settings: Settings, why: Annotated[Why, typer.Option(help="What the log says.")]) -> None:
    """Close a municipality from the next question on: kiosks begin no visit, other towns are told that it is closed. Who has a copy on the
    way gets it."""
    with plain_words(), kept(settings) as node:
        own = _town(settings)
        close_doors(own.data, why, instant(now()))
        _note(node, "closed", why)
    typer.echo(f"{own.code} is closed: {why}")


def reopen_command(settings: Settings) -> None:
    """Open a municipality again: it keeps its hours."""
    with plain_words(), kept(settings) as node:
        own = _town(settings)
        was = closure(own.data)
        if was is None:
            raise SettingsError(f"{settings}: {own.code} is not closed")
        _note(node, "reopened", was.why)
        reopen(own.data)
    typer.echo(f"{own.code} keeps its hours again")


def _town(settings: Path) -> NodeSettings:
    own = load(settings)
    if own.role is not PeerKind.MUNICIPALITY:
        raise SettingsError(f"{settings}: node.role: {own.role} has no doors of its own; a municipality's settings are required")
    return own


def _note(node: Kept, deed: str, why: Why) -> None:
    node.issues.write_now(lambda connection: node.log.append(connection, "node_doors", deed=deed, why=str(why)))
