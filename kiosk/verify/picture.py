"""A picture of a paper -> the texts of the QR codes on it. The only file that imports zxing-cpp."""

from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

# A telephone's picture has 12 to 50 million dots; more is no picture of a paper, and its memory not ours to spend.
MOST_DOTS = 100_000_000


class NoPicture(Exception):
    """The file cannot be read as a picture."""


def codes_in(file: Path) -> list[str]:
    """Each text once. Raises NoPicture."""
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > MOST_DOTS:
                raise NoPicture
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        raise NoPicture from None
    found = zxingcpp.read_barcodes(grey)
    return list(dict.fromkeys(code.text for code in found if code.format == zxingcpp.BarcodeFormat.QRCode))
