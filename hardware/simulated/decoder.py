"""ESC/POS bytes -> what the printer does: rows of dots, answers in their turn, cuts.

One reader for two uses: the simulated printer feeds it byte by byte as its buffer is worked off, and `decode` shows what a job would
print. It knows the commands our encoder, python-escpos' rasters and common set-up need; a byte that begins none of them is counted
and dropped, as printers do. Any split of the stream gives the same actions. Dots beyond the print width are dropped, dots at one place
are ORed, a line feeds at least the height it printed.
"""

from collections.abc import Generator
from dataclasses import dataclass

from hardware.printer.models import PrinterModel
from hardware.printer.page import Bitmap, enlarged


@dataclass(frozen=True)
class Row:
    """One dot row, `PrinterModel.dots` bits, most significant left."""

    dots: int


@dataclass(frozen=True)
class Answer:
    """Bytes for the host once everything before has been done."""

    data: bytes


@dataclass(frozen=True)
class QueuedStatus:
    """GS r: the paper sensor as it is when its turn comes."""


@dataclass(frozen=True)
class AutomaticStatus:
    enabled: bool


@dataclass(frozen=True)
class Cut:
    pass


@dataclass(frozen=True)
class Eject:
    """GS e (Custom): 2 retract, 3 present, 5 eject."""

    function: int


Action = Row | Answer | QueuedStatus | AutomaticStatus | Cut | Eject

# Commands without a visible effect here, and how many parameter bytes they have.
IGNORED = {
    b"\x1bR": 1,  # international characters
    b"\x1bt": 1,  # code page
    b"\x1bM": 1,  # font
    b"\x1b!": 1,  # print mode
    b"\x1bE": 1,  # bold
    b"\x1bG": 1,  # double strike
    b"\x1ba": 1,  # justification: only left is printed
    b"\x1b-": 1,  # underline
    b"\x1dB": 1,  # white on black
    b"\x1dL": 2,  # left margin
    b"\x1dW": 2,  # print area
    b"\x1dI": 1,  # identity: not answered
    b"\x1cC": 1,  # kanji code system: Shift-JIS only
    b"\x1cS": 2,  # kanji gaps
    b"\x1b ": 1,  # gap
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x10\x04": 1,  # real-time commands: obeyed on reception, skipped in their turn
    b"\x10\x05": 1,
    b"\x10\x14": 1,
}
LINE = 24
TOFU = Bitmap.of_lines(24, [0] * 2 + [0x3FFFFC] + [0x200004] * 18 + [0x3FFFFC] + [0] * 2)  # a character of the printer's own


NO_GRAPHIC = Bitmap(1, 0, b"")


class Interpreter:
    """Holds the printer's volatile state: units, position, print buffer, user-defined characters."""

    def __init__(self, model: PrinterModel, flash: dict[bytes, Bitmap] | None = None) -> None:
        """`flash` are its NV graphics by their two characters; it outlives every reset."""
        self.model = model
        self.flash = {} if flash is None else flash
        self.unknown = 0  # bytes that began no command
        self._done: list[Action] = []
        self._characters: dict[bytes, Bitmap] = {}
        self._units: tuple[int, ...] = ()
        self.reset()

    def reset(self) -> None:
        """As after power on; half a command is forgotten."""
        self.unknown = 0
        self._initialise()
        self._restart()

    def forget_line(self) -> None:
        """DLE DC4 8: the print buffer and half a command go, modes and characters stay."""
        self._line, self._x = [0] * LINE, 0
        self._restart()

    def feed(self, byte: int) -> list[Action]:
        """One byte; what it completed."""
        self._reader.send(byte)
        done, self._done = self._done, []
        return done

    # -- reading --------------------------------------------------------------------------------------------------

    def _restart(self) -> None:
        self._done.clear()
        self._reader = self._read()
        next(self._reader)

    def _read(self) -> Generator[None, int, None]:
        while True:
            first = yield
            if first in (0x10, 0x1B, 0x1C, 0x1D):
                second = yield
                yield from self._command(bytes((first, second)))
            elif first == 0x0A:
                self._print(LINE)
            elif self.model.kanji_slots and (0x81 <= first <= 0x9F or 0xE0 <= first <= 0xFC):
                second = yield
                self._character(bytes((first, second)), 24)
            elif first >= 0x20:
                self._character(bytes((first,)), 12)
            elif first not in (0x00, 0x0D):
                self.unknown += 1

    def _take(self, count: int) -> Generator[None, int, bytes]:
        data = bytearray()
        while len(data) < count:
            data.append((yield))
        return bytes(data)

    def _command(self, name: bytes) -> Generator[None, int, None]:
        if name in IGNORED:
            yield from self._take(IGNORED[name])
        elif name == b"\x1b@":
            self._initialise()
            self._done.append(AutomaticStatus(False))
        elif name == b"\x1dP":
            self._units = tuple((yield from self._take(2)))
        elif name == b"\x1bJ":
            self._print(self._dots((yield), 1))
        elif name == b"\x1bd":
            self._print((yield) * LINE)
        elif name == b"\x1b3":
            yield
        elif name == b"\x1b$":
            self._x = self._dots(int.from_bytes((yield from self._take(2)), "little"), 0)
        elif name == b"\x1b%":
            self._user_half = bool((yield) & 1)
        elif name == b"\x1d!":
            size = yield
            self._size = (size >> 4 & 7) + 1, (size & 7) + 1
        elif name == b"\x1b*":
            yield from self._columns()
        elif name == b"\x1c2":
            code, data = (yield from self._take(2)), (yield from self._take(72))
            self._characters[code] = _of_columns(data)
        elif name == b"\x1b&":
            yield from self._define_half()
        elif name == b"\x1dv":
            yield from self._raster()
        elif name == b"\x1d(":
            yield from self._extended()
        elif name == b"\x1da":
            wanted = yield
            self._done.append(AutomaticStatus(wanted != 0))
        elif name == b"\x1dr":
            yield
            self._done.append(QueuedStatus())
        elif name == b"\x1dV":
            yield from self._cut()
        elif name == b"\x1de" and self.model.presenter != "none":
            function = yield
            if function == 3:
                yield
            self._done.append(Eject(function))
        else:
            self.unknown += 2

    def _columns(self) -> Generator[None, int, None]:
        mode, low, high = yield from self._take(3)
        tall = mode in (32, 33)
        data = yield from self._take((low + high * 256) * (3 if tall else 1))
        if tall:
            picture = _of_columns(data)
            self._draw(
                picture if mode == 33 else Bitmap.of_lines(picture.width * 2, (_doubled(row, picture.width) for row in picture.lines))
            )
        else:
            self.unknown += 5 + len(data)

    def _define_half(self) -> Generator[None, int, None]:
        height, first, last = yield from self._take(3)
        for code in range(first, last + 1):
            width = yield
            data = yield from self._take(width * height)
            if height == 3 and 0x20 <= code <= 0x7E and len(self._characters) < 189:
                self._characters[bytes((code,))] = _of_columns(data.ljust(36, b"\0"))

    def _raster(self) -> Generator[None, int, None]:
        _, mode, xl, xh, yl, yh = yield from self._take(6)
        stride, rows = xl + xh * 256, yl + yh * 256
        wide, high = 1 + (mode & 1), 1 + (mode >> 1 & 1)
        for _ in range(rows):
            row = int.from_bytes((yield from self._take(stride)), "big")
            dots = _doubled(row, stride * 8) if wide == 2 else row
            self._done.extend([Row(self._placed(dots, stride * 8 * wide))] * high)
        self._x = 0

    def _extended(self) -> Generator[None, int, None]:
        kind, low, high = yield from self._take(3)
        data = yield from self._take(low + high * 256)
        if kind == 0x48 and data[:2] == b"\x30\x30":  # GS ( H 48
            self._done.append(Answer(b"\x37\x22" + data[2:6] + b"\x00"))
        elif kind == 0x4C:
            self._graphics(data)
        else:
            self.unknown += 5 + len(data)

    def _graphics(self, data: bytes) -> None:
        """GS ( L: key list, definition and print of NV graphics; a picture into the print buffer, and its print. One colour."""
        function, names = data[1:2], data[3:5]
        if function == b"\x40" and self.model.flash_bytes:
            self._done.append(Answer(b"\x37\x72\x40" + b"".join(self.flash) + b"\x00"))
        elif function == b"\x43" and len(data) > 11:
            width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
            kept = sum(len(picture.rows) for picture in self.flash.values())
            if len(data) == 11 + (width + 7) // 8 * height and kept + len(data) <= self.model.flash_bytes:
                self.flash[names] = Bitmap(width, height, data[11:])
        elif function == b"\x70" and len(data) > 10:
            width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
            if len(data) == 10 + (width + 7) // 8 * height:
                self._graphic = enlarged(Bitmap(width, height, data[10:]), data[3], data[4])
        elif function in (b"\x02", b"\x32"):
            self._done.extend(Row(self._placed(row, self._graphic.width)) for row in self._graphic.lines)
            self._graphic = NO_GRAPHIC
        elif function == b"\x45" and data[2:4] in self.flash:
            self._x = 0
            picture = self.flash[data[2:4]]
            self._done.extend(Row(self._placed(row, picture.width)) for row in picture.lines)

    def _cut(self) -> Generator[None, int, None]:
        mode = yield
        if mode in (65, 66):
            extra = self._dots((yield), 1)
            if any(self._line) or extra:
                self._print(extra)
        self._done.append(Cut())

    # -- drawing --------------------------------------------------------------------------------------------------

    def _initialise(self) -> None:
        self._characters.clear()
        self._user_half = False
        self._size = 1, 1
        self._graphic = NO_GRAPHIC
        self._units = (self.model.dpi, 2 * self.model.dpi)
        self._line, self._x = [0] * LINE, 0

    def _dots(self, value: int, axis: int) -> int:
        return value * self.model.dpi // (self._units[axis] or self.model.dpi)

    def _placed(self, dots: int, width: int) -> int:
        shift = self.model.dots - self._x - width
        return dots << shift if shift >= 0 else dots >> -shift

    def _draw(self, picture: Bitmap) -> None:
        """On the line that all characters stand on: what is taller reaches further up."""
        self._line[:0] = [0] * (picture.height - len(self._line))
        top = len(self._line) - picture.height
        for y, dots in enumerate(picture.lines):
            self._line[top + y] |= self._placed(dots, picture.width)
        self._x += picture.width

    def _character(self, code: bytes, width: int) -> None:
        usable = len(code) == 2 or self._user_half
        glyph = self._characters.get(code) if usable else None
        if glyph is None:
            glyph = TOFU if width == 24 else Bitmap.of_lines(12, (row >> 6 & 0xFFF for row in TOFU.lines))
            glyph = Bitmap.of_lines(width, [0] * LINE) if code == b" " else glyph
        self._draw(enlarged(glyph, *self._size))

    def _print(self, feed: int) -> None:
        rows = list(self._line) if any(self._line) else []
        self._done.extend(Row(row) for row in rows + [0] * (feed - len(rows)))
        self._line, self._x = [0] * LINE, 0


def decode(data: bytes, model: PrinterModel, flash: dict[bytes, Bitmap] | None = None) -> list[Bitmap]:
    """The sheets that `data` prints; a last one without a cut counts if it has rows."""
    interpreter = Interpreter(model, flash)
    sheets: list[list[int]] = [[]]
    for byte in data:
        for action in interpreter.feed(byte):
            if isinstance(action, Row):
                sheets[-1].append(action.dots)
            elif isinstance(action, Cut):
                sheets.append([])
    if not sheets[-1]:
        sheets.pop()
    return [Bitmap.of_lines(model.dots, rows) for rows in sheets]


def _of_columns(data: bytes) -> Bitmap:
    """Three bytes a column, the top dot in the most significant bit."""
    width = len(data) // 3
    columns = [f"{int.from_bytes(data[at : at + 3], 'big'):024b}" for at in range(0, len(data), 3)]
    return Bitmap.of_lines(width, [int("".join(row), 2) for row in zip(*columns, strict=True)] if width else [0] * LINE)


def _doubled(row: int, width: int) -> int:
    return enlarged(Bitmap.of_lines(width, [row]), 2).lines[0]
