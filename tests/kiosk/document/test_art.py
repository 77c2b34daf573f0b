from itertools import groupby

import pytest

from hardware.printer.page import Bitmap
from kiosk.document.art import BAND, guilloche, microtext, tiles
from kiosk.document.fonts import NoGlyph


@pytest.mark.parametrize("width", [576, 504, 384])
def test_a_band_is_symmetrical_and_has_no_gap(width: int) -> None:
    band = guilloche(width)
    assert (band.width, band.height) == (width, BAND)
    assert all(any(line >> x & 1 for line in band.lines) for x in range(width))
    # Its strands reach both edges, and it is as heavy above as below.
    assert band.lines[0]
    assert band.lines[-1]
    above, below = (sum(line.bit_count() for line in half) for half in (band.lines[: BAND // 2], band.lines[BAND // 2 :]))
    assert abs(above - below) < 0.1 * above


def test_art_is_a_few_cells_again_and_again() -> None:
    """So it costs little where the printer keeps characters: 76 bytes for each one, 2 for each place."""
    kinds = {tile for _, _, tile in tiles(guilloche(576))}
    assert len(kinds) == 8
    assert len({tile for _, _, tile in tiles(microtext("住民票の写し", 576))}) == 2


@pytest.mark.parametrize("art", [guilloche(576), microtext("住民票", 576), microtext("住民票の写し", 504)])
def test_the_tiles_are_the_picture(art: Bitmap) -> None:
    lines = [0] * art.height
    for x, y, tile in tiles(art):
        for row, dots in enumerate(tile.lines):
            lines[y + row] |= dots << (art.width - x - tile.width)
    assert Bitmap.of_lines(art.width, lines) == art


def test_microtext_has_a_letter_every_8_dots() -> None:
    line = microtext("住民票の写し", 576)
    inked = [row for row, dots in enumerate(line.lines) if dots]
    assert inked == list(range(8, 16))[inked[0] - 8 : inked[-1] - 7]
    words = [[row >> (576 - 48 * (at + 1)) & (1 << 48) - 1 for row in line.lines] for at in range(12)]
    assert len(list(groupby(words))) == 1
    letters = [tuple(row >> (40 - 8 * at) & 0xFF for row in words[0]) for at in range(6)]
    assert len(set(letters)) == 6


def test_what_the_small_font_lacks_is_refused() -> None:
    with pytest.raises(NoGlyph):
        microtext("𠮷", 576)
