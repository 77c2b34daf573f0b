"""ESC/POS bytes -> what the printer does: rows of dots, answers in their turn, cuts.

One reader for two uses: the simulated printer feeds it byte by byte as its buffer is worked off, and `decode` shows what a job would
print. It knows the commands of our encoder and of what other hosts send (python-escpos, receiptio); a byte that begins none of them is
counted and dropped, as printers do. Any split of the stream gives the same actions. Dots beyond the print width are dropped, dots at one
place are ORed, a line feeds at least the height it printed. What a printer would draw by itself (its own characters, bar codes, QR codes)
is an empty box here: nobody knows its dots.
"""

from collections.abc import Generator

from hardware.printer.models import PrinterModel
from hardware.printer.page import Bitmap, enlarged
from hardware.simulated.actions import Action, Answer, AutomaticStatus, Cut, Eject, QueuedStatus, Row
from hardware.simulated.skipped import SKIPPED

LINE = 24
SPACING = 30  # rows of LF and ESC d until ESC 3 (Epson TM series; ESC 2 goes back to it)
TOFU = Bitmap.of_lines(24, [0] * 2 + [0x3FFFFC] + [0x200004] * 18 + [0x3FFFFC] + [0] * 2)  # a character of the printer's own
BOX = enlarged(TOFU, 4)  # a bar code or QR code of its own
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
        self._spacing = SPACING
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
                self._print(self._spacing)
            elif self._is_double(first):
                second = yield
                self._character(bytes((first, second)), 24)
            elif first >= 0x20:
                self._character(bytes((first,)), 12)
            elif first not in (0x00, 0x0D):
                self.unknown += 1

    def _is_double(self, first: int) -> bool:
        """Whether it takes a second byte to a kanji: always in Shift-JIS (FS C 1), in JIS (FS C 0) only between FS & and FS ."""
        if self._shift_jis:
            return 0x81 <= first <= 0x9F or 0xE0 <= first <= 0xFC
        return self._jis_kanji and 0x21 <= first <= 0x7E

    def _take(self, count: int) -> Generator[None, int, bytes]:
        data = bytearray()
        while len(data) < count:
            data.append((yield))
        return bytes(data)

    def _command(self, name: bytes) -> Generator[None, int, None]:
        if name in SKIPPED:
            yield from self._take(SKIPPED[name])
        elif name == b"\x1b@":
            self._initialise()
            self._done.append(AutomaticStatus(False))
        elif name == b"\x1dP":
            self._units = tuple((yield from self._take(2)))
        elif name == b"\x1bJ":
            self._print(self._dots((yield), 1))
        elif name == b"\x1bd":
            self._print((yield) * self._spacing)
        elif name == b"\x1b2":
            self._spacing = SPACING
        elif name == b"\x1b3":
            self._spacing = self._dots((yield), 1)
        elif name == b"\x1b$":
            self._x = self._dots(int.from_bytes((yield from self._take(2)), "little"), 0)
        elif name == b"\x1b\\":
            self._x = max(0, self._x + self._dots(int.from_bytes((yield from self._take(2)), "little", signed=True), 0))
        elif name == b"\x1cC":
            self._shift_jis = (yield) in (1, 0x31) and self.model.kanji_slots > 0
        elif name in (b"\x1c&", b"\x1c."):
            self._jis_kanji = name == b"\x1c&" and self.model.kanji_slots > 0
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
        elif name in (b"\x1d(", b"\x1c(", b"\x1b("):
            yield from self._extended(name[0])
        elif name == b"\x1d8":
            yield from self._long_graphics()
        elif name == b"\x1dk":
            yield from self._bar_code()
        elif name == b"\x1da":
            wanted = yield
            self._done.append(AutomaticStatus(wanted != 0))
        elif name == b"\x1dr":
            sensor = yield
            self._done.append(QueuedStatus() if sensor in (1, 0x31) else Answer(b"\x00"))
        elif name == b"\x1dI":
            self._identify((yield))
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

    def _extended(self, group: int) -> Generator[None, int, None]:
        """ESC ( FS ( GS (: all say their length, so one can be skipped unknown."""
        kind, low, high = yield from self._take(3)
        data = yield from self._take(low + high * 256)
        if (group, kind) == (0x1D, 0x48) and data[:2] == b"\x30\x30":  # GS ( H 48
            self._done.append(Answer(b"\x37\x22" + data[2:6] + b"\x00"))
        elif (group, kind) == (0x1D, 0x4C):
            self._graphics(data)
        elif (group, kind) == (0x1D, 0x6B):  # GS ( k: a symbol is set up by several, and printed by function 81
            if data[1:2] == b"\x51":
                self._print_picture(BOX)
        else:
            self.unknown += 5 + len(data)

    def _long_graphics(self) -> Generator[None, int, None]:
        """GS 8 L: GS ( L with a length of four bytes, for pictures of more than 64 kB."""
        header = yield from self._take(5)
        self._graphics((yield from self._take(int.from_bytes(header[1:], "little"))))

    def _bar_code(self) -> Generator[None, int, None]:
        """GS k: data up to 00 (form A), or with its length (form B)."""
        kind = yield
        if kind >= 65:
            yield from self._take((yield))
        else:
            while (yield):
                pass
        self._print_picture(BOX)

    def _identify(self, number: int) -> None:
        """GS I: maker and model as blocks. Whoever asks must not take us for a make that we only resemble."""
        text = {66: "SIMULATED", 67: self.model.name}.get(number)
        if text is not None:
            self._done.append(Answer(b"\x5f" + text.encode("ascii", "replace") + b"\x00"))

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
            self._print_picture(self._graphic)
            self._graphic = NO_GRAPHIC
        elif function == b"\x45" and data[2:4] in self.flash:
            self._x = 0
            self._print_picture(self.flash[data[2:4]])

    def _cut(self) -> Generator[None, int, None]:
        mode = yield
        if mode in (65, 66, 97, 98, 103, 104):  # feed to the blade first
            extra = self._dots((yield), 1)
            if any(self._line) or extra:
                self._print(extra)
        self._done.append(Cut())

    # -- drawing --------------------------------------------------------------------------------------------------

    def _initialise(self) -> None:
        self._characters.clear()
        self._user_half = False
        self._size = 1, 1
        self._shift_jis = self._jis_kanji = False
        self._spacing = SPACING
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

    def _print_picture(self, picture: Bitmap) -> None:
        self._done.extend(Row(self._placed(row, picture.width)) for row in picture.lines)

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
