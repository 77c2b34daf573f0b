"""Pages -> bands of bytes that print them, dot for dot, in as few bytes as their structure allows.

Text lines use user-defined characters (FS 2, ESC &) for glyphs that come back and columns (ESC *) for all others, symbols are doubled
by the printer, the rest is cropped rasters (GS v 0) and skipped rows (ESC J). A band is about 1 kB and ends where the print buffer is
empty, so that the driver can stop, ask or wait between any two. Every job states all modes it relies on: nothing is carried over.
Art is sent like any other picture: no model here has it in its flash.
"""

from collections.abc import Iterable, Iterator, Sequence

from hardware.interfaces import Band
from hardware.printer.commands import (
    ASB_ON,
    HALF_CODES,
    INITIALISE,
    KANJI_CODES,
    NO_GAPS,
    PRESENT,
    SHIFT_JIS,
    USER_HALF_WIDTH,
    at,
    define_half,
    define_kanji,
    feed,
    motion_units,
)
from hardware.printer.library import library_strips
from hardware.printer.models import Encoder, Presenter, PrinterModel, StatusKind
from hardware.printer.page import Bitmap, Page
from hardware.printer.rasters import Piece, column_pieces
from hardware.printer.slots import Slots
from hardware.printer.strips import LINE, Blank, Line, Strip, plan

BAND = 1024  # bytes; two of them and their questions fit the smallest buffer of a printer with room to spare
BAND_ROWS = 255  # so that white paper does not hide how far the head is


def encode(page: Page, model: PrinterModel) -> list[Band]:
    """One page without a cut. Raises ValueError for a page wider than the printer or with items outside."""
    return _pack(_encoded([page], model, finish=False))


def encode_job(pages: Sequence[Page], model: PrinterModel) -> list[Band]:
    """Each page a sheet: cut, and presented where the model can. Two copies of a certificate are the same pages twice."""
    return _pack(_encoded(pages, model, finish=True))


def prologue(model: PrinterModel) -> bytes:
    parts = [INITIALISE, motion_units(model.dpi)]
    if model.status is StatusKind.ASB:
        parts.append(ASB_ON)  # ESC @ may have ended it
    if model.kanji_slots:
        parts.append(SHIFT_JIS)
    if model.kanji_slots or model.half_slots:
        parts.append(NO_GAPS)
    if model.half_slots:
        parts.append(USER_HALF_WIDTH)
    return b"".join(parts)


def cut_sheet(model: PrinterModel) -> bytes:
    return model.cut + (PRESENT if model.presenter is Presenter.CUSTOM else b"")


Chunk = tuple[bytes, int]
"""Bytes that leave the print buffer empty, and the rows they print."""


def _encoded(pages: Sequence[Page], model: PrinterModel, finish: bool) -> Iterator[Chunk | None]:
    """None: a band ends here."""
    for page in pages:
        if page.width > model.dots:
            raise ValueError(f"a page of {page.width} dots, {model.name} has {model.dots}")
    yield prologue(model), 0
    if model.encoder is Encoder.LIBRARY:
        for page in pages:
            yield from library_strips(page, model)
            if finish:
                yield from (None, (cut_sheet(model), 0), None)
        return
    plans = {page: plan(page) for page in dict.fromkeys(pages)}
    strips = [strip for page in pages for strip in (*plans[page], None)]
    kanji, half = _slots(strips, 24, KANJI_CODES[: model.kanji_slots]), _slots(strips, 12, HALF_CODES[: model.half_slots])
    for number, strip in enumerate(strips):
        match strip:
            case None:
                if finish:
                    yield from (None, (cut_sheet(model), 0), None)
            case Blank():
                for rows in _portions(strip.rows):
                    yield feed(rows), rows
            case Line():
                yield _line(strip, number, kanji, half), LINE
            case _:
                yield strip.command(), strip.rows


def _slots(strips: Sequence[Strip | None], width: int, codes: Sequence[bytes]) -> Slots:
    uses: dict[Bitmap, list[int]] = {}
    for number, strip in enumerate(strips):
        if isinstance(strip, Line):
            for cell in strip.cells:
                if cell.glyph.width == width:
                    uses.setdefault(cell.glyph, []).append(number)
    return Slots(codes, uses)


def _line(line: Line, number: int, kanji: Slots, half: Slots) -> bytes:
    out = b""
    for slots, define, width in ((kanji, define_kanji, 24), (half, define_half, 12)):
        glyphs = [cell.glyph for cell in line.cells if cell.glyph.width == width]
        out += b"".join(define(code, data) for code, data in slots.settle(number, glyphs))
    ink = list(line.ink)
    pieces: list[Piece] = []
    for cell in line.cells:
        code = (kanji if cell.glyph.width == 24 else half).held.get(cell.glyph)
        if code:
            pieces.append(Piece(cell.x, cell.x + cell.glyph.width, code))
        else:
            shift = line.width - cell.x - cell.glyph.width
            ink = [row | dots << shift for row, dots in zip(ink, cell.glyph.lines, strict=True)]
    pieces += column_pieces(ink, line.width)
    position = 0
    for piece in sorted(pieces, key=lambda piece: piece.x):
        out += (b"" if piece.x == position else at(piece.x)) + piece.data
        position = piece.end
    return out + feed(LINE)


def _portions(rows: int) -> list[int]:
    return [min(BAND_ROWS, rows - done) for done in range(0, rows, BAND_ROWS)]


def _pack(chunks: Iterable[Chunk | None]) -> list[Band]:
    bands: list[Band] = []
    data, rows = b"", 0
    for chunk in chunks:
        more, more_rows = chunk or (b"", 0)
        if data and (chunk is None or len(data) + len(more) > BAND or rows + more_rows > BAND_ROWS):
            bands.append(Band(data, rows))
            data, rows = b"", 0
        data, rows = data + more, rows + more_rows
    return [*bands, Band(data, rows)] if data else bands
