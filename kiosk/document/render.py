"""Pages -> PNG: dot for dot, or as a picture for the screen."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from hardware.printer.page import Page

_GAP = 24  # dots between two sheets
_DESK = 208  # the grey between them


def page_png(page: Page) -> bytes:
    """One dot a pixel, black on white."""
    return _png(_image(page))


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
