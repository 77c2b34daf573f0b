"""`jukinet backup` and `jukinet restore`, while the node runs or not. docs/register.md is the manual."""

from pathlib import Path
from typing import Annotated

import typer

from jukinet.node.backup import make_backup, move_in, put_back
from jukinet.node.keeping import kept
from jukinet.plain import plain_words

Settings = Annotated[Path, typer.Option(help="The node's settings (TOML).")]


def backup(file: Annotated[Path, typer.Argument(help="A new file.")], settings: Settings) -> None:
    """Copy all that a node holds into a file, while it runs: register, issues and log. The keys are not in it."""
    with plain_words(), kept(settings) as node:
        made = make_backup(file, node.code, node.register, node.issues, node.log)
    typer.echo(f"{made.lines} lines of history, as of {made.taken}")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup of this node.")],
    settings: Settings,
    move: Annotated[bool, typer.Option("--move", help="Everything, into empty databases: of a stopped node that moves there.")] = False,
) -> None:
    """Put the register back from a backup. The issue log stays as it is, and must be the one of the backup, grown since."""
    with plain_words(), kept(settings) as node:
        deed = move_in if move else put_back
        made = deed(file, node.code, node.register, node.issues, node.log)
    stayed = "the issue log came with it" if move else "the issue log stayed"
    typer.echo(f"the register is as of {made.taken}, {made.lines} lines of history; {stayed}")
