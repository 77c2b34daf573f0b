"""Sheets that left the simulated printer, as bitmaps and as PNG, one dot a pixel."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image

from hardware.printer.page import Bitmap


class Place(StrEnum):
    INSIDE = "inside"  # cut, held by the presenter
    MOUTH = "mouth"  # presented, within reach
    OUT = "out"  # taken, or fallen out of a printer without a presenter
    RETRACTED = "retracted"
    TORN = "torn"  # the end of a roll: taken out by whoever put the new one in


@dataclass
class Paper:
    bitmap: Bitmap
    place: Place


def picture(bitmap: Bitmap) -> Image.Image:
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.rows, "raw", "1;I")


def save_png(bitmap: Bitmap, path: Path) -> None:
    """Whole or not at all, for whoever watches the folder."""
    part = path.with_suffix(".part")
    picture(bitmap).save(part, "PNG")
    part.replace(path)
