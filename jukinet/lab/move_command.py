"""`jukinet move`: a move by card, by hand, at the kiosk of a running lab. docs/moves.md shows one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jukinet.errors import Kind, PaperWay, Problem, SettingsError, WrongAnswer
from jukinet.lab.moving import Terminal
from jukinet.lab.network import KIOSK_TOWN
from jukinet.messages import Move
from jukinet.node.hours import JST
from jukinet.plain import plain_words

app = typer.Typer(help="Play the kiosk of a running lab: a move by card, step by step.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The lab's.")]
Card = Annotated[str, typer.Option(help="Name of a card in the lab's `cards`.")]
Day = Annotated[str, typer.Option(help="YYYY-MM-DD; today if not said.")]
Name = Annotated[str, typer.Option("--move", help="As `out` and `where` tell it.")]


@app.command()
def out(
    folder: Folder,
    card: Card = "hanako",
    person: Annotated[list[int] | None, typer.Option(help="Number in the household; everybody if not said.")] = None,
    day: Day = "",
    to: Annotated[str, typer.Option(help="団体コード of the new town.")] = KIOSK_TOWN.code,
) -> None:
    """Give the notice of moving out (転出届)."""
    with _visit(folder, card) as terminal:
        persons = person or list(terminal.members())
        _say(terminal.out(persons, day or _today(), to))


@app.command()
def where(folder: Folder, card: Card = "hanako") -> None:
    """Ask how far the moves of a card's holder are."""
    with _visit(folder, card) as terminal:
        _say(terminal.where())


@app.command("in")
def in_command(folder: Folder, move: Name, card: Card = "hanako", day: Day = "") -> None:
    """Give the notice of moving in (転入届). The counter confirms it: `jukinet counter`."""
    with _visit(folder, card) as terminal:
        _say(terminal.file(move, day or _today()))


@app.command("carry-on")
def carry_on(folder: Folder, move: Name, card: Card = "hanako") -> None:
    """Carry another member's card on at the new town (継続利用)."""
    with _visit(folder, card) as terminal:
        _say(terminal.carry_on(move))


@contextmanager
def _visit(folder: Path, card: str) -> Iterator[Terminal]:
    with plain_words():
        terminal = Terminal(folder, card)
        try:
            yield terminal
        except Problem as problem:
            raise SettingsError(_words(problem)) from None
        except WrongAnswer as wrong:
            raise SettingsError(f"the answer is not to be trusted: {wrong.field}") from None
        finally:
            terminal.close()


def _words(problem: Problem) -> str:
    reason = problem.reason if problem.kind is Kind.PAPER_WAY else str(problem.kind)
    if reason in list(PaperWay):
        return f"not by card ({reason}): the counter of the old town makes the paper moving-out certificate (転出証明書)"
    return f"refused: {problem}"


def _say(moves: list[Move]) -> None:
    for each in moves:
        sides = ((each.leaving, "the old town"), (each.arriving, "the new town"))
        states = ", ".join(f"{state} at {side}" for state, side in sides if state is not None)
        typer.echo(f"{each.move}  {each.persons} from {each.origin} to {each.destination}, leaves {each.leaves}: {states}")
        if each.number:
            typer.echo(f"  number at the counter: {each.number}")
        if each.carry_on_until:
            typer.echo(f"  this card is to be carried on until {each.carry_on_until}")
        typer.echo(f"  notice of moving in by card until {each.until}")
    if not moves:
        typer.echo("no moves")


def _today() -> str:
    return datetime.now(JST).date().isoformat()
