"""`jukinet counter`: the new town's counter looks at moves whose notice of moving in a kiosk has taken, and confirms them. Works beside the
running node, or without it: the node acts on what was decided as soon as it runs. docs/moves.md is the manual."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Connection

from jukinet.errors import SettingsError
from jukinet.node.keeping import Kept, kept
from jukinet.node.moves import counter
from jukinet.node.moves.certificate import Entry
from jukinet.node.moves.counter import CounterError, Waiting
from jukinet.node.moves.records import has_household
from jukinet.plain import plain_words

app = typer.Typer(help="The counter of a town that people move to.", no_args_is_help=True)

Settings = Annotated[Path, typer.Option(help="The node's settings (TOML).")]
Number = Annotated[int, typer.Argument(min=1, help="As the kiosk told it.")]
Result = TypeVar("Result")


@app.command("list")
def list_command(
    settings: Settings, all_of_them: Annotated[bool, typer.Option("--all", help="Others than those that wait, too.")] = False
) -> None:
    """Who waits at the counter: numbers and days, no names."""
    with plain_words(), kept(settings) as node:
        found = node.issues.read_now(partial(counter.waiting, town=node.code, all_of_them=all_of_them))
    for each in found:
        typer.echo(_said(each))
    if not found:
        typer.echo("nobody")


@app.command()
def show(number: Number, settings: Settings) -> None:
    """What the old town certified, to be compared with the people who came. Their names appear on this terminal, in no log."""
    with plain_words(), kept(settings) as node:
        certificate = _done(node, lambda connection: counter.certificate_of(connection, node.log, number))
    typer.echo(f"from {certificate.origin}, {certificate.address} {certificate.building}".rstrip())
    for at, mover in enumerate(certificate.movers, 1):
        typer.echo(f"{at}  {mover.name or mover.latin_name}  {mover.birth}  {mover.relationship}")


@app.command()
def confirm(
    number: Number,
    settings: Settings,
    address: Annotated[str, typer.Option(help="Where they live now.")],
    relationship: Annotated[
        list[str], typer.Option(help="To the head, one for each person in the order of `show`. The head's own is 世帯主.")
    ],
    building: Annotated[str, typer.Option(help="House name and room.")] = "",
    day: Annotated[str, typer.Option(help="Of moving in, where the notice was wrong: YYYY-MM-DD.")] = "",
    household: Annotated[int, typer.Option(min=0, help="Number of a household that they join; 0: a new one.")] = 0,
) -> None:
    """Confirm a move. The node enters the records and tells the old town."""
    with plain_words(), kept(settings) as node:
        if household and not node.register.read_now(partial(has_household, town=node.code, household=household)):
            raise SettingsError(f"--household {household}: nobody lives there; the number of one of this town's is required")
        entry = Entry(address=address, building=building, household=household, relationships=relationship)
        _say(node, lambda connection: counter.confirm(connection, node.log, number, entry, _day(day)))


@app.command("return")
def return_command(number: Number, settings: Settings) -> None:
    """Something is missing: they give the notice again, in time."""
    with plain_words(), kept(settings) as node:
        _say(node, lambda connection: counter.give_back(connection, node.log, number))


def _say(node: Kept, job: Callable[[Connection], Waiting]) -> None:
    typer.echo(_said(_done(node, job)))


def _done(node: Kept, job: Callable[[Connection], Result]) -> Result:
    try:
        return node.issues.write_now(job)
    except CounterError as error:
        raise SettingsError(str(error)) from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise SettingsError(f'--day "{text}": no day; YYYY-MM-DD is required') from None


def _said(move: Waiting) -> str:
    number = f"{move.number:>4}" if move.number else "   –"
    days = f"leaves {move.leaves}, by card until {move.until}"
    came = f", moved {move.moved}, notice {move.filed}" if move.filed else ""
    return f"{number}  {move.state:<9}  {move.persons} from {move.origin}, {days}{came}  {move.move}"
