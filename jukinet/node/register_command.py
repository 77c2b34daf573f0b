"""`jukinet register`: a town's register from a file and into one, and registers of invented people. docs/register.md is the manual."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from jukinet.errors import SettingsError
from jukinet.node.keeping import kept
from jukinet.node.register_file import take_in, write_out
from jukinet.plain import plain_words

register = typer.Typer(help="A town's register: from a file, into one; registers of invented people.", no_args_is_help=True)

Csv = Annotated[Path, typer.Argument(help="CSV in UTF-8; docs/register.md has the columns.")]
Town = Annotated[str, typer.Option(help="団体コード, five digits: whose register it is.")]
Settings = Annotated[Path, typer.Option(help="The node's settings (TOML).")]


@register.command("import")
def import_command(file: Csv, town: Town, settings: Settings) -> None:
    """Take a file into the register: all lines or none. Who is not in it stays. Errors name line and column."""
    with plain_words(), _opened(file) as data, kept(settings, town) as node:
        # A bar on a terminal, silence elsewhere. Where the server has it done again, it begins again.
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task(file.name, total=file.stat().st_size)
            seen = partial(_seen, bar, task)
            taken = node.register.write_now(partial(take_in, file=data, town=town, progress=seen))
        node.issues.write_now(
            lambda connection: node.log.append(
                connection, "node_register_imported", lines=taken.lines, added=taken.added, changed=taken.changed
            )
        )
    typer.echo(f"{taken.lines} lines: {taken.added} added, {taken.changed} changed, {taken.same} as they were")


@register.command("export")
def export_command(file: Csv, town: Town, settings: Settings) -> None:
    """Write the register into a new file that its owner alone can read."""
    with plain_words(), kept(settings, town) as node:
        if file.exists():
            raise SettingsError(f"{file}: is there already; a new file is required")
        unfinished = file.with_name(file.name + ".unfinished")
        unfinished.unlink(missing_ok=True)
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as data:
            lines = node.register.read_now(partial(write_out, file=data, town=town))
            data.flush()
            os.fsync(data.fileno())
        unfinished.rename(file)
        node.issues.write_now(lambda connection: node.log.append(connection, "node_register_exported", lines=lines))
    typer.echo(f"{lines} residents")


@register.command()
def make(
    file: Annotated[Path, typer.Argument(help="The register's file (SQLite).")],
    residents: Annotated[int, typer.Option(min=1, max=2_000_000, help="How many people.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people.")] = 1,
) -> None:
    """Write a register of invented people."""
    from jukinet.node.people import make_register_file

    with plain_words():
        try:
            make_register_file(file, residents, seed)
        except OSError as error:
            raise SettingsError(f"{file}: cannot be written ({error.strerror}); a path in a folder is required") from None


def _seen(bar: Progress, task: TaskID, at: int) -> None:
    bar.update(task, completed=at)


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror})") from None
