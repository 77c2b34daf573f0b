"""The operator's hands at a terminal of simulated devices: bench, scripts, demo and tests move them; no driver knows them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from hardware.errors import SettingsError
from hardware.interfaces import Key
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_file import load_card
from hardware.simulated.keypad import SimulatedKeypad
from hardware.simulated.printer import SimulatedPrinter


class Slot(Protocol):
    """Where a card goes in: the reader in process, or vpcd's."""

    exchanged: int

    def insert(self, card: SimulatedCard) -> object: ...
    def pull(self) -> None: ...


class Hands:
    """`cards` is a folder of cards (see `card_file`), one case a folder."""

    def __init__(
        self, slot: Slot | None, printer: SimulatedPrinter | None, cards: Path | None, keypad: SimulatedKeypad | None = None
    ) -> None:
        self.slot, self.printer, self._cards, self._keypad = slot, printer, cards, keypad
        self.network: Callable[[bool], None] = lambda up: None  # whoever holds the line hangs itself in here

    @property
    def cases(self) -> tuple[str, ...]:
        if self._cards is None or not self._cards.is_dir():
            return ()
        return tuple(sorted(path.parent.name for path in self._cards.glob("*/card.toml")))

    @property
    def apdus(self) -> int:
        return self.slot.exchanged if self.slot is not None else 0

    def insert(self, case: str) -> None:
        """Raises SettingsError for a case that does not exist."""
        if self.slot is None:
            raise SettingsError('key `devices.reader`: a card can be put in by hand only with "simulated:" or "vpcd:HOST:PORT"')
        if self._cards is None or case not in self.cases:
            raise SettingsError(f"card `{case}`: there is none of that name; there are {', '.join(self.cases) or 'no cards at all'}")
        self.slot.insert(load_card(self._cards / case))

    def pull(self) -> None:
        if self.slot is not None:
            self.slot.pull()

    def take_paper(self) -> None:
        if self.printer is not None:
            self.printer.take_paper()

    @property
    def keypad(self) -> SimulatedKeypad:
        """Raises SettingsError: keys can be pressed by hand only on a simulated keypad."""
        if self._keypad is None:
            raise SettingsError('key `devices.keypad`: keys can be pressed by hand only with "simulated:"')
        return self._keypad

    def press(self, key: str) -> None:
        """Raises SettingsError for a key that no keypad has."""
        if key not in list(Key):
            raise SettingsError(f"key `{key}`: there is none of that name; there are {', '.join(Key)}")
        self.keypad.press(Key(key))

    def paper_out(self) -> None:
        self.work("paper_out")

    def refill(self) -> None:
        self.work("refill")

    def open_cover(self) -> None:
        self.work("open_cover")

    def close_cover(self) -> None:
        self.work("close_cover")

    def network_down(self) -> None:
        self.network(False)

    def network_up(self) -> None:
        self.network(True)

    def work(self, name: str, *numbers: int) -> None:
        """Anything a person can do to the printer, the line or the keypad, by name. Raises SettingsError for what nobody can do."""
        deeds = self._deeds()
        if name not in deeds:
            raise SettingsError(f"`{name}`: no such deed; there are {', '.join(sorted(deeds))}")
        deeds[name](*numbers)

    def _deeds(self) -> dict[str, Callable[..., None]]:
        deeds: dict[str, Callable[..., None]] = {"network_down": self.network_down, "network_up": self.network_up}
        keypad, printer = self._keypad, self.printer
        if keypad is not None:
            deeds |= {
                "headphones_in": partial(keypad.headphones, True),
                "headphones_out": partial(keypad.headphones, False),
                "hold_help": partial(keypad.hold, Key.HELP),
                "let_go_help": partial(keypad.let_go, Key.HELP),
                "unplug_keypad": keypad.unplug,
                "plug_keypad": keypad.plug,
            }
        if printer is not None:
            deeds |= {
                "paper_out": printer.paper_out,
                "refill": printer.refill,
                "near_end": partial(printer.near_end, True),
                "open_cover": printer.open_cover,
                "close_cover": printer.close_cover,
                "jam": printer.jam,
                "cutter_jam": printer.cutter_jam,
                "clear_jam": printer.clear_jam,
                "hot": partial(printer.hot, True),
                "cool": partial(printer.hot, False),
                "power_off": printer.power_off,
                "power_on": printer.power_on,
                "unplug": printer.unplug,
                "plug": printer.plug,
            }
        return deeds
