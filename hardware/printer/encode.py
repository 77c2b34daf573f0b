"""Pages -> bands of bytes that print them, dot for dot, in as few bytes as their structure allows.

Text lines use user-defined characters (FS 2, ESC &) for glyphs that come back and columns (ESC *) for all others, symbols are enlarged by
the printer, art that it has in its flash is named, the rest is cropped rasters (GS v 0) and skipped rows (ESC J). A band ends where the
print buffer is empty, so that the driver can stop, ask or wait between any two. Every job states all modes it relies on: nothing is
carried over but the flash, which the printer was asked about.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hardware.interfaces import Band
from hardware.printer.commands import (
    ASB_ON,
    HALF_CODES,
    INITIALISE,
    NO_GAPS,
    PRESENT,
    SHIFT_JIS,
    USER_HALF_WIDTH,
    at,
    feed,
    motion_units,
)
from hardware.printer.flash import show
from hardware.printer.letters import Letters, letters
from hardware.printer.library import library_strips
from hardware.printer.models import Encoder, Presenter, PrinterModel, StatusKind
from hardware.printer.page import Page
from hardware.printer.rasters import Raster, column_pieces
from hardware.printer.strips import LINE, Blank, Line, Stored, Strip, plan
from hardware.printer.symbols import SYMBOL_CODES, Enlarged

# Bytes; two of them and their questions stay below where a buffer of 4 kB says stop. Half of that left the motor waiting before every seal
# (make bench-paper).
BAND = 1900
RESERVE = 148  # bytes of a buffer that two bands leave free: XOFF, and two questions
BAND_ROWS = 300  # so that white paper does not hide how far the head is


@dataclass(frozen=True)
class Chunk:
    """Bytes that leave the print buffer empty, and the dot rows they print."""

    data: bytes
    rows: int
    inked: bool = True


def encode(page: Page, model: PrinterModel, flash: frozenset[str] = frozenset()) -> list[Band]:
    """One page without a cut. `flash` names the art that the printer has.

    Raises ValueError for a page wider than the printer or with items outside.
    """
    (chunks,) = _sheets([page], model, flash)
    return _pack(chunks, band_bytes(model))


def encode_job(pages: Sequence[Page], model: PrinterModel, flash: frozenset[str] = frozenset()) -> list[Band]:
    """Each page a sheet: cut, and presented where the model can. Two copies of a certificate are the same pages twice.

    The last band of a sheet is small and holds its last ink together with the cut: as long as it has not left, the sheet cannot be
    whole. Raises ValueError as `encode` does.
    """
    bands: list[Band] = []
    cut = model.cut + (PRESENT if model.presenter is Presenter.CUSTOM else b"")
    for chunks in _sheets(pages, model, flash):
        last = max((number for number, chunk in enumerate(chunks) if chunk.inked), default=0)
        end = chunks[last:]
        bands += _pack(chunks[:last], band_bytes(model))
        bands.append(Band(b"".join(chunk.data for chunk in end) + cut, sum(chunk.rows for chunk in end), ends_sheet=True))
    return bands


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


def _sheets(pages: Sequence[Page], model: PrinterModel, flash: frozenset[str]) -> Iterator[list[Chunk]]:
    """The chunks of each page; user-defined characters live through the whole job."""
    for page in pages:
        if page.width > model.dots:
            raise ValueError(f"a page of {page.width} dots, {model.name} has {model.dots}")
    opening = [Chunk(prologue(model), 0, inked=False)]
    if model.encoder is Encoder.LIBRARY:
        for page in pages:
            yield opening + [Chunk(data, rows) for data, rows in library_strips(page, model)]
            opening = []
        return
    codes = (
        HALF_CODES[model.half_slots - SYMBOL_CODES : model.half_slots] if model.enlarges and model.half_slots >= 2 * SYMBOL_CODES else ()
    )
    sheets = [plan(page, codes, flash) for page in pages]
    enlarged = any(isinstance(strip, Enlarged) for strips in sheets for strip in strips)
    lines = [strip for strips in sheets for strip in strips if isinstance(strip, Line)]
    chosen = iter(letters(lines, model, spare=SYMBOL_CODES if enlarged else 0))
    for strips in sheets:
        yield opening + [chunk for strip in strips for chunk in _chunks(strip, chosen, model.half_slots > 0)]
        opening = []


def _chunks(strip: Strip, chosen: Iterator[Letters], spaces: bool) -> Iterator[Chunk]:
    match strip:
        case Blank():
            for done in range(0, strip.rows, BAND_ROWS):
                rows = min(BAND_ROWS, strip.rows - done)
                yield Chunk(feed(rows), rows, inked=False)
        case Line():
            yield Chunk(_line(strip, next(chosen), spaces), strip.rows)
        case Raster():
            yield Chunk(strip.command(), strip.rows)
        case Stored():
            yield Chunk(show(strip.key), strip.rows)
        case Enlarged():
            yield Chunk(strip.data, strip.rows)


def _line(line: Line, chosen: Letters, spaces: bool) -> bytes:
    ink = dict(line.ink)
    for cell in chosen.rest:
        ink |= {cell.x + place: dots for place, dots in enumerate(cell.glyph.columns) if dots}
    out, position = chosen.definitions, 0
    for piece in sorted([*chosen.characters, *column_pieces(ink)], key=lambda piece: piece.x):
        out += _move(position, piece.x, spaces) + piece.data
        position = piece.end
    return out + feed(LINE)


def _move(here: int, there: int, spaces: bool) -> bytes:
    """Up to three half-width spaces cost less than a position."""
    gap = there - here
    if spaces and 0 <= gap <= 36 and gap % 12 == 0:
        return b" " * (gap // 12)
    return at(there)


def band_bytes(model: PrinterModel) -> int:
    """A single line may be longer."""
    return min(BAND, (model.buffer_bytes - RESERVE) // 2)


def _pack(chunks: Iterable[Chunk], most: int) -> list[Band]:
    bands: list[Band] = []
    data, rows = b"", 0
    for chunk in chunks:
        if data and (len(data) + len(chunk.data) > most or rows + chunk.rows > BAND_ROWS):
            bands.append(Band(data, rows))
            data, rows = b"", 0
        data, rows = data + chunk.data, rows + chunk.rows
    return [*bands, Band(data, rows)] if data else bands
