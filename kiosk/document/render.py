"""Pages -> PNG: dot for dot, as sheets of paper, or as a picture for the screen."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from hardware.printer.page import Page

_GAP = 24  # dots between two sheets
_DESK = 208  # the grey between them
_MARGIN = 32  # dots, 4 mm: 80 mm paper is printed 72 mm wide


def page_png(page: Page) -> bytes:
    """One dot a pixel, black on white."""
    return _png(_image(page))


def sheets_png(pages: Sequence[Page]) -> bytes:
    """All sheets as they lie one below the other, one dot a pixel, with the paper's margins and a dashed line at each cut. Black and white
    only, and as small as PNG makes it: for pictures that are kept."""
    width = max(page.width for page in pages) + 2 * _MARGIN
    paper = Image.new("1", (width, sum(page.height + 2 * _MARGIN for page in pages)), 1)
    top = 0
    for page in pages:
        if top:
            for x in range(0, width, 2 * _GAP):
                paper.paste(0, (x, top, x + _GAP, top + 1))
        paper.paste(_image(page), (_MARGIN, top + _MARGIN))
        top += page.height + 2 * _MARGIN
    out = BytesIO()
    paper.save(out, "PNG", optimize=True)
    return out.getvalue()


def preview_png(pages: Sequence[Page], width_px: int) -> bytes:
    """All sheets in one tall grey picture, `width_px` pixels wide."""
    width = max(page.width for page in pages)
    tall = Image.new("L", (width, sum(page.height + _GAP for page in pages) - _GAP), _DESK)
    top = 0
    for page in pages:
        tall.paste(_image(page), (0, top))
        top += page.height + _GAP
    return _png(tall.resize((width_px, round(tall.height * width_px / width)), Image.Resampling.BOX))


def _image(page: Page) -> Image.Image:
    dots = page.pixels()
    return Image.frombytes("1", (dots.width, dots.height), bytes(0xFF ^ byte for byte in dots.rows))


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()
