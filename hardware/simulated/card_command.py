"""`python -m hardware.simulated card`: one simulated card in the real pcscd until SIGTERM."""

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from hardware.errors import SettingsError
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Kind
from hardware.simulated.card_faults import SLOW
from hardware.simulated.card_file import load_card
from hardware.simulated.card_maker import FAULTS, CardState, make_card
from hardware.simulated.vpcd import PORT, VpcdSlot, address

LOOK_S = 0.2


def choose_card(folder: Path | None, kind: Kind, pin: str, sign_pin: str, state: CardState, now: datetime) -> SimulatedCard:
    """A card from its folder, or one made on the spot. Raises SettingsError."""
    if folder is None:
        return make_card(kind, pin, sign_pin, now=now, state=state)
    if state not in (CardState.GOOD, CardState.SLOW, *FAULTS):
        fitting = ", ".join((CardState.SLOW, *FAULTS))
        raise SettingsError(f"--state {state}: what a card in a folder is stands in its card.toml; beside --card only {fitting}")
    return load_card(folder, FAULTS.get(state), SLOW if state is CardState.SLOW else None)


def card(
    vpcd: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where vpcd listens for a card.")] = f"127.0.0.1:{PORT}",
    folder: Annotated[Path | None, typer.Option("--card", help="A card's folder (card.toml, certificates, keys).")] = None,
    kind: Annotated[Kind, typer.Option(help="Without --card: the card to make.")] = Kind.MY_NUMBER,
    pin: Annotated[str, typer.Option(help="Its PIN.")] = "1234",
    sign_pin: Annotated[str, typer.Option(help="Its signature password.")] = "ABC123",
    state: Annotated[CardState, typer.Option(help="What is the matter with it.")] = CardState.GOOD,
) -> None:
    """Put a card into the reader of the real pcscd; SIGTERM takes it out."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        host, port = address(vpcd)
        chosen = choose_card(folder, kind, pin, sign_pin, state, datetime.now(UTC))
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    slot = VpcdSlot(host, port)
    while not stop.is_set():
        if slot.insert(chosen, given_up=stop.is_set):
            typer.echo(f"card in at {host}:{port}")
            while not stop.is_set() and not slot.gone(LOOK_S):
                pass
    slot.pull()
