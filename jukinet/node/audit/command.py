"""`jukinet audit`: what an auditor runs on a node's file, whether the node runs or not. Changes nothing."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from jukinet.errors import SettingsError
from jukinet.node.audit.log import Stream
from jukinet.node.audit.reading import Verdict, verify
from jukinet.node.audit.report import as_text, month_of
from jukinet.node.audit.tiles import write_tiles
from jukinet.node.audit.witness import confirmed_note
from jukinet.node.settings import NodeSettings, load
from jukinet.node.storage.open import File, read_once
from jukinet.notes import Checkpoint, LogKey, log_owner
from jukinet.plain import plain_words

audit = typer.Typer(help="The node's log: is it whole, and what does it say?", no_args_is_help=True)

Settings = Annotated[Path, typer.Option(help="The node's settings (TOML).")]


@audit.command("verify")
def verify_command(settings: Settings) -> None:
    """Read the whole log, line by line, and say whether it holds. Exit status 1: it does not."""
    with plain_words():
        node = load(settings)
        holds = True
        for stream in Stream:
            verdict, note = read_once(node.place(File.ISSUES), partial(_look, node=node, stream=stream))
            holds = holds and not verdict.wrong
            typer.echo(_said(stream, verdict, note))
    raise typer.Exit(0 if holds else 1)


@audit.command("report")
def report_command(
    settings: Settings,
    month: Annotated[str, typer.Option(help='As "2026-11".')],
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Print a month's use: by hour, by peer, refusals, look-ups that nothing explains."""
    with plain_words():
        node = load(settings)
        found = read_once(node.place(File.ISSUES), partial(month_of, town=node.code, month=month))
    if as_json:
        table = asdict(found) | {"refusals": [[*who, count] for who, count in found.refusals.items()]}
        table |= {"asked_by_bodies": [[*who, count] for who, count in found.asked_by_bodies.items()]}
        typer.echo(json.dumps(table, ensure_ascii=False, indent=2))
    else:
        typer.echo(as_text(found), nl=False)


@audit.command("tiles")
def tiles_command(
    settings: Settings, folder: Annotated[Path, typer.Argument(help="Where to; a folder for each stream is made in it.")]
) -> None:
    """Write the log as files that other tools for transparency logs read (C2SP tlog-tiles)."""
    with plain_words():
        node = load(settings)
        key = LogKey.load(log_owner(node.code), node.log_key)
        for stream in Stream:
            write = partial(write_tiles, town=node.code, stream=stream, key=key, folder=folder / stream)
            try:
                typer.echo(f"{stream}: {read_once(node.place(File.ISSUES), write):,} lines")
            except OSError as error:
                raise SettingsError(f"{folder}: cannot be written ({error.strerror})") from None


def _look(connection: Connection, node: NodeSettings, stream: Stream) -> tuple[Verdict, str | None]:
    return verify(connection, node.code, stream), confirmed_note(connection, node.code, stream)


def _said(stream: Stream, verdict: Verdict, note: str | None) -> str:
    rows = [
        f"{stream}: {'HOLDS' if not verdict.wrong else 'DOES NOT HOLD: ' + verdict.wrong}",
        f"  lines       {verdict.size:,}" + (f", the first {verdict.trimmed:,} by their hash alone" if verdict.trimmed else ""),
        f"  root        {verdict.root.hex()}",
        f"  confirmed   {_confirmed(note)}",
    ]
    return "\n".join(rows)


def _confirmed(note: str | None) -> str:
    if note is None:
        return "by no witness yet"
    text, _, signatures = note.partition("\n\n")
    witnesses = [line.split(" ")[1] for line in signatures.splitlines()[1:]]
    return f"the first {Checkpoint.read(text).size:,} lines, by {', '.join(witnesses)}"
