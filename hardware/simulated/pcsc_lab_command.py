"""`python -m hardware.simulated pcsc-lab … -- COMMAND`: the real PC/SC stack for one command."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hardware.errors import HardwareError
from hardware.simulated.card_applications import Kind
from hardware.simulated.card_file import load_card
from hardware.simulated.card_maker import CardState, make_card
from hardware.simulated.pcsc_lab import SLOTS, inner_command, inside, outside


def pcsc_lab(
    command: Annotated[list[str], typer.Argument(help="What to run in there, after --.")],
    cards: Annotated[list[Path] | None, typer.Option("--card", "--cards", help="A card's folder, put into a slot; at most two.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Make a card and put it into the first slot.")] = None,
    state: Annotated[CardState, typer.Option(help="What is the matter with the card made.")] = CardState.GOOD,
    is_inside: Annotated[bool, typer.Option("--inside", hidden=True)] = False,
) -> None:
    """Run a command beside a pcscd of its own, whose reader takes simulated cards. Needs root."""
    folders = cards or []
    if len(folders) + (kind is not None) > SLOTS:
        typer.echo(f"--card: the reader has {SLOTS} slots", err=True)
        raise typer.Exit(2)
    try:
        if is_inside:
            made = [] if kind is None else [make_card(kind, now=datetime.now(UTC), state=state)]
            status = inside([*made, *(load_card(folder) for folder in folders)], command, lambda text: typer.echo(text, err=True))
        else:
            options = [] if kind is None else ["--kind", kind.value, "--state", state.value]
            options += [part for folder in folders for part in ("--card", str(folder))]
            status = outside(inner_command([*options, "--", *command]))
    except HardwareError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(status)
