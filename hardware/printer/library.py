"""python-escpos as the encoder for models that ours does not know: the page as plain rasters, one below the other.

The only file that imports it, and only when it is used: importing it takes a third of a second, configures the root logger and leaves
a temporary directory behind (measured with 3.1). Its drivers are not used: they block for ever on a printer that stopped reading and
report "plenty of paper" for a dead one. What it writes may hold real-time commands by chance; the driver takes answers to those as
signs of life only.
"""

from collections.abc import Iterator

from PIL import Image

from hardware.printer.models import PrinterModel
from hardware.printer.page import Page

BAND_HEIGHT = 14  # rows: 1 kB of 576 dots


def library_strips(page: Page, model: PrinterModel) -> Iterator[tuple[bytes, int]]:
    """Bytes and the rows they print, from the top."""
    from escpos.printer import Dummy

    bitmap = page.pixels()
    for top in range(0, bitmap.height, BAND_HEIGHT):
        rows = min(BAND_HEIGHT, bitmap.height - top)
        strip = bitmap.rows[top * bitmap.stride : (top + rows) * bitmap.stride]
        # "1;I": a set bit is black. Mode 1 is not dithered by the library.
        picture = Image.frombytes("1", (bitmap.width, rows), strip, "raw", "1;I")
        printer = Dummy()
        # Without a width the library prints a remark to stdout at each picture.
        printer.profile.profile_data = {**printer.profile.profile_data, "media": {"width": {"pixels": model.dots}}}
        printer.image(picture, impl="bitImageRaster", center=False)
        yield printer.output, rows
