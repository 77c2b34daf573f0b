"""The one place that chooses real or simulated devices: by their addresses in the settings.

reader    pcsc:                       the first reader of pcscd          pcsc:NAME      one whose name contains NAME
          simulated:                  in process, worked by hands
          vpcd:HOST:PORT              pcscd with a simulated card, which is dialled in by hand
printer   serial:PATH?model=M&baud=B  a printer on a line; M is a file of assets/printers, or escpos/NAME (see hardware.printer.library)
          simulated:MODEL[?baud=B]    in process, at the line's pace     (baud 0: at once)
          pty:MODEL[?baud=B]          the same simulated printer behind a pseudo terminal, through the serial driver
          ...&dots=N&completion=C     for a model of escpos/ only: what its table does not say
payment   none                        no device; every fee is 0
keypad    none · evdev:PATH           PATH as under /dev/input/by-id
          keyboard:                   the keys of the machine's own keyboard, F9 for the plug of headphones (in a window only)
          simulated:                  behind a pipe, through the evdev driver, worked by hands
sound     none · alsa:DEVICE          the loudspeaker; DEVICE as in `aplay -D`: default, plughw:CARD=PCH
          simulated:                  in memory
headphones                            as sound; none: they are on the same card, and the plug turns the loudspeaker off
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from hardware.card.pcsc import PcscReader
from hardware.errors import SettingsError
from hardware.interfaces import CardReader, Keypad, Payment, Sound
from hardware.keypad.evdev import EvdevKeypad
from hardware.keypad.keyboard import Keyboard
from hardware.printer.driver import SerialPrinter
from hardware.printer.library import library_model
from hardware.printer.models import LIBRARY, Completion, PrinterModel, load_model
from hardware.printer.port import Port
from hardware.printer.serial_port import SerialPort
from hardware.simulated.card_reader import SimulatedReader
from hardware.simulated.hands import Hands, Slot
from hardware.simulated.keypad import SimulatedKeypad
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_wire import SimulatedPort
from hardware.simulated.serial_pty import SerialPty
from hardware.simulated.sound import SimulatedSound
from hardware.simulated.vpcd import VpcdSlot
from hardware.simulated.vpcd import address as vpcd_address
from hardware.sound.alsa import AlsaSound

BAUD = 115_200
LIBRARY_OPTIONS = frozenset({"dots", "completion"})


@dataclass
class Devices:
    """`hands` is None where every device is real."""

    reader: CardReader
    printer: SerialPrinter
    model: PrinterModel
    payment: Payment | None
    hands: Hands | None
    _held: ExitStack
    keypad: Keypad | None = None
    sound: Sound | None = None
    headphones: Sound | None = None

    def need_hands(self) -> Hands:
        """Raises SettingsError: a script or the bench can only work simulated devices."""
        if self.hands is None:
            raise SettingsError("key `devices`: a script needs simulated devices, and all of these are real")
        return self.hands

    def close(self) -> None:
        self.reader.close()
        self.printer.close()
        if self.keypad is not None:
            self.keypad.close()
        self._held.close()


def open_devices(
    reader: str,
    printer: str,
    payment: str,
    cards: Path | None,
    record: Callable[[bytes], None] | None = None,
    keypad: str = "none",
    sound: str = "none",
    headphones: str = "none",
) -> Devices:
    """`cards` is the folder of simulated cards, `record` sees every byte that goes to the printer. Raises SettingsError with key, value and
    what would be right; opens no line yet (a device that is not there is a level, not an error)."""
    if payment != "none":
        raise SettingsError(f'key `devices.payment` = "{payment}": no payment device is known yet, "none" would be right')
    held = ExitStack()
    card_reader, slot = _reader(reader)
    open_port, model, simulated = _printer(printer, held)
    keys, pressed = _keypad(keypad, held)
    voice, ears = _sound(sound), _sound(headphones)
    hands = Hands(slot, simulated, cards, pressed) if (slot, simulated, pressed) != (None, None, None) else None
    return Devices(card_reader, SerialPrinter(open_port, model, record=record), model, None, hands, held, keys, voice, ears)


def _reader(address: str) -> tuple[CardReader, Slot | None]:
    kind, colon, rest = address.partition(":")
    if colon and kind == "simulated" and not rest:
        simulated = SimulatedReader()
        return simulated, simulated
    if colon and kind == "pcsc":
        return PcscReader(rest), None
    if colon and kind == "vpcd":
        return PcscReader(), VpcdSlot(*vpcd_address(rest))
    raise SettingsError(f'key `devices.reader` = "{address}": "pcsc:", "simulated:" or "vpcd:HOST:PORT" would be right')


def _keypad(address: str, held: ExitStack) -> tuple[Keypad | None, SimulatedKeypad | None]:
    kind, colon, rest = address.partition(":")
    if address == "none":
        return None, None
    if colon and kind == "evdev" and rest:
        return EvdevKeypad(rest), None
    if address == "keyboard:":
        return Keyboard(), None
    if address == "simulated:":
        simulated = SimulatedKeypad()
        held.callback(simulated.close)
        return EvdevKeypad(str(simulated.path)), simulated
    raise SettingsError(f'key `devices.keypad` = "{address}": "none", "evdev:PATH", "keyboard:" or "simulated:" would be right')


def _sound(address: str) -> Sound | None:
    kind, colon, rest = address.partition(":")
    if address == "none":
        return None
    if colon and kind == "alsa" and rest:
        return AlsaSound(rest)
    if address == "simulated:":
        return SimulatedSound()
    raise SettingsError(f'keys `devices.sound` and `devices.headphones`: "{address}": "none", "alsa:DEVICE" or "simulated:" would be right')


def _printer(address: str, held: ExitStack) -> tuple[Callable[[], Port], PrinterModel, SimulatedPrinter | None]:
    kind, colon, rest = address.partition(":")
    place, _, query = rest.partition("?")
    options = dict(parse_qsl(query))
    if not colon or kind not in ("serial", "simulated", "pty") or not place or options.keys() - {"model", "baud", *LIBRARY_OPTIONS}:
        raise SettingsError(
            f'key `devices.printer` = "{address}": "serial:PATH?model=NAME&baud={BAUD}", "simulated:NAME" or "pty:NAME" would be right'
        )
    baud_text = options.get("baud", str(BAUD))
    if not baud_text.isascii() or not baud_text.isdigit():
        raise SettingsError(f'key `devices.printer`: baud = "{baud_text}": a number like {BAUD} would be right')
    baud = int(baud_text)
    if kind == "serial":
        model = _model(options.get("model", ""), options)
        return lambda: SerialPort(place, baud), model, None
    model = _model(place, options)
    simulated = SimulatedPrinter(model, pace=baud)
    held.callback(simulated.close)
    if kind == "simulated":
        return lambda: SimulatedPort(simulated), model, simulated
    link = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="printer-"))) / "printer"
    held.callback(SerialPty(simulated, link).close)
    return lambda: SerialPort(str(link), baud), model, simulated


def _model(name: str, options: dict[str, str]) -> PrinterModel:
    if not name.startswith(LIBRARY):
        if options.keys() & LIBRARY_OPTIONS:
            raise SettingsError(f"key `devices.printer`: {', '.join(sorted(LIBRARY_OPTIONS))} are for models of {LIBRARY} only")
        return load_model(name)
    dots, completion = options.get("dots"), options.get("completion", Completion.NONE)
    if dots is not None and not (dots.isascii() and dots.isdigit() and 8 <= int(dots) <= 4096):
        raise SettingsError(f'key `devices.printer`: dots = "{dots}": a number like 576 would be right')
    if completion not in list(Completion):
        raise SettingsError(f'key `devices.printer`: completion = "{completion}": one of {", ".join(Completion)} would be right')
    return library_model(name, None if dots is None else int(dots), Completion(completion))
