"""The simulated paper as a person would see it: warm white, soft grey-black dots, a sawn edge where it was cut, a shadow on the desk.

For eyes only; tests and readers of codes take the sheet dot for dot. The same sheet always looks the same.
"""

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from hardware.printer.page import Bitmap
from hardware.simulated.printer_paper import picture

ROLL = 640  # dots of 80 mm paper; what is printed stands in its middle
DESK = (176, 180, 186)
PAPER = (251, 249, 243)
INK = (47, 45, 52)  # heated dye is no black
EDGE = 5  # dots of the blade's teeth
TEAR = 18  # dots between the highest and the lowest place of a torn edge
TOP = 24  # the blade stands a little above the head
SHADOW = 14


def as_paper(bitmap: Bitmap, torn: bool = False) -> Image.Image:
    """`torn`: the lower edge was torn off by hand."""
    width, height = max(ROLL, bitmap.width), TOP + bitmap.height + TEAR
    chance = random.Random(bitmap.height)
    heat = Image.new("L", (width, height), 255)
    heat.paste(picture(bitmap).convert("L"), ((width - bitmap.width) // 2, TOP))
    heat = heat.filter(ImageFilter.GaussianBlur(0.7))  # each dot heats a little beyond itself
    sheet = Image.composite(Image.new("RGB", heat.size, PAPER), Image.new("RGB", heat.size, INK), heat)
    sheet = ImageChops.multiply(sheet, _grain(heat.size, chance))
    sheet = ImageChops.multiply(sheet, _curl(heat.size))
    outline = _outline(heat.size, chance, torn)
    desk = Image.new("RGB", (width + 4 * SHADOW, height + 4 * SHADOW), DESK)
    shade = Image.new("L", desk.size, 0)
    shade.paste(outline.point(lambda value: value * 110 // 255), (2 * SHADOW + 4, 2 * SHADOW + 7))
    desk.paste((60, 62, 70), mask=shade.filter(ImageFilter.GaussianBlur(SHADOW / 2)))
    desk.paste(sheet, (2 * SHADOW, 2 * SHADOW), outline)
    return desk


def _grain(size: tuple[int, int], chance: random.Random) -> Image.Image:
    """Fibres: a weak noise, coarser than a dot."""
    small = size[0] // 3 + 1, size[1] // 3 + 1
    noise = Image.frombytes("L", small, chance.randbytes(small[0] * small[1]))
    return noise.resize(size, Image.Resampling.BILINEAR).point(lambda value: 250 + value * 5 // 255).convert("RGB")


def _curl(size: tuple[int, int]) -> Image.Image:
    """Paper from a roll bends up at its ends: darker in the last centimetres."""
    ends = Image.new("L", (1, size[1]))
    for y in range(size[1]):
        near = min(y, size[1] - y)
        ends.putpixel((0, y), 255 - max(0, 90 - near) * 22 // 90)
    return ends.resize(size).convert("RGB")


def _outline(size: tuple[int, int], chance: random.Random, torn: bool) -> Image.Image:
    width, height = size
    if torn:
        level, lower = TEAR / 2, []
        for x in range(0, width + 8, 8):
            level = min(TEAR, max(0.0, level + chance.uniform(-4, 4)))
            lower.append((x, height - level))
    else:
        lower = [(x, height - TEAR + (EDGE if x // 6 % 2 else 0)) for x in range(0, width + 6, 6)]
    upper = [(x, EDGE if x // 6 % 2 else 0) for x in range(0, width + 6, 6)]
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([*upper, *reversed(lower)], fill=255)
    return mask.filter(ImageFilter.GaussianBlur(0.5))
